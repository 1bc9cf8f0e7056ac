"""The whole deterministic run: no connection to anything, no gate below its floor, the same scores twice."""

import json

import pytest
from click.testing import CliRunner

from assistant.cli import spotter
from evals.cases import read_cases

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("socket_disabled")]


def scorecard(name, runs):
    ran = CliRunner().invoke(spotter, ["eval", "run", "--name", name, "--runs", str(runs)])
    assert ran.exit_code == 0, ran.output
    assert CliRunner().invoke(spotter, ["eval", "report", "--name", name, "--runs", str(runs)]).exit_code == 0
    return json.loads((runs / f"{name}-report" / "scorecard.json").read_text(encoding="utf-8"))


def test_two_whole_runs_hold_every_gate_and_score_the_same(real_data, tmp_path):
    first, second = (scorecard(name, tmp_path) for name in ("a", "b"))
    assert first | {"name": ""} == second | {"name": ""}
    assert set(first["cases"]) == {case.id for case in read_cases()}
