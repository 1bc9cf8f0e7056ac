"""Decide whether what was found is good enough to answer with."""

from dataclasses import dataclass

from index.search import Found


@dataclass(frozen=True)
class Thresholds:
    """Cosines from which a question counts as covered; to be calibrated on labelled cases."""

    question: float = 0.58  # to the nearest asked-as question, alone
    text: float = 0.55  # to the nearest passage, alone
    both_question: float = 0.48  # together with
    both_text: float = 0.38
    known_words: float = 0.5  # share of the question's content words that the index knows at all


def covered(found: Found, thresholds: Thresholds | None = None) -> bool:
    """Whether the articles cover the question, by how near the nearest questions and passages are."""
    limits = thresholds or Thresholds()
    if not found.hits or found.known_words < limits.known_words:
        return False
    near_one = found.question_cosine >= limits.question or found.text_cosine >= limits.text
    near_both = found.question_cosine >= limits.both_question and found.text_cosine >= limits.both_text
    return near_one or near_both
