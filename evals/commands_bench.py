"""'spotter eval bench': speed and size beside LangChain's tutorial pipeline, and how both grow."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from evals.bench import ROOT, Programs, environment, side_by_side, timed
from evals.bench_growth import growth
from evals.bench_report import tables

PAGE, PLOT = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.svg"
DRAW = Path(__file__).parent / "tutorial" / "plot.py"
MARK = "<!-- below: written by 'make bench' -->"


@click.command("bench")
@click.option("--tutorial", metavar="PYTHON", required=True, help="Interpreter of the pipeline's environment.")
@click.option("--rounds", default=5, show_default=True, help="How often each process is run; medians are shown.")
@click.option("--passages", multiple=True, type=int, help="Also a corpus of so many passages; may be repeated.")
@click.option("--scratch", type=click.Path(path_type=Path), default=Path(".spotter/bench"), show_default=True)
@click.option("--write", is_flag=True, help="Write the tables and the plot into docs/.")
def bench_command(tutorial: str, rounds: int, passages: tuple[int, ...], scratch: Path, write: bool) -> None:
    """Time Spotter side by side with LangChain's tutorial pipeline, in one run on an idle machine."""

    def say(what: str) -> None:
        click.echo(what, err=True)

    scratch = scratch.absolute()
    kept = scratch / "bench.json"
    found = side_by_side(tutorial, scratch, rounds, say)
    found["growth"] = []
    _keep(found, kept)
    for row in growth(Programs(sys.executable, tutorial, scratch), sorted(passages), rounds, say):
        found["growth"].append(row)
        _keep(found, kept)  # at once: the largest size takes longer than all the rest
    click.echo(tables(found))
    if write:
        head = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{tables(found)}", encoding="utf-8")
        timed([tutorial, str(DRAW), str(kept), str(PLOT)], environment(scratch / "data"))


def _keep(found: dict[str, Any], kept: Path) -> None:
    kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
