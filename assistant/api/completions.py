"""A thin layer for clients of OpenAI's chat API: they keep the talk and send it whole with each call."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict

from assistant.api.ask import Text, visitor_of
from assistant.api.problems import EMERGENCY, described, not_answered
from assistant.render import marks
from assistant.reply import Reply
from assistant.talks import NotAnswered, Talks
from assistant.triage.records import Card

MODEL = "spotter"
MOST_MESSAGES = 200  # of a user in one call; the gate reads each of them

Row = dict[str, Any]


class Part(BaseModel):
    """A piece of a message; its text is read, whatever it calls itself."""

    type: str
    text: Text = ""


class ChatMessage(BaseModel):
    """A message of the talk; those of the user are answered again, the others are left aside."""

    role: str
    content: list[Part] | Text | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class ChatRequest(BaseModel):
    """What such clients send. Sampling settings, tools and system messages change nothing here."""

    model_config = ConfigDict(extra="allow")

    messages: list[ChatMessage]
    model: str = MODEL
    stream: bool = False


_ERRORS: dict[int | str, Row] = {
    status: {"description": told, "content": {"application/json": {"schema": {"type": "object"}}}}
    for status, told in {
        400: "The talk cannot be used.",
        500: "There is no answer.",
        503: "There is no answer.",
    }.items()
}


def routes(talks: Talks, public_url: str) -> APIRouter:
    """The two paths that such clients need; `public_url` is where the stored articles can be read, if set."""
    router = APIRouter(tags=["OpenAI-compatible"], responses=described(401, 413, 422))

    @router.get("/models", summary="The one model there is")
    def models() -> Row:
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "spotter"}]}

    @router.post(
        "/chat/completions", summary="Answer the newest message of a talk", response_model=None, responses=_ERRORS
    )
    def complete(asked: ChatRequest, request: Request) -> JSONResponse | StreamingResponse:
        said = [one.text for one in asked.messages if one.role == "user"]
        if not said or len(said) > MOST_MESSAGES:
            return _refused(talks.read_whole(said[-MOST_MESSAGES:], visitor_of(request)) if said else None)
        try:
            reply = talks.replay(said, visitor_of(request))
        except NotAnswered as error:
            row = not_answered(error)
            return _error(row["status"], f"{row['detail']} {EMERGENCY}", "server_error", card=row["card"])
        annotations = _annotations(reply, public_url or str(request.base_url).rstrip("/"))
        if asked.stream:
            return StreamingResponse(_chunks(reply, annotations), media_type="text/event-stream")
        return JSONResponse(_completion(reply, annotations))

    return router


def _refused(card: Card | None) -> JSONResponse:
    """For a talk of no message or of too many; of those the newest have been read by the gate."""
    told = f"Send 1 to {MOST_MESSAGES} messages of the role 'user'. {EMERGENCY}"
    return _error(400, told, "invalid_request_error", card=card.as_json() if card else None)


def _error(status: int, told: str, kind: str, **more: Any) -> JSONResponse:
    return JSONResponse({"error": {"message": told, "type": kind, "param": None, "code": None, **more}}, status)


def _annotations(reply: Reply, address: str) -> list[Row]:
    """Each mark of the text with the stored article that it points to; offsets are code points of the text."""
    cited = {one.n: one for one in reply.citations}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start,
                "end_index": end,
                "title": cited[n].title,
                "url": f"{address}{cited[n].path}",
            },
        }
        for n, start, end in marks(reply)
    ]


def _head(kind: str) -> Row:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _completion(reply: Reply, annotations: list[Row]) -> Row:
    message = {"role": "assistant", "content": reply.text, "refusal": None, "annotations": annotations}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {**_head("chat.completion"), "choices": [choice], "spotter": reply.as_json()}


def _chunks(reply: Reply, annotations: list[Row]) -> Iterator[str]:
    """The text in one piece, since all of it has been verified by now; then its citations, and the end."""
    head = _head("chat.completion.chunk")
    deltas: list[tuple[Row, str | None, Row]] = [
        ({"role": "assistant", "content": reply.text}, None, {}),
        ({"annotations": annotations}, None, {}),
        ({}, "stop", {"spotter": reply.as_json()}),
    ]
    for delta, finish, more in deltas:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        yield f"data: {json.dumps({**head, 'choices': [choice], **more}, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"
