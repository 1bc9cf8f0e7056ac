"""'spotter eval fuzz': conversations that nobody would hold, and which promises broke in them."""

import itertools
import time
from collections.abc import Iterator

import click

from assistant.commands.progress import building
from assistant.settings import read_settings
from assistant.start import start_service
from evals.cases import read_cases
from evals.fuzz import Heard, Problem, Tally, fuzz
from evals.fuzz_messages import words_of

SHOWN = 300  # characters of a message


@click.command("fuzz")
@click.option("--seconds", type=click.FloatRange(min=0), default=300, show_default=True, help="How long to go on.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same conversations.")
@click.option("--only", type=click.IntRange(min=0), metavar="INDEX", help="One conversation, shown turn by turn.")
@click.pass_context
def fuzz_command(ctx: click.Context, seconds: float, seed: int, only: int | None) -> None:
    """Conversations made by a dice: cases, articles and warnings, spliced, broken, buried, in any characters.

    After each turn the promises of docs/reliability.md are checked. The exit status is 1 when one broke.
    """
    with building() as progress:
        assistant = start_service(read_settings(), progress)
    words = words_of(read_cases(), assistant.corpus())
    if only is not None:
        tally = fuzz(assistant, words, seed, [only], told=_show)
    else:
        end = time.monotonic() + seconds
        tally = fuzz(assistant, words, seed, itertools.count(), until=lambda: time.monotonic() >= end)
    click.echo("\n".join(report(tally, seed)))
    if tally.problems:
        ctx.exit(1)


def _show(heard: Heard, problems: list[Problem]) -> None:
    text = heard.said.text
    more = f" … {len(text)} characters" if len(text) > SHOWN else ""
    click.echo(f"{heard.number}: {', '.join(heard.said.made)}: {text[:SHOWN]!r}{more}")
    reply = heard.turn.reply if heard.turn else None
    became = f"{reply.outcome}, {reply.reason}, {reply.mode}, {reply.tier}" if reply else heard.error
    click.echo(f"   {became}, {heard.seconds:.3f} s")
    for one in problems:
        click.echo(f"   {one.kind}: {one.why}")


def report(tally: Tally, seed: int) -> Iterator[str]:
    """The figures of a run as Markdown, line by line."""
    index, turn, length = tally.slowest_at
    yield f"Seed {seed}: {tally.conversations} conversations, {tally.turns} turns."
    yield f"Slowest turn: {tally.slowest:.2f} s, of {length} characters (conversation {index}, turn {turn})."
    yield ""
    yield from ("| outcome | turns |", "|---|---|")
    yield from (f"| {outcome} | {count} |" for outcome, count in sorted(tally.outcomes.items()))
    yield ""
    yield from ("| warning | turns | lower tier than alone | does not stop | promised |", "|---|---|---|---|---|")
    for wrapping, one in sorted(tally.buried.items()):
        promised = "yes" if one.promised else "no"
        yield f"| {wrapping} | {one.turns} | {_first(one.lower)} | {_first(one.passed)} | {promised} |"
    yield ""
    yield from _problems(tally, seed)


def _first(indices: list[int]) -> str:
    """How many, and the first conversations."""
    return f"{len(indices)} ({', '.join(map(str, indices[:3]))})" if indices else "0"


def _problems(tally: Tally, seed: int) -> Iterator[str]:
    if not tally.problems:
        yield "Problems: none."
        return
    kinds: dict[str, list[Problem]] = {}
    for one in tally.problems:
        kinds.setdefault(one.kind, []).append(one)
    for kind, found in sorted(kinds.items()):
        first = found[0]
        yield f"{kind}: {len(found)} turns; the first in turn {first.turn} of conversation {first.index}: {first.why}"
        yield f"    spotter eval fuzz --seed {seed} --only {first.index}"
