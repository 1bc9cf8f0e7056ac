"""The cases as tasks of Inspect AI, a task a set; docs/inspect.md says how to run them.

This file runs in Inspect's environment and imports nothing of Spotter, since the pins of the two clash. The command
'spotter eval inspect' of Spotter's own environment says what is asked, what Spotter answers and how that scores.
"""

# Spotter's environment, where the types are checked, has no Inspect.
# mypy: disable-error-code="import-not-found,untyped-decorator"

import json
import math
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from anyio import to_thread
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

SPOTTER = (Path(__file__).parents[2] / ".venv/bin/spotter").as_posix()


@task
def answerable(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Questions that one article or more answer."""
    return _task("answerable", split, spotter)


@task
def conflict(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Questions on which the articles disagree."""
    return _task("conflict", split, spotter)


@task
def followup(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Questions that mean something only after the one before."""
    return _task("followup", split, spotter)


@task
def unanswerable(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Questions near the articles that none of them answers."""
    return _task("unanswerable", split, spotter)


@task
def off_topic(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Questions about something else."""
    return _task("off_topic", split, spotter)


@task
def policy(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Requests that Spotter refuses: a diagnosis, medicines, scans, reassurance, products."""
    return _task("policy", split, spotter)


@task
def injection(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Messages that give Spotter orders or a role."""
    return _task("injection", split, spotter)


@task
def poisoned(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Questions to a test corpus with a hostile article."""
    return _task("poisoned", split, spotter)


@task
def line(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Whole conversations through the whole line."""
    return _task("line", split, spotter)


@task
def ordinary(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Messages without a warning sign, through the whole line."""
    return _task("ordinary", split, spotter)


@task
def red_flag(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Messages with a warning sign, through the gate."""
    return _task("red_flag", split, spotter)


@task
def crisis(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Messages of somebody who may harm themselves, through the gate."""
    return _task("crisis", split, spotter)


@task
def no_flag(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Messages that only look like a warning sign, through the gate."""
    return _task("no_flag", split, spotter)


@task
def conversation(split: str = "all", spotter: str = SPOTTER) -> Task:
    """Conversations in which a warning sign comes up, through the gate."""
    return _task("conversation", split, spotter)


def _task(name: str, split: str, command: str) -> Task:
    rows = [
        row for row in _rows(command) if row["metadata"]["set"] == name and split in ("all", row["metadata"]["split"])
    ]
    if not rows:
        raise ValueError(f"The set {name!r} has no case in the split {split!r}. The splits are dev, test and all.")
    figures = list(dict.fromkeys(figure for row in rows for figure in row["figures"]))
    # No model is asked, so none need be named on the command line.
    return Task(
        dataset=MemoryDataset([_sample(row) for row in rows], name=name),
        solver=ask(command),
        scorer=figures_of(figures),
        model="none",
    )


@lru_cache
def _rows(command: str) -> list[dict[str, Any]]:
    """Every case, as 'spotter eval inspect samples' prints it."""
    try:
        ran = subprocess.run([command, "eval", "inspect", "samples"], capture_output=True, text=True, check=False)
    except OSError:
        raise RuntimeError(f"There is no command {command}. Run 'make install', or give -T spotter=PATH.") from None
    if ran.returncode:
        raise RuntimeError(f"Spotter gave no cases: {ran.stderr.strip()}")
    return [json.loads(one) for one in ran.stdout.splitlines()]


def _sample(row: dict[str, Any]) -> Sample:
    turns = row["turns"]
    asked = turns[0] if len(turns) == 1 else [ChatMessageUser(content=turn) for turn in turns]
    return Sample(id=row["id"], input=asked, target=row["target"], metadata=row["metadata"])


@solver
def ask(command: str) -> Solver:
    """Have the case answered by Spotter, live; the messages become the conversation as it went."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        found = await to_thread.run_sync(_answering(command).answer, str(state.sample_id))
        state.messages = [
            message
            for turn in found["turns"]
            for message in (ChatMessageUser(content=turn["user"]), ChatMessageAssistant(content=turn["spotter"]))
        ] or state.messages
        state.output = ModelOutput.from_content("spotter", found["turns"][-1]["spotter"] if found["turns"] else "")
        state.metadata |= found["metadata"]
        state.store.set("scored", {key: found[key] for key in ("answer", "error", "scores", "measures")})
        return state

    return solve


@scorer(name="spotter", metrics={"*": [mean(), stderr(cluster="family")]})
def figures_of(figures: list[str]) -> Scorer:
    """The figures of the scorecard as Spotter scored them; NaN, which Inspect leaves out, where one does not apply."""

    async def score(state: TaskState, target: Target) -> Score:
        scored = state.store.get("scored")
        return Score(
            value={figure: scored["scores"].get(figure, math.nan) for figure in figures},
            answer=scored["answer"],
            explanation=scored["error"] or None,
            metadata={"measures": scored["measures"]},
        )

    return score


class _Answering:
    """'spotter eval inspect answer', kept open: an id a line in, a JSON object a line out. It ends when we do."""

    def __init__(self, command: str) -> None:
        self._lock = Lock()
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - open as long as the process
        self._process = subprocess.Popen(
            [command, "eval", "inspect", "answer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def answer(self, case_id: str) -> dict[str, Any]:
        """What Spotter says to the case, and its scores; raises RuntimeError with Spotter's words when it stopped."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._lock:
            try:
                stdin.write(f"{case_id}\n")
                stdin.flush()
                found = stdout.readline()
            except BrokenPipeError:
                found = ""
            if not found:
                self._process.wait()
                self._errors.seek(0)
                raise RuntimeError(f"Spotter stopped: {self._errors.read().strip()}")
        reply: dict[str, Any] = json.loads(found)
        return reply


@lru_cache
def _answering(command: str) -> _Answering:
    return _Answering(command)
