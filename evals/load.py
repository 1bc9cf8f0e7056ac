"""Many people at once: how fast the real service answers them, and whether each gets the replies that are theirs."""

import os
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.answer import Assistant, pass_gate
from assistant.conversation import Conversation, new_id
from assistant.settings import read_settings
from assistant.start import start
from evals.bench import EMERGENCY, Say
from evals.cases import read_cases
from evals.load_service import Service, opened

TURNS = 6  # of a conversation; then its user begins another
LEAST = 3  # turns of each user, however short the time is
EVERY = 10  # of so many conversations one holds a red flag,
FLAGGED_AT = 1  # at this turn
PATIENCE = 60.0  # seconds that a user waits for a reply
SETTLING = 0.1  # seconds before the stop in which nobody sends, so that all that was sent has been accepted

Talk = tuple[str, ...]  # what somebody asks in one conversation, in this order


@dataclass(frozen=True)
class Asked:
    """One message and what came of it."""

    message: str
    seconds: float
    flagged: bool  # whether a red flag stands in its conversation
    error: str = ""  # why there was no reply
    crossed: str = ""  # what the reply has of another conversation
    opening: str = ""  # the words of the reply, where the message was the first of its conversation


@dataclass(frozen=True)
class Crowd:
    """So many users for a while."""

    users: int
    seconds: float
    asked: tuple[Asked, ...]

    @property
    def rate(self) -> float:
        return len(self.asked) / self.seconds

    def times(self, flagged: bool) -> tuple[float, float] | None:
        """Median and 95th percentile in seconds, of cards or of all other replies; None where there are too few."""
        taken = [one.seconds for one in self.asked if one.flagged == flagged]
        return (
            (statistics.median(taken), statistics.quantiles(taken, n=20, method="inclusive")[-1])
            if len(taken) > 1
            else None
        )


@dataclass(frozen=True)
class Stop:
    """How the service ended while it was asked."""

    seconds: float  # from the signal to the end
    status: int
    delivered: int  # replies that came after the signal
    lost: int  # messages that had been accepted and got none


@dataclass(frozen=True)
class Load:
    """All that was measured."""

    busy: float  # load average of the machine before
    alone: Crowd
    warm_up: Crowd
    many: Crowd
    megabytes: tuple[float, float]  # after the warm-up, and at the end
    stop: Stop

    @property
    def asked(self) -> tuple[Asked, ...]:
        return self.alone.asked + self.warm_up.asked + self.many.asked


class User:
    """Somebody who asks one question after another, in conversations of their own."""

    def __init__(self, number: int, address: str, talks: Sequence[Talk]) -> None:
        self._number = number
        self._address = address
        self._talks = talks

    def asks(self, on: Callable[[], bool]) -> list[Asked]:
        """Ask for as long as the callable says."""
        found: list[Asked] = []
        with httpx.Client(base_url=self._address, timeout=PATIENCE) as client:
            while len(found) < LEAST or on():
                talk, turn = divmod(len(found), TURNS)
                if turn == 0:
                    conversation = new_id()
                has_flag = (self._number + talk) % EVERY == EVERY - 1
                question = self._talks[(self._number + talk) % len(self._talks)][turn]
                message = EMERGENCY if has_flag and turn == FLAGGED_AT else question
                found.append(_asked(client, message, conversation, turn, has_flag and turn >= FLAGGED_AT))
        return found


def _asked(client: httpx.Client, message: str, conversation: str, turn: int, flagged: bool) -> Asked:
    begun = time.perf_counter()
    try:
        response = client.post("/api/v1/ask", json={"message": message, "conversation_id": conversation})
    except httpx.HTTPError as error:
        return Asked(message, time.perf_counter() - begun, flagged, error=type(error).__name__)
    seconds = time.perf_counter() - begun
    if response.status_code != httpx.codes.OK:
        return Asked(message, seconds, flagged, error=f"status {response.status_code}")
    reply = response.json()
    if reply["reason"] == "busy":
        return Asked(message, seconds, flagged, error="busy")
    crossed = ""
    if (reply["conversation_id"], reply["turn"]) != (conversation, turn):
        crossed = "the reply to another message"
    elif (reply["mode"] == "hard") != flagged:
        crossed = "no card where a red flag stands" if flagged else "the card of a red flag that nobody gave"
    return Asked(message, seconds, flagged, crossed=crossed, opening=reply["text"] if turn == 0 else "")


def talks_asked() -> tuple[Talk, ...]:
    """What the users ask. The gate finds no sign in any of these talks, so that a card has one reason alone."""
    assistant = start(read_settings({}))
    texts = [case.turns[0] for case in read_cases() if case.set == "answerable" and case.split == "dev"]
    talks = [tuple(texts[at : at + TURNS]) for at in range(0, len(texts) - TURNS + 1, TURNS)]
    return tuple(talk for talk in talks if _no_sign(talk, assistant))


def _no_sign(talk: Talk, assistant: Assistant) -> bool:
    conversation = Conversation()
    for message in talk:
        conversation = pass_gate(message, conversation, assistant).conversation
    return conversation.triage.tier == "none"


def crowd(address: str, users: int, seconds: float, talks: Sequence[Talk]) -> Crowd:
    """Have so many users ask for so long."""
    begun = time.monotonic()
    return Crowd(users, *_all_asking(address, users, talks, lambda: time.monotonic() < begun + seconds))


def _all_asking(
    address: str, users: int, talks: Sequence[Talk], on: Callable[[], bool]
) -> tuple[float, tuple[Asked, ...]]:
    begun = time.monotonic()
    with ThreadPoolExecutor(users) as pool:
        found = list(pool.map(lambda number: User(number, address, talks).asks(on), range(users)))
    return time.monotonic() - begun, tuple(one for asked in found for one in asked)


def stopped(service: Service, users: int, talks: Sequence[Talk]) -> Stop:
    """Stop the service while so many users wait for their replies."""
    enough, asking = threading.Event(), LEAST * users
    came: list[float] = []

    def on() -> bool:
        came.append(time.monotonic())  # asked after each reply
        return not enough.is_set()

    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(_all_asking, service.address, users, talks, on)
        while len(came) < asking and not run.done():
            time.sleep(0.01)
        enough.set()
        time.sleep(SETTLING)
        signalled = time.monotonic()
        seconds = service.stop()
        _, asked = run.result()
    lost = sum(1 for one in asked if one.error)
    return Stop(seconds, service.process.returncode, sum(1 for one in came if one > signalled) - lost, lost)


def measured(data: Path, corpus: Path, users: int, seconds: float, say: Say) -> Load:
    """Measure the service over the index in `data`: alone and warm-up a third as long each. Raises KnownError."""
    busy, talks = os.getloadavg()[0], talks_asked()
    with opened(data, corpus) as service:
        say("One user")
        alone = crowd(service.address, 1, seconds / 3, talks)
        say(f"{users} users, to warm up")
        warm_up = crowd(service.address, users, seconds / 3, talks)
        before = service.megabytes()
        say(f"{users} users")
        many = crowd(service.address, users, seconds, talks)
        after = service.megabytes()
        say("The stop")
        return Load(busy, alone, warm_up, many, (before, after), stopped(service, users, talks))


def errors(found: Load) -> list[str]:
    """Why messages got no reply, one entry a message."""
    return [one.error for one in found.asked if one.error]


def crossed(found: Load) -> list[str]:
    """What replies had of other conversations; the same first question always has the same answer."""
    return [one.crossed for one in found.asked if one.crossed] + _different(found.asked)


def _different(asked: Iterable[Asked]) -> list[str]:
    texts: dict[str, set[str]] = defaultdict(set)
    for one in asked:
        if one.opening:
            texts[one.message].add(one.opening)
    return ["another answer to the same first question" for found in texts.values() if len(found) > 1]
