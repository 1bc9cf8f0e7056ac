"""Turn the scores of cases into the figures of the scorecard, each with its n and its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.sources import read_toml
from evals.cases import Case
from evals.score import Scored
from evals.statistics import Interval, clopper_pearson, cluster_bootstrap

FIGURES = Path(__file__).with_name("figures.toml")


@dataclass(frozen=True)
class Definition:
    """What a figure counts; see figures.toml."""

    id: str
    title: str
    sets: frozenset[str]
    where: dict[str, list[Any]]
    measure: str
    exact: bool
    higher_is_better: bool

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


def read_definitions(path: Path = FIGURES) -> tuple[Definition, ...]:
    return tuple(
        Definition(
            id=row["id"],
            title=row["title"],
            sets=frozenset(row["sets"]),
            where=row.get("where", {}),
            measure=row["measure"],
            exact=row["interval"] == "exact",
            higher_is_better=row.get("better", "higher") == "higher",
        )
        for row in read_toml(path)["figure"]
    )


def figures(scored: Sequence[Scored], definitions: Sequence[Definition], split: str) -> list[Figure]:
    """Every figure over the cases of a split ("dev", "test", or "all")."""
    chosen = [one for one in scored if split in ("all", one.case.split)]
    return [Figure(definition, interval(definition, chosen)) for definition in definitions]


def values(definition: Definition, scored: Sequence[Scored]) -> list[tuple[Case, float]]:
    """The scores that the figure is made of; a case that the measure does not apply to is left out."""
    return [
        (one.case, one.scores[definition.measure])
        for one in scored
        if definition.counts(one.case) and definition.measure in one.scores
    ]


def interval(definition: Definition, scored: Sequence[Scored]) -> Interval | None:
    rows = values(definition, scored)
    if not rows:
        return None
    if definition.exact:
        return clopper_pearson(round(sum(value for _, value in rows)), len(rows))
    return cluster_bootstrap([value for _, value in rows], [case.family for case, _ in rows])


def _field(case: Case, key: str) -> Any:
    return case.lang if key == "lang" else case.expect.get(key)


def _meets(value: Any, wanted: list[Any]) -> bool:
    return any(value != one[1:] if isinstance(one, str) and one.startswith("!") else value == one for one in wanted)
