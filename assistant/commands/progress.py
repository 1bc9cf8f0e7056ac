"""Show how far an index build is, on standard error, so that output can be piped."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from index.config import Progress


class _Bar:
    """A bar that appears with the first progress, since most runs have nothing to build."""

    def __init__(self, notice: str) -> None:
        self._notice = notice
        self._bar: Any = None
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        if not total:
            click.echo(self._notice, err=True)
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label="Building the index", show_pos=True, file=sys.stderr)
        self._bar.update(done - self._done)
        self._done = done

    def close(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()


@contextmanager
def building(notice: str = "Preparing the index; the first time takes about a minute.") -> Iterator[Progress]:
    """A progress callback for builds, which begin with the notice; its line ends when the block does."""
    bar = _Bar(notice)
    try:
        yield bar
    finally:
        bar.close()
