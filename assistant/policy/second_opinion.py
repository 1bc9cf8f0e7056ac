"""A second look at a question: a linear model over what it means and which words it uses.

Learned from our own messages by 'spotter eval train policy'. The rules of rules.toml know what they were told of; this
one also knows what is like it. It weighs the sentence vector that the search needs anyway, the words alone and in
pairs, and the word lists of the policy that occur in the question.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.policy.opinion import Ask, Opinion
from assistant.policy.patterns import read_clause
from assistant.policy.words import Vocabulary, read_words
from corpus.errors import KnownError

OK = "ok"
REASONS = (
    *("diagnosis", "medication", "imaging_surgery", "other_body_part", "other_medical"),
    *("product", "off_topic", "instructions", "abuse"),
)
CLASSES = (OK, *REASONS)  # the order of all weights in the file
FAMILIES = ("words", "lists")
THRESHOLDS = ("refuse", "permit", "rename")
THOUSANDTHS = 1000
FILE = Path(__file__).with_name("second_opinion.json")

Vector = NDArray[np.float32]


def features(question: str, vocabulary: Vocabulary) -> tuple[tuple[str, ...], ...]:
    """For each of FAMILIES what occurs in the question, once each: words alone and in pairs, names of lists."""
    reading = read_clause(read_words(question, vocabulary), vocabulary)
    words = [token.text for token in reading.tokens]
    pairs = [f"{first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True)]
    lists = [name for name in reading.places if name.startswith("{")]
    return tuple(dict.fromkeys([*words, *pairs])), tuple(lists)


@dataclass(frozen=True)
class SecondOpinion:
    """What has been learned, of which model's vectors, and from where on it speaks up."""

    model: str  # the embedding model; with another one it must stand aside
    bias: Sequence[int]  # for each of CLASSES; like all weights in thousandths
    vector: Sequence[Sequence[int]]  # (classes, dimensions)
    weights: Mapping[str, Mapping[str, Sequence[int]]]  # family -> feature -> for each of CLASSES
    refuse: float  # probability of all reasons together, from which a question is refused
    permit: float  # probability of "ok", from which a rule is overruled
    rename: float  # probability of one reason among the reasons, from which it replaces that of a rule

    @cached_property
    def _matrix(self) -> NDArray[np.float64]:
        return np.asarray(self.vector, dtype=np.float64) / THOUSANDTHS

    def probabilities(self, vector: Vector, found: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """(classes,) adding up to 1. `vector` is the unit row of the encoder, `found` as `features` gives it."""
        odds = np.asarray(self.bias, dtype=np.float64) / THOUSANDTHS + self._matrix @ vector.astype(np.float64)
        for family, names in zip(FAMILIES, found, strict=True):
            known = [self.weights[family][name] for name in names if name in self.weights[family]]
            if known:  # many words must not shout louder than few
                odds += np.sum(known, axis=0) / THOUSANDTHS / math.sqrt(len(known))
        raised = np.exp(odds - odds.max())
        shares: NDArray[np.float64] = raised / raised.sum()
        return shares

    def of(self, probabilities: NDArray[np.float64]) -> Opinion:
        """What to make of these probabilities, as `probabilities` gives them."""
        ok, reasons = float(probabilities[0]), probabilities[1:]
        likeliest = REASONS[int(reasons.argmax())]
        return Opinion(
            refuses=likeliest if 1 - ok >= self.refuse else "",
            permits=ok >= self.permit,
            renames=likeliest if float(reasons.max()) >= self.rename * float(reasons.sum()) else "",
        )

    def asking(self, encode: Callable[[str], Vector], vocabulary: Vocabulary) -> Ask:
        """Asks about a question as typed. `encode` is not called before the first question; its errors are raised."""
        return lambda question: self.of(self.probabilities(encode(question), features(question, vocabulary)))


def load_second_opinion(path: Path = FILE) -> SecondOpinion:
    """Read what was learned; KnownError names the file when it is missing or damaged."""
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found = SecondOpinion(
            model=str(table["model"]),
            bias=_row(table["bias"]),
            vector=[[int(one) for one in row] for row in table["vector"]],
            weights={
                family: {name: _row(row) for name, row in table["weights"][family].items()} for family in FAMILIES
            },
            **{name: float(table["thresholds"][name]) for name in THRESHOLDS},
        )
        if (
            table["classes"] != list(CLASSES)
            or len(found.vector) != len(CLASSES)
            or len(set(map(len, found.vector))) != 1
        ):
            raise ValueError("it was learned for other reasons")
    except OSError as error:
        raise KnownError(f"The policy file {path} cannot be read. Restore it from the repository.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnownError(
            f"The policy file {path} is damaged: {error}. Restore it or run 'spotter eval train policy'."
        ) from error
    return found


def _row(row: Sequence[Any]) -> list[int]:
    """The weights of one feature for each of CLASSES."""
    if len(row) != len(CLASSES):
        raise ValueError(f"{len(row)} weights for {len(CLASSES)} classes")
    return [int(one) for one in row]
