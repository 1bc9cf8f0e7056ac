"""The doors that the chat page's library brings along are closed, whoever asks by hand."""

import json
import re
import subprocess
import sys

import gradio_client
import httpx
import pytest
from fixtures_assistant import QUESTION, RED_FLAG, ROOT, environment, open_page

from assistant.reply import schema_problem

# The doors of the library that stay open. Whatever else it brings along has to be closed, or to get a line here.
OPEN = {
    "GET /": "the page",
    "HEAD /": "the page",
    "GET /config": "what the page is made of",
    "GET /theme.css": "its style",
    "GET /gradio_api/theme.css": "its style",
    "GET /static/{path:path}": "files of the library",
    "GET /assets/{path:path}": "files of the library",
    "GET /svelte/{path:path}": "files of the library",
    "GET /favicon.ico": "a picture of the library",
    "GET /pwa_icon": "a picture that is not set: not found",
    "GET /pwa_icon/{size}": "a picture that is not set: not found",
    "GET /manifest.json": "the name of the page",
    "GET /robots.txt": "for search engines, says nothing",
    "GET /openapi.json": "names these routes, as the library's public code does",
    "GET /gradio_api/openapi.json": "describes the one event that has a name",
    "GET /gradio_api/info": "describes the same, for the library's own clients",
    "POST /login": "there are no accounts: leads to the page",
    "GET /logout": "there are no accounts: leads to the page",
    "GET /gradio_api/login_check": "there are no accounts: null",
    "GET /gradio_api/user": "there are no accounts: null",
    "GET /gradio_api/token": "there are no accounts: null",
    "GET /gradio_api/app_id": "a random number, by which a page knows that the service was started anew",
    "GET /gradio_api/startup-events": "true or false",
    "POST /gradio_api/queue/join": "the page's events; what they may hold is tried below",
    "GET /gradio_api/queue/data": "what comes of the events of a session, for who knows its random name",
    "GET /gradio_api/queue/status": "how many wait",
    "GET /gradio_api/heartbeat/{session_hash}": "how the service notices that a page was closed",
    "POST /gradio_api/cancel": "the button that stops an answer, for who knows the session's random name",
    "POST /gradio_api/reset": "does nothing",
    "GET /monitoring": "off: forbidden",
    "GET /monitoring/summary": "off: forbidden",
    "GET /monitoring/{key}": "off: forbidden",
}
# Prints what the app under the service's own routes has registered; in a process of its own, for its loose ends.
REGISTERED = """
import json
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from assistant.commands.web import assembled
from assistant.settings import quieten, read_settings
from assistant.start import start
quieten()
settings = read_settings()
(page,) = [one.app for one in assembled(settings, start(settings)).routes if isinstance(one, Mount)]
found = list(iter_route_contexts(page.routes))
print(json.dumps([[sorted(one.methods or ["GET"]), one.path or one.original_route.path] for one in found]))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(real_index_config, home):
    once = httpx.Limits(max_keepalive_connections=0)  # an event that is none ends its connection
    served = open_page(real_index_config.data, home)
    with served as page, httpx.Client(base_url=page.address, timeout=60, limits=once) as opened:
        yield opened


@pytest.fixture(scope="module")
def doors(real_index_config, home):
    """(method, path) of every route that the page's library has registered."""
    run = subprocess.run(
        [sys.executable, "-c", REGISTERED],
        cwd=ROOT,
        env=environment(real_index_config.data, home),
        capture_output=True,
        text=True,
        check=True,
    )
    return [(method, path) for methods, path in json.loads(run.stdout) for method in methods]


def line(method, path):
    """How OPEN names a door; with a stroke at the end it is the same one. A GET may be asked for its head alone."""
    named = f"{method} {path.rstrip('/') or '/'}"
    return named if named in OPEN or method != "HEAD" else named.replace("HEAD", "GET", 1)


def test_every_door_of_the_library_is_known_to_be_open_or_is_closed(client, doors):
    met, closed, unknown = set(), set(), []
    for method, path in doors:
        if line(method, path) in OPEN:
            met.add(line(method, path))
            continue
        with client.stream(method, re.sub(r"{[^}]*}", "1", path)) as told:  # some never end
            shut = told.status_code == 404 and told.headers["content-type"] == "application/problem+json"
        (closed.add(path) if shut else unknown.append(f"{method} {path}"))
    assert unknown == []
    assert met == OPEN.keys(), "a door that is no more needs no line"
    assert {"/gradio_api/upload", "/gradio_api/run/{api_name}", "/gradio_api/file={path_or_url:path}"} <= closed


@pytest.mark.parametrize("path", ["/monitoring", "/monitoring/summary", "/monitoring/1"])
def test_what_is_off_is_forbidden(client, path):
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/", "/config", "/healthz", "/nothing", "/gradio_api/upload", "/static/page.css"])
def test_no_response_names_what_serves_it(client, path):
    told = client.get(path)
    assert not {"server", "x-powered-by"} & set(told.headers)


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
        [None, None, None, None],
        [[], {}, 3, {}],
        [{"text": "x", "files": [{"path": "/etc/passwd"}]}, None, "", ""],
        [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, None, "", ""],
        ["x" * 200_000, None, "", ""],
        [],
        ["a"] * 50,
    ],
    ids=["nothing", "other kinds", "a file", "a file as the message", "very long", "too few", "too many"],
)
@pytest.mark.parametrize("fn", [0, 1, 2])
def test_an_event_with_wild_data_brings_down_nothing_and_shows_no_file(client, data, fn):
    needed = len(client.get("/config").json()["dependencies"][fn]["inputs"])
    assert needed <= 4, "with less the library refuses the data before anything of ours sees it"
    sent, told = joined(client, data, fn, session=f"s{fn}{len(str(data))}")
    assert sent.status_code < 500 or sent.status_code == 503, sent.text[:300]
    assert "root:" not in told
    assert "Traceback" not in told + sent.text
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("fn", [-1, 10_000, "ask", None])
def test_an_event_that_is_none_is_refused(client, fn):
    sent, told = joined(client, ["hello"], fn, session=f"none{fn}")
    assert (sent.is_error, told) == (True, "")
    assert sent.headers["content-type"] in ("application/problem+json", "application/json")
    assert "Traceback" not in sent.text
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 50_000])
def test_a_body_that_is_none_is_refused(client, body):
    told = client.post("/gradio_api/queue/join", content=body, headers={"content-type": "application/json"})
    assert 400 <= told.status_code < 500, told.status_code


def test_an_event_that_the_library_cannot_read_leaves_no_word_in_the_log(real_index_config, tmp_path):
    with open_page(real_index_config.data, tmp_path) as page, httpx.Client(base_url=page.address, timeout=60) as opened:
        joined(opened, ["zanzibarquux hurts"], 1, session="short")
        joined(opened, ["zanzibarquux hurts", None, {"zanzibarquux": 1}, ["zanzibarquux"]], 1, session="odd")
    assert "An error was printed" in page.output
    assert "zanzibarquux" not in page.output


def test_no_talk_can_be_written_to_the_disk(client, home):
    for fn in (0, 1):
        _, told = joined(client, ["why does my back hurt? zanzibarquux", None, "", ""], fn, session="deep")
        assert '"success":true' in told.replace(" ", "")
    assert client.get("/gradio_api/deep_link", params={"session_hash": "deep"}).status_code == 404
    written = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in written if b"zanzibarquux" in path.read_bytes()] == []
