"""The chat page: the card over the talk, the talk, what to ask next, and the quotes with their sources."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.feedback import About, Feedback, FeedbackError, Rating
from assistant.heard import Hear, Heard
from assistant.introduction import read_introduction
from assistant.markdown import plain_markdown
from assistant.render import as_typed
from assistant.state.store import StateError
from assistant.talks import Talks, Visitor
from assistant.web.parts import Parts, Texts, read_texts
from assistant.web.talk import panel, replied, said, taken_up
from assistant.web.visit import Exchange, Tab, Visit

STYLE = Path(__file__).with_name("page.css")

_FOCUS = "() => { document.querySelector('#question textarea')?.focus(); }"
# The tab keeps the id of its conversation, nothing else, so that a red flag outlasts a page that is loaded again.
_RECALL = "() => [null, sessionStorage.getItem('spotter') || '']"
_KEEP = "(id) => { sessionStorage.setItem('spotter', id); }"
_COPY = "() => { navigator.clipboard.writeText(document.querySelector('#to-copy textarea').value); }"

logger = logging.getLogger(__name__)

PAGES = 2_000  # open at once whose talks are held in memory; beyond them the longest unused is let go

Shown = dict[Any, Any]  # component -> what it shows now


@dataclass(frozen=True)
class Liked:
    """A thumb, and what it was given to."""

    exchange: Exchange
    rating: Rating
    turn: int


def page(talks: Talks, feedback: Feedback, hours: int, named: bool) -> gr.Blocks:
    """The page over the conversations of a service; `hours` is how long a talk is remembered.

    With `named` clients of Gradio may ask too.
    """
    texts = read_texts(read_introduction(len(talks.assistant.corpus().articles), hours, talks.assistant.model()))
    with gr.Blocks(title=texts.own["title"], analytics_enabled=False, delete_cache=(3600, 3600)) as blocks:
        parts = Parts(texts, _regions(talks), feedback.texts)
        events = Events(parts, texts, talks, feedback)
        if named:
            gr.api(events.ask_by_hand, api_name="ask")
        events.connect(blocks)
    blocks.state_session_capacity = PAGES
    return blocks


def _regions(talks: Talks) -> list[str]:
    """Regions with a number that somebody checked; choosing any other would change nothing."""
    numbers = talks.assistant.protocol().shelf.numbers
    return sorted(region for region, checked in numbers.regions.items() if checked)


class Events:
    """What happens when somebody types, clicks or rates."""

    def __init__(self, parts: Parts, texts: Texts, talks: Talks, feedback: Feedback) -> None:
        self.parts, self.texts, self.talks, self.feedback = parts, texts, talks, feedback
        self.lines = talks.assistant.lines()

    def connect(self, blocks: gr.Blocks) -> None:
        parts = self.parts
        shown = [
            parts.box,
            parts.banner,
            parts.chat,
            parts.panel,
            parts.rating,
            parts.rated,
            parts.asking,
            parts.question,
            *parts.options,
            parts.inviting,
            *parts.next,
            parts.examples_group,
            parts.to_copy,
            parts.id,
        ]
        hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # "multiple": a message that follows while one is answered may be the one that matters
        asked = [
            gr.on(
                triggers,
                self.ask,
                [source, parts.tab, parts.region, parts.id],
                shown,
                trigger_mode="multiple",
                **hidden,
            )
            for triggers, source in [
                ([parts.box.submit, parts.send.click], parts.box),
                *(([one.click], one) for one in (*parts.options, *parts.next, *parts.examples)),
            ]
        ]
        for one in asked:
            one.then(None, parts.id, js=_KEEP).then(None, js=_FOCUS)
        blocks.load(self.come_back, [parts.tab, parts.region, parts.id], shown, js=_RECALL, **hidden)
        parts.stop.click(self.stop, parts.tab, shown, cancels=asked, **hidden)
        parts.copy.click(None, js=_COPY)
        for trigger in (parts.restart.click, parts.chat.clear):
            begun = trigger(self.restart, parts.tab, shown, cancels=asked, **hidden)
            begun.then(None, parts.id, js=_KEEP).then(None, js=_FOCUS)
        liked = gr.State(None)
        parts.chat.like(self.like, parts.tab, [liked, parts.rating, parts.rated, parts.reason], **hidden)
        parts.rate.click(
            self.rate, [liked, parts.reason, parts.consent, parts.tab], [parts.rating, parts.rated], **hidden
        )

    def ask(self, message: str, tab: Tab, region: str, conversation_id: str, request: gr.Request) -> Iterator[Shown]:
        """One message, typed or on a button; the library forgets a tab before the conversation is forgotten.

        Where a language model writes, each of its sentences is shown when it was verified.
        """
        message = message if isinstance(message, str) else ""  # whoever asks by hand may send anything
        visitor = Visitor.at("web", request.client, region)
        tab.take_up(conversation_id, lambda: taken_up(conversation_id, self.talks, visitor))
        heard = Heard(lambda hear: tab.hear(lambda visit: self._said(message, visit, visitor, hear)))
        sentences: list[str] = []
        if self.talks.assistant.model():  # which takes its time
            yield self._so_far(message, sentences, tab.visit)
        for block in heard:
            sentences.append(plain_markdown(block.text))
            yield self._so_far(message, sentences, tab.visit)
        heard.result()
        yield self._show(tab.visit)

    def _so_far(self, message: str, sentences: list[str], visit: Visit) -> Shown:
        """The chat while an answer is made."""
        so_far = Exchange(as_typed(message), "\n\n".join([*sentences, "…"]))
        return {self.parts.chat: [row for one in (*visit.exchanges, so_far) for row in _rows(one)]}

    def _said(self, message: str, visit: Visit, visitor: Visitor, hear: Hear) -> Exchange:
        exchange = said(message, visit.id, self.talks, self.lines, visitor, hear)
        return exchange if self.feedback.texts else replace(exchange, asked="")

    def ask_by_hand(self, message: str, conversation_id: str, request: gr.Request) -> dict[str, Any]:
        """The one event with a name, for clients of Gradio: a reply as every surface renders it."""
        visitor = Visitor.at("gradio", request.client)
        return replied(message, conversation_id, self.talks, visitor)

    def come_back(self, tab: Tab, region: str, conversation_id: str, request: gr.Request) -> Shown:
        """The page was opened, or loaded again in the same tab."""
        visitor = Visitor.at("web", request.client, region)
        tab.take_up(conversation_id, lambda: taken_up(conversation_id, self.talks, visitor))
        return self._show(tab.visit)

    def stop(self, tab: Tab) -> Shown:
        """What is being answered is not shown any more, but for a card."""
        tab.stop()
        shown = self._show(tab.visit)
        del shown[self.parts.box]  # somebody may be typing the next message
        return shown

    def restart(self, tab: Tab) -> Shown:
        """A new conversation, whatever becomes of the one before: that is forgotten, or expires."""
        try:
            self.talks.forget(tab.visit.id)
        except StateError:
            logger.error("A conversation could not be forgotten")
        tab.begin(Visit())
        return self._show(tab.visit)

    def _show(self, visit: Visit) -> Shown:
        parts, last = self.parts, visit.last
        question = last.question if last else None
        options = question.options if question else ()
        following = last.followups if last else ()
        return {
            parts.box: "",
            parts.banner: visit.banner,
            parts.chat: [row for one in visit.exchanges for row in _rows(one)],
            parts.panel: panel(visit, self.texts.own["sources"]),
            parts.rating: gr.Column(visible=False),
            parts.rated: "",
            parts.asking: gr.Column(visible=bool(options)),
            parts.question: f"<h2>{escape(question.text)}</h2>" if question else "",
            **_labelled(parts.options, options),
            parts.inviting: gr.Column(visible=bool(following)),
            **_labelled(parts.next, following),
            parts.examples_group: gr.Column(visible=not visit.exchanges and not visit.stopped),
            parts.to_copy: visit.to_copy,
            parts.id: visit.id,
        }

    def like(self, tab: Tab, event: gr.LikeData) -> tuple[Any, ...]:
        """A thumb; then why, for who likes to say."""
        place = int(event.index if isinstance(event.index, int) else event.index[0]) // 2
        exchanges = tab.visit.exchanges
        exchange = exchanges[place] if 0 <= place < len(exchanges) else None
        if exchange is None or exchange.reply is None:
            return None, gr.Column(visible=False), "", None
        good = bool(event.liked)
        liked = Liked(exchange, Rating("web", good, About.of(exchange.reply)), exchange.reply.turn)
        told = self._take(self.feedback.give, liked.rating, tab.first(exchange.reply.turn, f"good {good}"))
        return liked, gr.Column(visible=True), told, None

    def rate(self, liked: Liked, reason: str | None, consent: bool, tab: Tab) -> tuple[Any, ...]:
        """What somebody adds to a thumb; the words go along only with consent."""
        exchange = liked.exchange
        question = exchange.asked if consent else ""
        answer = exchange.reply.text if exchange.reply and question else ""
        rating = replace(liked.rating, reason=reason or "", question=question, answer=answer)
        return gr.Column(visible=False), self._take(self.feedback.add, rating, tab.first(liked.turn, "why"))

    def _take(self, take: Callable[[Rating], None], rating: Rating, first: bool) -> str:
        """Every reply is rated once in each way: a click costs a visitor nothing, and a line costs the operator."""
        try:
            if first:
                take(rating)
        except FeedbackError as error:
            logger.error("%s", error)
            return status(self.texts.feedback["failed"])
        return status(self.texts.feedback["thanks"])


def status(text: str) -> str:
    """A line that a screen reader says when it appears."""
    return f'<p role="status">{escape(text)}</p>'


def _rows(exchange: Exchange) -> list[dict[str, str]]:
    """The two messages as the chat takes them."""
    return [{"role": "user", "content": exchange.typed}, {"role": "assistant", "content": exchange.told}]


def _labelled(buttons: list[gr.Button], labels: tuple[str, ...]) -> Shown:
    return {
        button: gr.Button(labels[place], visible=True) if place < len(labels) else gr.Button(visible=False)
        for place, button in enumerate(buttons)
    }
