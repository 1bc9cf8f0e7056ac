"""Running cases: one row each, kept, resumed, and a crash is a row too."""

import json
from dataclasses import replace

import pytest
from fixtures_assistant import fails_with, ready
from fixtures_evals import case, wall_angel

from evals.run import BEHAVIOUR, ROOT, behaviour, read_run, run


def gate_case(id_="r-1", turns=("my groin is numb and I can't pee",)):
    return case(id_, "red_flag", turns=turns, expect={"tier": "emergency", "mode": "hard"})


def test_an_answerable_case_gets_its_replies_and_what_was_found(tmp_path, real_index_config):
    row = run([wall_angel()], ready(real_index_config), tmp_path / "a.jsonl").rows["a-1"]
    assert row["replies"][-1]["outcome"] == "answered"
    assert row["ranked"]


def test_a_case_for_the_gate_runs_the_gate_only(tmp_path, real_index_config):
    assistant = replace(ready(real_index_config), search=fails_with(AssertionError("searched")))
    (row,) = run([gate_case()], assistant, tmp_path / "a.jsonl").rows.values()
    assert [turn["mode"] for turn in row["assessments"]] == ["hard"]


def test_a_case_that_crashes_gets_a_row_with_its_reason(tmp_path, real_index_config):
    assistant = replace(ready(real_index_config), search=fails_with(RuntimeError("the disk is gone")))
    row = run([wall_angel()], assistant, tmp_path / "a.jsonl").rows["a-1"]
    assert row["error"] == "RuntimeError: the disk is gone"


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path, real_index_config):
    file = tmp_path / "a.jsonl"
    run([gate_case("r-1")], ready(real_index_config), file)
    with file.open("a", encoding="utf-8") as out:
        out.write('{"id": "r-2", "assess')  # cut short by a kill
    counted = []
    done = run([gate_case("r-1"), gate_case("r-3")], ready(real_index_config), file, counted.append)
    assert set(done.rows) == {"r-1", "r-3"}
    assert counted == [1, 1]


def test_rows_of_another_index_are_not_gone_on_with(tmp_path, real_index_config):
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"version": "older"}) + "\n" + json.dumps({"id": "r-1", "error": "x"}) + "\n")
    done = run([gate_case("r-1")], ready(real_index_config), file)
    assert "error" not in done.rows["r-1"]


def test_a_run_that_was_never_made_has_no_rows(tmp_path):
    assert read_run(tmp_path / "none.jsonl").rows == {}


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if key != "seconds"}
    return [without_times(one) for one in value] if isinstance(value, list) else value


BROKEN = [
    b'{"id": "r-2", "reason": "\xc3',
    b"5",
    b'["id", "version"]',
    b"[" * 100_000,
    b'{"id": "r-2"}',
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("left", BROKEN, ids=lambda left: str(left[:20]))
def test_a_line_that_is_no_row_costs_no_other_row(tmp_path, real_index_config, left):
    file, assistant = tmp_path / "a.jsonl", ready(real_index_config)
    run([gate_case("r-1")], assistant, file)
    with file.open("ab") as out:
        out.write(left)
    cases = [gate_case("r-1"), gate_case("r-2"), gate_case("r-3")]
    made = run(cases, assistant, file).rows
    assert read_run(file).rows == made
    assert made.keys() == {"r-1", "r-2", "r-3"}


def test_two_runs_say_the_same_times_aside(tmp_path, real_index_config):
    first, second = (
        run([wall_angel(), gate_case()], ready(real_index_config), tmp_path / name).rows for name in ("a", "b")
    )
    assert without_times(first) == without_times(second)


def test_a_changed_case_is_run_again_and_the_others_are_not(tmp_path, real_index_config):
    file = tmp_path / "a.jsonl"
    first = run([gate_case("r-1"), gate_case("r-2")], ready(real_index_config), file).rows
    calm = gate_case("r-1", turns=("my neck is stiff",))
    second = run([calm, gate_case("r-2")], ready(real_index_config), file).rows
    assert second["r-2"] == first["r-2"]
    assert second["r-1"]["assessments"][0]["mode"] == "none"
    assert read_run(file).rows == second


def test_rows_of_other_code_are_not_gone_on_with(tmp_path):
    for name in BEHAVIOUR:
        file = tmp_path / name if name.endswith(".py") else tmp_path / name / "a.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("1", encoding="utf-8")
        before = behaviour(tmp_path)
        file.write_text("2", encoding="utf-8")
        assert behaviour(tmp_path) != before
    (tmp_path / "assistant" / "__pycache__").mkdir()
    before = behaviour(tmp_path)
    (tmp_path / "assistant" / "__pycache__" / "a.pyc").write_bytes(b"1")
    assert behaviour(tmp_path) == before


def test_every_place_that_behaviour_is_read_from_is_there():
    assert all((ROOT / name).exists() for name in BEHAVIOUR)


def test_a_case_of_a_test_corpus_is_put_to_its_own_assistant(tmp_path, real_index_config):
    one = case("p", "poisoned", corpus="poisoned", turns=("how do I stretch?",), expect={"never": ["x"]})
    broken = replace(ready(real_index_config), search=fails_with(RuntimeError("the other one")))
    rows = run([one], ready(real_index_config), tmp_path / "a.jsonl", others={"poisoned": broken}).rows
    assert rows["p"]["error"] == "RuntimeError: the other one"


def test_a_row_says_on_which_turns_was_searched_and_what_was_found(tmp_path, real_index_config):
    one = case("l", "line", turns=("my groin is numb and I can't pee", "how do I do a wall angel?"), expect={})
    asked = case("k", "line", turns=("how do I do a wall angel?",), expect={})
    rows = run([one, asked], ready(real_index_config), tmp_path / "a.jsonl").rows
    assert (rows["l"]["searched"], rows["l"]["trace"]) == ([False, False], [])
    assert rows["k"]["searched"] == [True]
    (question,) = rows["k"]["trace"]
    assert question["exercise"] == "wall-angel"
    assert question["hits"][0]["score"] > 0
