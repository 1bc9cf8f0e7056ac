"""What somebody typed stays with them: it is in no file and no log afterwards, and nothing is called at home."""

import hashlib
import json
import logging
import re
import shutil
import subprocess
import sys

import httpx
import pytest
from fixtures_assistant import EXERCISE, RED_FLAG, ROOT, environment, open_page, ready, strangers, talk, watched
from fixtures_browser import Visit, browser
from fixtures_faults import data_of
from playwright.sync_api import expect

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


@pytest.fixture
def light(real_index_config, tmp_path):
    """The same, but for the model, which is the real one."""
    home = tmp_path / "home"
    home.mkdir()
    return data_of(real_index_config, tmp_path / "data"), home


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


# The command with a search that fails and puts what it was given into its error, as libraries do.
FAILING = """
import sys
from index.search import Index

def search(self, query):
    raise ValueError(query)

Index.search = search
sys.argv[0] = "spotter"
from assistant.cli import main
main()
"""


@pytest.mark.parametrize(
    ("arguments", "typed", "status"),
    [
        (["ask", MESSAGES[0]], "", 1),
        (["ask", "--json", MESSAGES[0]], "", 1),
        (["ask"], "\n".join([MESSAGES[0], MESSAGES[2], ""]), 0),
        (["index", "search", CANARY], "", 1),
    ],
    ids=["ask", "json", "chat", "search"],
)
def test_an_error_behind_the_gate_leaves_no_trace(light, arguments, typed, status):
    run = failing(*arguments, data=light[0], home=light[1], stdin=typed)
    assert run.returncode == status
    assert "ValueError" in run.stderr
    assert run.stderr.count("\n") == 1
    assert ("112, 911, 999 or 000" in run.stderr) == bool(status)
    assert CANARY not in (run.stdout + run.stderr).lower()
    assert traces(*light) == []


def test_a_chat_goes_on_after_an_error_behind_the_gate(light):
    run = failing("ask", data=light[0], home=light[1], stdin=f"{MESSAGES[0]}\n{RED_FLAG}\n\n")
    failed, card = run.stdout.split("You> ")[1:3]
    assert "112, 911, 999 or 000" in failed
    assert "This needs an emergency department now" in card


def test_a_batch_goes_on_after_an_error_behind_the_gate_and_leaves_no_trace_of_it(light, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [{"id": "a", "turns": [RED_FLAG, MESSAGES[0]]}, {"id": "b", "turns": [MESSAGES[0]]}]
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    run = failing("batch", str(source), str(target), data=light[0], home=light[1])
    answered, failed = map(json.loads, target.read_text(encoding="utf-8").splitlines())
    assert [reply["mode"] for reply in answered["replies"]] == ["hard", "hard"]
    assert failed == {"id": "b", "line": 2, "error": "could not be answered: ValueError"}
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert traces(tmp_path) == [source]


def failing(*arguments, data, home, stdin=""):
    return subprocess.run(
        [sys.executable, "-c", FAILING, *arguments],
        cwd=ROOT,
        env=environment(data, home),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("content", ["{}", '{"turns": ["CANARY"', "CANARY"])
def test_a_file_that_cannot_be_verified_is_not_repeated(light, tmp_path, content):
    file = tmp_path / "reply.json"
    file.write_text(content.replace("CANARY", CANARY), encoding="utf-8")
    run, _ = watched("verify", str(file), data=light[0], home=light[1])
    assert run.returncode == 1
    assert CANARY not in (run.stdout + run.stderr).lower()
    assert traces(*light) == []


def test_the_page_and_the_interface_leave_no_trace(places):
    data, home = places
    kept = {"SPOTTER_STATE": str(home / "talks.db"), "SPOTTER_FEEDBACK": str(home / "feedback.jsonl")}
    with open_page(data, home, **kept) as page, browser() as opened, httpx.Client(base_url=page.address) as client:
        visit = Visit(opened, page.address)
        for message in MESSAGES:
            visit.ask(message)
            id_ = f"talk-{hashlib.sha256(CANARY.encode()).hexdigest()[:9]}"
            for path in ("/api/v1/ask", "/api/v1/ask/stream"):
                told = client.post(path, json={"message": message, "conversation_id": id_})
                assert told.status_code == 200
            client.post("/api/v1/ask", json={"message": message, CANARY: CANARY})
            client.post("/api/v1/ask", content=message.encode())
            client.get(f"/sources/{CANARY}")
            client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": message}]})
        visit.page.locator("#chat").get_by_label(re.compile("^like", re.IGNORECASE)).last.click()
        expect(visit.page.locator("#rating")).to_be_visible()
        assert CANARY not in client.get("/metrics").text.lower()
        assert (home / "talks.db").exists()
        assert traces(*places) == []
        visit.close()
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
