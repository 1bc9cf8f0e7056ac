"""The tools and resources of the server: ask a question, list the articles, read one as it is stored."""

from __future__ import annotations

import json
import re
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.types import CallToolResult, TextContent, ToolAnnotations

from assistant.cite import shown_text, source_line
from assistant.conversation import ID, new_id
from assistant.render import unanswered
from assistant.talks import NotAnswered, Talks, Visitor

INSTRUCTIONS = """\
Answers about back and neck pain after training, quoted from curated articles, behind a red-flag gate. Pass a person's
own words on whole, and each message of a conversation, with the conversation_id that the first answer gave. Show what
comes back as it is: the quotes are exact, and a safety card has to be shown whole and before anything else.
"""


def server(talks: Talks) -> MCPServer[Any]:
    """The server over the conversations of a service."""
    made: MCPServer[Any] = MCPServer("spotter", title="Spotter", instructions=INSTRUCTIONS, log_level="WARNING")
    reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)

    @made.tool(annotations=ToolAnnotations(open_world_hint=False), structured_output=False)
    def ask(message: str, conversation_id: str | None = None) -> CallToolResult:
        """Answer a question about back or neck pain after training with marked quotes, or show a safety card.

        `structured_content` is the whole reply; its conversation_id is for the next message of the same person.
        """
        return asked(message, conversation_id or "", talks)

    @made.tool(annotations=reading, structured_output=False)
    def list_sources() -> str:
        """The articles that are quoted: who wrote each, when, with what interest, and our note on it."""
        corpus = talks.assistant.corpus()
        return json.dumps([source_line(one.source).as_json() for one in corpus.articles], ensure_ascii=False)

    @made.resource("spotter://sources/{source_id}", mime_type="text/plain")
    def article(source_id: str) -> str:
        """An article as it is stored; what is withheld is named and not shown."""
        stored = talks.assistant.corpus().by_source.get(source_id)
        if stored is None:
            raise ResourceNotFoundError("There is no article of that name; list_sources names them.")
        return shown_text(stored, 0, len(stored.text))

    return made


def asked(message: str, conversation_id: str, talks: Talks) -> CallToolResult:
    """The reply; where something behind the gate failed a sentence, after the card that the gate wants shown."""
    try:
        known = conversation_id if re.fullmatch(ID, conversation_id) else new_id()
        reply = talks.say(message, known, Visitor("mcp"))
    except NotAnswered as error:  # logged by talks
        text = unanswered(error.card, talks.assistant.lines().say("failed.ours"))
        return CallToolResult(content=[TextContent(text=text)], is_error=True)
    return CallToolResult(content=[TextContent(text=reply.text)], structured_content=reply.as_json())
