"""A language model seen from outside: the page, the interface and the terminal say so, and stream its words."""

import json
import re

import pytest
from fixtures_assistant import QUESTION, RED_FLAG, SOFT_SIGN, open_page, spotter
from fixtures_browser import Visit, browser
from fixtures_model import drip, says, serving, status
from fixtures_service import events, interface
from playwright.sync_api import expect

from assistant.reply import schema_problem
from assistant.settings import read_settings
from assistant.start import start

pytestmark = pytest.mark.long

EVIDENCE = re.compile(r"^(\d+)\. \[[^\n]*\]\n([^\n]+)$", re.MULTILINE)


def true(messages):
    """Sentences of the evidence, word for word, dripping; or no suspicion."""
    asked = messages[-1]["content"]
    if "<evidence>" not in asked:
        return says('{"suspected": false}')
    found = [(int(n), text) for n, text in EVIDENCE.findall(asked) if "[" not in text][:3]
    rows = [{"text": text, "evidence": [{"id": n, "quote": text}]} for n, text in found]
    return drip(json.dumps({"sentences": rows}, ensure_ascii=False), 0.02)


@pytest.fixture(scope="module")
def server():
    with serving(answer=true) as opened:
        yield opened


def environment(server):
    return {"SPOTTER_MODEL": "openai:scripted", "SPOTTER_MODEL_URL": server.address}


@pytest.fixture(scope="module")
def client(server, real_index_config):
    settings = read_settings({"SPOTTER_DATA": str(real_index_config.data), **environment(server)})
    with interface(start(settings)) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(server, real_index_config, tmp_path_factory):
    with open_page(real_index_config.data, tmp_path_factory.mktemp("home"), **environment(server)) as opened:
        yield opened


@pytest.fixture
def visit(page):
    with browser() as opened:
        one = Visit(opened, page.address)
        yield one
        one.close()


def kinds(told):
    return [event for event, _ in told]


def test_sentences_are_streamed_before_the_reply_that_holds_them(client):
    told = events(client.post("/api/v1/ask/stream", json={"message": QUESTION}))
    sentences = [data["text"] for event, data in told if event == "sentence"]
    reply = told[-1][1]
    assert kinds(told)[: 1 + len(sentences)] == ["status", *["sentence"] * len(sentences)]
    assert len(sentences) >= 2
    assert sentences == [block["text"] for block in reply["blocks"] if block["kind"] == "written"]
    assert schema_problem(reply) == ""
    assert reply["model"][0]["written"] is True


def test_no_sentence_comes_before_a_card(client):
    told = events(client.post("/api/v1/ask/stream", json={"message": SOFT_SIGN}))
    assert kinds(told)[:2] == ["status", "safety"]
    assert kinds(events(client.post("/api/v1/ask/stream", json={"message": RED_FLAG}))) == ["status", "safety", "done"]


def test_a_reply_without_a_model_has_no_word_of_one(client, server):
    row = client.post("/api/v1/ask", json={"message": "How do I do a wall angel?"}).json()
    assert "model" not in row
    server.script["answer"] = lambda messages: status(500)
    try:
        row = client.post("/api/v1/ask", json={"message": QUESTION}).json()
    finally:
        server.script["answer"] = true
    assert row["model"] == [row["model"][0] | {"written": False, "reason": "failed"}]
    assert "gave no answer that holds" in row["text"]


def test_the_first_screen_says_that_a_model_reads_along_and_where_it_is(visit):
    expect(visit.page.locator("#what")).to_contain_text("read by a language model on this machine (openai:scripted)")
    expect(visit.page.locator("#what")).to_contain_text("in those of a language model")


def test_the_page_shows_sentence_after_sentence_and_then_the_marks(visit):
    visit.box.fill(QUESTION)
    visit.box.press("Enter")
    reply = visit.replies.last
    expect(reply).to_contain_text("…", timeout=30_000)
    assert reply.get_by_role("link").count() == 0
    expect(reply).to_contain_text("A language model put this into words", timeout=30_000)
    expect(reply).not_to_contain_text("…")
    assert reply.get_by_role("link").count() >= 2
    expect(visit.sources).to_contain_text("Sources of answer 1")
    assert visit.complaints == []


def test_a_red_flag_stops_as_ever(visit, server):
    before = len(server.requests)
    visit.ask(RED_FLAG)
    expect(visit.banner.get_by_role("alert")).to_be_visible()
    assert len(server.requests) == before


def test_the_terminal_says_it_too(server, real_index_config, tmp_path):
    run = spotter("ask", data=real_index_config.data, home=tmp_path, stdin="\n", **environment(server))
    assert "language model on this machine" in " ".join(run.stdout.split())


def test_a_model_that_cannot_be_set_up_keeps_the_page_from_opening(real_index_config, tmp_path):
    wrong = {"SPOTTER_MODEL": "no-such-provider:x"}
    run = spotter("web", data=real_index_config.data, home=tmp_path, **wrong)
    assert run.returncode == 1
    assert "SPOTTER_MODEL=no-such-provider:x cannot be set up" in run.stderr
    assert "Traceback" not in run.stderr
