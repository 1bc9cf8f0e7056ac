"""The interface for programs, over loopback: replies, events, problems, and what stands before every path."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fixtures_assistant import (
    EXERCISE,
    QUESTION,
    RED_FLAG,
    SOFT_SIGN,
    ToldSearch,
    fails_with,
    ready,
    with_number,
    without_index,
)
from fixtures_html import Page, squeezed
from fixtures_service import events, interface

from assistant.api.guard import LARGEST_BODY
from assistant.recheck import reply_problems
from assistant.reply import schema_problem
from assistant.settings import read_settings
from assistant.start import start
from assistant.state.ages import Ages
from assistant.state.memory import Memory
from assistant.state.store import StateError
from corpus.errors import KnownError
from index.found import Found

ASK = "/api/v1/ask"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def client(real_index_config):
    with interface(ready(real_index_config)) as opened:
        yield opened


@pytest.fixture(scope="module")
def empty():
    return without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))


def ask(client, message, conversation_id=None, **more):
    return client.post(ASK, json={"message": message, "conversation_id": conversation_id, **more})


def is_problem(response, status):
    row = response.json()
    assert (response.status_code, row["status"], response.headers["content-type"]) == (status, status, PROBLEM)
    assert "112, 911, 999 or 000" in row["emergency"]
    return row


# Asking


def test_a_question_gets_a_reply_that_holds_and_can_be_checked(client, real_corpus):
    reply = ask(client, QUESTION).json()
    assert schema_problem(reply) == ""
    assert (reply["outcome"], reply["turn"]) == ("answered", 0)
    assert re.fullmatch("[0-9a-f-]{36}", reply["conversation_id"])
    assert reply_problems(reply, real_corpus) == []


def test_a_conversation_goes_on_under_its_id(client):
    first = ask(client, EXERCISE).json()
    second = ask(client, "how many reps?", first["conversation_id"]).json()
    assert (second["outcome"], second["turn"]) == ("answered", 1)
    assert "Wall angel" in second["text"]
    assert "Wall angel" not in ask(client, "how many reps?").json()["text"]


def test_a_red_flag_is_a_card_and_stays_until_the_conversation_is_forgotten(client):
    reply = ask(client, RED_FLAG, "somebody-1").json()
    assert (reply["outcome"], reply["mode"], reply["citations"]) == ("escalated", "hard", [])
    assert ask(client, QUESTION, "somebody-1").json()["reason"] == "latched"
    assert client.delete("/api/v1/conversations/somebody-1").status_code == 204
    assert ask(client, QUESTION, "somebody-1").json()["outcome"] == "answered"
    assert is_problem(client.delete("/api/v1/conversations/nobody-here"), 404)


@pytest.mark.parametrize(
    "message", ["", "   ", "\x00", "a" * 99_999, "🤷", "\u202etxet", "\ud83d chest pain spreading to my arm"]
)
def test_any_text_gets_a_reply(client, message):
    response = client.post(ASK, content=json.dumps({"message": message}), headers={"content-type": "application/json"})
    assert response.status_code == 200
    assert schema_problem(response.json()) == ""


def test_a_message_with_half_a_character_is_read_by_the_gate_all_the_same(client):
    body = json.dumps({"message": f"\ud83d {RED_FLAG}"})
    reply = client.post(ASK, content=body, headers={"content-type": "application/json"}).json()
    assert reply["mode"] == "hard"


def test_a_region_gets_its_checked_number_and_one_without_any_the_line_for_all(empty):
    with interface(with_number(empty, "GB", "10-5")) as client:

        def called(**region):
            """Whom the card says to call, asked at once and in events."""
            streamed = events(client.post(f"{ASK}/stream", json={"message": RED_FLAG, **region}))[-1][1]
            replies = (ask(client, RED_FLAG, **region).json(), streamed)
            for reply in replies:
                assert all(line["number"] in reply["text"] for line in reply["card"]["numbers"])
            return [line["number"] for reply in replies for line in reply["card"]["numbers"]]

        assert called(region="GB") == ["10-5"] * 2
        for other in ({"region": "US"}, {"region": ""}, {}):
            assert called(**other) == ["your local emergency number, for example 112, 911, 999 or 000"] * 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": 5},
        {"message": None},
        {"message": "hello", "conversation_id": "short"},
        {"message": "hello", "conversation_id": "with a space in it"},
        {"message": "hello", "more": 1},
        {"message": "hello", "region": "Atlantis"},
        ["hello"],
        "hello",
    ],
)
def test_a_request_that_cannot_be_used_is_a_problem_that_repeats_nothing(client, body):
    response = client.post(ASK, json=body)
    row = is_problem(response, 422)
    assert "body" in row["detail"]
    sent = body.values() if isinstance(body, dict) else [body] if isinstance(body, str) else body
    assert [one for one in sent if isinstance(one, str) and one in response.text] == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"", b"[" * 50_000])
def test_what_is_no_json_is_a_problem(client, body):
    response = client.post(ASK, content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    is_problem(response, response.status_code)


def test_a_body_that_is_too_large_is_a_problem_that_says_whom_to_call(client):
    response = client.post(ASK, content=b'{"message": "' + b"a" * LARGEST_BODY + b'"}')
    is_problem(response, 413)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api/v1/nothing", 404), ("GET", ASK, 405)])
def test_a_path_that_is_not_there_is_a_problem(client, method, path, status):
    is_problem(client.request(method, path), status)


# Events


def test_the_events_of_an_answer_end_with_the_whole_reply(client):
    found = events(client.post(f"{ASK}/stream", json={"message": QUESTION}))
    names = [name for name, _ in found]
    assert names[0] == "status"
    assert names[-1] == "done"
    whole = found[-1][1]
    assert schema_problem(whole) == ""
    assert [data for name, data in found if name == "statement"] == whole["blocks"]
    (sources,) = [data for name, data in found if name == "sources"]
    assert sources == {"citations": whole["citations"], "sources": whole["sources"]}


def test_the_card_is_the_first_event_that_says_something(client):
    for message in (RED_FLAG, SOFT_SIGN):
        found = events(client.post(f"{ASK}/stream", json={"message": message}))
        assert [name for name, _ in found][:2] == ["status", "safety"]
        assert found[1][1] == found[-1][1]["card"]


# What fails


def test_an_error_behind_the_gate_is_a_problem_with_the_card_and_nothing_of_the_error(empty):
    def search(query):
        raise ValueError(query)

    with interface(replace(empty, search=search)) as client:
        response = ask(client, "pain shoots down my leg, why does my back hurt after the zanzibar?")
        assert is_problem(response, 500)["card"]["tier"] == "see_clinician"
        assert "zanzibar" not in response.text
        streamed = client.post(f"{ASK}/stream", json={"message": f"{SOFT_SIGN} zanzibar"})
        (*_, last) = events(streamed)
        assert (last[0], last[1]["status"], last[1]["card"]["tier"]) == ("error", 500, "see_clinician")
        assert "zanzibar" not in streamed.text
        assert ask(client, RED_FLAG).json()["mode"] == "hard"


def test_a_broken_index_is_a_problem_that_says_what_to_do(empty):
    broken = replace(empty, search=fails_with(KnownError("The index is damaged. Run 'spotter index build'.")))
    with interface(broken) as client:
        assert is_problem(ask(client, QUESTION), 503)["detail"] == "The index is damaged. Run 'spotter index build'."


class Unreadable(Memory):
    def load(self, conversation_id):
        raise StateError("The conversations cannot be read. Look at SPOTTER_STATE.")

    def check(self):
        self.load("")

    def forget(self, conversation_id):
        self.load("")


def test_without_its_store_the_service_is_not_ready_and_a_red_flag_gets_its_card(empty):
    with interface(empty, store=Unreadable(Ages(24, lambda: 0.0))) as client:
        row = is_problem(client.get("/readyz"), 503)
        assert row["checks"]["state"] == "The conversations cannot be read. Look at SPOTTER_STATE."
        assert row["checks"]["gate"] == "ok"
        assert is_problem(ask(client, "thanks"), 503)
        assert is_problem(client.delete("/api/v1/conversations/somebody-1"), 503)
        assert ask(client, RED_FLAG).json()["mode"] == "hard"


# Before every path


def test_without_the_token_nothing_is_answered_where_one_is_set(empty):
    with interface(empty, environment={"SPOTTER_TOKEN": "sesame"}) as client:
        assert is_problem(ask(client, "thanks"), 401)
        assert client.post("/v1/chat/completions", json={"messages": []}).status_code == 401
        wrong = client.post(ASK, json={"message": "thanks"}, headers={"Authorization": "Bearer pepper"})
        assert is_problem(wrong, 401)
        right = client.post(ASK, json={"message": "thanks"}, headers={"Authorization": "Bearer sesame"})
        assert right.json()["outcome"] == "notice"
        assert client.get("/healthz").status_code == 200


def test_the_rate_of_a_visitor_ends_in_a_notice_and_never_hides_a_red_flag(empty):
    with interface(empty, rate="2/minute") as client:
        reasons = [ask(client, "thanks").json()["reason"] for _ in range(3)]
        assert reasons == ["thanks", "thanks", "busy"]
        assert ask(client, RED_FLAG).json()["mode"] == "hard"


@pytest.mark.parametrize("path", [ASK, "/sources", "/healthz", "/static/page.css", "/nothing"])
def test_every_response_forbids_what_the_pages_do_not_do(client, path):
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    for use in ("camera=()", "microphone=()", "geolocation=()", "payment=()"):
        assert use in headers["permissions-policy"]


def test_the_service_is_called_by_no_name_but_its_own(empty):
    def called(client, name):
        return client.get("/healthz", headers={"Host": name}).status_code

    with interface(empty) as client:
        assert called(client, "rebound.example") == 400
        is_problem(client.get("/healthz", headers={"Host": "rebound.example"}), 400)
        assert called(client, "localhost:7860") == 200
    with interface(empty, environment={"SPOTTER_PUBLIC_URL": "https://spotter.example.org"}) as client:
        assert called(client, "spotter.example.org") == 200
        assert called(client, "rebound.example") == 400
    with interface(empty, environment={"SPOTTER_HOST": "0.0.0.0"}) as client:
        assert called(client, "gym.lan:7860") == 200


def test_an_answer_is_kept_by_nobody_on_the_way(client):
    assert ask(client, "thanks").headers["cache-control"] == "no-store"


def test_programs_of_other_pages_are_let_in_only_where_the_operator_says_so(empty):
    origin = {"Origin": "https://there.example"}
    with interface(empty) as client:
        assert "access-control-allow-origin" not in client.get("/healthz", headers=origin).headers
    with interface(empty, environment={"SPOTTER_ORIGINS": "https://there.example"}) as client:
        headers = client.get("/healthz", headers=origin).headers
        assert headers["access-control-allow-origin"] == "https://there.example"
        other = client.get("/healthz", headers={"Origin": "https://elsewhere.example"}).headers
        assert "access-control-allow-origin" not in other
        asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
        is_problem(client.options("/api/v1/ask", headers=asked), 400)


# Sources and operation


def test_the_sources_are_listed_with_what_is_known_of_them(client, real_corpus):
    rows = client.get("/api/v1/sources").json()["sources"]
    assert [row["id"] for row in rows] == [one.source.id for one in real_corpus.articles]
    assert all(row["clinical_review"] == "none" for row in rows)
    assert all(client.get(row["page"]).status_code == 200 for row in rows)


def test_the_place_of_every_citation_is_a_page_with_its_words_marked(client):
    cited = ask(client, QUESTION).json()["citations"]
    assert cited
    for one in cited:
        page = client.get(f"/sources/{one['source_id']}?from={one['start']}&to={one['end']}")
        assert page.headers["content-type"].startswith("text/html")
        marks = Page(page.text, without=("mend",)).marks
        assert [id_ for id_, _ in marks] == ["quote"] + [""] * (len(marks) - 1)
        assert squeezed(" ".join(words for _, words in marks)) == squeezed(one["quote"])


def test_an_article_that_is_not_there_is_not_found(client):
    is_problem(client.get("/sources/nothing"), 404)
    is_problem(client.get("/sources/..%2Fsources.toml"), 404)


def test_the_service_says_that_it_is_alive_and_ready(client, real_index):
    assert client.get("/healthz").json() == {"status": "ok"}
    row = client.get("/readyz").json()
    assert (row["status"], row["index_version"]) == ("ready", real_index.lock.fingerprint)
    assert set(row["checks"].values()) == {"ok"}


def test_replies_are_counted_without_a_word_of_them(empty):
    with interface(empty) as client:
        ask(client, RED_FLAG)
        ask(client, "thanks for the zanzibar")
        told = client.get("/metrics").text
    assert 'spotter_replies_total{outcome="escalated",reason="red_flag",surface="api"} 1.0' in told
    assert 'spotter_red_flags_total{tier="emergency"} 1.0' in told
    assert "spotter_reply_seconds_count 2.0" in told
    assert "zanzibar" not in told


def test_many_talks_at_once_are_answered_each_by_itself(client):
    def talk(number):
        id_ = f"visitor-{number}"
        flagged = ask(client, RED_FLAG if number % 2 else "thanks", id_).json()
        return flagged["mode"], ask(client, QUESTION, id_).json()["outcome"]

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(talk, range(24)))
    assert told == [("none", "answered"), ("hard", "escalated")] * 12
