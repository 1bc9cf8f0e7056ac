"""The database that SPOTTER_STATE names: opened, its tables made, and its errors told in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    CHAR,
    Column,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import DatabaseError, IntegrityError, SQLAlchemyError

from assistant.state.sqlite_file import make_file, sqlite_engine
from assistant.state.store import StateError

FORMAT = 2  # raised when the tables or what stands in them change
PATIENCE = 5.0  # seconds for which a lock or a server is waited for
TRIES = 5  # to make what another process may be making at the same time

_TABLES = MetaData()
CONVERSATIONS = Table(
    "conversations",
    _TABLES,
    Column("key", CHAR(64), primary_key=True),  # digest of the id, which may be a person's or a channel's
    Column("version", CHAR(32), nullable=False),  # another random one with every change
    Column("turn", Integer, nullable=False),
    Column("touched", Double, nullable=False, index=True),
    Column("body", Text, nullable=False),
)
NOTES = Table(
    "notes",
    _TABLES,
    Column("owner", CHAR(64), primary_key=True),  # digest of who may have them forgotten
    Column("name", String(255), primary_key=True),
    Column("value", Text, nullable=False),
    Column("until", Double, nullable=False, index=True),
)
FORMATS = Table("conversations_format", _TABLES, Column("format", Integer, primary_key=True, autoincrement=False))

_FILE_TROUBLE = {
    "SQLITE_BUSY": "is locked by another program; try again, or end that program.",
    "SQLITE_LOCKED": "is locked by another program; try again, or end that program.",
    "SQLITE_READONLY": "may only be read; make it and its folder writable.",
    "SQLITE_PERM": "may not be used; make it and its folder readable and writable.",
    "SQLITE_CANTOPEN": "cannot be opened; see that it is there, and that it and its folder are writable.",
    "SQLITE_FULL": "cannot grow, since the disk is full; free some space.",
    "SQLITE_IOERR": "cannot be read or written; see that the disk is sound and not full.",
    "SQLITE_CORRUPT": "is damaged; stop Spotter, then restore the file from a copy or move it away to begin anew.",
    "SQLITE_NOTADB": "is no SQLite file; name another, or stop Spotter and move it away to begin anew.",
}


class Database:
    """Connections on which every statement is a transaction of its own."""

    def __init__(self, engine: Engine, file: Path | None = None) -> None:
        self._engine = engine
        self._file = file
        self._ready = False

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection to tables of our format, made at the first use. Whatever fails is raised as StateError."""
        try:
            self._make()
            with self._engine.connect() as connection:
                self._check_format(connection)
                yield connection
        except OSError as error:
            raise StateError(
                f"The file of SPOTTER_STATE cannot be made ({error.strerror}); name one in a folder that is there and "
                "that Spotter may write to."
            ) from None
        except SQLAlchemyError as error:  # its text holds the statement, its parameters, or where the server is
            raise StateError(_trouble(error, self._file)) from None

    def close(self) -> None:
        self._engine.dispose()

    def _make(self) -> None:
        if self._ready:
            return
        if self._file is None:
            with self._engine.connect() as connection:
                _fill(connection)
        elif not self._file.exists():
            make_file(self._file, _fill)

    def _check_format(self, connection: Connection) -> None:
        if self._ready:
            return
        found = connection.scalars(select(FORMATS.c.format)).all()
        if list(found) != [FORMAT]:
            raise StateError(
                f"What SPOTTER_STATE names was written by another version of Spotter (format {_listed(found)}, not "
                f"{FORMAT}); use that version, or name another place."
            )
        self._ready = True


def open_database(state: str, patience: float = PATIENCE) -> Database:
    """A path of a SQLite file, or an SQLAlchemy URL; nothing is opened yet. Raises StateError."""
    if "://" not in state:
        return _file(Path(state), patience)
    try:
        url = make_url(state)
        if url.get_backend_name() == "sqlite":
            return _file(_path(url), patience)
        return Database(_server(url, patience))
    except ImportError as error:
        raise StateError(
            f"The driver {error.name or ''} of the database in SPOTTER_STATE is not installed; install it, for "
            "PostgreSQL with 'make install' or pip install -e '.[postgres]'."
        ) from None
    except (SQLAlchemyError, ValueError):  # their text may hold the password
        raise StateError(
            "SPOTTER_STATE names no database that is known; write it as postgresql://user:password@host/name, or give "
            "the path of a SQLite file."
        ) from None


def _file(path: Path, patience: float) -> Database:
    path = path.absolute()
    return Database(sqlite_engine(path, patience), path)


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:" or url.query or url.get_driver_name() != "pysqlite":
        raise StateError("SPOTTER_STATE names a SQLite database by a URL that is not read; give the path of its file.")
    return Path(url.database)


def _server(url: URL, patience: float) -> Engine:
    arguments: dict[str, Any] = {}
    patient = url.get_backend_name() == "postgresql" and url.get_driver_name().startswith("psycopg")
    if patient and "connect_timeout" not in url.query:
        arguments["connect_timeout"] = round(patience)
    engine = create_engine(
        url,
        connect_args=arguments,
        pool_pre_ping=True,
        pool_timeout=patience,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )
    if patient:

        @event.listens_for(engine, "connect")
        def hurry(connection: Any, record: Any) -> None:
            """Nobody waits for an answer while another program holds a lock."""
            with connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = {round(patience * 1000)}")
            connection.commit()

    return engine


def _fill(connection: Connection) -> None:
    """Make the tables and say their format, unless it was done; another process may be at it too."""
    for left in reversed(range(TRIES)):
        try:
            _TABLES.create_all(connection)
            break
        except DatabaseError:
            if not left:
                raise
    if connection.scalars(select(FORMATS.c.format)).first() is None:
        with suppress(IntegrityError):
            connection.execute(insert(FORMATS).values(format=FORMAT))


def _trouble(error: SQLAlchemyError, file: Path | None) -> str:
    """What happened and what to do; of the error its kind alone."""
    cause = getattr(error, "orig", None) or error
    if file is None:
        return (
            f"The database of SPOTTER_STATE cannot be used ({type(cause).__name__}); see that it runs, has room, and "
            "lets Spotter in with what SPOTTER_STATE says."
        )
    code = "_".join(str(getattr(cause, "sqlite_errorname", "")).split("_")[:2])
    trouble = _FILE_TROUBLE.get(code)
    return f"The file of SPOTTER_STATE {trouble or f'cannot be used ({type(cause).__name__}); name another.'}"


def _listed(formats: Any) -> str:
    return ", ".join(map(str, formats)) or "unknown"
