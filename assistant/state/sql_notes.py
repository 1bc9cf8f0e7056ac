"""Notes kept in a database, which any number of processes may share."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from assistant.state.ages import HOUR
from assistant.state.database import NOTES, Database

_KEPT = NOTES.c


class SqlNotes:
    """See `Notes`; an owner stands in the database as a digest, names and values as they are."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._swept = float("-inf")

    def claim(self, owner: str, name: str, seconds: float) -> bool:
        now = self._clock()
        with self._database.connected() as connection:
            self._sweep(connection, now)
            taken = update(NOTES).where(*_at(owner, name), _KEPT.until <= now).values(value="", until=now + seconds)
            if connection.execute(taken).rowcount:
                return True
            return _inserted(connection, owner, name, "", now + seconds)

    def put(self, owner: str, name: str, value: str, seconds: float) -> None:
        until = self._clock() + seconds
        with self._database.connected() as connection:
            changed = update(NOTES).where(*_at(owner, name)).values(value=value, until=until)
            if connection.execute(changed).rowcount or _inserted(connection, owner, name, value, until):
                return
            connection.execute(changed)  # somebody else was quicker to insert it

    def get(self, owner: str, name: str) -> str | None:
        with self._database.connected() as connection:
            return connection.scalar(select(_KEPT.value).where(*_at(owner, name), _KEPT.until > self._clock()))

    def all_of(self, owner: str) -> dict[str, str]:
        with self._database.connected() as connection:
            rows = connection.execute(
                select(_KEPT.name, _KEPT.value).where(_KEPT.owner == _digest(owner), _KEPT.until > self._clock())
            )
            return {row.name: row.value for row in rows}

    def forget(self, owner: str) -> int:
        with self._database.connected() as connection:
            return connection.execute(delete(NOTES).where(_KEPT.owner == _digest(owner))).rowcount

    def close(self) -> None:
        self._database.close()

    def _sweep(self, connection: Connection, now: float) -> None:
        """Once an hour, what is over."""
        if now - self._swept >= HOUR:
            self._swept = now
            connection.execute(delete(NOTES).where(_KEPT.until <= now))


def _at(owner: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return _KEPT.owner == _digest(owner), _KEPT.name == name


def _inserted(connection: Connection, owner: str, name: str, value: str, until: float) -> bool:
    try:
        connection.execute(insert(NOTES).values(owner=_digest(owner), name=name, value=value, until=until))
    except IntegrityError:
        return False
    return True


def _digest(owner: str) -> str:
    return hashlib.sha256(owner.encode(errors="surrogatepass")).hexdigest()
