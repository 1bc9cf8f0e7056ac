"""Every measure under one name, and how values of cases are put together.

A measure is a pure function of one case (or of the cases of a set, where the docstring says so). Its value is:

- a number, when the case was scored;
- None, when the measure does not apply to the case (nothing is relevant, nothing was stated);
- 0, when the measure applies and the case crashed or got no reply: whoever scores enters it, with the reason. Where
  a low figure is the good one, enter the worst value instead.

None is never left out in silence: `applying` says how many there are, and `mean_or_zero` refuses them.
"""

import math
from collections.abc import Iterable, Sequence

from evals.measures_answers import (
    citation_precision,
    citation_recall,
    gold_first,
    gold_quoted,
    nugget_recall,
    quote_exact,
    spans_overlap,
    statement_precision,
)
from evals.measures_decisions import (
    Share,
    brier,
    ece,
    over_triage,
    rates,
    risk_coverage,
    sensitivity,
    triage_step,
    under_triage,
)
from evals.measures_retrieval import ndcg_at, recall_at, reciprocal_rank
from evals.measures_wording import duplicate_advice, numbers_agree, readability, words

__all__ = [
    "Share",
    "applying",
    "brier",
    "citation_precision",
    "citation_recall",
    "duplicate_advice",
    "ece",
    "gold_first",
    "gold_quoted",
    "mean_or_zero",
    "ndcg_at",
    "nugget_recall",
    "numbers_agree",
    "over_triage",
    "quote_exact",
    "rates",
    "readability",
    "recall_at",
    "reciprocal_rank",
    "risk_coverage",
    "sensitivity",
    "spans_overlap",
    "statement_precision",
    "triage_step",
    "under_triage",
    "words",
]


def applying(values: Iterable[float | None]) -> tuple[list[float], int]:
    """The values of the cases that a measure applies to, in order, and how many cases it does not apply to."""
    given = list(values)
    kept = [value for value in given if value is not None]
    return kept, len(given) - len(kept)


def mean_or_zero(values: Sequence[float]) -> float:
    """The mean; 0 for no values, so that a set on which everything is missing never looks good.

    Raises ValueError for None or NaN: split those off with `applying` first, and show how many they are.
    """
    if any(value is None or math.isnan(value) for value in values):
        raise ValueError("A value that does not apply has no mean. Split them off with 'applying' and say how many.")
    return math.fsum(values) / len(values) if values else 0.0
