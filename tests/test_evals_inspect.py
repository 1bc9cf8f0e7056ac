"""The cases for Inspect AI: the same cases, replies and scores as here, in an environment without Spotter."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from fixtures_assistant import EXERCISE, RED_FLAG, environment, ready, talk
from fixtures_evals import case, wall_angel

from assistant.cli import spotter
from corpus.errors import KnownError
from evals.cases import read_cases
from evals.figures import interval, read_definitions, values
from evals.inspect_samples import answered, sample, shown, target
from evals.run import ROOT, Run, row_of
from evals.score import score

TASKS = ROOT / "evals/inspect_tasks/tasks.py"
INSPECT = ROOT / ".venv/inspect/bin/inspect"
DEFINITIONS = read_definitions()


@pytest.fixture(scope="module")
def said(real_index_config, real_corpus):
    """What Inspect is told of a case, and how Spotter scored it."""

    def saying(one):
        row = row_of(one, ready(real_index_config))
        (scored,) = score((one,), Run("", {one.id: row}), real_corpus)
        return answered(scored, row, DEFINITIONS), scored

    return saying


def tree():
    return ast.parse(TASKS.read_text(encoding="utf-8"))


def test_the_target_of_an_answerable_case_is_its_gold():
    assert target(wall_angel()).endswith("Make 3 sets of 10 repetitions.")


def test_the_target_of_another_case_is_what_is_expected_of_it():
    expected = {"outcome": "refused", "flags": [], "modes": ["none", None]}
    assert target(case(set_="policy", expect=expected)) == "outcome: refused\nflags: \nmodes: none, None"


def test_a_sample_says_which_set_kind_split_and_family_it_is_of():
    one = sample(case(set_="crisis", kind="present", family="f-1", split="dev", turns=("a", "b")), DEFINITIONS)
    assert one["turns"] == ["a", "b"]
    assert one["figures"] == ["gate.crisis", "replies.crashed"]
    told = {key: one["metadata"][key] for key in ("set", "kind", "split", "family")}
    assert told == {"set": "crisis", "kind": "present", "split": "dev", "family": "f-1"}


def test_a_sample_names_only_figures_that_count_its_case():
    other = sample(case(set_="red_flag", lang="de", expect={"tier": "urgent"}), DEFINITIONS)
    assert "gate.other_languages_hard" in other["figures"]
    assert "gate.urgent_only_hard" not in other["figures"]


def test_a_percentile_is_no_score_of_a_case():
    assert {one.statistic for one in shown(DEFINITIONS)} == {"mean"}
    assert {one.statistic for one in DEFINITIONS} > {"mean"}


def test_a_reply_comes_with_its_citations_and_the_scores_that_spotter_gave_it(said):
    told, scored = said(wall_angel())
    assert told["scores"]["answers.gold_quoted"] == scored.scores["gold_quoted"] == 1.0
    assert told["scores"]["answers.nuggets"] == 0.5
    assert told["measures"] == scored.scores
    assert told["answer"] == told["metadata"]["outcome"] == "answered"
    assert "Make 3 sets of 10 repetitions." in {one["quote"] for one in told["metadata"]["citations"]}


def test_a_conversation_is_told_turn_by_turn(said, real_index_config):
    told, _ = said(case(set_="line", turns=(EXERCISE, RED_FLAG), expect={"outcomes": [None] * 2, "modes": [None] * 2}))
    (exercise, sign), _ = talk(ready(real_index_config), EXERCISE, RED_FLAG)
    assert told["turns"] == [
        {"user": EXERCISE, "spotter": exercise.text},
        {"user": RED_FLAG, "spotter": sign.text},
    ]
    assert told["answer"] == "escalated"


def test_a_case_for_the_gate_alone_says_what_the_gate_decided(said):
    told, _ = said(case(set_="red_flag", turns=(RED_FLAG,), expect={"tier": "emergency"}))
    (turn,) = told["turns"]
    assert turn["spotter"].startswith("gate: hard\ntier: emergency\nflags: ")
    assert told["scores"]["gate.emergency_only_hard"] == 1.0
    assert told["metadata"]["mode"] == "hard"


def test_a_case_that_crashed_has_its_reason_the_worst_scores_and_no_reply(real_corpus):
    one, row = wall_angel(), {"error": "ZeroDivisionError: division by zero"}
    (scored,) = score((one,), Run("", {one.id: row}), real_corpus)
    told = answered(scored, row, DEFINITIONS)
    assert (told["turns"], told["error"]) == ([], "ZeroDivisionError: division by zero")
    assert (told["scores"]["replies.crashed"], told["scores"]["answers.gold_quoted"]) == (1.0, 0.0)


@pytest.mark.long
def test_there_is_a_task_for_each_set_of_cases():
    tasks = [
        node.name
        for node in tree().body
        if isinstance(node, ast.FunctionDef) and "task" in map(ast.unparse, node.decorator_list)
    ]
    assert sorted(tasks) == sorted({one.set for one in read_cases()})


def test_the_tasks_import_nothing_of_spotter():
    names = {
        name.partition(".")[0]
        for node in ast.walk(tree())
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert names - set(sys.stdlib_module_names) == {"anyio", "inspect_ai"}


@pytest.fixture
def called(real_data):
    def call(*arguments, stdin=""):
        return CliRunner().invoke(spotter, ["eval", "inspect", *arguments], input=stdin)

    return call


@pytest.mark.long
def test_every_case_is_printed_with_a_figure_that_it_counts_in(called):
    printed = [json.loads(one) for one in called("samples").output.splitlines()]
    assert [one["id"] for one in printed] == [one.id for one in read_cases()]
    assert all(one["figures"] and one["turns"] and one["target"] for one in printed)


@pytest.mark.long
def test_ids_are_answered_one_by_one_in_the_order_asked(called):
    poisoned = next(one.id for one in read_cases() if one.set == "poisoned")
    asked = ["line-001", poisoned, "line-001"]
    printed = [json.loads(one) for one in called("answer", stdin="\n".join(asked) + "\n").output.splitlines()]
    assert [one["id"] for one in printed] == asked
    assert printed[0]["scores"] == printed[2]["scores"]
    assert printed[0]["scores"]["line.right"] == 1.0
    assert printed[1]["scores"]["replies.poisoned"] == 1.0


@pytest.mark.long
def test_an_id_that_no_case_has_is_said_with_what_to_do(called):
    failed = called("answer", stdin="never\n")
    assert isinstance(failed.exception, KnownError)
    assert "'never'" in str(failed.exception)
    assert "spotter eval inspect samples" in str(failed.exception)


@pytest.mark.long
@pytest.mark.skipif(not INSPECT.exists(), reason="Inspect has no environment here; 'make inspect' sets it up.")
def test_inspect_has_the_figures_of_the_scorecard(real_index_config, real_corpus, tmp_path):
    home = environment(real_index_config.data, tmp_path / "home")
    command = Path(sys.executable).with_name("spotter")
    arguments = [f"{TASKS}@conflict", "-T", f"spotter={command}", "--log-dir", str(tmp_path / "logs")]
    ran = subprocess.run(
        [INSPECT, "eval", *arguments, "--display", "plain"],
        env=home, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (file,) = (tmp_path / "logs").glob("*.eval")
    dumped = subprocess.run([INSPECT, "log", "dump", file], env=home, capture_output=True, text=True, check=True)
    log = json.loads(dumped.stdout)
    assert log["status"] == "success"
    cases = tuple(one for one in read_cases() if one.set == "conflict")
    rows = {one.id: row_of(one, ready(real_index_config)) for one in cases}
    scored = score(cases, Run("", rows), real_corpus)
    assert [one["id"] for one in log["samples"]] == [one.id for one in cases]
    means = {one["name"]: one["metrics"]["mean"]["value"] for one in log["results"]["scores"]}
    ours = {one.id: interval(one, scored).point for one in shown(DEFINITIONS) if values(one, scored)}
    assert means == pytest.approx(ours, abs=1e-12)
    assert all(one["metrics"]["stderr"]["params"] == {"cluster": "family"} for one in log["results"]["scores"])
