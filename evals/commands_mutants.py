"""'spotter eval mutants': run broken assistants over a slice of the cases and say which of them were noticed."""

import json
import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from queue import Empty, SimpleQueue

import click

from assistant.commands.progress import building
from assistant.settings import read_settings
from assistant.start import start
from evals import mutants
from evals.cases import read_cases
from evals.commands_run import RUNS, NoRun, corpora, over
from evals.figures import read_definitions
from evals.gates import read_gates
from evals.mutants import HEALTHY, MODEL_MUTATIONS, MUTATIONS, Bench, Fall, KillTable, Tried
from evals.mutants_report import as_json, markdown
from evals.mutations.mutation import Mutation
from evals.scripted_model import with_scripted_model
from index.config import Progress

FILE = RUNS / "mutants.json"
NAMED = {one.id: one for one in (*MUTATIONS, *MODEL_MUTATIONS, HEALTHY)}
Found = tuple[int, tuple[Fall, ...], float]  # of a Tried; a mutation itself is made of functions and cannot be sent


@click.command("mutants")
@click.option("--only", metavar="ID", help="Run one mutant.")
@click.option("--step", metavar="NAME", help="Run the mutants of one step of the line.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Processes side by side.")
@click.option("--scripted-model", is_flag=True, help="With a language model that lies by a script in the slot.")
@click.pass_context
def mutants_command(ctx: click.Context, only: str | None, step: str | None, jobs: int, scripted_model: bool) -> None:
    """Break the assistant in many ways and see whether the cases notice; takes about an hour.

    The exit status is 1 when too few are caught, or when anything is found in the healthy assistant. The table of a
    whole run is kept for the report.
    """
    every = (*MUTATIONS, *MODEL_MUTATIONS) if scripted_model else MUTATIONS
    wanted = _wanted(every, only, step)
    with building() as progress:
        bench = _opened(progress, scripted_model)
    started = time.perf_counter()
    *tried, healthy = _run(wanted, jobs, scripted_model)
    table = KillTable(
        tried=tuple(tried),
        healthy=healthy,
        at_least=mutants.read_settings().at_least,
        cases=dict(Counter(case.set for case in bench.cases)),
        index=bench.assistants[mutants.REAL].index_version(),
        seconds=time.perf_counter() - started,
    )
    rows = as_json(table)
    click.echo(markdown(rows))
    if wanted == MUTATIONS:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        click.echo(f"The table is in {FILE}.", err=True)
    if not table.holds:
        ctx.exit(1)


def _wanted(every: Sequence[Mutation], only: str | None, step: str | None) -> Sequence[Mutation]:
    wanted = tuple(one for one in every if only in (None, one.id) and step in (None, one.step))
    if not wanted:
        steps = ", ".join(dict.fromkeys(one.step for one in every))
        raise NoRun(f"No mutant is called that. The steps are: {steps}; 'spotter eval mutants' runs them all.")
    return wanted


def _run(wanted: Sequence[Mutation], jobs: int, scripted: bool) -> list[Tried]:
    """The mutants in order, then the healthy assistant once more, in a process that has run mutants before."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        with _deaf_to_interrupts():
            tasks = [pool.submit(_found, one.id, scripted) for one in (*wanted, HEALTHY)]
            done: SimpleQueue[Future[Found]] = SimpleQueue()
            for task in tasks:
                task.add_done_callback(done.put)
        try:
            _watch(done, len(tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise
    return [Tried(one, *task.result()) for one, task in zip((*wanted, HEALTHY), tasks, strict=True)]


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that are started meanwhile never hear Ctrl-C, which reaches all of a terminal: this one ends them.

    One that is hardly there yet would print a traceback before any line of ours could make it deaf.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _watch(done: SimpleQueue[Future[Found]], count: int) -> None:
    """Show how many are done, in a file as lines; the first that fails ends the run."""
    with click.progressbar(length=count, label="Running broken assistants", file=sys.stderr) as bar:
        for number in range(1, count + 1):
            _next(done).result()
            bar.update(1)
            if not sys.stderr.isatty() and number % 10 == 0:
                click.echo(f"{number} of {count}", err=True)


def _next(done: SimpleQueue[Future[Found]]) -> Future[Found]:
    """The next that is done. `as_completed` would wait too, but holds locks that a signal leaves locked for ever."""
    while True:
        with suppress(Empty):  # a signal that came just before the wait is heard after it
            return done.get(timeout=0.2)


def _found(id_: str, scripted: bool) -> Found:
    tried = _bench(scripted).tried(NAMED[id_])
    return tried.changed, tried.falls, tried.seconds


@lru_cache(maxsize=1)
def _bench(scripted: bool) -> Bench:
    """What this process runs mutants over, opened once."""
    return _opened(lambda done, total: None, scripted)


def _opened(progress: Progress, scripted: bool) -> Bench:
    settings = read_settings()
    cases = mutants.chosen(read_cases(), mutants.read_settings().slice)
    assistants = {mutants.REAL: start(settings, progress)}
    assistants |= {name: start(over(name, settings), progress) for name in corpora(cases)}
    for assistant in assistants.values():
        assistant.index_version()  # built first when it is missing
    if scripted:
        assistants = {name: with_scripted_model(one) for name, one in assistants.items()}
    return Bench(cases, assistants, read_definitions(), read_gates())
