"""Spotter's tools over the Model Context Protocol, with the client of its own kit."""

import json
import re
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, ROOT, SOFT_SIGN, environment, fails_with, ready
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from assistant.door import Rooms
from assistant.mcp.server import server
from assistant.recheck import reply_problems
from assistant.reply import schema_problem
from assistant.state.store import open_store
from assistant.talks import Talks

PLACEHOLDER = re.compile(r"\[withheld: ([a-z_]+), (\d+) characters\]")
GAP = "\0"  # in no article


def served(assistant):
    return Client(server(Talks(assistant, open_store("memory", 24), Rooms("9999/minute"))))


def text_of(result):
    (content,) = result.content
    return content.text


async def test_a_question_is_answered_with_the_whole_reply(real_index_config, real_corpus):
    async with served(ready(real_index_config)) as client:
        told = await client.call_tool("ask", {"message": QUESTION})
    reply = told.structured_content
    assert schema_problem(reply) == ""
    assert reply_problems(json.loads(json.dumps(reply)), real_corpus) == []
    assert text_of(told) == reply["text"]


async def test_a_conversation_goes_on_by_its_id_and_stays_stopped(real_index_config):
    async with served(ready(real_index_config)) as client:
        first = (await client.call_tool("ask", {"message": RED_FLAG})).structured_content
        again = {"message": EXERCISE, "conversation_id": first["conversation_id"]}
        assert (await client.call_tool("ask", again)).structured_content["reason"] == "latched"
        assert (await client.call_tool("ask", {"message": EXERCISE})).structured_content["outcome"] == "answered"
        none = {"message": RED_FLAG, "conversation_id": None}
        assert (await client.call_tool("ask", none)).structured_content["mode"] == "hard"
        odd = await client.call_tool("ask", {"message": EXERCISE, "conversation_id": "no id"})
        assert re.fullmatch("[0-9a-f-]{36}", odd.structured_content["conversation_id"])


async def test_an_error_shows_the_card_and_nothing_of_itself(real_index_config):
    broken = replace(ready(real_index_config), search=fails_with(ValueError("zanzibarquux")))
    async with served(broken) as client:
        told = await client.call_tool("ask", {"message": SOFT_SIGN})
        assert told.is_error
        title, _, rest = text_of(told).partition("\n")
        assert title == "**Pain or tingling down a leg: see a clinician**"
        assert "Something went wrong on my side" in rest
        assert "zanzibarquux" not in text_of(told)
        without = await client.call_tool("ask", {"message": QUESTION})
        assert without.is_error
        assert text_of(without).startswith("Something went wrong on my side")
        red = await client.call_tool("ask", {"message": RED_FLAG})
        assert (red.is_error, red.structured_content["mode"]) == (False, "hard")


async def test_the_articles_are_listed_and_read_without_what_is_withheld(real_index_config, real_corpus):
    async with served(ready(real_index_config)) as client:
        rows = json.loads(text_of(await client.call_tool("list_sources", {})))
        assert [row["id"] for row in rows] == [one.source.id for one in real_corpus.articles]
        for article in real_corpus.articles:
            (read,) = (await client.read_resource(f"spotter://sources/{article.source.id}")).contents
            hidden = sorted(article.withheld, key=lambda one: one.span.start)
            named = [(one.reason, str(one.span.end - one.span.start)) for one in hidden]
            assert PLACEHOLDER.findall(read.text) == named
            ends = pairwise([0, *(place for one in hidden for place in (one.span.start, one.span.end)), None])
            left = [article.text[start:end] for start, end in list(ends)[::2]]
            assert PLACEHOLDER.sub(GAP, read.text).split(GAP) == left


@pytest.mark.parametrize("name", ["nothing", "sources.toml", "back-pain-after-workout.txt"])
async def test_an_article_that_is_none_is_told_as_such(real_index_config, name):
    async with served(ready(real_index_config)) as client:
        assert (await client.read_resource("spotter://sources/back-pain-after-workout")).contents
        with pytest.raises(MCPError) as told:
            await client.read_resource(f"spotter://sources/{name}")
        assert told.value.error.message == "There is no article of that name; list_sources names them."


async def test_the_command_speaks_the_protocol_and_nothing_else(real_index_config, tmp_path):
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "assistant", "mcp"],
        cwd=str(ROOT),
        env=environment(real_index_config.data, tmp_path),
    )
    with (tmp_path / "log.txt").open("w+") as log:
        async with Client(stdio_client(command, errlog=log)) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == ["ask", "list_sources"]
            told = await client.call_tool("ask", {"message": f"{QUESTION} zanzibarquux"})
            assert told.structured_content["outcome"] == "answered"
        log.seek(0)
        assert "zanzibarquux" not in log.read()
