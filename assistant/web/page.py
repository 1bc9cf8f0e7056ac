"""The chat page: the card over the talk, the talk, what to ask next, and the quotes with their sources."""

import logging
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.feedback import About, Feedback, FeedbackError, Rating
from assistant.introduction import read_introduction
from assistant.state.store import StateError
from assistant.talks import Talks, Visitor
from assistant.web.parts import Parts, Texts, read_texts
from assistant.web.talk import Visit, panel, replied, said, taken_up

STYLE = Path(__file__).with_name("page.css")

_FOCUS = "() => { document.querySelector('#question textarea')?.focus(); }"
# The tab keeps the id of its conversation, nothing else, so that a red flag outlasts a page that is loaded again.
_RECALL = "() => [null, sessionStorage.getItem('spotter') || '']"
_KEEP = "(id) => { sessionStorage.setItem('spotter', id); }"
_COPY = "() => { navigator.clipboard.writeText(document.querySelector('#to-copy textarea').value); }"

logger = logging.getLogger(__name__)

Shown = dict[Any, Any]  # component -> what it shows now


def page(talks: Talks, feedback: Feedback, hours: int) -> gr.Blocks:
    """The page over the conversations of a service; `hours` is how long a talk is remembered."""
    texts = read_texts(read_introduction(len(talks.assistant.corpus().articles), hours))
    with gr.Blocks(title=texts.own["title"], analytics_enabled=False, delete_cache=(3600, 3600)) as blocks:
        parts = Parts(texts, _regions(talks), feedback.texts)
        Events(parts, texts, talks, feedback).connect(blocks)
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
            parts.visit,
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
        gr.api(self.ask_by_hand, api_name="ask")
        hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # "multiple": a message that follows while one is answered may be the one that matters
        asked = [
            gr.on(
                triggers,
                self.ask,
                [source, parts.visit, parts.region, parts.id],
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
        blocks.load(self.come_back, [parts.visit, parts.id], shown, js=_RECALL, **hidden)
        parts.stop.click(None, cancels=asked)
        parts.copy.click(None, js=_COPY)
        for trigger in (parts.restart.click, parts.chat.clear):
            begun = trigger(self.restart, parts.visit, shown, cancels=asked, **hidden)
            begun.then(None, parts.id, js=_KEEP).then(None, js=_FOCUS)
        liked = gr.State(None)
        parts.chat.like(self.like, parts.visit, [liked, parts.rating, parts.rated, parts.reason], **hidden)
        parts.rate.click(
            self.rate, [liked, parts.reason, parts.consent, parts.visit], [parts.rating, parts.rated], **hidden
        )

    def ask(self, message: str, visit: Visit | None, region: str, conversation_id: str, request: gr.Request) -> Shown:
        """One message, typed or on a button; the library forgets a visit before the conversation is forgotten."""
        visitor = Visitor.at("web", request.client, region)
        known = visit or taken_up(conversation_id, self.talks)
        return self._show(said(message, known, self.talks, self.lines, visitor))

    def ask_by_hand(self, message: str, conversation_id: str, request: gr.Request) -> dict[str, Any]:
        """The one event with a name, for clients of Gradio: a reply as every surface renders it."""
        visitor = Visitor.at("gradio", request.client)
        return replied(message, conversation_id, self.talks, visitor)

    def come_back(self, visit: Visit | None, conversation_id: str) -> Shown:
        """The page was opened, or loaded again in the same tab."""
        return self._show(visit or taken_up(conversation_id, self.talks))

    def restart(self, visit: Visit | None) -> Shown:
        """A new conversation, whatever becomes of the one before: that is forgotten, or expires."""
        try:
            if visit:
                self.talks.forget(visit.id)
        except StateError:
            logger.error("A conversation could not be forgotten")
        return self._show(Visit())

    def _show(self, visit: Visit) -> Shown:
        parts, last = self.parts, visit.last
        question = last.question if last else None
        options = question.options if question else ()
        following = last.followups if last else ()
        return {
            parts.visit: visit,
            parts.box: "",
            parts.banner: visit.banner,
            parts.chat: list(visit.said),
            parts.panel: panel(visit, self.texts.own["sources"]),
            parts.rating: gr.Column(visible=False),
            parts.rated: "",
            parts.asking: gr.Column(visible=bool(options)),
            parts.question: f"<h2>{escape(question.text)}</h2>" if question else "",
            **_labelled(parts.options, options),
            parts.inviting: gr.Column(visible=bool(following)),
            **_labelled(parts.next, following),
            parts.examples_group: gr.Column(visible=not visit.said and not visit.stopped),
            parts.to_copy: visit.to_copy,
            parts.id: visit.id,
        }

    def like(self, visit: Visit, event: gr.LikeData) -> tuple[Any, ...]:
        """A thumb; then why, for who likes to say."""
        place = int(event.index if isinstance(event.index, int) else event.index[0]) // 2
        reply = visit.replies[place] if 0 <= place < len(visit.replies) else None
        rating = Rating("web", bool(event.liked), About.of(reply)) if reply else None
        told = self._take(self.feedback.give, rating)
        return (place, bool(event.liked)), gr.Column(visible=rating is not None), told, None

    def rate(self, liked: tuple[int, bool], reason: str | None, consent: bool, visit: Visit) -> tuple[Any, ...]:
        """What somebody adds to a thumb; the words go along only with consent."""
        place, good = liked
        reply, question = visit.replies[place], visit.asked[place] if consent else ""
        answer = reply.text if reply and question else ""
        rating = Rating("web", good, About.of(reply), reason or "", question, answer) if reply else None
        return gr.Column(visible=False), self._take(self.feedback.add, rating)

    def _take(self, take: Callable[[Rating], None], rating: Rating | None) -> str:
        if rating is None:
            return ""
        try:
            take(rating)
        except FeedbackError as error:
            logger.error("%s", error)
            return status(self.texts.feedback["failed"])
        return status(self.texts.feedback["thanks"])


def status(text: str) -> str:
    """A line that a screen reader says when it appears."""
    return f'<p role="status">{escape(text)}</p>'


def _labelled(buttons: list[gr.Button], labels: tuple[str, ...]) -> Shown:
    return {
        button: gr.Button(labels[place], visible=True) if place < len(labels) else gr.Button(visible=False)
        for place, button in enumerate(buttons)
    }
