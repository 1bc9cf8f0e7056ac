"""Nothing leaves this machine: every command is run with a small piece of work, and each host it turns to is noted."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from fixtures_assistant import QUESTION, RED_FLAG, ROOT, environment, strangers
from fixtures_faults import data_of

from assistant.cli import spotter

# Command -> its arguments and its input, in an order in which each finds what it needs.
QUICK = [
    ("ask", [QUESTION], ""),
    ("ask", [], f"{QUESTION}\n{RED_FLAG}\n\n"),
    ("batch", ["{place}/in.jsonl", "{place}/out.jsonl"], ""),
    ("verify", ["{place}/out.jsonl"], ""),
    ("corpus check", [], ""),
    ("corpus show", ["back-pain-exercises"], ""),
    ("index build", [], ""),
    ("index status", [], ""),
    ("index search", ["deadlift"], ""),
    ("triage explain", [RED_FLAG], ""),
    ("triage list", [], ""),
    ("slack manifest", [], ""),
    ("eval run", ["--only", "line-001", "--runs", "{place}/runs"], ""),
]
SLOW = [
    ("eval run", ["--only", "line-001", "--runs", "{place}/runs"], ""),
    ("eval support", [], ""),
    ("eval report", ["--runs", "{place}/runs"], ""),
    ("eval compare", ["latest", "latest", "--runs", "{place}/runs"], ""),
    ("eval inspect samples", [], ""),
    ("eval inspect answer", [], "line-001\n"),
    ("index build", ["--fresh"], ""),
    ("eval mutants", ["--only", "numbers_swapped", "--jobs", "1"], ""),
    ("eval variants", ["--limit", "3"], ""),
    ("eval gate", ["--no-flags"], ""),
    ("eval retrieval", ["--only", "bm25", "--limit-queries", "3"], ""),
    ("eval fuzz", ["--seconds", "2"], ""),
]
MAY_FALL = {"eval mutants", "eval variants", "eval support"}  # of a small piece, or of a goal not reached yet
# The page and the bot have tests of their own (test_web.py, test_privacy.py, test_slack_command.py); the others write
# files of the repository, which other tests read, or start another program.
ELSEWHERE = {"web", "mcp", "eval train", "eval gallery", "eval digests", "eval bench", "eval bench-folder", "eval load"}

# One process runs one command after the other; to reach out fails, and is told with the command that did it.
RUNNER = """
import io, json, sys
import watched_command

sys.addaudithook(watched_command.note)
watched_command.DENIED = True
from assistant.cli import main

told = []
for name, arguments, typed in json.loads(sys.argv[1]):
    sys.argv = ["spotter", *name.split(), *arguments]
    sys.stdin = io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8")
    watched_command.hosts.clear()
    try:
        main()
    except SystemExit as end:
        told.append([name, end.code, list(watched_command.hosts)])
print("\\n" + json.dumps(told))
"""

SWITCHES = """
import json
from assistant.settings import quieten
quieten()
import chromadb.config, gradio.analytics, huggingface_hub.constants as hub, langsmith.utils
print(json.dumps({
    "chromadb": chromadb.config.Settings().anonymized_telemetry,
    "gradio": gradio.analytics.analytics_enabled(),
    "langsmith": bool(langsmith.utils.tracing_is_enabled()),
    "hub": not hub.HF_HUB_DISABLE_TELEMETRY,
    "downloads": not hub.HF_HUB_OFFLINE,
}))
"""
SWITCHED_ON = {
    "ANONYMIZED_TELEMETRY": "True",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "HF_HUB_DISABLE_TELEMETRY": "0",
    "HF_HUB_OFFLINE": "0",
    "LANGSMITH_TRACING": "true",
}


@pytest.fixture
def checkout(tmp_path):
    """A copy of the code, since some commands write into it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    skipped = shutil.ignore_patterns("__pycache__", "runs", ".mypy_cache", ".ruff_cache")
    for name in ("assistant", "corpus", "docs", "evals", "index"):
        shutil.copytree(ROOT / name, folder / name, ignore=skipped)
    return folder


@pytest.fixture
def run(checkout, real_index_config, tmp_path):
    """Run commands in one process over a checkout and a data folder of their own: rows of name, status and hosts."""

    def running(commands):
        place = tmp_path / "place"
        place.mkdir()
        (place / "in.jsonl").write_text(json.dumps({"id": "a", "turns": [QUESTION]}), encoding="utf-8")
        told = [(name, [one.format(place=place) for one in rest], typed) for name, rest, typed in commands]
        paths = f"{checkout}:{Path(__file__).parent}"
        ran = subprocess.run(
            [sys.executable, "-c", RUNNER, json.dumps(told)],
            cwd=checkout,
            env=environment(data_of(real_index_config, tmp_path / "data"), tmp_path / "home", PYTHONPATH=paths),
            capture_output=True,
            encoding="utf-8",
            timeout=900,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert "Traceback" not in ran.stderr
        assert "Spotter failed" not in ran.stderr
        return json.loads(ran.stdout.rpartition("\n\n")[2])

    return running


def commands_of(group, before=""):
    """The whole names of all commands."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        whole = f"{before} {name}".strip()
        yield from commands_of(command, whole) if isinstance(command, click.Group) else [whole]


def test_every_command_is_among_those_that_are_run():
    assert set(commands_of(spotter)) == {name for name, _, _ in [*QUICK, *SLOW]} | ELSEWHERE


@pytest.mark.parametrize("commands", [QUICK, pytest.param(SLOW, marks=pytest.mark.timed)], ids=["quick", "slow"])
def test_no_command_turns_to_another_machine(run, commands):
    told = run(commands)
    assert [(name, status) for name, status, _ in told if status and name not in MAY_FALL] == []
    assert [(name, strangers(hosts)) for name, _, hosts in told if strangers(hosts)] == []
    assert [name for name, _, _ in told] == [name for name, _, _ in commands]


def test_what_turns_to_another_machine_would_be_told(tmp_path):
    script = RUNNER.replace("from assistant.cli import main", REACHES)
    ran = subprocess.run(
        [sys.executable, "-c", script, json.dumps([("ask", [], "")])],
        cwd=ROOT,
        env=environment(tmp_path, tmp_path / "home", PYTHONPATH=str(Path(__file__).parent)),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert json.loads(ran.stdout.splitlines()[-1]) == [["ask", "denied", ["192.0.2.1"]]]


REACHES = """
import socket

def main():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    except PermissionError:
        sys.exit("denied")
"""


def test_no_dependency_reports_home_whatever_the_environment_says(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SWITCHES],
        cwd=ROOT,
        env=environment(tmp_path, tmp_path / "home", **SWITCHED_ON),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    assert set(json.loads(ran.stdout).values()) == {False}, ran.stdout
