"""The model of the tests as a server: when things arrive, who hung up, what is recorded, and that nothing is left."""

import gc
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import openai
import pytest
from fixtures_assistant import ROOT, environment, strangers
from fixtures_model import (
    PATIENCE,
    chat,
    cut,
    drip,
    endless,
    half,
    mutters,
    pieces,
    says,
    serving,
    slow,
    status,
    truncated,
)

pytestmark = pytest.mark.long

TEXT = 'Rest, and walk – “a little”.\n\nThen 🙂 {"as": \\ far} as it goes.\r\n  Ünd mehr.'
TRIAGE, ANSWER = ("system", "You sort messages."), ("system", "You answer by the sources.")
HUMAN = ("human", "My back hurts.")


def heard(model, messages=(ANSWER, HUMAN)):
    """The pieces that arrive, each with the time it took."""
    start = time.monotonic()
    return [(chunk.content, time.monotonic() - start) for chunk in model.stream(list(messages)) if chunk.content]


def test_text_arrives_whole_and_in_pieces():
    with serving(answer=says(TEXT)) as server:
        assert [piece for piece, _ in heard(chat(server))] == pieces(TEXT)
        assert chat(server).invoke([HUMAN]).content == TEXT


async def test_text_arrives_whole_where_nobody_waits_for_it():
    with serving(answer=says(TEXT)) as server:
        assert "".join([chunk.content async for chunk in chat(server).astream([HUMAN])]) == TEXT
        assert (await chat(server).ainvoke([HUMAN])).content == TEXT


def test_two_kinds_of_request_have_scripts_of_their_own():
    def repeat(messages):
        return says(messages[-1]["content"].upper())

    with serving(triage=says("none"), answer=repeat) as server:
        server.kind = lambda body: "triage" if "sort" in body["messages"][0]["content"] else "answer"
        assert chat(server).invoke([TRIAGE, HUMAN]).content == "none"
        assert chat(server).invoke([ANSWER, HUMAN]).content == "MY BACK HURTS."
        assert [request.kind for request in server.requests] == ["triage", "answer"]
        assert server.of("answer")[0].text == "You answer by the sources.\nMy back hurts."


def test_a_request_is_recorded_with_its_headers_and_whatever_it_carries():
    with serving(answer=says(TEXT)) as server:
        model = chat(server).bind(tools=[{"type": "function", "function": {"name": "look"}}], seed=7)
        chunks = list(model.stream([HUMAN], stream_usage=True))
        request = server.requests[0]
    assert request.headers["authorization"] == "Bearer none"
    assert request.body["stream_options"] == {"include_usage": True}
    assert (request.body["seed"], request.body["tools"][0]["function"]["name"]) == (7, "look")
    assert (request.said, request.hung_up) == (len(pieces(TEXT)), False)
    assert [chunk.usage_metadata["output_tokens"] for chunk in chunks if chunk.usage_metadata] == [len(pieces(TEXT))]


def test_usage_is_streamed_only_to_who_asks_for_it():
    with serving(answer=says(TEXT)) as server:
        assert not any(chunk.usage_metadata for chunk in chat(server).stream([HUMAN]))
        assert "stream_options" not in server.requests[0].body


def test_the_models_are_listed():
    with serving() as server:
        assert [one["id"] for one in httpx.get(f"{server.address}/models").json()["data"]] == ["scripted"]
        with openai.OpenAI(base_url=server.address, api_key="none") as client:
            assert [one.id for one in client.models.list()] == ["scripted"]


def test_an_end_that_is_none_says_so():
    with serving(answer=truncated(TEXT)) as server:
        last = [chunk.response_metadata.get("finish_reason") for chunk in chat(server).stream([HUMAN])]
    assert [reason for reason in last if reason] == ["length"]


def test_pieces_that_drip_outlast_the_patience_of_the_client():
    with serving(answer=drip("a" * 7 * 6, 0.3)) as server:
        times = [at for _, at in heard(chat(server, timeout=1.0))]
        assert (len(times), times[-1] > 1.3) == (6, True)
        assert times[-1] - times[0] > 0.7
        assert chat(server, timeout=1.0).invoke([HUMAN]).content == "a" * 42


def test_what_carries_no_text_outlasts_the_patience_of_the_client_before_its_first_chunk():
    with serving(answer=mutters(1.2, TEXT)) as server:
        assert heard(chat(server, timeout=0.8))[0][1] > 1.0
        assert chat(server, timeout=0.8).invoke([HUMAN]).content == TEXT


@pytest.mark.parametrize("behaviour", [slow(30, TEXT), drip(TEXT, 30)])
def test_silence_ends_with_the_patience_of_the_client_and_the_server_sees_it_go(behaviour):
    with serving(answer=behaviour) as server:
        start = time.monotonic()
        with pytest.raises(openai.APITimeoutError):
            list(chat(server, timeout=1.0).stream([HUMAN]))
        assert server.requests[0].over.wait(PATIENCE)
        assert server.requests[0].hung_up
        assert time.monotonic() - start < 15


def test_an_endless_reply_ends_when_the_client_leaves_its_stream():
    with serving(answer=endless("more ")) as server:
        stream = chat(server).stream([HUMAN])
        assert "".join(next(stream).content for _ in range(50)).startswith("more more ")
        stream.close()
        assert server.requests[0].over.wait(PATIENCE)
        assert server.requests[0].hung_up


def test_an_endless_reply_is_bounded_and_complained_about():
    with serving(answer=endless("more ", chunks=30)) as server:
        assert chat(server).invoke([HUMAN]).content == "more " * 30
        assert server.requests[0].over.wait(PATIENCE)
        assert server.complaints == ["an endless reply was heard to its end"]
        server.complaints.clear()


@pytest.mark.parametrize("behaviour", [slow(60, TEXT), drip(TEXT, 60), endless("more "), mutters(60, TEXT)])
def test_closing_ends_every_reply_at_once(behaviour):
    raised = []

    def ask(server):
        try:
            for _ in chat(server, timeout=60).stream([HUMAN]):
                pass
        except openai.APIConnectionError as error:
            raised.append(type(error).__name__)

    with serving(answer=behaviour) as server:
        threads = [threading.Thread(target=ask, args=(server,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        end = time.monotonic() + PATIENCE
        while len(server.requests) < 3:
            assert time.monotonic() < end
            time.sleep(0.01)
        start = time.monotonic()
    assert time.monotonic() - start < 5
    for thread in threads:
        thread.join(PATIENCE)
    assert raised == ["OpenAIConnectionError"] * 3
    assert not any(request.hung_up for request in server.requests)


@pytest.mark.parametrize("how", ["short", "reset", "quiet"])
def test_pieces_before_a_cut_arrive(how):
    found = []
    with serving(answer=cut(TEXT, how)) as server, suppress(openai.APIConnectionError):
        for chunk in chat(server).stream([HUMAN]):
            found.append(chunk.content)
    assert "".join(found) == TEXT[: len(TEXT) // 2]


def test_a_limit_says_when_to_come_again_and_a_client_that_may_does():
    with serving(answer=status(429, headers={"Retry-After-Ms": "20"})) as server:
        with pytest.raises(openai.RateLimitError) as caught:
            chat(server, max_retries=2).invoke([HUMAN])
        assert caught.value.response.headers["retry-after-ms"] == "20"
        assert [request.headers["x-stainless-retry-count"] for request in server.requests] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        ("/completions", json.dumps({"model": "scripted"}), 404),
        ("/chat/completions", "{no", 400),
        ("/chat/completions", json.dumps({"messages": []}), 400),
        ("/chat/completions", json.dumps({"model": "scripted", "messages": []}), 400),
        ("/chat/completions", json.dumps({"model": "scripted", "messages": [{"content": "x"}]}), 400),
        ("/chat/completions", json.dumps({"model": "scripted", "messages": [{"role": "user"}]}), 500),
    ],
)
def test_what_no_script_is_made_for_is_refused_and_complained_about(path, content, told):
    with serving() as server:
        assert httpx.post(server.address + path, content=content).status_code == told
        assert len(server.complaints) == 1
        server.complaints.clear()


def test_nothing_is_left_of_a_server():
    def use():
        with serving(answer=half(TEXT)) as server:
            chat(server).invoke([HUMAN])
            stream = chat(server).stream([HUMAN])
            next(stream)
            return server

    def sockets():
        gc.collect()
        links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
        return sum("socket:" in os.readlink(link) for link in links if os.path.lexists(link))  # noqa: PTH115

    use()
    threads, before = set(threading.enumerate()), sockets()
    server = use()
    assert set(threading.enumerate()) == threads
    assert sockets() == before
    assert server.connections == len(server.requests) == 2
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.address}/models")


ALONE = """
import json, sys, warnings
import watched_command

sys.addaudithook(watched_command.note)
watched_command.DENIED = True
warnings.simplefilter("ignore")
from fixtures_model import chat, says, serving

SCHEMA = {"title": "Answer", "type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
with serving(answer=says('{"text": "Rest."}')) as server:
    model = chat(server)
    model.invoke("hi")
    list(model.stream("hi", stream_usage=True))
    for method in ("json_schema", "json_mode", "function_calling"):
        runnable = model.with_structured_output(SCHEMA, method=method, include_raw=True)
        runnable.invoke("hi")
        list(runnable.stream("hi"))
    asked, connections = len(server.requests), server.connections
import tiktoken.registry
print(json.dumps([watched_command.hosts, asked, connections, len(tiktoken.registry.ENCODINGS)]))
"""


def test_the_client_turns_to_nobody_but_the_server_and_counts_no_tokens(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", ALONE],
        cwd=ROOT,
        env=environment(tmp_path, tmp_path / "home", PYTHONPATH=f"{ROOT}:{Path(__file__).parent}"),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    hosts, asked, connections, encodings = json.loads(ran.stdout)
    assert strangers(hosts) == []
    assert hosts
    assert (asked, connections, encodings) == (8, 8, 0)
