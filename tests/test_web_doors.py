"""The doors that the chat page's library brings along are closed, whoever asks by hand."""

import gradio_client
import httpx
import pytest
from fixtures_assistant import QUESTION, RED_FLAG, open_page

from assistant.reply import schema_problem


@pytest.fixture(scope="module")
def client(real_index_config, tmp_path_factory):
    served = open_page(real_index_config.data, tmp_path_factory.mktemp("home"))
    with served as page, httpx.Client(base_url=page.address, timeout=60) as opened:
        yield opened


def test_nothing_can_be_uploaded(client):
    sent = client.post("/gradio_api/upload", files={"files": ("note.txt", b"some text of somebody's")})
    assert sent.status_code == 404


@pytest.mark.parametrize("path", ["/gradio_api/run/predict", "/gradio_api/run/ask", "/gradio_api/api/predict"])
def test_the_events_of_the_page_cannot_be_run_by_hand(client, path):
    assert client.post(path, json={"data": []}).status_code in (404, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=https://example.org/x",
        "/gradio_api/file=../pyproject.toml",
        "/gradio_api/proxy=https://example.org/x",
        "/gradio_api/monitoring/summary",
        "/monitoring/summary",
        "/gradio_api/runs",
        "/docs",
        "/redoc",
    ],
)
def test_no_file_and_no_other_host_is_fetched_through_the_page(client, path):
    told = client.get(path)
    assert told.status_code in (400, 403, 404), told.text[:200]
    assert "root:" not in told.text


@pytest.mark.parametrize("path", ["/", "/gradio_api/info", "/config"])
def test_no_other_origin_is_let_in(client, path):
    told = client.get(path, headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in told.headers
    assert "frame-ancestors 'none'" in told.headers["content-security-policy"]


def test_one_event_has_a_name_and_gives_clients_of_the_library_a_whole_reply(client):
    named = client.get("/gradio_api/info").json()["named_endpoints"]
    assert list(named) == ["/ask"]
    visitor = gradio_client.Client(str(client.base_url), verbose=False, analytics_enabled=False)
    try:
        flagged = visitor.predict(RED_FLAG, "", api_name="/ask")
        assert schema_problem(flagged) == ""
        assert flagged["mode"] == "hard"
        assert visitor.predict(QUESTION, flagged["conversation_id"], api_name="/ask")["reason"] == "latched"
        assert visitor.predict(QUESTION, "not-an-id", api_name="/ask")["outcome"] == "answered"
    finally:
        visitor.close()


def test_the_interface_stands_beside_the_page(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert "Spotter" in client.get("/").text
    assert client.get("/sources").status_code == 200


@pytest.mark.parametrize(
    "door", ["run/predict", "api/predict", "call/ask", "upload", "upload_progress", "component_server", "deep_link"]
)
def test_a_closed_door_tells_as_the_interface_does_and_carries_its_headers(client, door):
    told = client.post(f"/gradio_api/{door}", json={})
    assert told.status_code == 404
    assert told.headers["content-type"] == "application/problem+json"
    assert "frame-ancestors 'none'" in told.headers["content-security-policy"]


def joined(client, data, fn=0, session="abc"):
    """An event put into the queue by hand; the messages that come of it."""
    row = {"data": data, "fn_index": fn, "session_hash": session, "event_data": None, "trigger_id": None}
    sent = client.post("/gradio_api/queue/join", json=row)
    if sent.status_code != 200:
        return sent, ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as told:
        return sent, "".join(told.iter_text())


@pytest.mark.parametrize(
    "data",
    [
        [None, None, None],
        [[], {}, 3],
        [{"text": "x", "files": [{"path": "/etc/passwd"}]}, None, ""],
        [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, None, ""],
        ["x" * 200_000, None, ""],
        [],
        ["a"] * 50,
    ],
    ids=["nothing", "other kinds", "a file", "a file as the message", "very long", "too few", "too many"],
)
@pytest.mark.parametrize("fn", [0, 1, 2])
def test_an_event_with_wild_data_brings_down_nothing_and_shows_no_file(client, data, fn):
    sent, told = joined(client, data, fn, session=f"s{fn}{len(str(data))}")
    assert sent.status_code < 500 or sent.status_code == 503, sent.text[:300]
    assert "root:" not in told
    assert "Traceback" not in told + sent.text
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("fn", [-1, 10_000, "ask", None])
def test_an_event_that_is_none_is_refused(client, fn):
    sent, told = joined(client, ["hello"], fn, session=f"none{fn}")
    assert sent.status_code != 200 or '"success":false' in told.replace(" ", "")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 50_000])
def test_a_body_that_is_none_is_refused(client, body):
    told = client.post("/gradio_api/queue/join", content=body, headers={"content-type": "application/json"})
    assert 400 <= told.status_code < 500, told.status_code


def test_no_talk_can_be_written_to_the_disk(client):
    sent, _ = joined(client, ["why does my back hurt? zanzibarquux", None, "", ""], session="deep")
    assert sent.status_code == 200
    assert client.get("/gradio_api/deep_link", params={"session_hash": "deep"}).status_code == 404
