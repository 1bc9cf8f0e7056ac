"""The service as one app: the interface for programs, the stored articles as pages, and room for the chat page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI

from assistant.api import ask, completions, conversations, health, sources
from assistant.api.guard import bearer, guard
from assistant.api.problems import tell_problems
from assistant.door import AT_ONCE, WAITING
from assistant.settings import Service
from assistant.talks import Talks

SPARE = 36  # threads beside those that answer and wait, for what the gate stops and for the pages

DESCRIPTION = """\
Cited answers about back and neck pain after training, behind a red-flag gate. An automated assistant, not a person
and not a clinician. A reply with a `card` is safety information: show it whole, before everything else.
"""


@asynccontextmanager
async def _with_threads_for_all(app: FastAPI) -> AsyncIterator[None]:
    """Whoever waits for a place holds a thread: with fewer threads a red flag would wait among them unread."""
    current_default_thread_limiter().total_tokens = AT_ONCE + WAITING + SPARE
    yield


def service(talks: Talks, settings: Service, counts: health.Counts) -> FastAPI:
    """The app, without the chat page."""
    app = FastAPI(
        title="Spotter",
        version=version("spotter-assistant"),
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        lifespan=_with_threads_for_all,
        docs_url=None,  # both would fetch their scripts from elsewhere
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    guard(app, settings)
    tell_problems(app)
    locked = [Depends(bearer(settings.token))] if settings.token else []
    for router in (ask.routes(talks), sources.routes(talks), conversations.routes(talks)):
        app.include_router(router, prefix="/api/v1", dependencies=locked)
    app.include_router(completions.routes(talks, settings.public_url), prefix="/v1", dependencies=locked)
    app.include_router(health.routes(talks, counts))
    app.include_router(sources.pages(talks))
    return app
