"""Every error of the interface as problem+json (RFC 9457), with whom to call; nothing that was sent is sent back."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.state.store import StateError
from assistant.talks import NotAnswered
from assistant.triage.numbers import GENERIC_EMERGENCY
from corpus.errors import KnownError

MEDIA_TYPE = "application/problem+json"
EMERGENCY = f"In an emergency call {GENERIC_EMERGENCY}."
FAILED = "Something went wrong on this side, so there is no answer. Please try again later."
_TOLD = {
    400: "The request cannot be used.",
    401: "The token is missing or wrong.",
    404: "There is nothing of that name.",
    413: "The request is too large.",
    422: "The request cannot be used.",
    500: "There is no answer; 'card' is a safety card to show, or null.",
    503: "There is no answer; 'detail' says what the operator has to mend.",
}
_TITLES = {401: "Not authorised", 404: "Not found", 405: "Method not allowed", 413: "Too large", 422: "Not understood"}

Row = dict[str, Any]


def problem(status: int, title: str, detail: str, **more: Any) -> Row:
    """The members of a problem; `emergency` stands in each, since nobody knows what the message would have got."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "emergency": EMERGENCY, **more}


def described(*statuses: int) -> dict[int | str, Row]:
    """What these statuses mean, for the description of a path."""
    content = {MEDIA_TYPE: {"schema": {"type": "object"}}}
    return {status: {"description": _TOLD[status], "content": content} for status in statuses}


def not_answered(error: NotAnswered) -> Row:
    """What a caller is told when something behind the gate failed: the card, where the gate wants one shown."""
    cause = error.__cause__
    detail = str(cause) if isinstance(cause, KnownError) else FAILED
    status = 503 if isinstance(cause, KnownError) else 500
    return problem(status, "Not answered", detail, card=error.card.as_json() if error.card else None)


def respond(row: Row, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as a response with its status."""
    return JSONResponse(row, row["status"], headers, MEDIA_TYPE)


def _place(error: Any) -> Any:
    """Where a request is wrong; the name of what should not be there at all was sent, and is not sent back."""
    return error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]


def tell_problems(app: FastAPI) -> None:
    """Have the app tell all its errors as problems."""

    @app.exception_handler(NotAnswered)
    def failed(request: Request, error: NotAnswered) -> JSONResponse:
        return respond(not_answered(error))

    @app.exception_handler(StateError)
    def unkept(request: Request, error: StateError) -> JSONResponse:
        return respond(problem(503, "Not available", str(error)))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        where = sorted({".".join(map(str, _place(one))) for one in error.errors()})
        return respond(problem(422, _TITLES[422], f"These parts of the request cannot be used: {', '.join(where)}."))

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> JSONResponse:
        title = _TITLES.get(error.status_code, "Refused")
        return respond(problem(error.status_code, title, str(error.detail)), dict(error.headers or {}))

    @app.exception_handler(Exception)
    def unknown(request: Request, error: Exception) -> JSONResponse:
        return respond(problem(500, "Failed", FAILED))
