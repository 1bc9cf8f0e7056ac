"""What the bot does with what it hears: the gate and the answer, then the right words in the right place."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assistant.lines import Lines
from assistant.reply import Reply
from assistant.slack.blocks import Message, Writer
from assistant.slack.delivery import TROUBLE, Delivery, told
from assistant.slack.heard import Heard, Place
from assistant.slack.memory import ThreadMemory
from assistant.state.store import StateError
from assistant.talks import NotAnswered, Talks, Visitor
from assistant.triage.numbers import GENERIC_EMERGENCY
from assistant.triage.records import HARD_TIERS, Card

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bot:
    """Answers in Slack; `channel` is how a mention is answered: private, ephemeral or public. Nothing is raised."""

    talks: Talks
    memory: ThreadMemory
    writer: Writer
    lines: Lines
    channel: str

    def hear(self, heard: Heard, delivery: Delivery) -> None:
        """An event about a message; each message is answered once, however often it is delivered."""
        place = heard.place
        with self._once(heard.event and f"event {heard.event}") as first:
            if not first:
                return
            if heard.changed:
                self._read_again(heard, delivery)
                return
            with self._once(f"message {place.channel}:{place.ts}") as new:
                if new:
                    self.answer(heard.text, place, delivery)
                elif heard.edited:
                    self._read_again(heard, delivery)

    def choose(self, words: str, place: Place, click: str, delivery: Delivery) -> None:
        """A press on one of the buttons that stand for words; others cannot see what was pressed, so it is said."""
        with self._once(f"click {click}") as first:
            if first:
                with self._sorry(place, delivery):
                    delivery.whole(place.channel, place.thread, self.writer.line("chosen", words=words))
                self.answer(words, place, delivery)

    def answer(self, words: str, place: Place, delivery: Delivery) -> None:
        """Answer what somebody said, where they said it or in private."""
        with self._sorry(place, delivery):
            if not words:
                self._tell(self.writer.line("no_text"), place, delivery)
                return
            talk = self.memory.talk(place)
            try:
                reply = self.talks.say(words, talk, _visitor(place), lambda: self._working(place, delivery))
            except NotAnswered as error:  # logged by talks
                self._not_answered(error.card, place, delivery)
                return
            self._bring(reply, place, delivery)

    def forget(self, owner: str) -> str:
        """Forget everything of a person; what to say to it."""
        try:
            self.memory.forget(owner, self.talks)
        except StateError as error:
            logger.error("%s", error)
            return self.writer.texts.say("home.not_forgotten")
        return self.writer.texts.say("home.forgotten")

    def _read_again(self, heard: Heard, delivery: Delivery) -> None:
        """A changed message is read by the gate: what it adds is kept, what it takes out was said all the same."""
        place = heard.place
        with self._sorry(place, delivery):
            card = self.talks.read(heard.text, self.memory.talk(place), _visitor(place))
            if card:
                self._show(card, place, delivery)

    def _bring(self, reply: Reply, place: Place, delivery: Delivery) -> None:
        lead = self._reminder(reply, place)
        self._noted(reply.card, place)
        if place.direct:
            self._to_thread(reply, lead, place, place.channel, place.thread, delivery)
            return
        hard = reply.mode == "hard"
        if hard and reply.card:
            with self._logged():  # and the same in private, also where this cannot be shown
                delivery.beside(place, self.writer.card(reply.card))
        way = "private" if hard or (place.shared and self.channel == "public") else self.channel
        if way == "public":
            delivery.whole(place.channel, place.thread, self.writer.reply(reply, lead, asking=False))
        elif way == "ephemeral":
            delivery.beside(place, self.writer.reply(reply, lead, asking=False))
        else:
            self._in_private(reply, lead, place, delivery)

    def _in_private(self, reply: Reply, lead: str, place: Place, delivery: Delivery) -> None:
        """The answer to its asker alone, and a line where they asked that says nothing of it."""
        try:
            self._bring_private(reply, lead, place, delivery)
        except TROUBLE as error:
            logger.warning("A private message could not be sent: %s", told(error))
            if reply.mode != "hard":  # its card stands there already
                delivery.beside(place, self.writer.reply(reply, lead, asking=False))
            return
        delivery.neutral(place, self.writer.line("answered_privately"))

    def _bring_private(self, reply: Reply, lead: str, place: Place, delivery: Delivery) -> None:
        """Into the thread in which the talk goes on; else as the first message of one, which nobody has to open."""
        if going_on := self.memory.private_thread(place):
            self._to_thread(reply, lead, place, *going_on, delivery)
            return
        channel = delivery.private_channel(place.user)
        about = "" if reply.mode == "hard" else self.writer.texts.say("asked_in_channel")  # a card comes first
        first = "\n\n".join(one for one in (about, lead) if one)
        thread = delivery.whole(channel, "", self.writer.reply(reply, first, asking=True))
        self.memory.goes_on(place, channel, thread)

    def _to_thread(self, reply: Reply, lead: str, place: Place, channel: str, thread: str, delivery: Delivery) -> None:
        """Cards and short words come whole; only quotes are streamed."""
        message = self.writer.reply(reply, lead, asking=True)
        if reply.card or not reply.citations:
            delivery.whole(channel, thread, message, plain_to_see=reply.mode == "hard")
        else:
            delivery.streamed(place, channel, thread, message)

    def _reminder(self, reply: Reply, place: Place) -> str:
        """A line at the beginning of a new talk of somebody who was given an emergency card in another one."""
        if reply.turn or reply.mode == "hard" or not self.memory.escalated_lately(place):
            return ""
        return self.writer.texts.say("reminder", emergency=GENERIC_EMERGENCY)

    def _noted(self, card: Card | None, place: Place) -> None:
        if card and card.tier in HARD_TIERS:
            self.memory.escalated(place)

    def _not_answered(self, card: Card | None, place: Place, delivery: Delivery) -> None:
        if card:
            self._show(card, place, delivery)
        self._tell(self._failed, place, delivery)

    def _show(self, card: Card, place: Place, delivery: Delivery) -> None:
        """A card by itself; an emergency can be seen without opening a thread."""
        self._noted(card, place)
        self._tell(self.writer.card(card), place, delivery, plain_to_see=card.tier in HARD_TIERS)

    @property
    def _failed(self) -> Message:
        return self.writer.said(self.lines.say("failed.ours"))

    def _tell(self, message: Message, place: Place, delivery: Delivery, *, plain_to_see: bool = False) -> None:
        """Something for one person, where they are."""
        if place.direct:
            delivery.whole(place.channel, place.thread, message, plain_to_see=plain_to_see)
        else:
            delivery.beside(place, message)

    def _working(self, place: Place, delivery: Delivery) -> None:
        if place.direct:
            delivery.working(place, self.writer.texts.say("status"), self.writer.texts.say("working"))

    @contextmanager
    def _once(self, name: str) -> Iterator[bool]:
        """Whether this is the first to take it on; "" is always new."""
        taken = not name or self.memory.take(name)
        yield taken
        if name and taken:
            self.memory.done(name)

    @contextmanager
    def _sorry(self, place: Place, delivery: Delivery) -> Iterator[None]:
        """Whatever fails in the block, somebody gets a plain sentence, and nobody an error's text."""
        try:
            yield
        except Exception as error:  # the outermost call of this surface
            logger.error("A message in Slack could not be answered: %s", told(error))
            with self._logged():
                self._tell(self._failed, place, delivery)

    @contextmanager
    def _logged(self) -> Iterator[None]:
        try:
            yield
        except TROUBLE as error:
            logger.error("A message could not be shown in Slack: %s", told(error))


def _visitor(place: Place) -> Visitor:
    return Visitor("slack", place.owner)
