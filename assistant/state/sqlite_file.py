"""The SQLite file of conversations: made whole, for its owner alone, and opened only while it is there."""

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import NullPool, QueuePool


def sqlite_engine(path: Path, patience: float) -> Engine:
    """Connections to a file that is there; one that was taken away or exchanged is noticed with the next use."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(path, patience),
        poolclass=QueuePool,
        pool_timeout=patience,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def remember(connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def still_there(connection: Any, record: Any, proxy: Any) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError  # the pool connects anew, and fails if there is no file

    return engine


def make_file(path: Path, fill: Callable[[Connection], None]) -> None:
    """A new file with what `fill` writes, unless there is one; raises OSError where it cannot be made.

    It gets its name when it is whole. So an empty file is never one that is just being made, but one that lost all it
    held, and is not taken for a fresh start.
    """
    scratch = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    os.close(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        engine = create_engine(
            "sqlite://", creator=lambda: _connect(scratch, 0), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            fill(connection)
        with closing(_connect(scratch, 0)) as plain:
            plain.execute("PRAGMA journal_mode = WAL")  # stays with the file
        with suppress(FileExistsError):  # another process made it meanwhile
            os.link(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    """Never makes the file: a file that has vanished is an error, not a fresh start."""
    return sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=patience, check_same_thread=False)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
