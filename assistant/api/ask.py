"""Ask a question over HTTP: the whole reply at once, or as events."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from assistant.api.problems import described, not_answered
from assistant.conversation import ID, new_id
from assistant.heard import Hear, Heard
from assistant.reply import Reply, schema
from assistant.talks import NotAnswered, Talks, Visitor


def _text(value: Any) -> str:
    """Any string, half a character included: the gate reads it, and says so where it cannot."""
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string"})]
CONVERSATION_ID = f"^{ID}$"


class Question(BaseModel):
    """One message of somebody. Without a conversation id a new conversation begins; the reply says its id."""

    model_config = ConfigDict(extra="forbid")

    message: Text
    conversation_id: Annotated[str, Field(pattern=CONVERSATION_ID)] | None = None
    region: Annotated[str, Field(pattern="^([A-Z]{2})?$", description="For emergency numbers, such as GB.")] = ""


_REPLY: dict[int | str, dict[str, Any]] = {
    200: {"description": "The reply.", "content": {"application/json": {"schema": schema()}}}
}


def visitor_of(request: Request, region: str = "") -> Visitor:
    """Whoever asks, told apart by address, for the limits alone."""
    return Visitor.at("api", request.client, region)


def routes(talks: Talks) -> APIRouter:
    """The paths of this module over the conversations of a service."""
    router = APIRouter(tags=["ask"], responses=described(401, 413, 422, 500, 503))

    def _said(question: Question, request: Request, hear: Hear = lambda block: None) -> Reply:
        visitor = visitor_of(request, question.region)
        return talks.say(question.message, question.conversation_id or new_id(), visitor, hear=hear)

    @router.post("/ask", responses=_REPLY, summary="Ask a question")
    def ask(question: Question, request: Request) -> dict[str, Any]:
        """The reply to one message, in the shape that every surface renders."""
        return _said(question, request).as_json()

    @router.post("/ask/stream", response_class=EventSourceResponse, summary="Ask a question, answered in events")
    def stream(question: Question, request: Request) -> Iterator[ServerSentEvent]:
        """Events: status, safety (a card), statement (a block), sources (citations), done (the reply), or error.

        Where a language model writes, its sentences come before all but status, each as a sentence (text) that was
        verified; the statements follow when it has ended.
        """
        yield ServerSentEvent(event="status", data={"state": "working"})
        heard = Heard(lambda hear: _said(question, request, hear))
        for block in heard:
            yield ServerSentEvent(event="sentence", data={"text": block.text})
        try:
            reply = heard.result()
        except NotAnswered as error:
            yield ServerSentEvent(event="error", data=not_answered(error))
            return
        yield from _events(reply)

    return router


def _events(reply: Reply) -> Iterator[ServerSentEvent]:
    row = reply.as_json()
    if row["card"]:
        yield ServerSentEvent(event="safety", data=row["card"])
    for block in row["blocks"]:
        yield ServerSentEvent(event="statement", data=block)
    if row["citations"]:
        yield ServerSentEvent(event="sources", data={"citations": row["citations"], "sources": row["sources"]})
    yield ServerSentEvent(event="done", data=row)
