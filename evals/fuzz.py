"""Talk to the assistant as nobody would, and say which of its promises broke; every conversation can be repeated."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from assistant.answer import Assistant, Turn, answer
from assistant.conversation import Conversation
from assistant.recheck import reply_problems
from assistant.render import terminal
from assistant.reply import schema_problem
from assistant.triage.records import HARD_TIERS, TIERS, Tier
from corpus.library import Corpus
from corpus.sentences import split
from evals.fuzz_messages import Said, Words, talk

SLOWEST = 10.0  # seconds that a turn may take, on a machine that does other things too
SHORTEST_WITHHELD = 25  # characters of a withheld sentence that is looked for in a reply


@dataclass(frozen=True)
class Problem:
    """A promise that broke, in which turn of which conversation."""

    kind: str
    index: int
    turn: int
    why: str


@dataclass
class Buried:
    """What became of the warnings in one wrapping."""

    promised: bool
    turns: int = 0
    lower: list[int] = field(default_factory=list)  # conversations in which one got a lower tier than alone
    passed: list[int] = field(default_factory=list)  # and did not stop the conversation


@dataclass
class Tally:
    """What a run saw."""

    conversations: int = 0
    turns: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    buried: dict[str, Buried] = field(default_factory=dict)  # by wrapping
    slowest: float = 0.0
    slowest_at: tuple[int, int, int] = (0, 0, 0)  # conversation, turn, characters of the message


@dataclass(frozen=True)
class Heard:
    """One turn: what was said, and the conversation before and after; no turn where the assistant raised."""

    index: int
    number: int
    said: Said
    before: Conversation
    turn: Turn | None
    seconds: float
    error: str = ""


Told = Callable[[Heard, list[Problem]], None]


class Judge:
    """What is asked of every turn; holds what has to be known for it."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._corpus: Corpus = assistant.corpus()
        self._withheld = _withheld(self._corpus)
        self._alone: dict[str, Tier] = {}

    def problems(self, heard: Heard) -> list[Problem]:
        """Every promise that broke in a turn; empty when none did."""
        found = list(self._of_turn(heard, heard.turn)) if heard.turn else [("crash", heard.error)]
        if heard.seconds > SLOWEST:
            found.append(("slow", f"{heard.seconds:.1f} s for {len(heard.said.text)} characters"))
        return [Problem(kind, heard.index, heard.number, why) for kind, why in found]

    def _of_turn(self, heard: Heard, turn: Turn) -> Iterator[tuple[str, str]]:
        row = turn.reply.as_json()
        again = json.loads(json.dumps(row))
        if again != row:
            yield "no plain JSON", "it changes when it is written and read"
        if problem := schema_problem(again):
            yield "schema", problem
        if not_held := reply_problems(again, self._corpus):
            yield "not verified", "; ".join(not_held)
        try:
            f"{json.dumps(row, ensure_ascii=False)}{terminal(turn.reply)}".encode()
        except Exception as error:
            yield "cannot be shown", f"{type(error).__name__}: {error}"
        if shown := self._withheld_in(json.dumps(row, ensure_ascii=False)):
            yield "withheld words shown", shown
        yield from self._of_gate(heard, turn)

    def _of_gate(self, heard: Heard, turn: Turn) -> Iterator[tuple[str, str]]:
        reply, state = turn.reply, turn.conversation.triage
        if reply.reason == "gate_failed":
            yield "gate failed", "the card of last resort was shown"
        if TIERS.index(state.tier) < TIERS.index(heard.before.triage.tier) or reply.tier != state.tier:
            yield "tier fell", f"{heard.before.triage.tier} before, {reply.tier} shown, {state.tier} after"
        if heard.before.triage.tier in HARD_TIERS and reply.mode != "hard":
            yield "latch", f"{heard.before.triage.tier} before, mode {reply.mode}"
        if reply.mode == "hard" and (reply.blocks or reply.citations or reply.followups or not reply.card):
            yield "answered past the card", f"{len(reply.blocks)} blocks, card {reply.card and reply.card.id}"
        if Conversation.from_json(turn.conversation.as_json()) != turn.conversation:
            yield "state", "the conversation is another when it is written and read"
        if heard.said.promised and self.fell(heard):
            yield "warning missed", f"{self.alone(heard.said.emergency)} alone, {reply.tier} {heard.said.made[1]}"

    def alone(self, message: str) -> Tier:
        """The tier of a message that opens a conversation."""
        if message not in self._alone:
            self._alone[message] = answer(message, Conversation(), self._assistant).reply.tier
        return self._alone[message]

    def fell(self, heard: Heard) -> bool | None:
        """Whether a buried warning got less than it gets alone; None where alone it stops nothing."""
        if not heard.turn or not heard.said.emergency or self.alone(heard.said.emergency) not in HARD_TIERS:
            return None
        return TIERS.index(heard.turn.reply.tier) < TIERS.index(self.alone(heard.said.emergency))

    def _withheld_in(self, text: str) -> str:
        return next((one for one in self._withheld if one in text), "")


def _withheld(corpus: Corpus) -> tuple[str, ...]:
    """Sentences of withheld spans as JSON writes them, where the same words stand nowhere that may be shown."""
    found = []
    for article in corpus.articles:
        for one in article.withheld:
            pieces = [article.text[a:b] for a, b in split(article.text, one.span.start, one.span.end)]
            lines = [line.strip() for piece in pieces for line in piece.splitlines()]
            found += [line for line in lines if len(line) >= SHORTEST_WITHHELD]
    open_text = "\n".join(_open(corpus))
    return tuple(json.dumps(one, ensure_ascii=False)[1:-1] for one in found if one not in open_text)


def _open(corpus: Corpus) -> Iterator[str]:
    """What of the articles may be shown: everything outside the withheld spans, and what is said of the sources."""
    for article in corpus.articles:
        place = 0
        for one in sorted(article.withheld, key=lambda one: one.span.start):
            yield article.text[place : max(place, one.span.start)]
            place = max(place, one.span.end)
        yield article.text[place:]
        yield " ".join(str(value) for value in vars(article.source).values())


def fuzz(
    assistant: Assistant,
    words: Words,
    seed: int,
    indices: Iterable[int],
    *,
    told: Told = lambda heard, problems: None,
    until: Callable[[], bool] = lambda: False,
) -> Tally:
    """Hold the conversations of the indices until `until` is true; `told` hears of every turn."""
    judge, tally = Judge(assistant), Tally()
    for index in indices:
        if until():
            break
        tally.conversations += 1
        for heard in _held(talk(seed, index, words), index, assistant):
            problems = judge.problems(heard)
            _count(tally, heard, problems, judge.fell(heard))
            told(heard, problems)
    return tally


def _held(turns: Iterable[Said], index: int, assistant: Assistant) -> Iterator[Heard]:
    """One conversation, turn by turn; a turn that raised leaves it as it was."""
    conversation = Conversation(id=f"fuzz-{index}")
    for number, said in enumerate(turns):
        heard = Heard(index, number, said, conversation, None, 0.0)
        started = time.perf_counter()
        try:
            heard = replace(heard, turn=answer(said.text, conversation, assistant))
        except Exception as error:
            heard = replace(heard, error=f"{type(error).__name__}: {error}")
        yield replace(heard, seconds=time.perf_counter() - started)
        conversation = heard.turn.conversation if heard.turn else conversation


def _count(tally: Tally, heard: Heard, problems: list[Problem], fell: bool | None) -> None:
    tally.turns += 1
    tally.outcomes[heard.turn.reply.outcome if heard.turn else "crash"] += 1
    tally.problems += problems
    if heard.seconds > tally.slowest:
        tally.slowest, tally.slowest_at = heard.seconds, (heard.index, heard.number, len(heard.said.text))
    if fell is not None and heard.turn:
        one = tally.buried.setdefault(", ".join(heard.said.made[1:]), Buried(heard.said.promised))
        one.turns += 1
        one.lower += [heard.index] * fell
        one.passed += [heard.index] * (heard.turn.reply.mode != "hard")
