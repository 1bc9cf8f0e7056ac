"""Decide whether what was found is good enough to answer with."""

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.words import has, plain
from corpus.errors import KnownError
from corpus.library import Corpus
from corpus.sources import read_toml
from index.found import Found

NAMES = Path(__file__).with_name("names.toml")
WEIGHTS = Path(__file__).with_name("abstain.json")
FIRST = 3  # hits whose nearness counts together
MOST_NAMES = 2  # names that the articles do not mention count up to so many times
SIGNALS = ("nearest", "near", "coverage", "unmentioned")


@dataclass(frozen=True)
class Decision:
    """A logistic model of whether the articles cover a question; make one with `read_decision`."""

    weights: tuple[float, ...]  # of SIGNALS
    bias: float
    least: float  # probability from which Spotter answers
    text: float  # what a cosine to a text lacks beside one to a question of the same meaning
    asked_about: tuple[str, ...]  # names of things that people ask about, whatever the corpus holds
    corpus: Corpus

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Those that no article of the corpus mentions; looked for when a question first needs them."""
        texts = [plain(article.text) for article in self.corpus.articles]
        return tuple(name for name in self.asked_about if not any(has(text, name) for text in texts))

    def probability(self, question: str, found: Found) -> float:
        """How likely the articles cover the question, 0..1; 0 when nothing was found."""
        if not found.hits:
            return 0.0
        signals = self.signals(question, found)
        weighed = sum(weight * signal for weight, signal in zip(self.weights, signals, strict=True))
        return 1 / (1 + math.exp(-(weighed + self.bias)))

    def covered(self, probability: float) -> bool:
        """Whether to answer a question that the articles cover with this probability."""
        return probability >= self.least

    def signals(self, question: str, found: Found) -> tuple[float, ...]:
        """The values of SIGNALS: cosines, a share of the question's words, and a number of names."""
        near = [max(hit.question_cosine, hit.text_cosine + self.text) for hit in found.hits[:FIRST]]
        return (
            max(found.question_cosine, found.text_cosine + self.text),
            sum(near) / len(near),
            found.coverage,
            float(min(len(self.unmentioned(question)), MOST_NAMES)),
        )

    def unmentioned(self, question: str) -> tuple[str, ...]:
        """The names in a question of what no article mentions."""
        text = plain(question)
        return tuple(name for name in self.names if has(text, name))


def read_decision(corpus: Corpus, names: Path = NAMES, weights: Path = WEIGHTS) -> Decision:
    """The decision for a corpus; the weights are learned by `spotter eval train coverage`.

    Raises SourceError for a broken list of names, and KnownError for weights that are missing or broken.
    """
    every = [plain(name).strip() for group in read_toml(names).values() for name in group]
    try:
        learned = json.loads(weights.read_text(encoding="utf-8"))
        return Decision(
            weights=tuple(float(learned["weights"][signal]) for signal in SIGNALS),
            bias=float(learned["bias"]),
            least=float(learned["least"]),
            text=float(learned["text"]),
            asked_about=tuple(dict.fromkeys(every)),
            corpus=corpus,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnownError(f"The file {weights} cannot be read. Restore it from the repository.") from error
