"""'spotter mcp': tools for programs that speak the Model Context Protocol, over standard input and output."""

from importlib.util import find_spec

import click

from assistant.commands.progress import building
from assistant.logs import tame
from assistant.settings import read_settings
from assistant.start import start_service
from corpus.errors import KnownError


class McpError(KnownError):
    """The server cannot be started."""


@click.command()
def mcp() -> None:
    """Offer Spotter's tools to a program that starts this command (docs/mcp.md)."""
    settings = read_settings()
    tame()
    if missing := [name for name in ("mcp", "limits") if find_spec(name) is None]:
        raise McpError(f"The server needs {missing[0]}. Run 'make install', or pip install -e '.[mcp]'.")
    with building() as progress:
        assistant = start_service(settings, progress)
    from assistant.door import Rooms
    from assistant.mcp.server import server
    from assistant.state.store import open_store
    from assistant.talks import Talks

    own = settings.service
    talks = Talks(assistant, open_store(own.state, own.state_hours), Rooms(own.rate))
    server(talks).run("stdio")
