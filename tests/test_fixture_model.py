"""The model of the tests, heard by the real client: what arrives, and what is raised when something is amiss.

The tables say what the client makes of each behaviour, and so what has to be caught by whoever uses it.
"""

import json
import operator
import warnings
from functools import reduce

import openai
import pytest
from fixtures_model import broken, chat, cut, empty, half, html, pieces, refusal, says, serving, slow, status, truncated
from langchain_core.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
    OutputParserException,
)
from langchain_openai.chat_models.base import OpenAIRefusalError
from pydantic import BaseModel, ValidationError

pytestmark = pytest.mark.long

MESSAGES = [("system", "You answer by the sources."), ("human", "Wozu – “rest” or walk? 🙂")]
SHORT = 0.3  # seconds of the client's patience


class Answer(BaseModel):
    text: str
    sources: list[int]


GOOD = {"text": "Rest, and walk a little more each day.", "sources": [1, 2]}
WRITTEN = json.dumps(GOOD)
HALF = WRITTEN[: len(WRITTEN) // 2]
SCHEMA = {**Answer.model_json_schema(), "additionalProperties": False}
FORMAT = {"type": "json_schema", "json_schema": {"name": "Answer", "strict": True, "schema": SCHEMA}}


def said(message):
    return message.content, message.response_metadata.get("finish_reason"), message.additional_kwargs.get("refusal")


def parsed(result):
    found = result.get("parsed", "no such key")
    return found.model_dump() if isinstance(found, BaseModel) else found, type(result["parsing_error"])


def asked(way, model):
    """What comes of asking in a way."""
    kind, how = way.split()
    if kind in ("plain", "bound"):
        runnable = model if kind == "plain" else model.bind(response_format=FORMAT)
        return said(runnable.invoke(MESSAGES) if how == "invoke" else reduce(operator.add, runnable.stream(MESSAGES)))
    schema, method = {
        "class": (Answer, "json_schema"),
        "dict": (SCHEMA, "json_schema"),
        "mode": (Answer, "json_mode"),
        "tool": (Answer, "function_calling"),
    }[kind]
    runnable = model.with_structured_output(schema, method=method, include_raw=True)
    return parsed(runnable.invoke(MESSAGES) if how == "invoke" else reduce(operator.or_, runnable.stream(MESSAGES)))


def outcome(way, model):
    """The same, or the error that was raised."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)  # see the test of it below
        try:
            return asked(way, model)
        except Exception as error:
            return error


WAYS = [f"{kind} {how}" for kind in ("plain", "bound", "class", "dict", "mode", "tool") for how in ("invoke", "stream")]

# Behaviour -> what is raised in every way of asking: the SDK's error, and LangChain's for whatever provider.
RAISED = {
    "a limit": (status(429, headers={"Retry-After": "7"}), openai.RateLimitError, ModelRateLimitError),
    "a failure": (status(500), openai.InternalServerError, ModelAPIError),
    "a gateway": (status(502, "<p>Bad gateway", {"Content-Type": "text/html"}), openai.APIError, ModelAPIError),
    "a bad request": (status(400), openai.BadRequestError, ModelInvalidRequestError),
    "no key": (status(401), openai.AuthenticationError, ModelAuthenticationError),
    "no right": (status(403), openai.PermissionDeniedError, ModelPermissionDeniedError),
    "no model": (status(404), openai.NotFoundError, ModelNotFoundError),
    "an odd body": (status(422), openai.UnprocessableEntityError, None),
    "a cut": (cut(WRITTEN), openai.APIConnectionError, ModelConnectionError),
    "a reset": (cut(WRITTEN, "reset"), openai.APIConnectionError, ModelConnectionError),
    "silence": (slow(30, WRITTEN), openai.APITimeoutError, ModelTimeoutError),
    "no JSON": (broken(WRITTEN, "{no"), json.JSONDecodeError, None),
}

# Behaviour -> way, or kind of way, or "" for all others -> what comes back, or the type of what is raised.
OK, PART = type(None), {"text": "Rest, and walk a little"}
NOTHING, UNSAID = (None, OK), ("no such key", OK)
MISREAD = (None, OutputParserException)
LATE = openai.LengthFinishReasonError
FILTERED = openai.ContentFilterFinishReasonError
COMES = {
    "all of it": (says(WRITTEN), {"plain": (WRITTEN, "stop", None), "bound": (WRITTEN, "stop", None), "": (GOOD, OK)}),
    "half of it": (
        half(WRITTEN),
        {
            "plain": (HALF, "stop", None),
            "bound": (HALF, "stop", None),
            "class": ValidationError,
            "dict": (PART, OK),
            "mode invoke": MISREAD,
            "mode stream": UNSAID,
            "tool invoke": NOTHING,
            "tool stream": UNSAID,
        },
    ),
    "a cut that nobody tells of": (
        cut(WRITTEN, "quiet"),
        {
            "plain stream": (HALF, None, None),
            "bound stream": (HALF, None, None),
            "class stream": ValidationError,
            "dict stream": (PART, OK),
            "mode stream": UNSAID,
            "tool stream": UNSAID,
            "": json.JSONDecodeError,
        },
    ),
    "nothing": (
        empty(),
        {
            "plain": ("", "stop", None),
            "bound": ("", "stop", None),
            "class invoke": (None, ValueError),
            "class stream": ValueError,
            "dict invoke": MISREAD,
            "mode invoke": MISREAD,
            "tool invoke": NOTHING,
            "": UNSAID,
        },
    ),
    "no JSON": (
        says("I am sorry, no."),
        {
            "plain": ("I am sorry, no.", "stop", None),
            "bound": ("I am sorry, no.", "stop", None),
            "class invoke": ValidationError,
            "class stream": ValueError,
            "dict invoke": MISREAD,
            "mode invoke": MISREAD,
            "tool invoke": NOTHING,
            "": UNSAID,
        },
    ),
    "other JSON": (
        says('{"text": 5}'),
        {
            "plain": ('{"text": 5}', "stop", None),
            "bound": ('{"text": 5}', "stop", None),
            "class": ValidationError,
            "dict": ({"text": 5}, OK),
            "mode invoke": MISREAD,
            "tool invoke": (None, ValidationError),
            "": UNSAID,
        },
    ),
    "a refusal": (
        refusal("No."),
        {
            "plain invoke": ("", "stop", "No."),
            "plain stream": ("", "stop", None),
            "bound": ("", "stop", "No."),
            "class invoke": (None, OpenAIRefusalError),
            "class stream": OpenAIRefusalError,
            "dict invoke": MISREAD,
            "mode invoke": MISREAD,
            "tool invoke": NOTHING,
            "": UNSAID,
        },
    ),
    "a page": (
        html("<p>Log in.\n\nNow.</p>"),
        {"plain": ValueError, "tool": ValueError, "": {"invoke": AttributeError, "stream": AssertionError}},
    ),
    "an end for want of room": (
        truncated(WRITTEN),
        {"plain": (WRITTEN, "length", None), "tool": (GOOD, OK), "": LATE},
    ),
    "an end by a filter": (
        truncated(WRITTEN, "content_filter"),
        {"plain": (WRITTEN, "content_filter", None), "tool": (GOOD, OK), "": FILTERED},
    ),
    "an error in place of the rest": (
        broken(WRITTEN),
        {
            "plain invoke": ValueError,
            "tool invoke": ValueError,
            "": {"invoke": TypeError, "stream": openai.APIError},
        },
    ),
}


def expected(table, way):
    kind, how = way.split()
    found = table.get(way, table.get(kind, table.get("")))
    return found[how] if isinstance(found, dict) else found


@pytest.mark.parametrize("name", RAISED)
def test_a_failure_is_raised_in_whatever_way_the_model_is_asked(name):
    behaviour, of_the_sdk, of_langchain = RAISED[name]
    with serving(answer=behaviour) as server:
        for way in WAYS:
            error = outcome(way, chat(server, timeout=SHORT if name == "silence" else 10.0))
            assert isinstance(error, of_the_sdk), (way, error)
            assert isinstance(error, of_langchain or Exception), (way, error)
            assert isinstance(error, ModelError) == bool(of_langchain), (way, error)
        assert len(server.requests) == len(WAYS)


@pytest.mark.parametrize("name", COMES)
def test_what_comes_of_a_reply_depends_on_the_way_of_asking(name):
    behaviour, table = COMES[name]
    with serving(answer=behaviour) as server:
        found = {way: outcome(way, chat(server)) for way in WAYS}
    told = {way: type(one) if isinstance(one, Exception) else one for way, one in found.items()}
    assert told == {way: expected(table, way) for way in WAYS}


def test_an_engine_that_is_not_there_is_raised_as_a_connection():
    with serving() as server:
        pass
    assert {type(outcome(way, chat(server))).__name__ for way in WAYS} == {"OpenAIConnectionError"}


@pytest.mark.parametrize("method", ["json_schema", "json_mode", "function_calling"])
def test_structured_output_with_its_raw_message_is_streamed_in_three_chunks(method):
    with serving(answer=says(WRITTEN)) as server:
        runnable = chat(server).with_structured_output(SCHEMA, method=method, include_raw=True)
        chunks = list(runnable.stream(MESSAGES))
    assert [list(chunk) for chunk in chunks] == [["raw"], ["parsed"], ["parsing_error"]]
    assert [type(value).__name__ for chunk in chunks for value in chunk.values()] == [
        "AIMessageChunk",
        "dict",
        "NoneType",
    ]


def test_a_bound_format_is_streamed_as_it_is_written_and_ends_with_a_summary():
    with serving(answer=says(WRITTEN)) as server:
        chunks = list(chat(server).bind(response_format=FORMAT).stream(MESSAGES))
    assert [chunk.content for chunk in chunks if chunk.content] == pieces(WRITTEN)
    assert [chunk.additional_kwargs for chunk in chunks if chunk.additional_kwargs] == [
        {"parsed": None, "refusal": None}
    ]


def test_a_class_as_schema_that_is_streamed_warns_of_the_client_itself():
    with serving(answer=says(WRITTEN)) as server:
        runnable = chat(server).with_structured_output(Answer, include_raw=True)
        with pytest.warns(UserWarning, match="Pydantic serializer warnings"):
            list(runnable.stream(MESSAGES))


@pytest.mark.parametrize("kind", ["class", "dict", "mode", "tool"])
def test_what_is_asked_for_reaches_the_engine(kind):
    with serving(answer=says(WRITTEN)) as server:
        outcome(f"{kind} invoke", chat(server, temperature=0, max_tokens=99))
        body = server.requests[0].body
    assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("scripted", 0, 99)
    assert "max_tokens" not in body
    if kind == "tool":
        assert body["tool_choice"] == {"type": "function", "function": {"name": "Answer"}}
        assert body["tools"][0]["function"]["parameters"]["required"] == ["text", "sources"]
    else:
        assert body["response_format"]["type"] == ("json_object" if kind == "mode" else "json_schema")
