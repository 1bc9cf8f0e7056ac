"""Turn the scores of cases into the figures of the scorecard, each with its n and its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.sources import read_toml
from evals import measures
from evals.cases import Case
from evals.score import Scored
from evals.statistics import Floats, Interval, clopper_pearson, cluster_bootstrap, mean

FIGURES = Path(__file__).with_name("figures.toml")


@dataclass(frozen=True)
class Definition:
    """What a figure counts; see figures.toml."""

    id: str
    title: str
    sets: frozenset[str]
    where: dict[str, list[Any]]
    measures: tuple[str, ...]
    statistic: str
    interval: str  # "exact", "bootstrap" or "none"
    higher_is_better: bool
    timing: bool  # of the machine rather than of the answers: differs from run to run

    def counts(self, case: Case) -> bool:
        """Whether the case is one of those that the figure is about."""
        if case.set not in self.sets:
            return False
        return all(_meets(_field(case, key), wanted) for key, wanted in self.where.items())


@dataclass(frozen=True)
class Figure:
    """A figure over some cases; None where no case counts."""

    definition: Definition
    interval: Interval | None


def _brier(table: Floats) -> float:
    return measures.brier(table[:, 0].tolist(), table[:, 1].tolist()) or 0.0


def _ece(table: Floats) -> float:
    return measures.ece(table[:, 0].tolist(), table[:, 1].tolist()) or 0.0


def _risk_area(table: Floats) -> float:
    _, area = measures.risk_coverage(table[:, 0].tolist(), (table[:, 1] > 0).tolist())
    return area or 0.0


# A row a case, a column a measure -> one number.
STATISTICS: dict[str, Callable[[Floats], float]] = {
    "mean": mean,
    "p50": lambda table: float(np.quantile(table, 0.5)),
    "p95": lambda table: float(np.quantile(table, 0.95)),
    "max": lambda table: float(table.max()),
    "brier": _brier,
    "ece": _ece,
    "risk_area": _risk_area,
}


def read_definitions(path: Path = FIGURES) -> tuple[Definition, ...]:
    return tuple(
        Definition(
            id=row["id"],
            title=row["title"],
            sets=frozenset(row["sets"]),
            where=row.get("where", {}),
            measures=tuple(row.get("measures") or [row["measure"]]),
            statistic=row.get("statistic", "mean"),
            interval=row["interval"],
            higher_is_better=row.get("better", "higher") == "higher",
            timing=row.get("timing", False),
        )
        for row in read_toml(path)["figure"]
    )


def figures(scored: Sequence[Scored], definitions: Sequence[Definition], split: str) -> list[Figure]:
    """Every figure over the cases of a split ("dev", "test", or "all")."""
    chosen = [one for one in scored if split in ("all", one.case.split)]
    return [Figure(definition, interval(definition, chosen)) for definition in definitions]


def values(definition: Definition, scored: Sequence[Scored]) -> list[tuple[Case, tuple[float, ...]]]:
    """The scores that the figure is made of, as (case, value of each measure).

    A case that one of the measures does not apply to is left out.
    """
    return [
        (one.case, tuple(one.scores[name] for name in definition.measures))
        for one in scored
        if definition.counts(one.case) and all(name in one.scores for name in definition.measures)
    ]


def interval(definition: Definition, scored: Sequence[Scored]) -> Interval | None:
    rows = values(definition, scored)
    if not rows:
        return None
    table = np.array([row for _, row in rows])
    if table.shape[1] == 1:
        table = table[:, 0]
    statistic = STATISTICS[definition.statistic]
    if definition.interval == "exact":
        return clopper_pearson(round(table.sum()), len(rows))
    if definition.interval == "none":
        point = statistic(table)
        return Interval(point, point, point, len(rows))
    return cluster_bootstrap(table, [case.family for case, _ in rows], statistic)


def _field(case: Case, key: str) -> Any:
    return case.lang if key == "lang" else case.expect.get(key)


def _meets(value: Any, wanted: list[Any]) -> bool:
    return any(value != one[1:] if isinstance(one, str) and one.startswith("!") else value == one for one in wanted)
