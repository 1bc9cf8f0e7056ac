"""What a search finds; light, so that who only handles it loads nothing that searches."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Near:
    """A stored vector near a query."""

    id: str
    cosine: float  # -1 to 1, to within 1e-6


@dataclass(frozen=True)
class Hit:
    """A passage found for a question."""

    passage_id: str
    score: float  # fused, 0..1, comparable within one search only
    text_cosine: float  # of its best window; 0.0 when it was not among the candidates
    question_cosine: float  # of its best asked-as question; 0.0 likewise


@dataclass(frozen=True)
class Found:
    """The hits of one search, best first, and the signals for deciding whether to answer at all."""

    hits: tuple[Hit, ...]
    text_cosine: float  # best over the text
    question_cosine: float  # best over asked-as questions
    coverage: float  # share of the question's words, by how rare they are, that the best hits hold; 0..1
    words: int  # different content words of the question
