"""The service as one app: the interface for programs, the stored articles as pages, and room for the chat page."""

from importlib.metadata import version

from fastapi import Depends, FastAPI

from assistant.api import ask, completions, conversations, health, sources
from assistant.api.guard import bearer, guard
from assistant.api.problems import tell_problems
from assistant.settings import Service
from assistant.talks import Talks

DESCRIPTION = """\
Cited answers about back and neck pain after training, behind a red-flag gate. An automated assistant, not a person
and not a clinician. A reply with a `card` is safety information: show it whole, before everything else.
"""


def service(talks: Talks, settings: Service, counts: health.Counts) -> FastAPI:
    """The app, without the chat page."""
    app = FastAPI(
        title="Spotter",
        version=version("spotter-assistant"),
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,  # both would fetch their scripts from elsewhere
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    guard(app, settings.origins)
    tell_problems(app)
    locked = [Depends(bearer(settings.token))] if settings.token else []
    for router in (ask.routes(talks), sources.routes(talks), conversations.routes(talks)):
        app.include_router(router, prefix="/api/v1", dependencies=locked)
    app.include_router(completions.routes(talks, settings.public_url), prefix="/v1", dependencies=locked)
    app.include_router(health.routes(talks, counts))
    app.include_router(sources.pages(talks))
    return app
