"""A service with more to do than it can: it refuses politely, a red flag gets its card, a stop loses no answer."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest
from fixtures_assistant import QUESTION, RED_FLAG, open_page, ready
from fixtures_service import served
from gradio_client import Client

from assistant.api.app import service
from assistant.api.health import Counts
from assistant.door import Rooms
from assistant.recheck import reply_problems
from assistant.reply import schema_problem
from assistant.settings import read_settings
from assistant.state.store import open_store
from assistant.talks import Talks
from index.found import Found

ASK = "/api/v1/ask"
MANY = 12
PLACES = 3  # one answer in work and two that wait


def slow_search(query):
    time.sleep(0.2)
    return Found((), 0.0, 0.0, 0.0, 0)


@pytest.fixture(scope="module")
def client(real_index_config):
    """A service that answers one at a time, and lets two wait."""
    assistant = replace(ready(real_index_config), search=slow_search)
    counts = Counts()
    talks = Talks(assistant, open_store("memory", 24), Rooms("100000/minute", at_once=1, waiting=2), counts.said)
    with served(service(talks, read_settings({}).service, counts)) as opened:
        opened.post(ASK, json={"message": QUESTION})  # what the first answer opens is open now
        yield opened


def all_at_once(client, messages):
    """(reply, seconds) of each message, every one in a conversation of its own."""

    def ask(message):
        begun = time.monotonic()
        response = client.post(ASK, json={"message": message})
        assert response.status_code == 200
        return response.json(), time.monotonic() - begun

    with ThreadPoolExecutor(len(messages)) as pool:
        return list(pool.map(ask, messages))


def test_beyond_the_queue_a_question_is_refused_politely_and_at_once(client, real_corpus):
    told = all_at_once(client, [QUESTION] * MANY)
    refused = [reply for reply, _ in told if reply["reason"] == "busy"]
    assert 0 < len(refused) <= MANY - PLACES
    for reply in refused:
        assert (reply["outcome"], reply["citations"], reply["card"]) == ("notice", [], None)
        assert "Please ask again in a minute." in reply["text"]
        assert "112, 911, 999 or 000" in reply["text"]
        assert schema_problem(reply) == ""
        assert reply_problems(reply, real_corpus) == []
    assert {reply["reason"] for reply, _ in told} == {"busy", "not_covered"}


def test_however_many_wait_every_red_flag_gets_its_card(client):
    told = all_at_once(client, [RED_FLAG if number % 3 == 2 else QUESTION for number in range(MANY)])
    assert "busy" in {reply["reason"] for reply, _ in told}
    for number, (reply, _) in enumerate(told):
        if number % 3 == 2:
            assert (reply["outcome"], reply["mode"], reply["card"]["tier"]) == ("escalated", "hard", "emergency")
        else:
            assert reply["mode"] != "hard"


def test_a_red_flag_that_comes_while_others_wait_waits_for_none_of_them(client):
    with ThreadPoolExecutor(1) as pool:
        others = pool.submit(all_at_once, client, [QUESTION] * PLACES)
        time.sleep(0.1)
        ((reply, _),) = all_at_once(client, [RED_FLAG])
        assert reply["outcome"] == "escalated"
        assert not others.done()
        assert others.result()


def test_a_question_that_was_refused_may_be_asked_again_in_its_conversation(client):
    told = all_at_once(client, [QUESTION] * MANY)
    refused = next(reply for reply, _ in told if reply["reason"] == "busy")
    again = client.post(ASK, json={"message": QUESTION, "conversation_id": refused["conversation_id"]}).json()
    assert (again["reason"], again["turn"]) == ("not_covered", 1)


@pytest.mark.long
def test_many_visitors_of_the_page_get_each_their_own_reply(real_index_config, tmp_path):
    with open_page(real_index_config.data, tmp_path / "home") as page:
        visitors = [Client(page.address, verbose=False, analytics_enabled=False) for _ in range(2 * MANY)]
        try:
            asked = zip(visitors, [QUESTION, RED_FLAG] * MANY, strict=True)
            jobs = [visitor.submit(message, "", api_name="/ask") for visitor, message in asked]
            replies = [job.result(60) for job in jobs]
        finally:
            for visitor in visitors:
                visitor.close()
    assert [(reply["outcome"], reply["mode"]) for reply in replies] == [
        ("answered", "none"),
        ("escalated", "hard"),
    ] * MANY
    assert len({reply["conversation_id"] for reply in replies}) == 2 * MANY


@pytest.mark.long
@pytest.mark.parametrize(("proxies", "told_apart"), [("", True), ("192.0.2.1", False)])
def test_people_behind_a_server_in_front_are_told_apart_where_it_is_named(
    real_index_config, tmp_path, proxies, told_apart
):
    environment = {"SPOTTER_RATE": "1/hour", "SPOTTER_PROXIES": proxies}

    def asked_for(who):
        headers = {"X-Forwarded-For": who}
        return httpx.post(page.address + "api/v1/ask", json={"message": "thanks"}, headers=headers, timeout=60).json()

    with open_page(real_index_config.data, tmp_path / "home", **environment) as page:
        reasons = [asked_for(who)["reason"] for who in ("203.0.113.1", "203.0.113.2", "203.0.113.2")]
    assert reasons == ["thanks", "thanks" if told_apart else "busy", "busy"]


def test_a_service_that_is_stopped_delivers_the_answer_it_works_on(real_index_config, tmp_path):
    with (
        open_page(real_index_config.data, tmp_path / "home", double="sluggish") as page,
        ThreadPoolExecutor(1) as pool,
    ):
        asked = pool.submit(httpx.post, page.address + "api/v1/ask", json={"message": QUESTION}, timeout=60)
        until = time.monotonic() + 60
        while "Searching" not in page.output:
            assert time.monotonic() < until, "nothing was searched for"
            time.sleep(0.01)
        begun = time.monotonic()
        page.terminate()
        seconds = time.monotonic() - begun
        reply = asked.result()
        assert reply.status_code == 200
        assert schema_problem(reply.json()) == ""
        assert 1 < seconds < 10
        with pytest.raises(httpx.ConnectError):
            httpx.get(page.address + "healthz")


def test_a_red_flag_is_read_while_more_wait_than_the_framework_has_threads(real_index_config):
    def endless(query):
        time.sleep(3)
        return Found((), 0.0, 0.0, 0.0, 0)

    assistant = replace(ready(real_index_config), search=endless)
    counts = Counts()
    talks = Talks(assistant, open_store("memory", 24), Rooms("100000/minute", at_once=1, patience=3), counts.said)
    app = service(talks, read_settings({}).service, counts)
    with served(app) as opened, ThreadPoolExecutor(50) as pool:
        waiting = [pool.submit(opened.post, ASK, json={"message": QUESTION}) for _ in range(50)]
        time.sleep(0.5)
        begun = time.monotonic()
        told = opened.post(ASK, json={"message": RED_FLAG}).json()
        taken = time.monotonic() - begun
        assert told["mode"] == "hard"
        assert not all(one.done() for one in waiting)
        assert taken < 2
        assert all(one.result().status_code == 200 for one in waiting)
