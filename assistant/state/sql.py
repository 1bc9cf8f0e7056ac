"""Conversations kept in a database, by comparing and setting: whoever comes second joins what the first one kept."""

from __future__ import annotations

import hashlib
import random
import re
import secrets
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from assistant.conversation import Conversation
from assistant.state.ages import Ages
from assistant.state.database import CONVERSATIONS, FORMAT, FORMATS, Database
from assistant.state.join import FIRST, settled
from assistant.state.store import StateError
from assistant.triage.records import TIERS

LONGEST = 10.0  # seconds for which a turn tries to be kept among many others of its conversation
PAUSE = 0.02  # seconds, at most, between two tries
PENDING = re.compile(r"|[^@]+@\d+")

_KEPT = CONVERSATIONS.c


class Sql:
    """A store for any number of processes; a row holds nobody's words and not the id of the conversation."""

    def __init__(self, database: Database, ages: Ages) -> None:
        self._database = database
        self._ages = ages

    def load(self, conversation_id: str) -> Conversation:
        key = _key(conversation_id)
        with self._database.connected() as connection:
            row = _row(connection, key)
            if row is None:
                return Conversation(id=conversation_id)
            if not self._ages.over(row.touched):
                return _read(row, conversation_id)
            gone = connection.execute(delete(CONVERSATIONS).where(_KEPT.key == key, _KEPT.version == row.version))
        if not gone.rowcount:  # somebody went on with it, or began anew, in this very moment
            return self.load(conversation_id)
        return Conversation(id=conversation_id, restarted=True)

    def keep(self, conversation: Conversation) -> Conversation:
        end = time.monotonic() + LONGEST
        with self._database.connected() as connection:
            while (kept := self._try(connection, conversation)) is None:
                if time.monotonic() > end:
                    raise StateError("Too many turns of one conversation are kept in SPOTTER_STATE at once; try again.")
                time.sleep(random.uniform(0, PAUSE))
        if self._ages.sweeping():
            with suppress(StateError):  # the turn is kept; what is left over can wait for an hour
                self.sweep()
        return kept

    def forget(self, conversation_id: str) -> bool:
        with self._database.connected() as connection:
            gone = connection.execute(delete(CONVERSATIONS).where(_KEPT.key == _key(conversation_id)))
        return bool(gone.rowcount)

    def sweep(self) -> int:
        with self._database.connected() as connection:
            gone = connection.execute(delete(CONVERSATIONS).where(_KEPT.touched < self._ages.long_over()))
        return gone.rowcount

    def check(self) -> None:
        with self._database.connected() as connection:
            connection.execute(select(_KEPT.key).limit(1)).first()
            connection.execute(update(FORMATS).values(format=FORMAT))  # changes nothing, and fails if nothing can be

    def close(self) -> None:
        self._database.close()

    def _try(self, connection: Connection, own: Conversation) -> Conversation | None:
        """What was kept, or None when another turn was quicker between the look and the change."""
        key = _key(own.id)
        row = _row(connection, key)
        begun = row is None or (own.turn <= FIRST and self._ages.over(row.touched))
        kept = settled(None if begun or row is None else _read(row, own.id), own)
        if kept is None:
            return own
        values = {
            "version": secrets.token_hex(16),  # no counter: a row that was forgotten and begun anew would repeat it
            "turn": kept.turn,
            "touched": self._ages.now(),
            "body": replace(kept, id="").as_json(),
        }
        if row is None:
            try:
                connection.execute(insert(CONVERSATIONS).values(key=key, **values))
            except IntegrityError:
                return None
            return kept
        same = (_KEPT.key == key, _KEPT.version == row.version)
        return kept if connection.execute(update(CONVERSATIONS).where(*same).values(values)).rowcount else None


def _key(conversation_id: str) -> str:
    return hashlib.sha256(conversation_id.encode(errors="surrogatepass")).hexdigest()


def _row(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(select(CONVERSATIONS).where(_KEPT.key == key)).first()


def _read(row: Row[Any], conversation_id: str) -> Conversation:
    """Never a fresh conversation for one that cannot be read: a red flag may stand in it."""
    try:
        conversation = replace(Conversation.from_json(row.body), id=conversation_id)
        whole = _whole(conversation) and conversation.turn == row.turn
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise StateError(
            "What SPOTTER_STATE keeps of this conversation cannot be read; begin a new one, or restore the database."
        )
    return conversation


def _whole(conversation: Conversation) -> bool:
    """Whether the gate and a join can work with it."""
    triage = conversation.triage
    tiers = {triage.tier, *(tier for _, tier in triage.flags)}
    return tiers <= set(TIERS) and isinstance(triage.turn, int) and bool(PENDING.fullmatch(triage.pending))
