"""'spotter eval run | report | compare': run the cases, write the scorecard, compare two runs."""

import sys
from pathlib import Path

import click

from assistant.answer import Assistant
from assistant.commands.progress import building
from assistant.settings import read_settings
from assistant.start import start
from corpus.errors import KnownError
from corpus.library import Corpus, load
from evals.cases import Case, problems, read_cases, write_digests
from evals.compare import compare as compare_runs
from evals.figures import figures, read_definitions
from evals.gates import outcomes, read_gates
from evals.report import Scorecard, markdown, write
from evals.run import Run, read_run
from evals.run import run as run_cases
from evals.score import Scored, score

RUNS = Path(__file__).with_name("runs")
REPORTS = Path(__file__).with_name("reports")


class NoRun(KnownError):
    """There is no run of that name, or nothing to run."""


@click.command()
@click.option("--name", default="latest", show_default=True, help="Name of the run.")
@click.option("--only", metavar="ID", help="Run one case.")
@click.option("--set", "of_set", metavar="NAME", help="Run one set of cases.")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", show_default=True)
@click.pass_context
def run(ctx: click.Context, name: str, only: str | None, of_set: str | None, split: str) -> None:
    """Run the cases and score them; the exit status is 1 when a gate falls. A run that was stopped goes on."""
    settings = read_settings()
    cases = _chosen(read_cases(), only, of_set, split)
    with building() as progress:
        assistant = start(settings, progress)
        assistant.index_version()
    if wrong := problems(cases, assistant.corpus):
        raise NoRun(f"{len(wrong)} cases do not fit the corpus; the first: {wrong[0]}. Mend evals/cases.")
    done = _run(cases, assistant, RUNS / f"{name}.jsonl")
    card = _scorecard(name, done, cases)
    click.echo(markdown(card))
    if any(not one.holds for one in card.gates):
        ctx.exit(1)


@click.command()
@click.option("--name", default="latest", show_default=True, help="Name of the run.")
@click.option("--to", type=click.Path(path_type=Path), help="Folder of the report.  [default: evals/runs/NAME-report]")
def report(name: str, to: Path | None) -> None:
    """Write the scorecard of a run as Markdown, JSON, JUnit XML and one HTML page."""
    done = _read(name)
    cases = tuple(case for case in read_cases() if case.id in done.rows)
    folder = to or RUNS / f"{name}-report"
    write(_scorecard(name, done, cases), folder)
    click.echo(f"The report is in {folder}; open scorecard.html.")


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", show_default=True)
def compare(before: str, after: str, split: str) -> None:
    """Compare two runs case by case: better, worse, or not decided."""
    cases = _chosen(read_cases(), None, None, split)
    corpus = load(read_settings().corpus)
    first, second = (_scored(name, cases, corpus) for name in (before, after))
    for one in compare_runs(first, second, read_definitions()):
        interval = one.difference
        click.echo(
            f"{one.verdict:12} {one.definition.id:32} {one.before:.3f} -> {one.after:.3f}  "
            f"({interval.low:+.3f} to {interval.high:+.3f}, n {interval.n}, p {one.adjusted:.3f}, "
            f"could show {one.detectable:.3f})"
        )
        if one.flipped:
            click.echo(f"{'':12} flipped: {', '.join(one.flipped[:12])}{' …' if len(one.flipped) > 12 else ''}")


@click.command()
def digests() -> None:
    """Write down the files of cases as they are now; for changes on purpose."""
    write_digests()
    click.echo("The digests of evals/cases are written.")


def _scored(name: str, cases: tuple[Case, ...], corpus: Corpus) -> list[Scored]:
    done = _read(name)
    return score(tuple(case for case in cases if case.id in done.rows), done, corpus)


def _chosen(cases: tuple[Case, ...], only: str | None, of_set: str | None, split: str) -> tuple[Case, ...]:
    chosen = tuple(
        case
        for case in cases
        if (only is None or case.id == only) and (of_set is None or case.set == of_set) and split in ("all", case.split)
    )
    if not chosen:
        raise NoRun("No case fits that choice. The sets are: " + ", ".join(sorted({case.set for case in cases})) + ".")
    return chosen


def _run(cases: tuple[Case, ...], assistant: Assistant, file: Path) -> Run:

    with click.progressbar(length=len(cases), label="Running the cases", file=sys.stderr) as bar:
        return run_cases(cases, assistant, file, bar.update)


def _read(name: str) -> Run:
    done = read_run(RUNS / f"{name}.jsonl")
    if not done.rows:
        raise NoRun(f"There is no run {name!r}. Run 'spotter eval run --name {name}'.")
    return done


def _scorecard(name: str, done: Run, cases: tuple[Case, ...]) -> Scorecard:
    scored = score(cases, done, load(read_settings().corpus))
    definitions = read_definitions()
    by_split = {split: figures(scored, definitions, split) for split in ("test", "dev")}
    return Scorecard(name, done, scored, by_split, outcomes(read_gates(), by_split["test"]))
