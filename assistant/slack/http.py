"""Listen to Slack over HTTP: what it signs, at /slack/events of the service."""

import re

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_starlette_response
from slack_sdk.signature import SignatureVerifier

from assistant.api.problems import problem, respond

_TIME = re.compile("[0-9]{1,12}")  # anything else makes the library fail rather than refuse


def routes(app: App, secret: str) -> APIRouter:
    """The path to which Slack sends events, presses and commands; nobody looks into what it has not signed."""
    router = APIRouter(include_in_schema=False)
    verifier = SignatureVerifier(secret)

    @router.post("/slack/events")
    async def receive(request: Request) -> Response:
        body = (await request.body()).decode(errors="replace")  # what is no text has no signature that fits
        time = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not _TIME.fullmatch(time) or not verifier.is_valid(body, time, signature):
            return respond(problem(401, "Not authorised", "This is not signed by Slack."))
        try:
            received = BoltRequest(body=body, query=dict(request.query_params), headers=dict(request.headers))
        except (ValueError, AttributeError, TypeError, KeyError):  # the library takes for granted what Slack sends
            return respond(problem(400, "Not understood", "The body cannot be read."))
        return to_starlette_response(await run_sync(app.dispatch, received))

    return router
