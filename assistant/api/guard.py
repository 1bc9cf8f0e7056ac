"""What stands before every path: headers that forbid what the pages do not do, other origins, and the bearer token."""

import secrets
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.problems import FAILED, problem, respond
from assistant.settings import Service

LARGEST_BODY = 2 * 2**20  # bytes; the 100,000 characters that the gate reads, each escaped at its longest

# Gradio puts its settings and styles into the page itself, so both must be allowed inline; nothing from elsewhere is.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OWN = ("127.0.0.1", "localhost", "[::1]", "::1")
_REFUSED = {
    400: ("Refused", "This service is not called by that name, or not from that page."),
    500: ("Failed", FAILED),
    413: ("Too large", f"Send no more than {LARGEST_BODY // 2**20} MiB at once."),
}
_ANSWERS = ("/api/", "/v1/")  # paths whose responses nobody may keep


class Headers:
    """Puts the headers on every response, those of the pages mounted below included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if scope["path"].startswith(_ANSWERS):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class BareRefusals:
    """Tells of what the framework refuses with a bare line as of any other problem, with whom to call."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = False

        async def told(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in _REFUSED and _bare(message):
                refused = True
                await respond(problem(message["status"], *_REFUSED[message["status"]]))(scope, receive, send)
            elif not refused:
                await send(message)

        await self._app(scope, receive, told)


def _bare(message: Message) -> bool:
    return MutableHeaders(scope=message).get("content-type", "").startswith("text/plain")


def guard(app: FastAPI, settings: Service) -> None:
    """Add the headers, let programs of the settings' other origins in, and refuse names that are not the service's."""
    app.add_middleware(CORSMiddleware, allow_origins=list(settings.origins), allow_methods=["*"], allow_headers=["*"])
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_names(settings), www_redirect=False)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY)
    app.add_middleware(BareRefusals)
    app.add_middleware(Headers)


def _names(settings: Service) -> list[str]:
    """The names by which the service may be called: else a page elsewhere could have its own name lead here.

    Whoever listens to other machines is called by names that only the operator knows.
    """
    public = urlsplit(settings.public_url).hostname
    if settings.host not in _OWN and not public:
        return ["*"]
    return [*_OWN, settings.host, *([public] if public else [])]


def bearer(token: str) -> Callable[..., None]:
    """A dependency that refuses requests without the token."""
    scheme = HTTPBearer(auto_error=False, description="Needed where the operator has set SPOTTER_TOKEN.")

    def authorised(given: Annotated[HTTPAuthorizationCredentials | None, Depends(scheme)]) -> None:
        sent = given.credentials.encode() if given else b""
        if not secrets.compare_digest(sent, token.encode()):
            raise HTTPException(401, "Send the token as 'Authorization: Bearer ...'.", {"WWW-Authenticate": "Bearer"})

    return authorised
