"""'spotter eval variants': say every case in other ways and count what changed that must not."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace

import click

from assistant.answer import Assistant
from assistant.commands.progress import building
from assistant.settings import read_settings
from assistant.start import start
from evals.cases import REPLY_SETS, Case, read_cases
from evals.commands_run import RUNS
from evals.run import row_of, version_of
from evals.variants import Pair, pair, read_floors, read_wordings, variants
from evals.variants_report import markdown, summary

FILE = RUNS / "variants.json"
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
    click.echo(markdown({"kinds": table}))
    for name, row in table.items():
        for id_, turns in row["fell"]["cases"]:
            click.echo(f"{name}: {id_}: {' // '.join(turns)}")
    click.echo("Only cases of the dev split are shown.")
    if kind is None and limit is None:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        page = {"version": version_of(assistant.index_version()), "kinds": table}
        FILE.write_text(json.dumps(page, indent=1, ensure_ascii=False), encoding="utf-8")
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
