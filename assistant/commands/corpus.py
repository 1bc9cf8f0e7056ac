"""'spotter corpus': check the curated articles, and show one as it is cut and withheld."""

import click

from assistant.policy.judge import banned_output, load_policy
from assistant.settings import read_settings
from corpus.check import check as check_corpus
from corpus.check import described
from corpus.library import load


@click.group()
def corpus() -> None:
    """Check and show the curated articles."""


@corpus.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Check digests, overlays, questions, dates, and the never-list over every citable sentence."""
    policy = load_policy()
    loaded = load(read_settings().corpus)
    result = check_corpus(loaded, lambda text: banned_output(text, policy))
    for line in result.notes:
        click.echo(line)
    for line in result.problems:
        click.echo(line, err=True)
    click.echo(result.summary)
    if result.problems:
        ctx.exit(1)


@corpus.command()
@click.argument("place", metavar="ID[#PASSAGE]")
def show(place: str) -> None:
    """Show an article with its passages, notes and withheld parts, or one passage of it."""
    click.echo(described(load(read_settings().corpus), place))
