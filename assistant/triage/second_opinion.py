"""A second look at a message: a linear model that weighs its words, its concepts and how they were meant.

Learned from our own messages by 'spotter eval train'. It needs no encoder. It notices what the frames were never told
of, and doubts what they read in a message that is like no emergency at all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from assistant.triage.wordlists import ProtocolError

FAMILIES = ("words", "concepts", "meanings")
WINDOW, STEP = 60, 30  # words of a long message that are weighed together, and how far the next window is
ALONE = 3  # words from which a sentence is weighed by itself too, so that chatter around it cannot drown it

# For each of FAMILIES the features of a message: name and first word, each as often as it stands there.
Features = tuple[Sequence[tuple[str, int]], ...]
# What it makes of a message, from an emergency that goes without saying to one that it does not believe in.
Says = Literal["alarm", "ask", "", "doubt"]


@dataclass(frozen=True)
class Weighed:
    """What words weigh, family by family: the sum over known features, in thousandths, and how many."""

    weights: tuple[int, ...] = (0,) * len(FAMILIES)
    known: tuple[int, ...] = (0,) * len(FAMILIES)

    def __add__(self, other: Weighed) -> Weighed:
        return Weighed(
            tuple(map(sum, zip(self.weights, other.weights, strict=True))),
            tuple(map(sum, zip(self.known, other.known, strict=True))),
        )


@dataclass(frozen=True)
class Scale:
    """A linear model: what each feature weighs for or against one thing, as log-odds."""

    weights: tuple[Mapping[str, int], ...]  # for each of FAMILIES, in thousandths
    bias: float

    def weigh(self, features: Features, windows: Sequence[tuple[int, int]]) -> tuple[Weighed, ...]:
        """One for each window, given as first word and one after the last; a feature is where it begins."""
        size = max(end for _, end in windows)
        # What stands before each word, so that a window costs the same however long it is.
        before = [_added_up(found, table, size) for found, table in zip(features, self.weights, strict=True)]
        return tuple(
            Weighed(
                tuple(total[end] - total[start] for total, _ in before),
                tuple(count[end] - count[start] for _, count in before),
            )
            for start, end in windows
        )

    def score(self, weighed: Sequence[Weighed], before: Sequence[Weighed] = ()) -> float:
        """Log-odds of the strongest window, or of a run of turns that ends with this message.

        `weighed` are the windows of the message, the first one first; `before` the first windows of the turns before
        it, the latest last.
        """
        runs = accumulate(reversed((*before, weighed[0])), lambda later, earlier: earlier + later)
        return max(map(self._odds, (*weighed, *runs)))

    def _odds(self, one: Weighed) -> float:
        pairs = zip(one.weights, one.known, strict=True)
        return self.bias + sum(weight / 1000 / math.sqrt(known) for weight, known in pairs if known)


def _added_up(found: Sequence[tuple[str, int]], table: Mapping[str, int], size: int) -> tuple[list[int], list[int]]:
    """The weights of the known features that begin before each word, and how many those are."""
    sums, known = [0] * (size + 1), [0] * (size + 1)
    for name, start in found if table else ():
        weight = table.get(name)
        if weight is not None:
            sums[start + 1] += weight
            known[start + 1] += 1
    return list(accumulate(sums)), list(accumulate(known))


@dataclass(frozen=True)
class Opinion:
    """What it makes of a message, and what is kept of it for the turns to come.

    `raises` says that a same-day matter reads like an emergency.
    """

    says: Says
    raises: bool
    kept: tuple[Weighed, Weighed]


# What it says of a turn that it cannot read.
SILENT = Opinion("", False, (Weighed(), Weighed()))


@dataclass(frozen=True)
class SecondOpinion:
    """Two scales and the scores on them: is it alarming at all, and if so, is it an emergency or a same-day matter."""

    alarming: Scale
    grave: Scale
    alarm: float  # from here on: an alarm
    ask: float  # from here on: a question
    doubt: float  # below: an alarm of the frames is not believed
    emergency: float  # on the other scale, from here on: an emergency

    def of(
        self,
        features: Features,
        windows: Sequence[tuple[int, int]],
        before: Sequence[tuple[Weighed, Weighed]] = (),
    ) -> Opinion:
        """What it makes of a message; `before` is what was kept of the turns before it, the latest last."""
        alarming, grave = self.alarming.weigh(features, windows), self.grave.weigh(features, windows)
        return Opinion(
            says=self._says(self.alarming.score(alarming, [one for one, _ in before])),
            raises=self.grave.score(grave, [other for _, other in before]) >= self.emergency,
            kept=(alarming[0], grave[0]),
        )

    def _says(self, score: float) -> Says:
        if score >= self.alarm:
            return "alarm"
        if score >= self.ask:
            return "ask"
        return "doubt" if score < self.doubt else ""


_EMPTY = Scale(({},) * len(FAMILIES), 0.0)
# The opinion of one that has learned nothing: none.
NONE = SecondOpinion(_EMPTY, _EMPTY, alarm=math.inf, ask=math.inf, doubt=-math.inf, emergency=math.inf)


def windows(sentence: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The words of a message in overlapping parts, and its sentences by one and by two.

    `sentence` is the number of its sentence for each word, in order from 0.
    """
    return tuple(_windows(sentence))


def _windows(sentence: Sequence[int]) -> Iterator[tuple[int, int]]:
    size = len(sentence)
    yield 0, min(WINDOW, size)
    for start in range(STEP, size - WINDOW + STEP, STEP):
        yield start, min(start + WINDOW, size)
    borders = [at for at in range(size) if not at or sentence[at] != sentence[at - 1]] + [size]
    for start, *ends in zip(borders, borders[1:], [*borders[2:], size], strict=False):
        for end in dict.fromkeys(ends):
            if ALONE <= end - start <= WINDOW and end - start < size:
                yield start, end


def read_second_opinion(path: Path) -> SecondOpinion:
    """Raises ProtocolError (a KnownError) that names the file."""
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        thresholds = {name: float(table[name]) for name in ("alarm", "ask", "doubt", "emergency")}
        return SecondOpinion(_scale(table["alarming"]), _scale(table["grave"]), **thresholds)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        message = f"{path.name} cannot be read: {problem!r}. Restore it or run 'spotter eval train'."
        raise ProtocolError(message) from problem


def _scale(table: dict[str, Any]) -> Scale:
    return Scale(tuple(dict(table["weights"][family]) for family in FAMILIES), float(table["bias"]))
