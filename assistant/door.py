"""How many messages are answered at once, and how many from one visitor; asked when the gate has let one through."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import Any

# Whether a message may be answered now; what it holds is free again at the end of the block.
Place = AbstractContextManager[bool]
Door = Callable[[], Place]

AT_ONCE = 4  # answers in work; more of them on two cores only make each other wait
WAITING = 60  # messages that wait for a place
PATIENCE = 20.0  # seconds that one waits


def open_door() -> Place:
    """A door for one person alone."""
    return nullcontext(True)


class Rooms:
    """The door of a service; `rate` is one of the limits library's, such as "30/minute", for each visitor."""

    def __init__(self, rate: str, at_once: int = AT_ONCE, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._rate = rate
        self._patience = patience
        self._places = threading.BoundedSemaphore(at_once)
        self._entered = threading.BoundedSemaphore(at_once + waiting)

    @cached_property
    def _window(self) -> tuple[Any, Any]:
        from limits import parse
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage()), parse(self._rate)

    def for_visitor(self, visitor: str) -> Door:
        """The door as it is for one visitor; "" is not counted."""
        return lambda: self._place(visitor)

    @contextmanager
    def _place(self, visitor: str) -> Iterator[bool]:
        limiter, rate = self._window
        if visitor and not limiter.hit(rate, visitor):
            yield False
            return
        if not self._entered.acquire(blocking=False):
            yield False
            return
        try:
            admitted = self._places.acquire(timeout=self._patience)
            try:
                yield admitted
            finally:
                if admitted:
                    self._places.release()
        finally:
            self._entered.release()
