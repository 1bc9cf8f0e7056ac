"""What a place that keeps conversations can do, and which one the settings name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from assistant.conversation import Conversation
from assistant.state.ages import Ages
from assistant.state.memory import Memory
from assistant.state.notes import MemoryNotes, Notes
from corpus.errors import KnownError


class StateError(KnownError):
    """Conversations cannot be kept or read."""


class Store(Protocol):
    """Keeps conversations between turns; threads, processes and workers may share one place.

    Every method may raise StateError.
    """

    def load(self, conversation_id: str) -> Conversation:
        """The conversation as kept, or a new one; `restarted` when the one that was kept has expired."""

    def keep(self, conversation: Conversation) -> Conversation:
        """What is kept after a turn: the conversation, with what parallel turns of it found in the meantime.

        A conversation that was forgotten while its answer was made stays forgotten, and is given back as it is.
        """

    def forget(self, conversation_id: str) -> bool:
        """Whether there was one to forget."""

    def sweep(self) -> int:
        """Delete what expired more than a week ago; how many. `keep` does so once an hour."""

    def check(self) -> None:
        """Raise StateError when nothing can be read and written."""

    def close(self) -> None:
        """Let go of connections; the next call opens new ones."""


def open_store(state: str, hours: int, clock: Callable[[], float] = time.time) -> Store:
    """The store of the settings SPOTTER_STATE and SPOTTER_STATE_HOURS; nothing is opened before the first call.

    Raises StateError for a URL that cannot be used, and where what it needs is not installed.
    """
    ages = Ages(hours, clock)
    if state == "memory":
        return Memory(ages)
    with _needed():
        from assistant.state.database import open_database
        from assistant.state.sql import Sql
    return Sql(open_database(state), ages)


def open_notes(state: str, clock: Callable[[], float] = time.time) -> Notes:
    """The notes beside the conversations, where SPOTTER_STATE says. Raises StateError like `open_store`."""
    if state == "memory":
        return MemoryNotes(clock)
    with _needed():
        from assistant.state.database import open_database
        from assistant.state.sql_notes import SqlNotes
    return SqlNotes(open_database(state), clock)


@contextmanager
def _needed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise StateError(f"SPOTTER_STATE needs {error.name}; run 'make install', or pip install -e '.[web]'.") from None
