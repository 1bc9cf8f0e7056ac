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

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

Opinion = Literal["", "ask", "alarm"]


@dataclass(frozen=True)
class SecondOpinion:
    """What each piece of text weighs, and from which score on to ask, or to sound the alarm."""

    weights: Mapping[str, int]  # of every known piece, in thousandths
    bias: float
    ask: float
    alarm: float

    def of(self, text: str) -> Opinion:
        """What it makes of a message, given as `normalise.plain` gives it; the strongest window counts."""
        score = self.score(text)
        return "alarm" if score >= self.alarm else "ask" if score >= self.ask else ""

    def score(self, text: str) -> float:
        """Log-odds that the message tells of an emergency; linear in its length."""
        return max(self._score(pieces(window)) for window in windows(text))

    def _score(self, found: set[str]) -> float:
        known = [self.weights[one] for one in found if one in self.weights]
        return self.bias + sum(known) / 1000 / math.sqrt(len(known)) if known else self.bias


def windows(text: str) -> Iterator[Sequence[str]]:
    """The words of a message, in overlapping parts when there are many."""
    words = _WORD.findall(text)
    yield words[:WINDOW]
    for start in range(STEP, len(words) - WINDOW + STEP, STEP):
        yield words[start : start + WINDOW]


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
