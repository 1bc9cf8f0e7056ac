"""What the bot does with what it hears: the gate and the answer, then the right words in the right place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assistant.lines import Lines
from assistant.reply import Reply
from assistant.slack.blocks import Message, Writer
from assistant.slack.delivery import Delivery, told
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
        """A press on one of the buttons that stand for words; nobody sees what was pressed, so the answer says it."""
        with self._once(f"click {click}") as first:
            if first:
                self.answer(words, place, delivery, self.writer.texts.say("chosen", words=words))

    def answer(self, words: str, place: Place, delivery: Delivery, lead: str = "") -> None:
        """Answer what somebody said, where they said it or in private; `lead` stands before an answer."""
        with self._sorry(place, delivery):
            talk = self.memory.talk(place)
            try:
                reply = self.talks.say(words, talk, _visitor(place), lambda: self._working(place, delivery))
            except NotAnswered as error:  # logged by talks
                if error.card:
                    self._show(error.card, self.writer.card(error.card), place, delivery)
                self._tell(self._failed, place, delivery)
                return
            if reply.mode == "hard" and reply.card:
                self._show(reply.card, self.writer.reply(reply, asking=True), place, delivery)
            elif not words:
                self._tell(self.writer.line("no_text"), place, delivery)
            else:
                self._bring(reply, place, delivery, lead)

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
            if card := self.talks.read(heard.text, self.memory.talk(place), _visitor(place)):
                self._show(card, self.writer.card(card), place, delivery)

    def _show(self, card: Card, message: Message, place: Place, delivery: Delivery) -> None:
        """A card, at once and where somebody is; an emergency also in private, where it stays. Never public.

        Where one way fails another is tried, down to plain words in a private message.
        """
        hard = card.tier in HARD_TIERS
        if hard:
            self.memory.escalated(place)
        shown = False
        if place.direct:
            shown = self._works(lambda: delivery.whole(place.channel, place.thread, message, plain_to_see=hard))
        else:
            shown = self._works(lambda: delivery.beside(place, message))
            if hard:
                shown = self._works(lambda: self._in_private(message, place, delivery)) or shown
                if self._usual(place) == "private":  # else the line would tell what happened here
                    self._works(lambda: delivery.neutral(place, self.writer.line("answered_privately")))
        if not shown:
            plain = Message((), message.text)
            self._works(lambda: delivery.whole(delivery.private_channel(place.user), "", plain))

    def _bring(self, reply: Reply, place: Place, delivery: Delivery, lead: str) -> None:
        """A reply that stops nothing, which may have a card before it."""
        reminder = self._reminder(reply, place)
        lead = "\n\n".join(one for one in (lead, reminder) if one)
        if place.direct:
            self._to_thread(self.writer.reply(reply, lead, asking=True), reply, place, delivery)
            return
        way = self._usual(place)
        if way == "public" and not reply.card and not reminder:
            delivery.whole(place.channel, place.thread, self.writer.reply(reply, lead, asking=False))
        elif way == "ephemeral":
            delivery.beside(place, self.writer.reply(reply, lead, asking=False))
        else:
            about = self.writer.texts.say("asked_in_channel")
            first = "\n\n".join(one for one in (about, lead) if one)
            private = self.writer.reply(reply, first, asking=True)
            if not self._works(lambda: self._in_private(private, place, delivery)):
                delivery.beside(place, self.writer.reply(reply, lead, asking=False))
            elif way == "private":
                self._works(lambda: delivery.neutral(place, self.writer.line("answered_privately")))

    def _usual(self, place: Place) -> str:
        """How an answer with nothing private in it is given at a place."""
        if place.command or (place.shared and self.channel == "public"):
            return "private"
        return self.channel

    def _in_private(self, message: Message, place: Place, delivery: Delivery) -> None:
        """Into the thread in which the talk goes on; else as the first message of one, which nobody has to open."""
        channel = delivery.private_channel(place.user)
        if thread := self.memory.private_thread(place):
            delivery.whole(channel, thread, message, plain_to_see=True)
        else:
            self.memory.goes_on(place, channel, delivery.whole(channel, "", message))

    def _to_thread(self, message: Message, reply: Reply, place: Place, delivery: Delivery) -> None:
        """Cards and short words come whole; only quotes are streamed."""
        if reply.card or not reply.citations:
            delivery.whole(place.channel, place.thread, message)
        else:
            delivery.streamed(place, message)

    def _reminder(self, reply: Reply, place: Place) -> str:
        """A line at the beginning of a new talk of somebody who was given an emergency card in another one."""
        if reply.turn or not self.memory.escalated_lately(place):
            return ""
        return self.writer.texts.say("reminder", emergency=GENERIC_EMERGENCY)

    @property
    def _failed(self) -> Message:
        return self.writer.said(self.lines.say("failed.ours"))

    def _tell(self, message: Message, place: Place, delivery: Delivery) -> None:
        """Something for one person, where they are."""
        if place.direct:
            delivery.whole(place.channel, place.thread, message)
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
            self._works(lambda: self._tell(self._failed, place, delivery))

    def _works(self, send: Callable[[], object]) -> bool:
        """Whether it could be sent; whatever it was that failed must not keep from trying another way."""
        try:
            send()
        except Exception as error:
            logger.error("A message could not be shown in Slack: %s", told(error))
            return False
        return True


def _visitor(place: Place) -> Visitor:
    return Visitor("slack", place.owner)
