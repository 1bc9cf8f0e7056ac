"""Listen to Slack over HTTP: what it signs, at /slack/events of the service."""

import json
import re

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_starlette_response

from assistant.api.problems import problem, respond

_TIME = re.compile("[0-9]{1,12}")  # anything else makes the library fail rather than refuse


def routes(app: App) -> APIRouter:
    """The path to which Slack sends events, presses and commands."""
    router = APIRouter(include_in_schema=False)

    @router.post("/slack/events")
    async def receive(request: Request) -> Response:
        body = await request.body()
        text = body.decode(errors="replace")  # what is no text has no signature that fits
        if not _TIME.fullmatch(request.headers.get("x-slack-request-timestamp", "")):
            return _refused()
        if not _whole(text, request.headers.get("content-type", "")):
            return respond(problem(400, "Not understood", "The body cannot be read."))
        received = BoltRequest(body=text, query=dict(request.query_params), headers=dict(request.headers))
        return to_starlette_response(await run_sync(app.dispatch, received))

    return router


def _whole(text: str, kind: str) -> bool:
    """Whether the library can read a body; one that is no object makes it fail rather than refuse."""
    if "json" not in kind:
        return True
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _refused() -> Response:
    return respond(problem(401, "Not authorised", "This is not signed by Slack."))
