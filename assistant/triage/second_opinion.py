"""A second look at a message: linear models that weigh its words, its concepts and how they were meant.

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
SCALES = ("alarming", "grave", "despairing")
THRESHOLDS = ("alarm", "ask", "doubt", "emergency", "despair", "worry", "calm")
WINDOW, STEP = 60, 30  # words of a long message that are weighed together, and how far the next window is
PART = 1.0  # by how much a part of a message must be stronger than a whole one, since a long one has many
ALONE = 3  # words from which a sentence is weighed by itself too, so that chatter around it cannot drown it

# For each of FAMILIES the features of a message: name and first word, each as often as it stands there.
Features = tuple[Sequence[tuple[str, int]], ...]
# What it makes of a message, from an emergency that goes without saying to one that it does not believe in.
Says = Literal["alarm", "ask", "", "doubt"]


@dataclass(frozen=True)
class Weighed:
    """What words weigh, family by family: the sums over known features on each scale, in thousandths, and how many."""

    weights: tuple[tuple[int, ...], ...] = ((0,) * len(SCALES),) * len(FAMILIES)
    known: tuple[int, ...] = (0,) * len(FAMILIES)

    def __add__(self, other: Weighed) -> Weighed:
        return Weighed(
            tuple(tuple(map(sum, zip(*both, strict=True))) for both in zip(self.weights, other.weights, strict=True)),
            tuple(map(sum, zip(self.known, other.known, strict=True))),
        )


@dataclass(frozen=True)
class Scales:
    """Linear models over the same features: what each weighs for or against three things, as log-odds.

    Is a message alarming at all; if so, is it an emergency or a same-day matter; does somebody not want to live?
    """

    weights: tuple[Mapping[str, Sequence[int]], ...]  # for each of FAMILIES; for each of SCALES in thousandths
    bias: tuple[float, ...]  # for each of SCALES

    def weigh(self, features: Features, windows: Sequence[tuple[int, int]]) -> tuple[Weighed, ...]:
        """One for each window, given as first word and one after the last; a feature is where it begins."""
        size = max(end for _, end in windows)
        # What stands before each word, so that a window costs the same however long it is.
        before = [_added_up(found, table, size) for found, table in zip(features, self.weights, strict=True)]
        return tuple(
            Weighed(
                tuple(tuple(total[end] - total[start] for total in totals) for *totals, _ in before),
                tuple(count[end] - count[start] for *_, count in before),
            )
            for start, end in windows
        )

    def scores(self, weighed: Sequence[Weighed], before: Sequence[Weighed] = ()) -> tuple[float, ...]:
        """On each scale the log-odds of the strongest window, or of a run of turns that ends with this message.

        `weighed` are the windows of the message, the first one first; `before` the first windows of the turns before
        it, the latest last.
        """
        runs = accumulate(reversed((*before, weighed[0])), lambda later, earlier: earlier + later)
        whole = [self._odds(one) for one in (weighed[0], *runs)]
        parts = [tuple(odds - PART for odds in self._odds(one)) for one in weighed[1:]]
        return tuple(map(max, zip(*whole, *parts, strict=True)))

    def _odds(self, one: Weighed) -> tuple[float, ...]:
        roots = [math.sqrt(known) * 1000 or 1.0 for known in one.known]
        return tuple(
            bias + sum(weights[at] / root for weights, root in zip(one.weights, roots, strict=True))
            for at, bias in enumerate(self.bias)
        )


def _added_up(found: Sequence[tuple[str, int]], table: Mapping[str, Sequence[int]], size: int) -> list[list[int]]:
    """On each scale the weights of the known features that begin before each word; and how many those are."""
    sums = [[0] * (size + 1) for _ in (*SCALES, "known")]
    for name, start in found if table else ():
        weights = table.get(name)
        if weights is not None:
            for column, weight in zip(sums, (*weights, 1), strict=True):
                column[start + 1] += weight
    return [list(accumulate(column)) for column in sums]


@dataclass(frozen=True)
class Opinion:
    """What it makes of a message, and what is kept of it for the turns to come: its weight.

    `raises` says that a same-day matter reads like an emergency, `despair` that somebody may not want to live.
    """

    says: Says
    raises: bool
    despair: Says
    kept: Weighed


# What it says of a turn that it cannot read.
SILENT = Opinion("", False, "", Weighed())


@dataclass(frozen=True)
class SecondOpinion:
    """What has been learned, and the scores from which on it speaks up."""

    scales: Scales
    alarm: float  # of the first scale, from here on: an alarm
    ask: float  # from here on: a question
    doubt: float  # below: an alarm of the frames is not believed
    emergency: float  # of the second, from here on: an emergency
    despair: float  # of the third, from here on: a crisis
    worry: float  # from here on: a question
    calm: float  # below: despair that the frames read is not believed

    def of(self, features: Features, windows: Sequence[tuple[int, int]], before: Sequence[Weighed] = ()) -> Opinion:
        """What it makes of a message; `before` is what was kept of the turns before it, the latest last."""
        weighed = self.scales.weigh(features, windows)
        alarming, grave, despairing = self.scales.scores(weighed, before)
        return Opinion(
            says=_says(alarming, self.alarm, self.ask, self.doubt),
            raises=grave >= self.emergency,
            despair=_says(despairing, self.despair, self.worry, self.calm),
            kept=weighed[0],
        )


def _says(score: float, alarm: float, ask: float, doubt: float) -> Says:
    """What a score means between three thresholds: from `alarm` on, from `ask` on, below `doubt`."""
    if score >= alarm:
        return "alarm"
    if score >= ask:
        return "ask"
    return "doubt" if score < doubt else ""


# The opinion of one that has learned nothing: none.
NONE = SecondOpinion(
    Scales(({},) * len(FAMILIES), (0.0,) * len(SCALES)),
    alarm=math.inf,
    ask=math.inf,
    doubt=-math.inf,
    emergency=math.inf,
    despair=math.inf,
    worry=math.inf,
    calm=-math.inf,
)


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
        return SecondOpinion(
            Scales(
                tuple(dict(table["weights"][family]) for family in FAMILIES),
                tuple(float(table["bias"][scale]) for scale in SCALES),
            ),
            **{name: float(table[name]) for name in THRESHOLDS},
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        message = f"{path.name} cannot be read: {problem!r}. Restore it or run 'spotter eval train'."
        raise ProtocolError(message) from problem
