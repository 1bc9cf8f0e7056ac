"""The line a question takes: gate, condense, policy, search, compose, verify, reply. Only this file knows the order."""

import datetime
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from assistant.abstain import Decision
from assistant.compose.compose import compose, overview
from assistant.compose.material import Composed, Limits, Material
from assistant.compose.plan import Plan, Planner
from assistant.condense import Asked, FollowUps, condense
from assistant.conversation import Conversation
from assistant.finish import Finisher, Looked, gate_failed
from assistant.lines import Lines
from assistant.policy.judge import Policy, banned_output, judge
from assistant.policy.opinion import Ask, silent
from assistant.reply import Block, Reply
from assistant.triage.gate import assess, fallback_card
from assistant.triage.protocol import Protocol
from assistant.triage.records import Assessment
from assistant.verify import verified
from corpus.library import Corpus
from index.found import Found, Hit

MOST_QUESTIONS = 3  # of one message
# How much a hit of the question together with its context counts, beside one of the question alone.
OWN_WORDS = 0.85
# What stands beside the passages of the last answer gains this share of the best score in a follow-up.
BESIDE = 0.2
LONGEST_READ = 100_000  # characters that the gate reads; of a longer message both ends
UNREADABLE = re.compile("[\ud800-\udfff]")  # half a character, as bytes that are no text become

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assistant:
    """Everything a reply is made from; built once by start.py. Whatever the gate does not need is read when it is."""

    protocol: Callable[[], Protocol]
    policy: Callable[[], Policy]
    opinion: Ask  # the second opinion of the policy; opens the encoder when first asked
    planner: Callable[[], Planner]
    decision: Callable[[], Decision]
    follow_ups: Callable[[], FollowUps]
    corpus: Callable[[], Corpus]
    lines: Lines
    search: Callable[[str], Found]
    index_version: Callable[[], str]
    today: Callable[[], datetime.date]
    region: str = ""
    known: dict[str, bool] = field(default_factory=dict)  # headings of the articles -> whether they get an answer


@dataclass(frozen=True)
class Turn:
    """A reply, the conversation as it stands after it, and how each of its questions was looked up."""

    reply: Reply
    conversation: Conversation
    looked: tuple[Looked, ...] = ()


def answer(message: str, conversation: Conversation, assistant: Assistant) -> Turn:
    """Reply to one user turn. Errors of the index and the corpus are raised; the gate's never are."""
    started = time.perf_counter()
    turn = _answer(message, conversation, assistant)
    return replace(turn, reply=turn.reply.timed(time.perf_counter() - started))


def _answer(message: str, conversation: Conversation, assistant: Assistant) -> Turn:
    triage = _gate(message, conversation, assistant)
    after = replace(conversation, turn=conversation.turn + 1)
    if triage is None:
        return Turn(gate_failed(after, fallback_card()), after)
    after = replace(after, triage=triage.state)
    limits = Limits(no_strengthening=triage.no_strengthening, with_card=triage.card is not None)
    finisher = Finisher(
        conversation=after,
        triage=triage,
        corpus=assistant.corpus,
        lines=assistant.lines,
        limits=limits,
        known=lambda heading: _known(heading, assistant),
        today=assistant.today(),
    )
    if triage.mode == "hard":
        return Turn(finisher.escalated(), after)
    message = message.encode(errors="replace").decode()  # half a character cannot be searched for
    asked = condense(message, conversation, assistant.planner(), assistant.follow_ups())
    # Who only asks about a sign has the card for an answer and wants no diagnosis; and an exercise of ours is ours.
    ours = triage.informational or assistant.planner().named(message) is not None
    opinion = silent if ours else assistant.opinion
    verdict = judge(message, assistant.policy(), opinion)
    if verdict.outcome != "go":
        return Turn(finisher.not_answered(verdict), after)
    looked = [_look_up(question, asked, limits, assistant) for question in verdict.questions[:MOST_QUESTIONS]]
    answers = [one for one in looked if one.composed.blocks]
    if not answers:
        return Turn(finisher.declined(looked[0], verdict.also_refused), after, tuple(looked))
    blocks = _in_order(looked, assistant.lines)
    reply = finisher.answered(blocks, looked, verdict.also_refused, assistant.index_version())
    return Turn(reply, _remember(after, answers[-1], assistant), tuple(looked))


def _gate(message: str, conversation: Conversation, assistant: Assistant) -> Assessment | None:
    """The assessment, or None when the gate itself failed: then nothing may be answered."""
    try:
        return _assessed(message, conversation, assistant)
    except Exception as error:  # fails closed whatever it was; the message itself is never logged
        logger.error("The red-flag gate failed: %s", type(error).__name__)
        return None


def _assessed(message: str, conversation: Conversation, assistant: Assistant) -> Assessment:
    """The assessment of what can be read; with the general card at least, where that is not the whole message."""
    protocol, half = assistant.protocol(), LONGEST_READ // 2
    whole = len(message) <= LONGEST_READ
    read = message if whole else f"{message[:half]}\n{message[-half:]}"
    triage = assess(read, conversation.triage, protocol, region=assistant.region)
    if triage.card or (whole and not UNREADABLE.search(message)):
        return triage
    card = protocol.shelf.card(protocol.general_card, "emergency", assistant.region)
    return replace(triage, mode="soft", card=card)


def _known(question: str, assistant: Assistant) -> bool:
    """Whether a heading of the articles, asked next, would be answered: by the gate, the policy and the index."""
    if question not in assistant.known:
        triage = _gate(question, Conversation(), assistant)
        calm = triage and triage.mode == "none"
        permitted = calm and judge(question, assistant.policy(), assistant.opinion).outcome == "go"
        assistant.known[question] = bool(permitted) and _covered(question, assistant.search(question), assistant)
    return assistant.known[question]


def _covered(question: str, found: Found, assistant: Assistant) -> bool:
    decision = assistant.decision()
    return decision.covered(decision.probability(question, found))


def _look_up(question: str, asked: Asked, limits: Limits, assistant: Assistant) -> Looked:
    """Plan, search, compose and verify one question; no blocks when there is nothing to answer with."""
    plan = assistant.planner().plan(question, asked.exercise, asked.offered, asked.kind)
    parts = [_material(plan, query, asked, limits, assistant) for query in plan.queries]
    hits = parts[0][0].hits
    named = plan.kind in ("exercise", "amounts") or (plan.kind == "amount" and plan.exercise)  # whatever was found
    decision, policy = assistant.decision(), assistant.policy()
    probability = max(decision.probability(question, found) for _, found in parts)
    if not named and not decision.covered(probability):
        return Looked(plan, Composed(), hits, probability, unmentioned=decision.unmentioned(question))
    composed = overview([one for one, _ in parts]) if plan.kind == "overview" else compose(parts[0][0])
    blocks, left_out = verified(composed.blocks, assistant.corpus(), lambda text: banned_output(text, policy))
    return Looked(plan, replace(composed, blocks=blocks), hits, probability, left_out)


def _material(plan: Plan, query: str, asked: Asked, limits: Limits, assistant: Assistant) -> tuple[Material, Found]:
    """Search for the question, and once more with its context where it leans on the talk before it."""
    found = assistant.search(query)
    if asked.context:
        wider = assistant.search(f"{query} {asked.context}")
        found = replace(wider, hits=_nearer(_merged(found.hits, wider.hits), asked.passages, assistant.corpus()))
        context_plan = assistant.planner().plan(f"{query} {asked.context}", asked.exercise)
        plan = replace(plan, topics=context_plan.topics, regions=plan.regions or context_plan.regions)
    return Material(plan, found.hits, assistant.corpus(), assistant.lines, limits), found


def _merged(own: tuple[Hit, ...], wider: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Both rankings in one: a wrong context cannot hide what the words themselves find."""
    best: dict[str, Hit] = {hit.passage_id: hit for hit in wider}
    for hit in own:
        scaled = replace(hit, score=hit.score * OWN_WORDS)
        known = best.get(hit.passage_id)
        best[hit.passage_id] = scaled if known is None or scaled.score > known.score else known
    return tuple(sorted(best.values(), key=lambda hit: (-hit.score, hit.passage_id)))


def _nearer(hits: tuple[Hit, ...], quoted: tuple[str, ...], corpus: Corpus) -> tuple[Hit, ...]:
    """The hits with those raised that stand under a heading from which the last answer quoted; 'why?' means there."""
    if not hits:
        return hits
    bonus = BESIDE * hits[0].score
    places = {(corpus.passages[one].source_id, corpus.passages[one].section_id) for one in quoted}
    passages = [corpus.passages[hit.passage_id] for hit in hits]
    raised = [
        replace(hit, score=hit.score + bonus)
        if (one.source_id, one.section_id) in places and one.id not in quoted
        else hit
        for hit, one in zip(hits, passages, strict=True)
    ]
    return tuple(sorted(raised, key=lambda hit: (-hit.score, hit.passage_id)))


def _in_order(looked: list[Looked], lines: Lines) -> list[Block]:
    """The blocks of all questions; each part of two or more is introduced, one without an answer says so."""
    if len(looked) == 1:
        return list(looked[0].composed.blocks)
    blocks: list[Block] = []
    for name, one in zip(("first", "second", "third"), looked, strict=False):
        blocks.append(Block("lead", lines.say(f"lead.{name}_question")))
        blocks += one.composed.blocks or (Block("nearby", lines.say("declined.not_covered")),)
    return blocks


def _remember(conversation: Conversation, last: Looked, assistant: Assistant) -> Conversation:
    """Keep what a follow-up may refer to: topic terms, passages, the exercise; nothing else."""
    quoted = {(quote.source_id, quote.start) for block in last.composed.blocks for quote in block.quotes}
    passages = assistant.corpus().passages.values()
    return replace(
        conversation,
        topics=last.plan.topics or conversation.topics,
        passages=tuple(one.id for one in passages if (one.source_id, one.start) in quoted),
        exercise=last.composed.exercise or last.composed.about,
        kind=last.plan.kind,
        offered=last.composed.offered or last.plan.named or conversation.offered,
    )
