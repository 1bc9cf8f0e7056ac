"""Spotter's tools over the Model Context Protocol, with the client of its own kit."""

import json
import re
import sys
from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, ROOT, SOFT_SIGN, environment, fails_with, ready
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from assistant.door import Rooms
from assistant.mcp.server import server
from assistant.recheck import reply_problems
from assistant.reply import schema_problem
from assistant.state.store import open_store
from assistant.talks import Talks


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
        assert odd.structured_content["conversation_id"] != "no id"


async def test_an_error_shows_the_card_and_nothing_of_itself(real_index_config):
    broken = replace(ready(real_index_config), search=fails_with(ValueError("zanzibarquux")))
    async with served(broken) as client:
        told = await client.call_tool("ask", {"message": SOFT_SIGN})
        assert told.is_error
        assert text_of(told).startswith("**")
        assert "zanzibarquux" not in text_of(told)
        assert not (await client.call_tool("ask", {"message": RED_FLAG})).is_error


async def test_the_articles_are_listed_and_read_without_what_is_withheld(real_index_config, real_corpus):
    async with served(ready(real_index_config)) as client:
        rows = json.loads(text_of(await client.call_tool("list_sources", {})))
        assert [row["id"] for row in rows] == [one.source.id for one in real_corpus.articles]
        for article in real_corpus.articles:
            (read,) = (await client.read_resource(f"spotter://sources/{article.source.id}")).contents
            assert read.text.count("[withheld: ") == len(article.withheld)
            for words in (article.text[one.span.start : one.span.end] for one in article.withheld):
                assert len(words) < 60 or words not in read.text


async def test_an_article_that_is_none_is_an_error(real_index_config):
    async with served(ready(real_index_config)) as client:
        with pytest.raises(Exception, match=re.compile("no article|not found|error", re.IGNORECASE)):
            await client.read_resource("spotter://sources/nothing")


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
