"""Decide whether what was found is good enough to answer with."""

import math
from dataclasses import dataclass

from index.search import Found


@dataclass(frozen=True)
class Decision:
    """A logistic model of whether the articles cover a question.

    Fitted by logistic regression on 480 ordinary questions and 162 that are off-topic or near the domain but
    not covered, all of our own; the figures to trust are those of the evaluation harness on other cases.
    """

    nearness: float = 7.4  # weight of the cosine to the nearest asked-as question
    coverage: float = 4.2  # weight of the share of the question's words that the best hits hold
    bias: float = -6.7
    text: float = 0.1  # what a cosine to a text lacks beside one to a question of the same meaning
    least: float = 0.25  # probability from which Spotter answers

    def probability(self, found: Found) -> float:
        """How likely the articles cover the question, 0..1; 0 when nothing was found."""
        if not found.hits:
            return 0.0
        near = max(found.question_cosine, found.text_cosine + self.text)
        return 1 / (1 + math.exp(-(self.nearness * near + self.coverage * found.coverage + self.bias)))


DECISION = Decision()


def covered(probability: float) -> bool:
    """Whether to answer a question that the articles cover with this probability."""
    return probability >= DECISION.least
