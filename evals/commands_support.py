"""'spotter eval support': how well sentences are told from those that their quotes do not carry."""

import click

from evals.bench import ROOT
from evals.page import placed
from evals.support_pairs import BEGIN, END, LEAST_RIGHT, MOST_WRONG, PARTS, measured, read_pairs, section

PAGE = ROOT / "docs" / "model.md"


@click.command("support")
@click.option("--write", is_flag=True, help="Write the table into docs/model.md.")
@click.pass_context
def support_command(ctx: click.Context, write: bool) -> None:
    """Run the check of support over the labelled pairs; the exit status is 1 when those of the test miss their goal."""
    pairs = read_pairs()
    *looked_at, test = [measured(pairs, part) for part in PARTS]
    text = section([*looked_at, test])
    click.echo(text, nl=False)
    if write:
        PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), text, BEGIN, END), encoding="utf-8")
    if round(test.right.point * test.right.n) < LEAST_RIGHT or round(test.wrong.point * test.wrong.n) > MOST_WRONG:
        ctx.exit(1)
