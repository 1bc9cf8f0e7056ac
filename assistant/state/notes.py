"""What a surface notes down between messages: what it took on, where a talk goes on; never anybody's words."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Protocol

MOST = 200_000  # notes in the memory of a process; of more, the oldest go first


class Notes(Protocol):
    """Values by owner and name, each until a time; threads, processes and workers may share one place.

    An owner is who may have all of theirs forgotten, such as a person in a workspace. Any method may raise StateError.
    """

    def claim(self, owner: str, name: str, seconds: float) -> bool:
        """Whether nobody holds it: then it is held for so long."""

    def put(self, owner: str, name: str, value: str, seconds: float) -> None:
        """Keep a value for so long, in place of the one before."""

    def get(self, owner: str, name: str) -> str | None:
        """The value, None when there is none or its time is over."""

    def all_of(self, owner: str) -> dict[str, str]:
        """Everything that is kept of an owner, by name."""

    def forget(self, owner: str) -> int:
        """Forget everything of an owner; how many values there were."""

    def close(self) -> None:
        """Let go of connections; the next call opens new ones."""


class MemoryNotes:
    """Notes of one process and all its threads."""

    def __init__(self, clock: Callable[[], float] = time.time, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._kept: dict[tuple[str, str], tuple[str, float]] = {}  # with the time until which it holds
        self._lock = Lock()

    def claim(self, owner: str, name: str, seconds: float) -> bool:
        with self._lock:
            if self._standing(owner, name) is not None:
                return False
            self._set(owner, name, "", seconds)
            return True

    def put(self, owner: str, name: str, value: str, seconds: float) -> None:
        with self._lock:
            self._set(owner, name, value, seconds)

    def get(self, owner: str, name: str) -> str | None:
        with self._lock:
            return self._standing(owner, name)

    def all_of(self, owner: str) -> dict[str, str]:
        with self._lock:
            now = self._clock()
            return {name: value for (of, name), (value, until) in self._kept.items() if of == owner and until > now}

    def forget(self, owner: str) -> int:
        with self._lock:
            gone = [key for key in self._kept if key[0] == owner]
            for key in gone:
                del self._kept[key]
            return len(gone)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _standing(self, owner: str, name: str) -> str | None:
        value, until = self._kept.get((owner, name), ("", 0.0))
        return value if until > self._clock() else None

    def _set(self, owner: str, name: str, value: str, seconds: float) -> None:
        self._kept.pop((owner, name), None)  # so that it is the youngest
        self._kept[owner, name] = (value, self._clock() + seconds)
        if len(self._kept) > self._most:
            self._thin()

    def _thin(self) -> None:
        """Let go of what is over, and of the oldest where that is too little."""
        now = self._clock()
        self._kept = {key: kept for key, kept in self._kept.items() if kept[1] > now}
        for key in list(self._kept)[: max(0, len(self._kept) - self._most)]:
            del self._kept[key]
