"""A second, independent look at a message: pieces of words that weigh for or against an emergency. It only raises.

A linear model over character n-grams (2 to 5, across words), learned from our own messages by 'spotter eval train';
it shares no word list with the frames, so that what they were never told of can still be noticed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.triage.wordlists import ProtocolError

SHORTEST, LONGEST = 2, 5  # characters of a piece
WINDOW, STEP = 60, 30  # words of a long message that are weighed together, and how far the next window is
ALONE = 3  # words from which a sentence is weighed by itself too, so that chatter around it cannot drown it

_SENTENCE = re.compile(r"[.!?;\n]+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

Opinion = Literal["", "ask", "alarm"]


@dataclass(frozen=True)
class Weighed:
    """What a text weighs: the sum over its known pieces, and how many those are. It holds none of its words."""

    weight: int = 0
    known: int = 0

    def __add__(self, other: Weighed) -> Weighed:
        return Weighed(self.weight + other.weight, self.known + other.known)


@dataclass(frozen=True)
class SecondOpinion:
    """What each piece of text weighs, and from which score on to ask, or to sound the alarm."""

    weights: Mapping[str, int]  # of every known piece, in thousandths
    bias: float
    ask: float
    alarm: float

    def of(self, text: str, before: Weighed = Weighed()) -> Opinion:
        """What it makes of a message, given as `normalise.plain` gives it; the strongest window counts.

        `before` is what the turn before weighed: a message in two turns weighs as much as in one.
        """
        score = self.score(text)
        if before.known:
            score = max(score, self._odds(before + self.weigh(text)))
        return "alarm" if score >= self.alarm else "ask" if score >= self.ask else ""

    def score(self, text: str) -> float:
        """Log-odds that the message tells of an emergency; linear in its length."""
        return max(self._odds(self._weighed(window)) for window in windows(text))

    def weigh(self, text: str) -> Weighed:
        """The first window of a message: what is kept of it for the next turn."""
        return self._weighed(_WORD.findall(text)[:WINDOW])

    def _weighed(self, words: Sequence[str]) -> Weighed:
        known = [self.weights[one] for one in pieces(words) if one in self.weights]
        return Weighed(sum(known), len(known))

    def _odds(self, weighed: Weighed) -> float:
        return self.bias + (weighed.weight / 1000 / math.sqrt(weighed.known) if weighed.known else 0.0)


def windows(text: str) -> Iterator[Sequence[str]]:
    """The words of a message in overlapping parts, and its sentences by one and by two."""
    words = _WORD.findall(text)
    yield words[:WINDOW]
    for start in range(STEP, len(words) - WINDOW + STEP, STEP):
        yield words[start : start + WINDOW]
    sentences = [found for part in _SENTENCE.split(text) if (found := _WORD.findall(part))]
    for place, sentence in enumerate(sentences):
        two = [*sentence, *sentences[place + 1]] if place + 1 < len(sentences) else []
        for part in (sentence, two):
            if ALONE <= len(part) <= WINDOW and len(part) < len(words):
                yield part


def pieces(words: Sequence[str]) -> set[str]:
    """Every run of SHORTEST to LONGEST characters in the words, with one space between and around them."""
    text = f" {' '.join(words)} "
    return {text[at : at + size] for size in range(SHORTEST, LONGEST + 1) for at in range(len(text) - size + 1)}


def read_second_opinion(path: Path) -> SecondOpinion:
    """Raises ProtocolError (a KnownError) that names the file."""
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return SecondOpinion(table["weights"], float(table["bias"]), float(table["ask"]), float(table["alarm"]))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        message = f"{path.name} cannot be read: {problem!r}. Restore it or run 'spotter eval train'."
        raise ProtocolError(message) from problem
