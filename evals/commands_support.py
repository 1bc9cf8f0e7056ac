"""'spotter eval support': how well sentences are told from those that their quotes do not carry."""

import click

from evals.bench import ROOT
from evals.page import placed
from evals.support_pairs import BEGIN, END, PARTS, UNSEEN, measured, read_pairs, section

PAGE = ROOT / "docs" / "model.md"


@click.command("support")
@click.option("--write", is_flag=True, help="Write the table into docs/model.md.")
@click.pass_context
def support_command(ctx: click.Context, write: bool) -> None:
    """Run the check of support over the labelled pairs; the exit status is 1 when an unseen part misses its goal."""
    pairs = read_pairs()
    parts = [measured(pairs, part) for part in PARTS]
    text = section(parts)
    click.echo(text, nl=False)
    if write:
        PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), text, BEGIN, END), encoding="utf-8")
    if not all(part.meets_goal for part in parts if part.name in UNSEEN):
        ctx.exit(1)
