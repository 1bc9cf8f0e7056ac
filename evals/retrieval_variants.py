"""The choices of the retrieval, each with what could have been chosen instead."""

from dataclasses import dataclass

from evals import retrieval_changes as changes
from evals.retrieval import Setup
from evals.retrieval_rerank import reranked
from index.search import Fusion


@dataclass(frozen=True)
class Variant:
    """A setup that differs from what a search does in one choice."""

    group: str
    name: str
    setup: Setup


def _shares(**shares: float) -> Setup:
    return Setup(fusion=Fusion(**shares))  # type: ignore[arg-type]  # the shares are all numbers


def _questions(share: float) -> Setup:
    return _shares(questions=share, text=round(1 - share, 2))


def _questions_dense(share: float) -> Setup:
    return _shares(questions_dense=share, questions_words=round(1 - share, 2))


def _text_dense(share: float) -> Setup:
    return _shares(text_dense=share, text_words=round(1 - share, 2))


AS_IT_IS = Setup()
_GROUPS: dict[str, dict[str, Setup]] = {
    "parts": {
        "text alone": _shares(questions=0, text=1),
        "asked-as questions alone": _shares(questions=1, text=0),
        "dense alone": _shares(questions_dense=1, questions_words=0, text_dense=1, text_words=0),
        "BM25 alone": _shares(questions_dense=0, questions_words=1, text_dense=0, text_words=1),
        "dense, text only": _shares(questions=0, text=1, text_dense=1, text_words=0),
        "BM25, text only": _shares(questions=0, text=1, text_dense=0, text_words=1),
        "dense, questions only": _shares(questions=1, text=0, questions_dense=1, questions_words=0),
        "BM25, questions only": _shares(questions=1, text=0, questions_dense=0, questions_words=1),
    },
    "share of questions (0.7)": {f"{share}": _questions(share) for share in (0.5, 0.6, 0.8, 0.9)},
    "share of dense in questions (0.5)": {f"{share}": _questions_dense(share) for share in (0.3, 0.7, 1.0)},
    "share of dense in text (0.6)": {f"{share}": _text_dense(share) for share in (0.4, 0.8, 1.0)},
    "scaling (min-max)": {
        "reciprocal rank, k 60": Setup(fusion=Fusion(scaled=changes.by_place)),
        "by the best": Setup(fusion=Fusion(scaled=changes.by_the_best)),
        "by deviation": Setup(fusion=Fusion(scaled=changes.by_deviation)),
    },
    "questions averaged (3)": {
        "1, the best alone": Setup(fusion=Fusion(agreeing=1)),
        "2": Setup(fusion=Fusion(agreeing=2)),
        "5": Setup(fusion=Fusion(agreeing=5)),
    },
    "candidates (200)": {f"{few}": Setup(fusion=Fusion(candidates=few)) for few in (60, 100, 400)},
    "what is embedded (passage under its header)": {
        "without header": Setup(pieces=changes.without_header),
        "heading without title": Setup(pieces=changes.under_its_heading),
        "sentence by sentence": Setup(pieces=changes.by_sentence),
        "with the sentence before": Setup(pieces=changes.after_a_sentence),
    },
    "words of the query (both)": {
        "without synonyms": Setup(read=changes.without_synonyms),
        "without meanings of unknown words": Setup(read=changes.without_meanings),
    },
    "asked-as questions (all)": {
        "half of them": Setup(asked=changes.a_share(0.5)),
        "a quarter of them": Setup(asked=changes.a_share(0.25)),
    },
    "after the fusion (nothing)": {
        "section prior 0.3": Setup(order=changes.weighed(section=0.3)),
        "section prior 0.3, any heading": Setup(order=changes.weighed(section=0.3, only_questions=False)),
        "section prior 0.1, any heading": Setup(order=changes.weighed(section=0.1, only_questions=False)),
        "linear reranker": Setup(order=reranked),
    },
}
VARIANTS = tuple(Variant(group, name, setup) for group, rows in _GROUPS.items() for name, setup in rows.items())
