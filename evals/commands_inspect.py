"""'spotter eval inspect samples | answer': what the tasks of Inspect AI, in an environment of their own, ask for."""

import json
import sys
from functools import lru_cache

import click

from assistant.answer import Assistant
from assistant.settings import read_settings
from assistant.start import start
from corpus.errors import KnownError
from corpus.library import Corpus, load
from evals.cases import Case, read_cases
from evals.commands_run import over
from evals.figures import read_definitions
from evals.inspect_samples import answered, sample
from evals.run import Run, row_of
from evals.score import score


class NoCase(KnownError):
    """An id that no case has."""


@click.group("inspect")
def inspect_group() -> None:
    """Give cases, replies and scores to the tasks of Inspect AI, as JSON lines; see docs/inspect.md."""


@inspect_group.command()
def samples() -> None:
    """Print every case: what is asked, what is expected and which figures it counts in."""
    definitions = read_definitions()
    for case in read_cases():
        click.echo(json.dumps(sample(case, definitions)))


@inspect_group.command()
def answer() -> None:
    """Read ids of cases, a line each, and print for each at once what Spotter says and how it scores."""
    cases = {case.id: case for case in read_cases()}
    definitions = read_definitions()
    opened = lru_cache(_opened)
    for line in sys.stdin:
        case = _named(line.strip(), cases)
        assistant, corpus = opened(case.corpus)
        row = row_of(case, assistant)
        (scored,) = score((case,), Run("", {case.id: row}), corpus)
        click.echo(json.dumps(answered(scored, row, definitions)))


def _named(name: str, cases: dict[str, Case]) -> Case:
    if name not in cases:
        raise NoCase(f"No case has the id {name!r}. 'spotter eval inspect samples' prints them all.")
    return cases[name]


def _opened(name: str) -> tuple[Assistant, Corpus]:
    """The assistant over the real corpus, "", or over a test corpus, and the corpus as it was received."""
    settings = over(name, read_settings()) if name else read_settings()
    return start(settings), load(settings.corpus)
