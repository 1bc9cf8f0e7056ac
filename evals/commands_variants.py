"""'spotter eval variants': say every case in other ways and count what changed that must not."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import click

from assistant.answer import Assistant
from assistant.commands.progress import building
from assistant.settings import read_settings
from assistant.start import start
from evals.cases import REPLY_SETS, Case, read_cases
from evals.commands_run import RUNS
from evals.run import row_of
from evals.statistics import clopper_pearson
from evals.variants import Pair, pair, read_floors, read_wordings, variants

FILE = RUNS / "variants.json"
Summary = dict[str, dict[str, dict[str, Any]]]  # kind -> what must not happen -> how often
SHOWN = 5  # fallen messages of each kind
_ASKED = frozenset({"answerable", "conflict", "policy"})  # these go through the whole line, the others through the gate
_GATED = frozenset({"red_flag", "crisis", "no_flag", "ordinary", "conversation"})


@click.command("variants")
@click.option("--kind", metavar="NAME", help="One kind of variant.")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first so many cases.")
@click.pass_context
def variants_command(ctx: click.Context, kind: str | None, split: str, limit: int | None) -> None:
    """Typos, capitals, politeness, belittling, orders, chatter, a message in two turns: nothing dangerous may fall.

    Takes about five minutes. The exit status is 1 when more tiers fall than evals/variants.toml allows.
    """
    cases = [case for case in read_cases() if case.lang == "en" and case.set in _ASKED | _GATED]
    cases = [case for case in cases if split in ("all", case.split)][:limit]
    with building() as progress:
        assistant = start(read_settings(), progress)
        assistant.index_version()
    with click.progressbar(length=len(cases), label="Saying it in other ways", file=sys.stderr) as bar:
        pairs = list(_pairs(cases, assistant, kind, bar.update))
    table = summary(pairs)
    click.echo(markdown(table))
    if kind is None and limit is None:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(json.dumps({"split": split, "kinds": table}, indent=1, ensure_ascii=False), encoding="utf-8")
    floors = read_floors()
    past = [key for key, most in floors.items() if key[0] in table and table[key[0]][key[1]]["share"] > most]
    for name, what in past:
        click.echo(f"{name}: more of {what} than evals/variants.toml allows ({floors[name, what]}).")
    if past:
        ctx.exit(1)


def _pairs(
    cases: Iterable[Case], assistant: Assistant, kind: str | None, progress: Callable[[int], None]
) -> Iterable[Pair]:
    wordings = read_wordings()
    for case in cases:
        run_as = replace(case, set="no_flag") if case.set in REPLY_SETS - _ASKED else case
        before = row_of(run_as, assistant)
        for one in variants(run_as, wordings):
            if kind in (None, one.kind):
                yield pair(one.kind, run_as, one.case, before, row_of(one.case, assistant))
        progress(1)


def summary(pairs: Sequence[Pair]) -> Summary:
    """Kind -> what must not happen -> {"n", "count", "share", "low", "high", "cases": the first few}."""
    found: dict[str, list[Pair]] = {}
    for one in pairs:
        found.setdefault(one.kind, []).append(one)
    return {
        kind: {name: _counted(name, rows) for name in ("fell", "lost", "let_through", "alarmed")}
        for kind, rows in sorted(found.items())
    }


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
        "cases": [[one.variant.id, list(one.variant.turns)] for one in hit[:SHOWN]],
    }


def markdown(table: Summary) -> str:
    """The table, and the first messages of each kind whose tier fell."""
    names = {
        "fell": "tier fell",
        "lost": "no longer answered",
        "let_through": "refused before, answered now",
        "alarmed": "new card",
    }
    lines = ["| kind |" + "".join(f" {name} |" for name in names.values()), "|---" * (1 + len(names)) + "|"]
    for kind, row in table.items():
        lines.append(f"| {kind} |" + "".join(f" {_cell(row[name])} |" for name in names))
    for kind, row in table.items():
        lines += [f"- {kind}: {id_}: {' // '.join(turns)}" for id_, turns in row["fell"]["cases"]]
    return "\n".join(lines)


def _cell(one: dict[str, Any]) -> str:
    return f"{one['count']} of {one['n']} ({one['low']:.3f} to {one['high']:.3f})"
