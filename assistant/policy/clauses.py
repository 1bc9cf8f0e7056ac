"""Cuts a message into the questions it asks, each together with what was told around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.policy.data import ClauseData, Policy
from assistant.policy.patterns import Reading, read_clause
from assistant.policy.words import Token, Vocabulary

_SENTENCE_END = re.compile(r"[!?;\n\u2026\u3002\uff1f\uff01]|\.(?=\s)|\.$")
_PAUSE = re.compile(r"[,:()\u2013\u2014/]|(?<=\s)-(?=\s)")
_LOOK_AHEAD = 8
_SMALL_TALK = ("greeting", "thanks", "acknowledged", "goodbye", "filler")


class Kind(Enum):
    """What a clause does: ask, tell, name something, name what is wanted ("neck stretches"), be polite."""

    ASK = "ask"
    TELL = "tell"
    NAME = "name"
    REQUEST = "request"
    POLITE = "polite"


@dataclass(frozen=True)
class Clause:
    """Words that belong together: where they stand as typed, what they do, whether a sentence ends there."""

    start: int
    end: int
    reading: Reading
    kind: Kind
    closed: bool


def cut_clauses(message: str, tokens: Sequence[Token], policy: Policy) -> tuple[Clause, ...]:
    """Cut a message at sentence ends, and inside a sentence where a new request begins."""
    starts = _starts(message, tokens, policy)
    clauses = []
    for number, first in enumerate(starts):
        last = starts[number + 1] if number + 1 < len(starts) else len(tokens)
        end = tokens[last].start if last < len(tokens) else len(message)
        start = tokens[first].start if number else 0
        clauses.append(make_clause(message, start, end, tokens[first:last], policy))
    return tuple(clauses)


def _starts(message: str, tokens: Sequence[Token], policy: Policy) -> list[int]:
    starts = [0] if tokens else []
    for at in range(1, len(tokens)):
        between = message[tokens[at - 1].end : tokens[at].start]
        word = tokens[at].text
        may_cut = word != "or" and (word in policy.clauses.cuts or bool(_PAUSE.search(between)))
        if _SENTENCE_END.search(between) or (may_cut and _asks(tokens[at:], policy)):
            starts.append(at)
    return starts


def _asks(tokens: Sequence[Token], policy: Policy) -> bool:
    ahead = without_joiners(tokens[:_LOOK_AHEAD], policy.clauses)
    return policy.clauses.asks.occur_in(read_clause(ahead, policy.vocabulary))


def without_joiners(tokens: Sequence[Token], data: ClauseData) -> Sequence[Token]:
    """Drop "and", "so", "please" and the like from the start."""
    first = 0
    while first < len(tokens) - 1 and tokens[first].text in data.joiners:
        first += 1
    return tokens[first:]


def make_clause(message: str, start: int, end: int, tokens: Sequence[Token], policy: Policy) -> Clause:
    """Read the words of a clause and note what it does."""
    reading = read_clause(tokens, policy.vocabulary)
    typed = message[start:end]
    closed = bool(_SENTENCE_END.search(message, tokens[-1].end, end))
    return Clause(start, end, reading, _kind(typed, tokens, reading, policy), closed)


def _kind(typed: str, tokens: Sequence[Token], reading: Reading, policy: Policy) -> Kind:
    if is_polite(reading, _SMALL_TALK):
        return Kind.POLITE
    if "?" in typed or "\uff1f" in typed or _asks(tokens, policy):
        return Kind.ASK
    core = read_clause(without_joiners(tokens, policy.clauses), policy.vocabulary)
    if policy.clauses.tells.occur_in(core):
        return Kind.TELL
    return Kind.REQUEST if reading.has("wanted") else Kind.NAME


def is_polite(reading: Reading, lists: Sequence[str]) -> bool:
    """Tell whether every word belongs to one of these lists of small talk, and not to fillers alone."""
    covered: set[int] = set()
    for name in lists:
        for start, end in reading.places.get("{" + name + "}", ()):
            covered.update(range(start, end))
    said = any(reading.has(name) for name in lists if name != "filler")
    return said and len(covered) == len(reading.tokens)


def as_typed(message: str, start: int, end: int, policy: Policy) -> str:
    """The words from start to end as typed, without a leading "and" and without a comma left hanging."""
    text = message[start:end].strip().rstrip(" ,;:-\u2013\u2014(&/")
    for word in sorted(policy.clauses.cuts) if start else ():
        if text[: len(word)].lower() == word and text[len(word) : len(word) + 1].isspace():
            return text[len(word) :].strip()
    return text.strip()


def whole(clauses: Sequence[Clause], vocabulary: Vocabulary) -> Reading:
    """Read several clauses as one."""
    return read_clause([token for clause in clauses for token in clause.reading.tokens], vocabulary)
