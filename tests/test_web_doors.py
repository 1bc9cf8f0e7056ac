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
    assert sent.status_code in (400, 404, 413)


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
