"""'spotter eval gallery': write the page of questions with their whole replies."""

import click

from assistant.commands.progress import building
from assistant.settings import read_settings
from assistant.start import start
from evals.gallery import PAGE, gallery


@click.command("gallery")
def gallery_command() -> None:
    """Write docs/answers-gallery.md from evals/gallery.toml; then read it."""
    with building() as progress:
        assistant = start(read_settings(), progress)
        assistant.index_version()
    PAGE.write_text(gallery(assistant), encoding="utf-8")
    click.echo(f"Written: {PAGE}. Read it before you commit it.")
