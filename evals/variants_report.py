"""Count what became of the variants, and show it as a page of the report."""

from collections.abc import Sequence
from typing import Any

from evals.statistics import clopper_pearson
from evals.variants import Pair

Summary = dict[str, dict[str, dict[str, Any]]]  # kind -> what must not happen -> how often it did
SHOWN = 5  # messages of each, of the dev split: the others stay unread
TITLES = {
    "fell": "tier fell",
    "lost": "no longer answered",
    "let_through": "refused before, answered now",
    "alarmed": "new card",
}


def summary(pairs: Sequence[Pair]) -> Summary:
    """Kind -> what must not happen -> {"n", "count", "share", "low", "high", "cases": the first few}."""
    found: dict[str, list[Pair]] = {}
    for one in pairs:
        found.setdefault(one.kind, []).append(one)
    return {kind: {name: _counted(name, rows) for name in TITLES} for kind, rows in sorted(found.items())}


def _counted(name: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    rows = [one for one in pairs if getattr(one, name) is not None]
    hit = [one for one in rows if getattr(one, name)]
    interval = clopper_pearson(len(hit), len(rows))
    return {
        "n": len(rows),
        "count": len(hit),
        "share": interval.point,
        "low": interval.low,
        "high": interval.high,
        "cases": [[one.variant.id, list(one.variant.turns)] for one in hit if one.variant.split == "dev"][:SHOWN],
    }


def markdown(page: dict[str, Any]) -> str:
    """The counts of each kind, under "kinds", as a page of the report."""
    lines = [
        "## The same said in other ways",
        "",
        "Pairs of a case and its variant: how many of those that apply, with exact 95 % intervals; 0 is best.",
        "",
        "| kind |" + "".join(f" {title} |" for title in TITLES.values()),
        "|---" * (1 + len(TITLES)) + "|",
    ]
    lines += [
        f"| {kind} |" + "".join(f" {_cell(row[name])} |" for name in TITLES) for kind, row in page["kinds"].items()
    ]
    return "\n".join(lines) + "\n"


def _cell(one: dict[str, Any]) -> str:
    return f"{one['count']} of {one['n']} ({one['low']:.3f} to {one['high']:.3f})"
