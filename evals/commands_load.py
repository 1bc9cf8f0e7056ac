"""'spotter eval load': many users at once, asking the real service."""

import click

from assistant.settings import read_settings
from evals.bench import ROOT
from evals.load import measured
from evals.load_report import BEGIN, END, broken, section
from evals.page import placed

PAGE = ROOT / "docs" / "performance.md"


@click.command("load")
@click.option("--users", type=click.IntRange(1, 500), default=50, show_default=True, help="How many ask at once.")
@click.option("--seconds", type=click.IntRange(1), default=30, show_default=True, help="How long they ask.")
@click.option("--write", is_flag=True, help="Write the section into docs/performance.md.")
@click.pass_context
def load_command(ctx: click.Context, users: int, seconds: int, write: bool) -> None:
    """Have many users ask the real service at once, then stop it while it answers.

    First one user asks alone. The exit status is 1 when a message got no reply, a reply held anything of another
    conversation, memory grew, or the stop lost an answer.
    """
    settings = read_settings()
    data = settings.index.data.absolute()
    found = measured(data, settings.corpus.absolute(), users, seconds, lambda what: click.echo(what, err=True))
    command = f"spotter eval load --users {users} --seconds {seconds}{' --write' if write else ''}"
    text = section(found, command)
    click.echo(text, nl=False)
    if write:
        PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), text, BEGIN, END), encoding="utf-8")
    if told := broken(found):
        click.echo("\n".join(told), err=True)
        ctx.exit(1)
