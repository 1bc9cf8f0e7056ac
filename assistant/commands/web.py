"""'spotter web': the chat page and the interface for programs, on this machine."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from assistant.answer import Assistant
from assistant.commands.needed import need
from assistant.commands.progress import building
from assistant.logs import tame
from assistant.settings import Settings, read_settings
from assistant.start import start_service
from corpus.errors import KnownError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.feedback import Feedback
    from assistant.talks import Talks

PACKAGES = ("fastapi", "gradio", "jinja2", "limits", "nh3", "prometheus_client", "sqlalchemy", "uvicorn")
GRACE = 10  # seconds that answers in work have when the service is stopped


class WebError(KnownError):
    """The page cannot be opened."""


@click.command()
@click.option("--host", help="Address to listen on.  [default: SPOTTER_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port.  [default: SPOTTER_PORT or 7860]")
def web(host: str | None, port: int | None) -> None:
    """Open the chat page and the interface for programs on this machine."""
    settings = read_settings()
    tame()
    address, number = host or settings.service.host, port or settings.service.port
    settings = replace(settings, service=replace(settings.service, host=address, port=number))
    with listening(address, number) as listener:
        with building() as progress:
            need(PACKAGES, "The page", "web")
            if settings.slack.signing_secret:
                need(["slack_bolt"], "SLACK_SIGNING_SECRET", "web,slack")
            app = assembled(settings, start_service(settings, progress))
        click.echo(f"Spotter listens on http://{address}:{number}")
        with suppress(KeyboardInterrupt, SystemExit):  # the server has ended by then, and passes the signal on
            serve(app, listener, settings.service.proxies)
    click.echo("Spotter stopped.")


def assembled(settings: Settings, assistant: Assistant) -> FastAPI:
    """The whole service over an assistant. Raises KnownError."""
    from assistant.api.app import service
    from assistant.api.health import Counts
    from assistant.feedback import Feedback
    from assistant.start import talks_of
    from assistant.web.mount import mount

    counts = Counts()
    own = settings.service
    talks = talks_of(assistant, own, counts.said)
    feedback = Feedback(own.feedback, own.feedback_texts, counts.rated)
    app = service(talks, own, counts)
    if settings.slack.signing_secret:
        _listen_to_slack(app, talks, feedback, settings)
    return mount(app, talks, feedback, own)


def _listen_to_slack(app: FastAPI, talks: Talks, feedback: Feedback, settings: Settings) -> None:
    """What Slack sends over HTTP; the work that is begun when the service ends is finished by its threads."""
    from assistant.slack.app import client_of, known_as
    from assistant.slack.http import routes
    from assistant.slack.start import bot_over
    from assistant.slack.work import Work

    client = client_of(settings.slack)
    known_as(client)
    bot = bot_over(talks, feedback, settings, client, Work())
    app.include_router(routes(bot, settings.slack.signing_secret))


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises WebError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise WebError(f"Port {port} cannot be used ({error.strerror}). Choose another with --port.") from None
    return listener


def serve(app: FastAPI, listener: socket.socket, proxies: Sequence[str]) -> None:
    """Answer until Ctrl-C or the signal with which a service is stopped; answers in work are finished first.

    `proxies` are believed whom they ask for, so that limits count people and not the server in front.
    """
    import uvicorn

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        forwarded_allow_ips=list(proxies),
    )
    uvicorn.Server(config).run(sockets=[listener])
