"""'spotter eval run | report | compare': run the cases, write the scorecard, compare two runs."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from assistant.answer import Assistant
from assistant.commands.progress import building
from assistant.guard import guarded
from assistant.policy.judge import banned_output, load_policy
from assistant.settings import Settings, read_settings
from assistant.start import start
from corpus.errors import KnownError
from corpus.library import Corpus, load
from evals import detectors, gate_errors, mutants_report, variants_report
from evals.cases import Case, problems, read_cases, write_digests
from evals.compare import compare as compare_runs
from evals.figures import read_definitions
from evals.gates import read_gates
from evals.report import Scorecard, markdown, scorecard, write
from evals.run import Run, read_run
from evals.run import run as run_cases
from evals.score import Scored, score

HERE = Path(__file__).parent
RUNS = HERE / "runs"


def _runs_option(command: Callable[..., None]) -> Callable[..., None]:
    """Where runs are kept; every command of this file has it."""
    option = click.option(
        "--runs", type=click.Path(path_type=Path), default=RUNS, help="Folder of the runs.  [default: evals/runs]"
    )
    return option(command)


class NoRun(KnownError):
    """There is no run of that name, or nothing to run."""


@click.command()
@click.option("--name", default="latest", show_default=True, help="Name of the run.")
@click.option("--only", metavar="ID", help="Run one case.")
@click.option("--set", "of_set", metavar="NAME", help="Run one set of cases.")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", show_default=True)
@click.option("--fresh", is_flag=True, help="Run every case again, whatever rows there are.")
@click.option("--scripted-model", is_flag=True, help="With a language model that lies by a script in the slot.")
@_runs_option
@click.pass_context
def run(
    ctx: click.Context,
    name: str,
    only: str | None,
    of_set: str | None,
    split: str,
    fresh: bool,
    scripted_model: bool,
    runs: Path,
) -> None:
    """Run the cases and score them; the exit status is 1 when a gate falls. A run that was stopped goes on."""
    settings = read_settings()
    cases = _chosen(read_cases(), only, of_set, split)
    with building() as progress:
        assistant = start(settings, progress)
        assistant.index_version()
        others = {name: start(over(name, settings), progress) for name in corpora(cases)}
    if scripted_model:
        from evals.scripted_model import with_scripted_model

        assistant = with_scripted_model(assistant)
        others = {of: with_scripted_model(one) for of, one in others.items()}
    if wrong := problems(cases, assistant.corpus()):
        raise NoRun(f"{len(wrong)} cases do not fit the corpus; the first: {wrong[0]}. Mend evals/cases.")
    file = runs / f"{name}.jsonl"
    if fresh:
        file.unlink(missing_ok=True)
    done = _run(cases, assistant, file, others)
    card = _scorecard(name, done, cases, runs)
    click.echo(markdown(card))
    if any(not one.holds for one in card.gates):
        ctx.exit(1)


@click.command()
@click.option("--name", default="latest", show_default=True, help="Name of the run.")
@click.option("--to", type=click.Path(path_type=Path), help="Folder of the report.  [default: evals/runs/NAME-report]")
@_runs_option
def report(name: str, to: Path | None, runs: Path) -> None:
    """Write the scorecard of a run as Markdown, JSON, JUnit XML and one HTML page."""
    folder = to or runs / f"{name}-report"
    write(_scorecard(name, _read(runs, name), read_cases(), runs), folder)
    click.echo(f"The report is in {folder}; open scorecard.html.")


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", show_default=True)
@_runs_option
def compare(before: str, after: str, split: str, runs: Path) -> None:
    """Compare two runs case by case: better, worse, or not decided."""
    cases = _chosen(read_cases(), None, None, split)
    corpus = load(read_settings().corpus)
    first, second = (_scored(_read(runs, name), cases, corpus) for name in (before, after))
    gated = {gate.figure for gate in read_gates()}
    click.echo("Gated figures (p by Holm over all of them), then the others, marked *.")
    for one in sorted(compare_runs(first, second, read_definitions(), gated), key=lambda one: not one.gated):
        interval = one.difference
        click.echo(
            f"{one.verdict:12} {one.definition.id + ('' if one.gated else ' *'):32} {one.before:.3f} -> "
            f"{one.after:.3f}  ({interval.low:+.3f} to {interval.high:+.3f}, n {interval.n}, p {one.p:.3f}, "
            f"could show {one.detectable:.3f})"
        )
        if one.flipped:
            click.echo(f"{'':12} flipped: {', '.join(one.flipped[:12])}{' …' if len(one.flipped) > 12 else ''}")


@click.command()
def digests() -> None:
    """Write down the files of cases as they are now; for changes on purpose."""
    write_digests()
    click.echo("The digests of evals/cases are written.")


def corpora(cases: tuple[Case, ...]) -> list[str]:
    """The names of the test corpora that the cases ask."""
    return sorted({case.corpus for case in cases if case.corpus})


def test_corpus(name: str) -> Corpus:
    """A test corpus as the assistant shows it."""
    policy = load_policy()
    return guarded(load(HERE / name), lambda text: banned_output(text, policy))


def over(name: str, settings: Settings) -> Settings:
    """The settings with a test corpus, in an index of its own."""
    index = replace(settings.index, place=f"evals/{name}")
    return replace(settings, corpus=HERE / name, index=index)


def _scored(done: Run, cases: tuple[Case, ...], corpus: Corpus) -> list[Scored]:
    """The scores of the cases that the run has rows for."""
    ran = tuple(case for case in cases if case.id in done.rows)
    return score(ran, done, corpus, {name: test_corpus(name) for name in corpora(ran)})


def _chosen(cases: tuple[Case, ...], only: str | None, of_set: str | None, split: str) -> tuple[Case, ...]:
    chosen = tuple(
        case
        for case in cases
        if (only is None or case.id == only) and (of_set is None or case.set == of_set) and split in ("all", case.split)
    )
    if not chosen:
        raise NoRun("No case fits that choice. The sets are: " + ", ".join(sorted({case.set for case in cases})) + ".")
    return chosen


def _run(cases: tuple[Case, ...], assistant: Assistant, file: Path, others: dict[str, Assistant]) -> Run:
    with click.progressbar(length=len(cases), label="Running the cases", file=sys.stderr) as bar:
        return run_cases(cases, assistant, file, bar.update, others)


def _read(runs: Path, name: str) -> Run:
    done = read_run(runs / f"{name}.jsonl")
    if not done.rows:
        raise NoRun(f"There is no run {name!r}. Run 'spotter eval run --name {name}'.")
    return done


def _scorecard(name: str, done: Run, cases: tuple[Case, ...], runs: Path) -> Scorecard:
    scored = _scored(done, cases, load(read_settings().corpus))
    return scorecard(name, done, scored, read_definitions(), read_gates(), _further(runs, done.version))


def gate_page(page: dict[str, Any]) -> str:
    """The detectors of the gate and its errors as a page of the report."""
    return f"{detectors.markdown(page)}\n{gate_errors.markdown(page)}"


def _further(runs: Path, version: str) -> list[str]:
    """What 'make gate', 'variants' and 'mutants' found, where they were run with the same code and data."""
    pages = {
        "gate": gate_page,
        "variants": variants_report.markdown,
        "mutants": mutants_report.markdown,
    }
    found = []
    for name, page in pages.items():
        file = runs / f"{name}.json"
        made = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        if made.get("version") == version:
            found.append(page(made))
        elif made:
            found.append(f"'make {name}' was last run with other code or data: run it again to see its table here.\n")
    return found
