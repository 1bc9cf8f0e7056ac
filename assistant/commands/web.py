"""'spotter web': the chat page on this machine."""

import threading

import click

from assistant.commands.progress import building
from assistant.settings import read_settings
from assistant.start import start_service
from corpus.errors import KnownError


class WebError(KnownError):
    """The page cannot be opened."""


@click.command()
@click.option("--host", help="Address to listen on.  [default: SPOTTER_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port.  [default: SPOTTER_PORT or 7860]")
def web(host: str | None, port: int | None) -> None:
    """Open the chat page on this machine."""
    try:
        from assistant.web.page import STYLE, page
    except ModuleNotFoundError as error:
        raise WebError(f"The page needs {error.name}. Run 'make install', or pip install -e '.[web]'.") from None
    settings = read_settings()
    with building() as progress:
        assistant = start_service(settings, progress)
    address, number = host or settings.host, port or settings.port
    try:
        page(assistant).launch(
            server_name=address,
            server_port=number,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            show_error=False,
            enable_monitoring=False,
            run_history=False,
            footer_links=["settings"],
            max_file_size=1,
            ssr_mode=False,
            css_paths=STYLE,
        )
    except OSError as error:
        raise WebError(f"Port {number} cannot be used ({error}). Choose another with --port.") from None
    click.echo(f"Spotter listens on http://{address}:{number}")
    try:
        threading.Event().wait()
    except (KeyboardInterrupt, SystemExit):  # Ctrl-C, or the signal with which a service is stopped
        click.echo("Spotter stopped.")
