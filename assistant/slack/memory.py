"""What the bot notes down between messages: what it answered, where a talk goes on, who was given an emergency card."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from assistant.slack.heard import Place
from assistant.state.ages import HOUR, TOLD
from assistant.state.notes import Notes
from assistant.state.store import StateError
from assistant.talks import Talks

EVERYBODY = ""  # owner of what is nobody's
AT_WORK = 120.0  # seconds for which a message is being answered; it may be taken on anew when nobody was done by then
DAY = 24 * HOUR

Value = TypeVar("Value")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ThreadMemory:
    """Notes of the bot; `hours` is how long conversations are kept.

    When they cannot be read a message is answered rather than dropped: of the conversation itself the store then says
    whether a red flag may stand in it.
    """

    notes: Notes
    hours: int

    @property
    def _long(self) -> float:
        return self.hours * HOUR + TOLD

    def take(self, name: str) -> bool:
        """Whether nobody has taken this on yet; whoever gets True is to say `done`."""
        return _tried(lambda: self.notes.claim(EVERYBODY, _digest(name), AT_WORK), True)

    def done(self, name: str) -> None:
        _tried(lambda: self.notes.put(EVERYBODY, _digest(name), "", DAY), None)

    def talk(self, place: Place) -> str:
        """The conversation that goes on at a place, noted as one of its person's."""
        at = _thread(place.channel, place.thread)
        begun_elsewhere = _tried(lambda: self.notes.get(place.owner, at), None)
        if begun_elsewhere:  # for as long as the talk goes on
            _tried(lambda: self.notes.put(place.owner, at, begun_elsewhere, self._long), None)
        talk = begun_elsewhere or place.talk
        _tried(lambda: self.notes.put(place.owner, f"talk {talk}", "", self._long), None)
        return talk

    def private_thread(self, place: Place) -> str | None:
        """The thread in which a talk that began elsewhere goes on between the person and the bot."""
        name = f"private {place.talk}"
        thread = _tried(lambda: self.notes.get(place.owner, name), None)
        if thread:
            _tried(lambda: self.notes.put(place.owner, name, thread, self._long), None)
        return thread

    def goes_on(self, place: Place, channel: str, thread: str) -> None:
        """The talk of a place goes on in that thread too."""
        _tried(lambda: self.notes.put(place.owner, f"private {place.talk}", thread, self._long), None)
        _tried(lambda: self.notes.put(place.owner, _thread(channel, thread), place.talk, self._long), None)

    def escalated(self, place: Place) -> None:
        _tried(lambda: self.notes.put(place.owner, "escalated", "", DAY), None)

    def escalated_lately(self, place: Place) -> bool:
        """Whether the person was given an emergency card within the last day, in whatever talk."""
        return _tried(lambda: self.notes.get(place.owner, "escalated"), None) is not None

    def forget(self, owner: str, talks: Talks) -> None:
        """Every conversation of a person, and every note. Raises StateError."""
        for name in self.notes.all_of(owner):
            kind, _, talk = name.partition(" ")
            if kind == "talk":
                talks.forget(talk)
        self.notes.forget(owner)


def _thread(channel: str, thread: str) -> str:
    return f"thread {_digest(f'{channel} {thread}')}"


def _digest(text: str) -> str:
    """Where a message or a thread is, for comparing; a channel of private messages would tell whose it is."""
    return hashlib.sha256(text.encode()).hexdigest()


def _tried(call: Callable[[], Value], otherwise: Value) -> Value:
    try:
        return call()
    except StateError as error:
        logger.error("%s", error)
        return otherwise
