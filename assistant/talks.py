"""One message of a kept conversation: take it up, answer, keep what was found; every service calls this."""

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from assistant.answer import Assistant, Passed, Turn, answer, card_again, pass_gate, pass_gate_whole
from assistant.conversation import Conversation
from assistant.door import Door, Place, Rooms
from assistant.heard import Hear
from assistant.reply import Reply
from assistant.state.store import StateError, Store
from assistant.triage.records import HARD_TIERS, Card
from corpus.errors import KnownError

RECALLED = 6  # turns before the last one that are answered again, for what it may refer to

logger = logging.getLogger(__name__)


class NotAnswered(Exception):
    """Something behind the gate failed. What the gate found is kept, and the card it wants shown comes with this.

    Its cause is the error; never show or log the text of one that is not a KnownError, it may hold what was typed.
    """

    def __init__(self, card: Card | None) -> None:
        super().__init__("a message could not be answered")
        self.card = card


@dataclass(frozen=True)
class Visitor:
    """Through which surface somebody asks, and what tells them from others there; "" is never limited."""

    surface: str
    name: str = ""
    region: str = ""  # for emergency numbers; "" is that of the settings

    @classmethod
    def at(cls, surface: str, client: Any, region: str = "") -> "Visitor":
        """Whoever sent a request, told apart by address; `client` is the request's, or None."""
        return cls(surface, client.host if client else "", region)


@dataclass(frozen=True)
class Talks:
    """The conversations of a service. `said` is told of every reply, and of what got none, for counting."""

    assistant: Assistant
    store: Store
    rooms: Rooms
    said: Callable[[Visitor, Reply | NotAnswered], None] = lambda visitor, reply: None

    def say(
        self,
        message: str,
        conversation_id: str,
        visitor: Visitor,
        passed: Callable[[], None] = lambda: None,
        hear: Hear = lambda block: None,
    ) -> Reply:
        """The reply to one user turn. Raises NotAnswered; a red flag gets its card whatever else has failed.

        `passed` is called when the gate has let the message through, before the rest, which takes longer; `hear` with
        each sentence of a language model, once it is verified.
        """
        door = self._door(visitor)

        def told() -> Place:
            passed()
            return door()

        listening = replace(self, assistant=replace(self.assistant, hear=hear))
        return self._counted(visitor, lambda: listening._in(visitor)._say(message, conversation_id, told))

    def read(self, message: str, conversation_id: str, visitor: Visitor) -> Card | None:
        """The gate alone, for a message that gets no answer: what it finds is kept, its card is to be shown.

        None also where an earlier card stands and this adds nothing to it.
        """
        try:
            gated = pass_gate(message, self.store.load(conversation_id), self._in(visitor).assistant)
            self.store.keep(gated.conversation)
        except StateError as error:
            _log(error)
            gated = pass_gate(message, Conversation(id=conversation_id), self._in(visitor).assistant)
        if isinstance(gated, Passed):
            return gated.triage.card
        return None if gated.reply.reason == "latched" else gated.reply.card

    def replay(self, messages: Sequence[str], visitor: Visitor) -> Reply:
        """The reply to the last message of a conversation that its client keeps: the turns before are gone through.

        The gate reads them all; of what a follow-up may refer to only the last few are needed. Raises NotAnswered.
        """
        return self._counted(visitor, lambda: self._in(visitor)._replay(messages, self._door(visitor)))

    def read_whole(self, messages: Sequence[str], visitor: Visitor) -> Card | None:
        """The gate alone, over messages of a talk that gets no answer; the card that it wants shown at their end."""
        gated = pass_gate_whole(messages, Conversation(), self._in(visitor).assistant)
        return gated.triage.card if isinstance(gated, Passed) else gated.reply.card

    def standing(self, conversation_id: str, visitor: Visitor) -> Card | None:
        """The whole card of a red flag that stands in the conversation, for who comes back. Raises StateError."""
        kept = self.store.load(conversation_id)
        return card_again(kept, self._in(visitor).assistant) if kept.triage.tier in HARD_TIERS else None

    def forget(self, conversation_id: str) -> bool:
        """Whether there was such a conversation. Raises StateError."""
        return self.store.forget(conversation_id)

    def _counted(self, visitor: Visitor, replied: Callable[[], Reply]) -> Reply:
        try:
            reply = replied()
        except NotAnswered as error:
            self.said(visitor, error)
            raise
        self.said(visitor, reply)
        return reply

    def _in(self, visitor: Visitor) -> "Talks":
        """The same with the emergency numbers of where the visitor is."""
        if not visitor.region:
            return self
        return replace(self, assistant=replace(self.assistant, region=visitor.region))

    def _door(self, visitor: Visitor) -> Door:
        return self.rooms.for_visitor(f"{visitor.surface} {visitor.name}" if visitor.name else "")

    def _replay(self, messages: Sequence[str], door: Door) -> Reply:
        """The gate reads all of it before the door is asked for the one place in which all of it is answered."""
        gated = pass_gate_whole(messages, Conversation(), self.assistant)
        if isinstance(gated, Turn):
            return gated.reply
        try:
            with door() as admitted:
                before = self._gone_through(messages[:-1], admitted)
                return answer(messages[-1], before, self.assistant, lambda: nullcontext(admitted)).reply
        except Exception as error:
            _log(error)
            return _card_or_error(gated, error)

    def _gone_through(self, messages: Sequence[str], admitted: bool) -> Conversation:
        """What the turns before the newest leave behind.

        A language model is asked of the last of them alone, and only whether it suspects a sign: the newest may answer
        the question that comes of it.
        """
        conversation = Conversation()
        without, last = replace(self.assistant, model=lambda: None), replace(self.assistant, writes=False)
        for left, message in zip(range(len(messages), 0, -1), messages, strict=True):
            if admitted and left <= RECALLED:
                turn: Turn | Passed = answer(message, conversation, last if left == 1 else without)
            else:
                turn = pass_gate(message, conversation, self.assistant)
            conversation = turn.conversation
        return conversation

    def _say(self, message: str, conversation_id: str, door: Door) -> Reply:
        try:
            before = self.store.load(conversation_id)
        except StateError as error:
            return self._without_store(message, conversation_id, error)
        try:
            turn = answer(message, before, self.assistant, door)
        except Exception as error:  # the outermost call of every service
            return self._failed(message, before, error)
        return self._kept(message, turn)

    def _kept(self, message: str, turn: Turn) -> Reply:
        """The reply, once what was found is kept; a card when a turn beside this one found an emergency."""
        try:
            now = self.store.keep(turn.conversation)
        except StateError as error:
            _log(error)
            if turn.reply.mode == "hard":
                return turn.reply
            raise NotAnswered(turn.reply.card) from error
        if turn.reply.mode == "hard" or now.triage.tier not in HARD_TIERS:
            return turn.reply
        return _card_or_error(pass_gate(message, now, self.assistant), None)

    def _without_store(self, message: str, conversation_id: str, error: StateError) -> Reply:
        """Nobody knows whether a red flag stands in this conversation: only a card may be shown."""
        _log(error)
        return _card_or_error(pass_gate(message, Conversation(id=conversation_id), self.assistant), error)

    def _failed(self, message: str, before: Conversation, error: Exception) -> Reply:
        """Keep what the gate found, and show the card it wants shown."""
        _log(error)
        gated = pass_gate(message, before, self.assistant)
        try:
            self.store.keep(gated.conversation)
        except StateError as problem:
            _log(problem)
        return _card_or_error(gated, error)


def _card_or_error(gated: Turn | Passed, error: Exception | None) -> Reply:
    if isinstance(gated, Turn):
        return gated.reply
    raise NotAnswered(gated.triage.card) from error


def _log(error: Exception) -> None:
    """Told by its type: the text of an error may hold what was typed; that of one of ours does not."""
    told = str(error) if isinstance(error, KnownError) else type(error).__name__
    logger.error("A message could not be answered: %s", told)
