"""Every measure under one name, and how values of cases are put together.

A measure is a pure function of one case (or of the cases of a set, where the docstring says so). Its value is:

- a number, when the case was scored;
- None, when the measure does not apply to the case (nothing is relevant, nothing was stated);
- 0, when the measure applies and the case crashed or got no reply: whoever scores enters it, with the reason. Where
  a low figure is the good one, enter the worst value instead.

None is never left out in silence: each figure has the n of the cases that it applies to, and `mean_or_zero` refuses it.
"""

import math
from collections.abc import Sequence

from evals.measures_answers import (
    citation_precision,
    citation_recall,
    gold_first,
    gold_quoted,
    in_region,
    nugget_recall,
    quote_exact,
    spans_overlap,
    statement_precision,
)
from evals.measures_decisions import (
    OUTCOMES,
    Share,
    brier,
    ece,
    rates,
    risk_coverage,
    steps_apart,
    triage_step,
)
from evals.measures_retrieval import ndcg_at, recall_at, reciprocal_rank
from evals.measures_wording import duplicate_advice, numbers_agree, readability, words

__all__ = [
    "OUTCOMES",
    "Share",
    "brier",
    "citation_precision",
    "citation_recall",
    "duplicate_advice",
    "ece",
    "gold_first",
    "gold_quoted",
    "in_region",
    "mean_or_zero",
    "ndcg_at",
    "nugget_recall",
    "numbers_agree",
    "quote_exact",
    "rates",
    "readability",
    "recall_at",
    "reciprocal_rank",
    "risk_coverage",
    "spans_overlap",
    "statement_precision",
    "steps_apart",
    "triage_step",
    "words",
]


def mean_or_zero(values: Sequence[float]) -> float:
    """The mean; 0 for no values, so that a set on which everything is missing never looks good.

    Raises ValueError for None or NaN: split those off first, and show how many they are.
    """
    if any(value is None or math.isnan(value) for value in values):
        raise ValueError("A value that does not apply has no mean. Split them off and say how many.")
    return math.fsum(values) / len(values) if values else 0.0
