"""Many conversations from a file: a line of replies for each, whatever the others are like."""

import json
import re

import pytest
from click.testing import CliRunner
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, as_read, ready, spotter, talk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.cli import spotter as command
from assistant.recheck import reply_problems


@pytest.fixture
def batch(tmp_path, real_index_config):
    """Answer lines (texts, bytes or values): (exit status, output rows, error output)."""

    def running(*lines):
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        raw = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines]
        source.write_bytes(b"\n".join(raw))
        runner = CliRunner(env={"SPOTTER_DATA": str(real_index_config.data)})
        result = runner.invoke(command, ["batch", str(source), str(target)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        rows = [json.loads(line) for line in target.read_text(encoding="utf-8").split("\n") if line]
        return result.exit_code, rows, result.stderr

    return running


def outcomes(row):
    return [reply["outcome"] for reply in row["replies"]]


def test_each_conversation_gets_a_line_with_a_reply_to_each_turn(batch, real_corpus):
    status, rows, errors = batch({"id": "a", "turns": [QUESTION, "thanks"]}, {"id": "b", "turns": [EXERCISE]})
    assert (status, errors) == (0, "")
    assert [row["id"] for row in rows] == ["a", "b"]
    assert [outcomes(row) for row in rows] == [["answered", "notice"], ["answered"]]
    assert [problem for row in rows for reply in row["replies"] for problem in reply_problems(reply, real_corpus)] == []


def test_a_reply_is_the_one_that_a_chat_would_give(batch, real_index_config):
    _, (row,), _ = batch({"id": "a", "turns": [EXERCISE, "how many reps?"]})
    replies, _ = talk(ready(real_index_config), EXERCISE, "how many reps?")
    assert [reply["text"] for reply in row["replies"]] == [as_read(reply)["text"] for reply in replies]


def test_a_turn_may_say_whose_it_is(batch):
    _, (one, other), _ = batch(
        {"id": "a", "turns": [{"role": "user", "content": EXERCISE}]}, {"id": "b", "turns": [EXERCISE]}
    )
    assert one["replies"][0]["text"] == other["replies"][0]["text"]


def test_a_turn_of_the_assistant_gets_no_reply(batch):
    turns = [QUESTION, {"role": "assistant", "content": "Here is what I found."}, "thanks"]
    _, (row,), _ = batch({"id": "a", "turns": turns})
    assert outcomes(row) == ["answered", "notice"]
    assert [reply["turn"] for reply in row["replies"]] == [0, 1]


def test_a_bare_yes_answers_the_question_of_the_assistant(batch):
    asked = {"role": "assistant", "content": "Is there any numbness between your legs?"}
    _, (yes, no, alone), _ = batch(
        {"id": "yes", "turns": ["my back hurts", asked, "yes"]},
        {"id": "no", "turns": ["my back hurts", asked, "no"]},
        {"id": "alone", "turns": ["my back hurts", "yes"]},
    )
    assert yes["replies"][-1]["mode"] == "hard"
    assert no["replies"][-1]["mode"] != "hard"
    assert alone["replies"][-1]["mode"] == "none"


def test_what_an_assistant_said_is_no_sign_of_the_user(batch):
    said = {"role": "assistant", "content": f"{RED_FLAG}. Go to hospital."}
    _, (row,), _ = batch({"id": "a", "turns": [said, EXERCISE]})
    assert (row["replies"][0]["outcome"], row["replies"][0]["tier"]) == ("answered", "none")


def test_each_conversation_has_a_state_of_its_own(batch):
    _, (flagged, other), _ = batch({"id": "a", "turns": [RED_FLAG, "thanks"]}, {"id": "b", "turns": ["thanks"]})
    assert [reply["reason"] for reply in flagged["replies"]] == ["red_flag", "latched"]
    assert [reply["reason"] for reply in other["replies"]] == ["thanks"]
    assert flagged["replies"][0]["conversation_id"] == flagged["replies"][1]["conversation_id"]
    assert flagged["replies"][0]["conversation_id"] != other["replies"][0]["conversation_id"]


def test_a_broken_line_is_told_by_its_number_and_the_rest_is_done(batch):
    status, rows, errors = batch(
        {"id": "a", "turns": ["hello"]}, b"", b"  ", b"{broken", {"id": "b", "turns": ["thanks"]}
    )
    assert status == 1
    assert [row["id"] for row in rows] == ["a", None, "b"]
    assert rows[1].keys() == {"id", "line", "error"}
    assert (rows[1]["line"], bool(rows[1]["error"])) == (4, True)
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        5,
        [],
        "hello",
        None,
        {},
        {"id": "a"},
        {"turns": []},
        {"id": 5, "turns": []},
        {"id": "a", "turns": "hello"},
        {"id": "a", "turns": [5]},
        {"id": "a", "turns": [None]},
        {"id": "a", "turns": [["user", "hello"]]},
        {"id": "a", "turns": [{"role": "system", "content": "hello"}]},
        {"id": "a", "turns": [{"role": "user"}]},
        {"id": "a", "turns": [{"role": "user", "content": 5}]},
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"1" * 5000,
        b'{"id": "a", "turns": [NaN]}',
    ],
    ids=lambda line: str(line)[:40],
)
def test_a_line_of_another_shape_is_an_error_record(batch, line):
    status, rows, _ = batch(line)
    assert status == 1
    assert len(rows) == 1
    assert (rows[0]["id"], rows[0]["line"]) == (None, 1)


def test_a_conversation_without_turns_has_no_replies(batch):
    status, rows, _ = batch({"id": "a", "turns": []})
    assert (status, rows) == (0, [{"id": "a", "replies": []}])


@pytest.mark.parametrize("id_", ["", "\ud800", "\u2028", "ü\n", '"', "a" * 10_000])
def test_any_text_may_be_an_id(batch, id_):
    status, rows, _ = batch({"id": id_, "turns": ["hello \ud800"]})
    assert status == 0
    assert [row["id"] for row in rows] == [id_]


LINE = st.binary(max_size=30).map(lambda raw: re.sub(rb"[\r\n]", b"", raw))
TURN = st.one_of(
    st.text(max_size=20),
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": st.text(max_size=20)}),
    st.none() | st.integers(),
)
ROW = st.fixed_dictionaries({"id": st.text(max_size=5) | st.none(), "turns": st.lists(TURN, max_size=3)})
FILE = st.lists(LINE | ROW.map(lambda row: json.dumps(row).encode()), max_size=8)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=FILE, end=st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_any_bytes_give_one_line_for_each_line_that_is_not_empty(tmp_path, real_index_config, lines, end):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(end.join(lines))
    runner = CliRunner(env={"SPOTTER_DATA": str(real_index_config.data)})
    result = runner.invoke(command, ["batch", str(source), str(target)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    rows = [json.loads(line) for line in target.read_bytes().split(b"\n") if line]
    assert len(rows) == len([line for line in lines if line.strip()])
    assert result.exit_code == int(any("error" in row for row in rows))


def test_the_output_of_a_batch_can_be_verified_as_it_stands(tmp_path, real_index_config):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": "a", "turns": [QUESTION, RED_FLAG]}, {"id": "b\u2028", "turns": ["heat or ice?"]}]
    source.write_text("\n".join([*map(json.dumps, rows), "broken"]), encoding="utf-8")
    run = spotter("batch", str(source), str(target), data=real_index_config.data, home=tmp_path / "home")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    check = spotter("verify", str(target), data=real_index_config.data, home=tmp_path / "home")
    assert (check.returncode, check.stderr) == (0, "")
    assert "1 error record" in check.stdout


def test_an_output_that_cannot_be_written_is_one_sentence_and_leaves_nothing(tmp_path, real_index_config):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "a", "turns": ["hello"]}), encoding="utf-8")
    target = tmp_path / "nowhere" / "out.jsonl"
    run = spotter("batch", str(source), str(target), data=real_index_config.data, home=tmp_path / "home")
    assert (run.returncode, run.stdout) == (1, "")
    assert (run.stderr.count("\n"), "Traceback" in run.stderr) == (1, False)
    assert not target.parent.exists()


def test_an_earlier_output_stays_when_a_batch_fails(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": "a", "turns": [QUESTION]}), encoding="utf-8")
    target.write_text("earlier", encoding="utf-8")
    (tmp_path / "data").touch()
    run = spotter("batch", str(source), str(target), data=tmp_path / "data", home=tmp_path / "home")
    assert run.returncode == 1
    assert target.read_text(encoding="utf-8") == "earlier"
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".tmp")] == []
