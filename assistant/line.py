"""The line of a question that the gate let through: condense, policy, search, compose, verify, reply.

Only this file knows the order.
"""

from collections.abc import Iterable
from dataclasses import replace

from assistant.answer import Assistant, Passed, Turn, gate, suspected
from assistant.compose.compose import compose, overview, rewritable
from assistant.compose.material import Composed, Limits, Material
from assistant.compose.plan import Plan
from assistant.condense import Asked, asking, condense
from assistant.conversation import Conversation
from assistant.door import Door
from assistant.finish import Finisher
from assistant.lines import Lines
from assistant.looked import Looked
from assistant.policy.judge import banned_output, judge
from assistant.policy.opinion import silent
from assistant.reply import Block
from assistant.verify import verified
from corpus.library import Corpus
from index.found import Found, Hit

MOST_QUESTIONS = 3  # of one message
MOST_SENTENCES = 4  # of one question that are looked up apart
# How much a hit of the question together with its context counts, beside one of the question alone.
OWN_WORDS = 0.85
# What stands beside the passages of the last answer gains this share of the best score in a follow-up.
BESIDE = 0.2


def followed(message: str, before: Conversation, passed: Passed, assistant: Assistant, door: Door) -> Turn:
    """The reply to a message with no sign that stops it, when the door has a place for it."""
    with door() as admitted:
        if not admitted:
            return Turn(_finisher(passed, assistant).busy(), passed.conversation)
        message = message.encode(errors="replace").decode()  # half a character cannot be searched for
        return _replied(message, before, suspected(message, before, passed, assistant), assistant)


def _finisher(passed: Passed, assistant: Assistant) -> Finisher:
    triage = passed.triage
    return Finisher(
        conversation=passed.conversation,
        triage=triage,
        corpus=assistant.corpus(),
        lines=assistant.lines(),
        limits=Limits(no_strengthening=triage.no_strengthening, with_card=triage.card is not None),
        known=lambda heading: _known(heading, assistant),
        today=assistant.today(),
    )


def _replied(message: str, before: Conversation, passed: Passed, assistant: Assistant) -> Turn:
    after, triage, finisher = passed.conversation, passed.triage, _finisher(passed, assistant)
    asked = condense(message, before, assistant.planner(), assistant.follow_ups())
    # Who only asks about a sign has the card for an answer and wants no diagnosis; and an exercise of ours is ours.
    ours = triage.informational or assistant.planner().named(message) is not None
    opinion = silent if ours else assistant.opinion
    verdict = judge(message, assistant.policy(), opinion)
    if verdict.outcome != "go":
        return Turn(finisher.not_answered(verdict), after)
    questions = verdict.questions[:MOST_QUESTIONS]
    looked = [_said(_look_up(one, asked, finisher.limits, assistant), asked, finisher, assistant) for one in questions]
    answers = [one for one in looked if one.composed.blocks]
    if not answers:
        return Turn(finisher.declined(looked[0], verdict.also_refused), after, tuple(looked))
    blocks = _in_order(looked, assistant.lines())
    reply = finisher.answered(blocks, looked, verdict.also_refused, assistant.index_version())
    return Turn(reply, _remember(after, answers[-1], assistant), tuple(looked))


def _known(question: str, assistant: Assistant) -> bool:
    """Whether a heading of the articles, asked next, would be answered: by the gate, the policy and the index."""
    if question not in assistant.known:
        triage = gate(question, Conversation(), assistant)
        calm = triage and triage.mode == "none"
        permitted = calm and judge(question, assistant.policy(), assistant.opinion).outcome == "go"
        assistant.known[question] = bool(permitted) and _covered(question, assistant.search(question), assistant)
    return assistant.known[question]


def _covered(question: str, found: Found, assistant: Assistant) -> bool:
    decision = assistant.decision()
    return decision.covered(decision.probability(question, found))


def _look_up(question: str, asked: Asked, limits: Limits, assistant: Assistant) -> Looked:
    """The question as it was asked; where that finds nothing, the sentence of it that finds most."""
    whole = _looked_up(question, asked, limits, assistant)
    if whole.composed != Composed():
        return whole
    sentences = asking(question, assistant.planner())[:MOST_SENTENCES]
    parts = [_looked_up(one, asked, limits, assistant) for one in sentences]
    best = max(parts, key=lambda one: one.probability, default=whole)
    return best if best.composed.blocks else whole


def _looked_up(question: str, asked: Asked, limits: Limits, assistant: Assistant) -> Looked:
    """Plan, search, compose and verify one question; no blocks when there is nothing to answer with."""
    plan = assistant.planner().plan(question, asked.exercise, asked.offered, asked.kind)
    parts = [_material(plan, query, asked, limits, assistant) for query in plan.queries]
    hits = parts[0][0].hits
    named = plan.kind in ("exercise", "amounts") or (plan.kind == "amount" and plan.exercise)  # whatever was found
    decision = assistant.decision()
    probability = max(decision.probability(question, found) for _, found in parts)
    if not named and not decision.covered(probability):
        return Looked(plan, Composed(), hits, probability, unmentioned=decision.unmentioned(question))
    composed = overview([one for one, _ in parts]) if plan.kind == "overview" else compose(parts[0][0])
    blocks, left_out = _verified(composed.blocks, assistant)
    return Looked(plan, replace(composed, blocks=blocks), hits, probability, left_out)


def _said(looked: Looked, asked: Asked, finisher: Finisher, assistant: Assistant) -> Looked:
    """The answer in the words of the language model, where there is one and what it writes holds."""
    model = assistant.model() if assistant.writes else None
    if model is None:
        return looked
    material = Material(looked.plan, looked.hits, assistant.corpus(), assistant.lines(), finisher.limits)
    if not rewritable(material, looked.composed):
        return looked
    from assistant.model.rewrite import rewritten

    question = f"{looked.plan.question} ({asked.context})" if asked.context else looked.plan.question
    hear = (lambda block: None) if finisher.triage.card else assistant.hear  # a card comes before everything
    said = rewritten(question, material, looked.composed, model, lambda one: _verified(one, assistant), hear)
    return replace(
        looked,
        composed=replace(looked.composed, blocks=said.blocks),
        left_out=(*looked.left_out, *said.left_out),
        model=(said.use,),
    )


def _verified(blocks: Iterable[Block], assistant: Assistant) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    return verified(blocks, assistant.corpus(), lambda text: banned_output(text, assistant.policy()))


def _material(plan: Plan, query: str, asked: Asked, limits: Limits, assistant: Assistant) -> tuple[Material, Found]:
    """Search for the question, and once more with its context where it leans on the talk before it."""
    found = assistant.search(query)
    if asked.context:
        wider = assistant.search(f"{query} {asked.context}")
        found = replace(wider, hits=_nearer(_merged(found.hits, wider.hits), asked.passages, assistant.corpus()))
        context_plan = assistant.planner().plan(f"{query} {asked.context}", asked.exercise)
        plan = replace(plan, topics=context_plan.topics, regions=plan.regions or context_plan.regions)
    return Material(plan, found.hits, assistant.corpus(), assistant.lines(), limits), found


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
