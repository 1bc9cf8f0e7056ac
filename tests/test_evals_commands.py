"""'spotter eval run | report | compare' as an operator uses them, with every socket closed."""

import json

import pytest
from click.testing import CliRunner

from assistant.cli import spotter
from corpus.errors import KnownError
from evals.commands_run import RUNS
from evals.run import ROOT

pytestmark = pytest.mark.usefixtures("socket_disabled")


@pytest.fixture
def called(real_data, tmp_path):
    def call(*arguments):
        return CliRunner().invoke(spotter, ["eval", *arguments, "--runs", str(tmp_path)])

    return call


def figures_of(folder):
    return json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))


def test_a_set_is_run_scored_and_reported(called, tmp_path):
    ran = called("run", "--set", "line")
    assert ran.exit_code == 0, ran.output
    assert "Whole conversations: every turn with the outcome and the mode expected" in ran.output
    assert called("report").exit_code == 0
    card = figures_of(tmp_path / "latest-report")
    assert {one.partition("-")[0] for one in card["cases"]} == {"line"}
    assert card["figures"]["test"]["replies.verified"]["point"] == 1.0


def test_one_case_is_run_alone(called, tmp_path):
    ran = called("run", "--only", "line-001", "--name", "one")
    assert ran.exit_code == 0, ran.output
    rows = (tmp_path / "one.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row).get("id") for row in rows] == [None, "line-001"]


@pytest.mark.long
def test_two_runs_have_the_same_scores_and_nothing_to_tell_them_apart(called, tmp_path):
    for name in ("a", "b"):
        for set_ in ("line", "conflict"):
            called("run", "--set", set_, "--name", name)
        called("report", "--name", name)
    first, second = (figures_of(tmp_path / f"{name}-report") for name in ("a", "b"))
    assert first | {"name": ""} == second | {"name": ""}
    assert first["cases"]
    compared = called("compare", "a", "b")
    assert "better" not in compared.output
    assert "worse" not in compared.output
    assert "flipped" not in compared.output
    assert "not decided" in compared.output


@pytest.mark.long
def test_a_gate_that_falls_is_the_exit_status(called, monkeypatch):
    monkeypatch.setattr("assistant.triage.gate.read_signs", lambda *_: ())
    fallen = called("run", "--set", "line", "--name", "blind")
    assert fallen.exit_code == 1, fallen.output
    assert "**no**" in fallen.output


@pytest.mark.long
def test_rows_are_made_again_when_asked(called, tmp_path):
    called("run", "--only", "line-001")
    file = tmp_path / "latest.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("escalated", "answered"), encoding="utf-8")
    called("run", "--only", "line-001")
    assert "escalated" not in file.read_text(encoding="utf-8")
    called("run", "--only", "line-001", "--fresh")
    assert "escalated" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "--set", "nothing"), "The sets are: "),
        (("report", "--name", "never"), "Run 'spotter eval run --name never'"),
        (("compare", "never", "neither"), "Run 'spotter eval run --name never'"),
    ],
)
def test_what_is_not_there_is_said_with_what_to_do(called, arguments, says):
    failed = called(*arguments)
    assert isinstance(failed.exception, KnownError)
    assert says in str(failed.exception)


def test_runs_are_kept_beside_the_cases_and_out_of_git():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert f"{RUNS.relative_to(ROOT)}/" in ignored
