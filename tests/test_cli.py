"""The command in a terminal: what it prints, how it ends, and that an error of ours is one sentence."""

import json
import shutil
import socket

import pytest
from click.testing import CliRunner
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, as_read, ready, spotter, talk

from assistant.cli import COMMANDS
from assistant.cli import spotter as command
from assistant.recheck import reply_problems
from corpus.sources import CORPUS


@pytest.fixture
def run(real_index_config):
    """Run the command inside this process: (exit status, output, error output)."""

    def running(*arguments, stdin=None, **variables):
        runner = CliRunner(env={"SPOTTER_DATA": str(real_index_config.data), **variables})
        result = runner.invoke(command, list(arguments), input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return running


def one_sentence(text):
    return text.count("\n") == 1 and "Traceback" not in text and text.strip().endswith(".")


# ask


def test_a_question_is_answered_with_its_quotes_and_sources(run):
    status, output, errors = run("ask", QUESTION)
    assert (status, errors) == (0, "")
    assert "[1]" in output
    assert "Sources" in output


def test_a_question_needs_no_quotation_marks(run):
    one, other = run("ask", *QUESTION.split()), run("ask", QUESTION)
    assert one == other


def test_the_whole_reply_can_be_had_as_json(run, real_corpus):
    status, output, _ = run("ask", "--json", QUESTION)
    row = json.loads(output)
    assert status == 0
    assert row["outcome"] == "answered"
    assert reply_problems(row, real_corpus) == []


@pytest.mark.parametrize("message", [RED_FLAG, "who won the world cup", "how do I do neck rolls", "hello"])
def test_every_reply_is_a_result_and_no_failure(run, message):
    status, output, errors = run("ask", message)
    assert (status, errors) == (0, "")
    assert output.strip()


def test_an_empty_question_gets_a_reply_and_no_chat(run):
    status, output, _ = run("ask", "")
    assert status == 0
    assert "You>" not in output


def test_a_chat_says_first_what_it_is_and_what_to_do_in_an_emergency(run):
    status, output, _ = run("ask", stdin="\n")
    assert status == 0
    assert "not a clinician" in output
    assert "112, 911, 999 or 000" in output


def test_a_chat_goes_on_from_turn_to_turn(run):
    _, output, _ = run("ask", stdin=f"{EXERCISE}\nhow many reps?\n\n")
    alone = run("ask", "how many reps?")[1]
    assert "repetitions" in output.partition("You> ")[2] or "reps" in output
    assert alone.strip() not in output


def test_a_red_flag_stays_in_a_chat_until_it_begins_anew(run):
    _, output, _ = run("ask", stdin=f"{RED_FLAG}\n{EXERCISE}\nnew\n{EXERCISE}\n\n")
    flagged, latched, begun, answered = output.split("You> ")[1:5]
    assert "emergency" in flagged
    assert "emergency" in latched
    assert "[1]" not in latched
    assert "forgotten" in begun
    assert "[1]" in answered


@pytest.mark.parametrize("stdin", ["", "hello", "hello\n", "\n"])
def test_a_chat_ends_in_peace_when_the_input_ends(run, stdin):
    assert run("ask", stdin=stdin)[0] == 0


# verify


@pytest.fixture
def saved(tmp_path, real_index_config):
    """A file with a reply, and the reply."""
    row = as_read(talk(ready(real_index_config), QUESTION)[0][0])
    file = tmp_path / "reply.json"
    file.write_text(json.dumps(row, indent=2), encoding="utf-8")
    return file, row


def test_a_reply_that_was_saved_is_found_to_hold(run, saved):
    file, row = saved
    status, output, errors = run("verify", str(file))
    assert (status, errors) == (0, "")
    assert f"{len(row['citations'])} quotes" in output


def test_a_reply_that_was_changed_is_found_out_and_fails(run, saved):
    file, row = saved
    row["citations"][0]["quote"] += "!"
    file.write_text(json.dumps(row), encoding="utf-8")
    status, _, errors = run("verify", str(file))
    assert status == 1
    assert "[1]" in errors


def test_the_output_of_ask_can_be_verified_as_it_stands(run, tmp_path):
    file = tmp_path / "reply.json"
    file.write_text(run("ask", "--json", "is heat or ice better for a sore back?")[1], encoding="utf-8")
    assert run("verify", str(file))[0] == 0


def test_error_records_of_a_batch_are_counted_and_not_held_against_it(run, saved):
    file, row = saved
    lines = [{"id": "a", "replies": [row, row]}, {"id": None, "line": 2, "error": "not JSON"}]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    status, output, _ = run("verify", str(file))
    assert status == 0
    assert "1 error record" in output


def test_one_bad_quote_among_many_fails_and_is_named_by_its_place(run, saved):
    file, row = saved
    bad = row | {"text": row["text"] + " You will be fine."}
    lines = [{"id": "a", "replies": [row]}, {"id": "b", "replies": [row, bad]}]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    status, _, errors = run("verify", str(file))
    assert status == 1
    assert errors.startswith("line 2, reply 2: ")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b'{"id": null, "line": 1, "error": "not JSON"}\n', b"\n\n"])
def test_a_file_in_which_nothing_was_checked_is_no_success(run, tmp_path, content):
    file = tmp_path / "replies.jsonl"
    file.write_bytes(content)
    assert run("verify", str(file))[0] == 1


@pytest.mark.parametrize("row", [5, [], "x", {"replies": 5}, {"replies": [5]}, {"replies": [{"citations": 5}]}])
def test_what_is_no_reply_fails_without_a_crash(run, tmp_path, row):
    file = tmp_path / "replies.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    status, _, errors = run("verify", str(file))
    assert status == 1
    assert "not a reply" in errors


# The process: exit status and standard error


@pytest.fixture(scope="module")
def process(real_index_config, tmp_path_factory):
    """Run the command as its own process, in a home of its own."""
    home = tmp_path_factory.mktemp("home")

    def running(*arguments, **more):
        return spotter(*arguments, **{"data": real_index_config.data, "home": home, **more})

    return running


def test_help_names_every_command(process):
    run = process("--help")
    assert (run.returncode, run.stderr) == (0, "")
    assert all(f"  {name} " in run.stdout for name in COMMANDS)


@pytest.mark.parametrize("arguments", [["nope"], ["ask", "--nope"], ["batch"], ["web", "--port", "0"]])
def test_a_wrong_command_line_ends_with_status_2_and_how_to_use_it(process, arguments):
    run = process(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert "Usage:" in run.stderr


def test_a_question_with_bytes_that_are_no_text_is_answered(process):
    run = process("ask", "\udcff", *QUESTION.split())
    assert (run.returncode, run.stderr) == (0, "")
    assert "[1]" in run.stdout


def test_a_data_folder_that_cannot_be_made_is_one_sentence(process, tmp_path):
    (tmp_path / "file").touch()
    run = process("ask", QUESTION, data=tmp_path / "file" / "data")
    assert (run.returncode, run.stdout) == (1, "")
    assert one_sentence(run.stderr)
    assert "SPOTTER_DATA" in run.stderr


def test_a_corpus_that_is_not_there_is_one_sentence(process, tmp_path):
    run = process("ask", QUESTION, SPOTTER_CORPUS=str(tmp_path / "nowhere"))
    assert (run.returncode, run.stdout) == (1, "")
    assert one_sentence(run.stderr)


@pytest.fixture
def tampered(tmp_path):
    """A copy of the articles in which one was changed after it was reviewed."""
    folder = tmp_path / "corpus"
    shutil.copytree(CORPUS, folder)
    article = sorted((folder / "articles").glob("*.txt"))[0]
    article.write_bytes(article.read_bytes() + b" Take 800 mg of ibuprofen.")
    return folder


def test_a_tampered_article_is_one_sentence_and_never_an_answer(process, tampered):
    run = process("ask", QUESTION, SPOTTER_CORPUS=str(tampered))
    assert (run.returncode, run.stdout) == (1, "")
    assert one_sentence(run.stderr)


def test_no_chat_begins_over_a_tampered_article(process, tampered):
    run = process("ask", SPOTTER_CORPUS=str(tampered))
    assert (run.returncode, run.stdout) == (1, "")
    assert one_sentence(run.stderr)


def test_an_emergency_gets_its_card_whatever_became_of_the_articles(process, tampered):
    run = process("ask", RED_FLAG, SPOTTER_CORPUS=str(tampered))
    assert (run.returncode, run.stderr) == (0, "")
    assert "Emergency" in run.stdout


@pytest.mark.parametrize("name", ["passages/ids.json", "questions/vocab.index.json", "questions/vectors.npy"])
def test_a_damaged_index_is_one_sentence_and_never_an_answer(process, real_index_config, tmp_path, name):
    data = tmp_path / "data"
    shutil.copytree(real_index_config.data, data)
    damaged = list((data / "index").glob(f"*/{name}"))
    assert damaged
    for file in damaged:
        file.write_bytes(b"\x00 damaged")
    run = process("ask", QUESTION, data=data)
    assert (run.returncode, run.stdout) == (1, "")
    assert one_sentence(run.stderr)
    assert "spotter index build" in run.stderr


@pytest.mark.long
def test_an_index_from_another_time_is_built_anew_by_itself(process, real_index_config, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(real_index_config.data, data)
    for file in (data / "index").glob("*/lock.json"):
        lock = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps(lock | {"fingerprint": "0" * 64}), encoding="utf-8")
    run = process("ask", QUESTION, data=data)
    assert run.returncode == 0
    assert "[1]" in run.stdout


def test_a_red_flag_is_answered_whatever_became_of_the_index(process, tmp_path):
    (tmp_path / "data").touch()
    run = process("ask", RED_FLAG, data=tmp_path / "data")
    assert (run.returncode, run.stderr) == (0, "")
    assert "emergency" in run.stdout


@pytest.mark.parametrize("content", [None, b"not json", b"\xff\xfe", b"[" * 200_000, b"{}\n" + b"[" * 200_000])
def test_a_file_that_cannot_be_verified_is_one_sentence(process, tmp_path, content):
    file = tmp_path / "reply.json"
    if content is not None:
        file.write_bytes(content)
    run = process("verify", str(file))
    assert (run.returncode, run.stdout) == (1, "")
    assert one_sentence(run.stderr)


def test_a_reply_that_does_not_hold_fails_the_process(process, saved):
    file, row = saved
    assert process("verify", str(file)).returncode == 0
    file.write_text(json.dumps(row | {"text": "You will be fine."}), encoding="utf-8")
    run = process("verify", str(file))
    assert run.returncode == 1
    assert "Traceback" not in run.stderr


def test_an_index_that_is_not_there_fails_the_process_that_asks_for_it(process, tmp_path):
    run = process("index", "status", data=tmp_path / "nothing")
    assert run.returncode == 1
    assert "spotter index build" in run.stdout


def test_a_batch_from_nowhere_is_one_sentence(process, tmp_path):
    run = process("batch", str(tmp_path / "nowhere.jsonl"), str(tmp_path / "out.jsonl"))
    assert (run.returncode, run.stdout) == (1, "")
    assert one_sentence(run.stderr)


def test_a_port_that_is_taken_is_one_sentence(process):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = process("web", "--port", str(port))
    assert run.returncode == 1
    assert one_sentence(run.stderr)
    assert f"Port {port}" in run.stderr
