"""'spotter mcp': tools for programs that speak the Model Context Protocol, over standard input and output."""

import click

from assistant.commands.needed import need
from assistant.commands.progress import building
from assistant.logs import tame
from assistant.settings import read_settings
from assistant.start import start_service, talks_of


@click.command()
def mcp() -> None:
    """Offer Spotter's tools to a program that starts this command (docs/mcp.md)."""
    settings = read_settings()
    tame()
    need(["mcp", "limits"], "The server", "mcp")
    with building() as progress:
        assistant = start_service(settings, progress)
    from assistant.mcp.server import server

    server(talks_of(assistant, settings.service)).run("stdio")
