"""What one open page holds: the talk as it shows it, and the card that stands over it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from assistant.conversation import new_id
from assistant.html.card import card_html
from assistant.render import terminal
from assistant.reply import Reply
from assistant.triage.records import HARD_TIERS, Card

SHOWN = 30  # messages of a talk that stay on its page; a longer one loses its beginning


@dataclass(frozen=True)
class Exchange:
    """A message and what came of it; lives in the memory of the server while its page is open."""

    typed: str  # the message as the chat shows it
    told: str  # what the chat shows below it
    reply: Reply | None = None  # None where something failed
    sources: str = ""  # the quotes of the reply, drawn
    asked: str = ""  # the message as it was typed, where it may go along with a rating
    card: Card | None = None

    @property
    def hard(self) -> bool:
        """Whether a red flag came of it."""
        return self.card is not None and self.card.tier in HARD_TIERS


@dataclass(frozen=True)
class Visit:
    """One conversation as its page shows it."""

    id: str = field(default_factory=new_id)
    exchanges: tuple[Exchange, ...] = ()
    card: Card | None = None  # the one that stands over the talk

    @property
    def last(self) -> Reply | None:
        return self.exchanges[-1].reply if self.exchanges else None

    @property
    def stopped(self) -> bool:
        """Whether a red flag stands: then nothing invites to another question."""
        return self.card is not None and self.card.tier in HARD_TIERS

    @property
    def banner(self) -> str:
        return card_html(self.card)

    @property
    def to_copy(self) -> str:
        """The last reply with where its quotes stand, for pasting elsewhere."""
        return terminal(self.last) if self.last else ""

    def after(self, exchange: Exchange) -> Visit:
        """A red flag stays over the talk in full; what is not urgent stands only over the reply that it came with."""
        card = exchange.card
        repeated = exchange.reply is not None and exchange.reply.reason == "latched"
        failed_without = exchange.reply is None and card is None
        if failed_without or (self.stopped and (repeated or not exchange.hard)):
            card = self.card
        return replace(self, exchanges=(*self.exchanges, exchange)[-SHOWN:], card=card)


class Tab:
    """The visit of one open page. Of messages that are answered at the same time, each is put behind the others."""

    def __init__(self) -> None:
        self.visit = Visit()
        self._stops = 0
        self._rated: set[tuple[int, str]] = set()
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: object) -> Tab:
        return Tab()  # the library copies the first value for each page that is opened

    def begin(self, visit: Visit) -> None:
        with self._lock:
            self.visit = visit
            self._rated.clear()

    def take_up(self, conversation_id: str, visit_of: Callable[[], Visit]) -> None:
        """Go on with the conversation whose id the browser has kept, where this tab has begun none."""
        with self._lock:
            if not self.visit.exchanges and conversation_id not in ("", self.visit.id):
                self.visit = visit_of()

    def stop(self) -> None:
        """Whoever stops wants none of the answers that are being made; a card all the same."""
        with self._lock:
            self._stops += 1

    def hear(self, answered: Callable[[Visit], Exchange]) -> None:
        """Put an exchange behind the others, unless it was stopped or belongs to a talk that was left."""
        with self._lock:
            begun, stops = self.visit, self._stops
        exchange = answered(begun)
        with self._lock:
            if self.visit.id == begun.id and (exchange.hard or self._stops == stops):
                self.visit = self.visit.after(exchange)

    def first(self, turn: int, kind: str) -> bool:
        """Whether the reply of a turn is rated in this way for the first time; each may be once."""
        with self._lock:
            rated = (turn, kind)
            new = rated not in self._rated
            self._rated.add(rated)
            return new
