"""What somebody typed stays with them: it is in no file and no log afterwards, and nothing is called at home."""

import json
import logging
import shutil

import pytest
from fixtures_assistant import EXERCISE, RED_FLAG, open_page, ready, strangers, talk, watched

CANARY = "zanzibarquux"
MESSAGES = [
    f"why does my lower back hurt after deadlifts, {CANARY}?",
    f"{EXERCISE} {CANARY}",
    f"{RED_FLAG} {CANARY}",
    f"who won the {CANARY} cup",
    CANARY,
]


@pytest.fixture
def places(real_index_config, tmp_path):
    """A data folder and a home that nobody else writes to."""
    data, home = tmp_path / "data", tmp_path / "home"
    shutil.copytree(real_index_config.data, data)
    home.mkdir()
    return data, home


def traces(*folders):
    """The files under the folders that hold the canary in their content or their name."""
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if CANARY.encode() in file.read_bytes().lower() or CANARY in file.name.lower()]


def test_a_trace_would_be_found(tmp_path):
    (tmp_path / "log").write_text(f"Somebody asked about {CANARY.upper()}.", encoding="utf-8")
    assert traces(tmp_path) == [tmp_path / "log"]


def test_a_question_leaves_no_trace(places):
    for message in MESSAGES:
        run, report = watched("ask", message, data=places[0], home=places[1])
        assert run.returncode == 0
        assert CANARY not in (run.stdout + run.stderr).lower()
        assert strangers(report["hosts"]) == []
    assert traces(*places) == []


def test_a_chat_leaves_no_trace(places):
    run, report = watched("ask", data=places[0], home=places[1], stdin="\n".join([*MESSAGES, ""]))
    assert run.returncode == 0
    assert CANARY not in (run.stdout + run.stderr).lower()
    assert strangers(report["hosts"]) == []
    assert traces(*places) == []


def test_a_batch_leaves_no_trace_beside_its_input(places, tmp_path):
    lines = [{"id": str(n), "turns": [message, "thanks"]} for n, message in enumerate(MESSAGES)]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    broken = f'{{"id": "x", "turns": ["{CANARY}"'
    source.write_text("\n".join([*map(json.dumps, lines), broken]), encoding="utf-8")
    run, report = watched("batch", str(source), str(target), data=places[0], home=places[1])
    assert run.returncode == 1
    assert CANARY not in (run.stdout + run.stderr).lower()
    assert strangers(report["hosts"]) == []
    assert traces(tmp_path) == [source]


def test_the_page_leaves_no_trace(places):
    with open_page(*places) as page, page.visitor() as visitor:
        for message in MESSAGES:
            visitor.ask(message)
        assert traces(*places) == []
    assert page.status == 0
    assert CANARY not in page.output.lower()
    assert traces(*places) == []
    assert strangers(page.hosts) == []


def test_no_log_record_holds_what_was_typed(real_index_config, caplog):
    with caplog.at_level(logging.DEBUG):
        talk(ready(real_index_config), *MESSAGES)
    assert CANARY not in caplog.text.lower()


def test_neither_a_reply_nor_what_is_kept_of_a_conversation_holds_what_was_typed(real_index_config):
    replies, conversation = talk(ready(real_index_config), *MESSAGES)
    assert CANARY not in json.dumps([reply.as_json() for reply in replies]).lower()
    assert CANARY not in conversation.as_json().lower()
