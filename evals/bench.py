"""Speed and size, side by side with LangChain's tutorial pipeline in one run; what is claimed are ratios of medians."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.settings import environment_with
from corpus.errors import KnownError
from corpus.sources import CORPUS
from index.lock import sizes

ROOT = Path(__file__).parent.parent
PIPELINE = Path(__file__).parent / "tutorial" / "pipeline.py"
QUESTION = "Why does my lower back hurt after deadlifts?"
EMERGENCY = "I can't feel my groin and can't pee"
Say = Callable[[str], None]


class BenchFailed(KnownError):
    """A program that was to be timed failed."""


@dataclass(frozen=True)
class Timed:
    """One run of a whole process."""

    seconds: float  # from its start to its end
    megabytes: float  # the most memory that was resident
    output: str


@dataclass(frozen=True)
class Programs:
    """The two programs, and where each keeps what it builds."""

    python: str  # the interpreter of Spotter
    tutorial: str  # the interpreter of the tutorial pipeline
    scratch: Path

    @property
    def store(self) -> Path:
        return self.scratch / "store"

    @property
    def data(self) -> Path:
        return self.scratch / "data"

    def spotter(self, *arguments: str) -> list[str]:
        return [self.python, "-m", "assistant", *arguments]

    def inside(self, *arguments: str) -> list[str]:
        """Measurements that are taken inside a process of Spotter."""
        return [self.python, "-m", "evals.bench_inside", *arguments]

    def pipeline(self, *arguments: str) -> list[str]:
        return [self.tutorial, str(PIPELINE), *arguments]


def timed(command: Sequence[str], environment: Mapping[str, str]) -> Timed:
    """Run a command to its end; raises BenchFailed when it fails. Its output has to be small."""
    quiet, env = subprocess.DEVNULL, dict(environment)
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=quiet) as process:
        assert process.stdout is not None
        output = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchFailed(f"{' '.join(command)} ended with status {process.returncode}. Run it by itself to see why.")
    return Timed(seconds, usage.ru_maxrss / 1024, output)


def environment(data: Path, corpus: Path = CORPUS) -> dict[str, str]:
    """Nothing is looked for on the network, by neither program."""
    own = {"SPOTTER_DATA": str(data), "SPOTTER_CORPUS": str(corpus)}
    return environment_with({**own, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT), "TOKENIZERS_PARALLELISM": "false"})


def megabytes(folder: Path) -> float:
    """The files of a folder, and of those in it."""
    return sum(sizes(folder).values()) / 2**20


def builds(programs: Programs, say: Say) -> dict[str, Any]:
    """The first build of each, from nothing; and a build of ours after one article was changed."""
    shutil.rmtree(programs.scratch, ignore_errors=True)
    programs.scratch.mkdir(parents=True)
    env = environment(programs.data)
    say("First builds")
    tutorial = timed(programs.pipeline("build", str(CORPUS / "articles"), str(programs.store)), env)
    first = timed(programs.spotter("index", "build"), env)
    fresh = timed(programs.spotter("index", "build", "--fresh"), env)
    return {
        "tutorial": tutorial.seconds,
        "first": first.seconds,
        "first_megabytes": first.megabytes,
        "again": fresh.seconds,
        "index_megabytes": megabytes(programs.data / "index") / 2,  # the build before is kept for its readers
    }


def cold(programs: Programs, rounds: int, say: Say) -> dict[str, dict[str, Any]]:
    """Whole processes, each once a round; medians of seconds and of the most memory."""
    commands = {
        "tutorial: first retrieval": programs.pipeline("first", str(programs.store), QUESTION),
        "spotter ask, a question": programs.spotter("ask", QUESTION),
        "spotter ask, an emergency": programs.spotter("ask", EMERGENCY),
        "spotter --help": programs.spotter("--help"),
    }
    env = environment(programs.data)
    runs: dict[str, list[Timed]] = {name: [] for name in commands}
    for number in range(rounds):
        say(f"Cold, round {number + 1} of {rounds}")
        for name, command in commands.items():
            runs[name].append(timed(command, env))
    return {
        name: {
            "seconds": [one.seconds for one in found],
            "median": statistics.median(one.seconds for one in found),
            "megabytes": statistics.median(one.megabytes for one in found),
        }
        for name, found in runs.items()
    }


def warm(programs: Programs, rounds: int, say: Say) -> dict[str, dict[str, float]]:
    """Inside open processes: bare retrieval of the pipeline, whole answers and follow-ups of ours, in turn."""
    questions = programs.scratch / "questions.txt"
    env = environment(programs.data)
    commands = {
        "tutorial: retrieval": programs.pipeline("warm", str(programs.store), str(questions), "1"),
        "spotter: whole answer": programs.inside("answers", str(questions)),
        "spotter: follow-up": programs.inside("follow-ups"),
    }
    timed(programs.inside("questions", str(questions)), env)
    taken: dict[str, list[list[float]]] = {name: [] for name in commands}
    for number in range(rounds):
        say(f"Warm, round {number + 1} of {rounds}")
        for name, command in commands.items():
            taken[name].append(json.loads(timed(command, env).output)["seconds"])
    return {name: _summary(found) for name, found in taken.items()}


def _summary(rounds: Sequence[Sequence[float]]) -> dict[str, float]:
    """The median over rounds of each round's median and 95th percentile, in seconds."""
    return {
        "n": len(rounds[0]),
        "median": statistics.median(statistics.median(one) for one in rounds),
        "p95": statistics.median(statistics.quantiles(one, n=20)[-1] for one in rounds),
    }


def threads(programs: Programs, say: Say) -> dict[str, float]:
    """Answers a second of one process that is asked by so many threads at once."""
    say("Threads")
    questions = str(programs.scratch / "questions.txt")
    found: dict[str, float] = json.loads(
        timed(programs.inside("threads", questions), environment(programs.data)).output
    )
    return found


def side_by_side(tutorial: str, scratch: Path, rounds: int, say: Say) -> dict[str, Any]:
    """Everything but growth. `tutorial` is the interpreter of the pipeline's environment."""
    if not Path(tutorial).exists():
        raise BenchFailed(f"There is no {tutorial}. Run 'make bench', which makes the pipeline's environment.")
    programs = Programs(sys.executable, tutorial, scratch)
    return {
        "rounds": rounds,
        "builds": builds(programs, say),
        "cold": cold(programs, rounds, say),
        "warm": warm(programs, rounds, say),
        "threads": threads(programs, say),
    }
