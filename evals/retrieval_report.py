"""What each choice of the retrieval is worth: every variant against the retrieval as it is, question by question."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from evals.measures import mean_or_zero, ndcg_at, recall_at, reciprocal_rank
from evals.retrieval import Question, Searched
from evals.retrieval_variants import Variant
from evals.statistics import Interval, cluster_bootstrap, decided

TWIN = 0.9  # cosine from which on a question is as good as among the asked-as questions
MEASURES: dict[str, Callable[[Sequence[str], Mapping[str, float]], float | None]] = {
    "recall@5": lambda ranked, gains: recall_at(ranked, gains, 5),
    "hit@5": lambda ranked, gains: float(bool(gains.keys() & set(ranked[:5]))),
    "nDCG@10": lambda ranked, gains: ndcg_at(ranked, gains, 10),
    "MRR": reciprocal_rank,
}

NOTE = (
    "Each cell: the mean, the difference to the retrieval as it is, and its 95 % interval over families. An interval "
    "stands for its comparison alone: of many that change nothing, one in twenty leaves out 0 by chance. The retrieval "
    "as it is was chosen on the dev split, which flatters it there."
)

Scores = dict[str, list[float]]  # measure -> value of each question


def scores(questions: Sequence[Question], rankings: Sequence[Sequence[str]]) -> Scores:
    """The value of each measure for each question; one that has no gold passage counts 0."""
    pairs = list(zip(questions, rankings, strict=True))
    return {
        name: [measure(ranked, question.gains) or 0.0 for question, ranked in pairs]
        for name, measure in MEASURES.items()
    }


def twins(searched: Sequence[Searched]) -> set[str]:
    """The ids of the questions that stand nearly word by word among the asked-as questions."""
    return {one.question.id for one in searched if any(hit.question_cosine >= TWIN for hit in one.hits)}


def table(questions: Sequence[Question], default: Scores, found: Sequence[tuple[Variant, Scores]]) -> dict[str, Any]:
    """The retrieval as it is, and each variant with its differences, over the questions; values as in JSON."""
    families = [question.family for question in questions]
    return {
        "n": len(questions),
        "families": len(set(families)),
        "default": {name: _figure(cluster_bootstrap(values, families)) for name, values in default.items()},
        "variants": [
            {"group": variant.group, "name": variant.name, "measures": _differences(default, scores, families)}
            for variant, scores in found
        ],
    }


def without(ids: set[str], questions: Sequence[Question], scores: Scores) -> Scores:
    """The scores without those of some questions."""
    kept = [row for row, question in enumerate(questions) if question.id not in ids]
    return {name: [values[row] for row in kept] for name, values in scores.items()}


def _differences(default: Scores, scores: Scores, families: Sequence[str]) -> dict[str, Any]:
    found = {}
    for name, values in scores.items():
        difference = cluster_bootstrap(np.subtract(values, default[name]), families)
        found[name] = {
            "mean": mean_or_zero(values),
            "difference": _figure(difference),
            "verdict": decided(difference),
        }
    return found


def _figure(interval: Interval) -> dict[str, float]:
    return {"point": interval.point, "low": interval.low, "high": interval.high}


def markdown(title: str, found: dict[str, Any]) -> str:
    """A table as Markdown; NOTE says what its cells hold."""
    lines = [
        f"### {title}: {found['n']} questions of {found['families']} families",
        "",
        "| choice (as it is) | instead |" + "".join(f" {name} |" for name in MEASURES) + " against as it is |",
        "|---" * (len(MEASURES) + 3) + "|",
        "| as it is | |" + "".join(f" {_interval(row, '.3f')} |" for row in found["default"].values()) + " |",
    ]
    for row in found["variants"]:
        cells = "".join(f" {one['mean']:.3f}: {_interval(one['difference'], '+.3f')} |" for one in _measured(row))
        lines.append(f"| {row['group']} | {row['name']} |{cells} {_verdict(row)} |")
    return "\n".join(lines) + "\n"


def _measured(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [row["measures"][name] for name in MEASURES]


def _interval(row: dict[str, float], form: str) -> str:
    return f"{row['point']:{form}} ({row['low']:{form}} to {row['high']:{form}})"


def _verdict(row: dict[str, Any]) -> str:
    """Which measures are better and which worse, where the interval leaves out 0."""
    by_verdict: dict[str, list[str]] = {}
    for name, one in row["measures"].items():
        by_verdict.setdefault(one["verdict"], []).append(name)
    said = [
        f"{verdict}{'' if len(names) == len(MEASURES) else ': ' + ', '.join(names)}"
        for verdict in ("better", "worse")
        if (names := by_verdict.get(verdict))
    ]
    return "; ".join(said) or "no difference"
