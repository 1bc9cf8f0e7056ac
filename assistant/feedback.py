"""What people think of an answer: a rating and a reason of a closed list; words only where two people agreed."""

import json
import os
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from assistant.reply import Reply
from corpus.errors import KnownError


class FeedbackError(KnownError):
    """Feedback cannot be written."""


@dataclass(frozen=True)
class About:
    """What is kept of a rated reply: nobody's words."""

    id: str  # the same on all lines about one reply, and nowhere else
    outcome: str
    why: str
    tier: str
    cited: tuple[str, ...]  # source_id:start-end
    index_version: str

    @classmethod
    def of(cls, reply: Reply) -> "About":
        cited = sorted({f"{one.source_id}:{one.start}-{one.end}" for one in reply.citations})
        return cls(uuid.uuid4().hex, reply.outcome, reply.reason, reply.tier, tuple(cited), reply.index_version)


@dataclass(frozen=True)
class Rating:
    """One opinion of one reply; `reason` is of the list that the surface offers, or ""."""

    surface: str
    good: bool
    about: About
    reason: str = ""
    question: str = ""  # this and the answer only with the consent of whoever typed it
    answer: str = ""


@dataclass(frozen=True)
class Feedback:
    """Counts every rating, and writes it to a file of JSON lines where the operator named one.

    With `texts` a question and its answer are written too, when the one who asked agreed; else never.
    """

    file: Path | None = None
    texts: bool = False
    counted: Callable[[Rating], None] = lambda rating: None
    clock: Callable[[], float] = time.time
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self, rating: Rating) -> None:
        """Take one rating. Raises FeedbackError."""
        self.counted(rating)
        self.add(rating)

    def add(self, rating: Rating) -> None:
        """Write down what somebody adds to a rating that was given: a reason, or words. Raises FeedbackError."""
        if self.file is None:
            return
        line = json.dumps(self._row(rating), ensure_ascii=False) + "\n"
        try:
            with self._lock:
                opened = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                with os.fdopen(opened, "w", encoding="utf-8") as out:
                    out.write(line)
        except OSError as error:
            raise FeedbackError(
                f"SPOTTER_FEEDBACK cannot be written ({error.strerror}). Choose another file."
            ) from None

    def _row(self, rating: Rating) -> dict[str, object]:
        row: dict[str, object] = {
            "time": round(self.clock()),
            "surface": rating.surface,
            "good": rating.good,
            "reason": rating.reason,
            **vars(rating.about),
        }
        if self.texts and rating.question:
            row |= {"question": rating.question, "answer": rating.answer}
        return row
