"""Say whether one run is better than another, case by case, and say so too when that cannot be told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from evals.figures import Definition, values
from evals.score import Scored
from evals.statistics import Interval, decided, holm, mcnemar_exact, minimal_detectable_effect, paired_bootstrap


@dataclass(frozen=True)
class Comparison:
    """One figure of two runs over the cases that both have."""

    definition: Definition
    gated: bool
    before: float
    after: float
    difference: Interval  # after minus before
    p: float  # Holm, over the gated figures; as it is for the others
    verdict: str  # "better", "worse" or "not decided"
    detectable: float  # smallest difference that so many pairs could show
    flipped: tuple[str, ...]  # ids of the cases whose score changed


def compare(
    before: Sequence[Scored], after: Sequence[Scored], definitions: Sequence[Definition], gated: Collection[str]
) -> list[Comparison]:
    """Every mean that both runs have cases for, paired by case; the gated figures are tested together."""
    means = [one for one in definitions if one.statistic == "mean" and not one.timing]
    raw = [one for definition in means if (one := _compared(definition, before, after, definition.id in gated))]
    adjusted = holm({one.definition.id: one.p for one in raw if one.gated})
    return [_judged(replace(one, p=adjusted.get(one.definition.id, one.p))) for one in raw]


def _compared(
    definition: Definition, before: Sequence[Scored], after: Sequence[Scored], gated: bool
) -> Comparison | None:
    old = {case.id: value for case, (value,) in values(definition, before)}
    rows = [(case, old[case.id], value) for case, (value,) in values(definition, after) if case.id in old]
    if not rows:
        return None
    first, second = [one for _, one, _ in rows], [one for _, _, one in rows]
    difference, p = paired_bootstrap(first, second, [case.family for case, *_ in rows])
    gained = sum(b > a for a, b in zip(first, second, strict=True))
    lost = sum(b < a for a, b in zip(first, second, strict=True))
    if definition.interval == "exact":
        p = mcnemar_exact(gained, lost)
    return Comparison(
        definition=definition,
        gated=gated,
        before=sum(first) / len(first),
        after=sum(second) / len(second),
        difference=difference,
        p=p,
        verdict="",
        detectable=minimal_detectable_effect(len(rows), (gained + lost) / len(rows)),
        flipped=tuple(case.id for case, a, b in rows if a != b),
    )


def _judged(one: Comparison) -> Comparison:
    verdict = decided(one.difference, 0.0) if one.p < 0.05 else "not decided"
    if not one.definition.higher_is_better:
        verdict = {"better": "worse", "worse": "better"}.get(verdict, verdict)
    return replace(one, verdict=verdict)
