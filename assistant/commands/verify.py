"""'spotter verify': check every quote of a reply, or of a batch output, against the articles."""

from pathlib import Path

import click

from assistant.recheck import records_in, reply_problems
from assistant.settings import read_settings
from corpus.errors import KnownError
from corpus.library import load


class VerifyError(KnownError):
    """The file cannot be read."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def verify(ctx: click.Context, file: Path) -> None:
    """Check every quote of a reply or a batch output; the exit status is 1 when one fails."""
    try:
        records = records_in(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VerifyError(f"{file} cannot be read as a reply or as JSON lines: {error}.") from None
    corpus = load(read_settings().corpus)
    replies = [(where, row) for where, row in records if row is not None]
    failed = quotes = 0
    for where, row in replies:
        problems = reply_problems(row, corpus)
        failed += bool(problems)
        quotes += 0 if problems else len(row["citations"])
        for problem in problems:
            click.echo(f"{where}: {problem}", err=True)
    skipped = len(records) - len(replies)
    click.echo(f"{quotes} quotes hold; {failed} of {len(replies)} replies failed; {skipped} error records skipped.")
    if failed or not replies:
        ctx.exit(1)
