"""'spotter web': the chat page and the interface for programs, on this machine."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from assistant.commands.progress import building
from assistant.settings import Settings, read_settings
from assistant.start import start_service
from corpus.errors import KnownError
from index.config import Progress

if TYPE_CHECKING:
    from fastapi import FastAPI

GRACE = 10  # seconds that answers in work have when the service is stopped


class WebError(KnownError):
    """The page cannot be opened."""


@click.command()
@click.option("--host", help="Address to listen on.  [default: SPOTTER_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port.  [default: SPOTTER_PORT or 7860]")
def web(host: str | None, port: int | None) -> None:
    """Open the chat page and the interface for programs on this machine."""
    settings = read_settings()
    address, number = host or settings.service.host, port or settings.service.port
    with listening(address, number) as listener:
        with building() as progress:
            app = assembled(settings, progress)
        click.echo(f"Spotter listens on http://{address}:{number}")
        with suppress(KeyboardInterrupt, SystemExit):  # the server has ended by then, and passes the signal on
            serve(app, listener)
    click.echo("Spotter stopped.")


def assembled(settings: Settings, progress: Progress) -> FastAPI:
    """The whole service over the articles. Raises KnownError."""
    try:
        from assistant.api.app import service
        from assistant.api.health import Counts
        from assistant.state.store import open_store
        from assistant.web.mount import mount
    except ModuleNotFoundError as error:
        raise WebError(f"The page needs {error.name}. Run 'make install', or pip install -e '.[web]'.") from None
    from assistant.door import Rooms
    from assistant.feedback import Feedback
    from assistant.talks import Talks

    counts = Counts()
    own = settings.service
    store = open_store(own.state, own.state_hours)
    talks = Talks(start_service(settings, progress), store, Rooms(own.rate), counts.said)
    feedback = Feedback(own.feedback, own.feedback_texts, counts.rated)
    return mount(service(talks, own, counts), talks, feedback, own.state_hours)


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


def serve(app: FastAPI, listener: socket.socket) -> None:
    """Answer until Ctrl-C or the signal with which a service is stopped; answers in work are finished first."""
    import uvicorn

    config = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, timeout_graceful_shutdown=GRACE
    )
    uvicorn.Server(config).run(sockets=[listener])
