"""Turn a reply into what Slack shows: its Markdown, the evidence under it, and what can be pressed.

Every block is made by the SDK's own models, which refuse one that Slack would refuse. Quotes stand in rich text, in
which Slack reads no markup and no mention.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContainerBlock,
    ContextActionsBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    RichTextBlock,
    RichTextElementParts,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
)

from assistant.feedback import About
from assistant.markdown import Dialect, card_markdown, plain_markdown, reply_markdown
from assistant.render import card_text
from assistant.reply import Citation, Reply
from assistant.slack.texts import Texts
from assistant.triage.records import Card

Row = dict[str, Any]

# Slack takes 12,000 characters of Markdown, and was seen to take some 11,000 of all blocks together.
LONGEST_MARKDOWN = 7_000
LONGEST_SPOKEN = 39_000  # of what notifications and readers of screens get; Slack takes 40,000
LONGEST_TEXT = 3_000  # of a section, or of a quote in a window
LONGEST_FOLDED = 300  # of a quote under an answer
LONGEST_LABEL = 75  # of a button
LONGEST_VALUE = 2_000  # of what a button carries
QUOTES = 8  # in the evidence part; the rest stands in the window

_text = RichTextElementParts.Text
_TextStyle = RichTextElementParts.TextStyle


@dataclass(frozen=True)
class Message:
    """One message: `pieces` of Markdown that together are the whole, and what stands under them.

    Without pieces the text is all there is, with Slack's own markup; else it is for notifications and readers of
    screens. `chips` are the sources as Slack shows them beside a stream.
    """

    pieces: tuple[str, ...]
    text: str
    chips: tuple[Row, ...] = ()
    tail: tuple[Row, ...] = ()

    @property
    def markdown(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Writer:
    """Writes messages; `public_url` is where the stored articles can be read, "" where nobody said."""

    texts: Texts
    public_url: str

    def reply(self, reply: Reply, lead: str = "", *, asking: bool) -> Message:
        """A whole reply under a leading line of ours; `asking` adds what could be answered or asked next."""
        first = f"{plain_markdown(lead)}\n\n" if lead else ""
        markdown = first + reply_markdown(reply, Dialect(self._address))
        spoken = f"{lead}\n\n{reply.text}" if lead else reply.text
        tail = [*self._evidence(reply), *(self._next(reply) if asking else ()), *self._reactions(reply)]
        return Message(_pieces(markdown), _spoken(spoken), self._chips(reply), rows(tail))

    def card(self, card: Card) -> Message:
        """A safety card by itself."""
        return Message(_pieces(card_markdown(card)), _spoken(card_text(card)))

    def line(self, name: str, **values: str) -> Message:
        """A sentence of texts.toml, in which the values are words like any others."""
        return self.said(self.texts.say(name, **values))

    def said(self, text: str) -> Message:
        """Words by themselves."""
        return Message((), _spoken(text))

    def _address(self, citation: Citation) -> str:
        address = f"{self.public_url}{citation.path}" if self.public_url else ""
        return address.replace("(", "%28").replace(")", "%29")

    def quoted(self, citation: Citation, longest: int = LONGEST_TEXT) -> RichTextBlock:
        """A quote with where it stands."""
        where = " · ".join(one for one in (citation.title, citation.section) if one)
        about: list[Any] = [_text(text=f"[{citation.n}] ", style=_TextStyle(bold=True)), _text(text=where)]
        if address := self._address(citation):
            about += [
                _text(text=" · "),
                RichTextElementParts.Link(url=address, text=self.texts.say("evidence.open")),
            ]
        return RichTextBlock(
            elements=[
                RichTextSectionElement(elements=about),
                RichTextQuoteElement(elements=[_text(text=shortened(_whole(citation.quote), longest))]),
            ]
        )

    def _chips(self, reply: Reply) -> tuple[Row, ...]:
        """The sources that have an address, as Slack's own chips."""
        first = {one.source_id: one for one in reversed(reply.citations)}
        found = [
            {"type": "url", "url": self._address(first[source.id]) or source.url, "text": shortened(source.title, 150)}
            for source in reply.sources
            if self.public_url or source.url
        ]
        if not found:
            return ()
        title = self.texts.say("quoted")
        return ({"type": "task_update", "id": "articles", "title": title, "status": "complete", "sources": found},)

    def _evidence(self, reply: Reply) -> Iterable[Block]:
        """The quotes, folded in; in the order of their marks."""
        if not reply.citations:
            return
        shown: list[Block] = [self.quoted(one, LONGEST_FOLDED) for one in reply.citations[:QUOTES]]
        if len(reply.citations) > QUOTES:
            shown.append(text_block(self.texts.say("evidence.more")))
        title = self.texts.say(
            "evidence.title",
            quotes=_counted(len(reply.citations), "quote"),
            articles=_counted(len(reply.sources), "article"),
        )
        yield ContainerBlock(title=title, child_blocks=shown, is_collapsible=True, default_collapsed=True)

    def _next(self, reply: Reply) -> Iterable[Block]:
        """The answers of a closed question, and what could be asked next."""
        if reply.question:
            yield _buttons("answer", reply.question.options)
        if reply.followups:
            yield _buttons("ask", reply.followups)

    def _reactions(self, reply: Reply) -> Iterable[Block]:
        """What can be done about an answer; nothing invites to linger over an emergency."""
        if reply.mode == "hard":
            return
        shown = [_button("help", self.texts.say("help.button"))]
        if reply.citations and len(value := references(reply)) <= LONGEST_VALUE:
            shown.insert(0, _button("evidence", self.texts.say("evidence.show"), value))
        yield ActionsBlock(elements=shown)
        about = about_value(About.of(reply))
        good, bad = (
            FeedbackButtonObject(
                text=self.texts.say(f"feedback.{name}"),
                accessibility_label=self.texts.say(f"feedback.{name}"),
                value=f"{name} {about}",
            )
            for name in ("good", "bad")
        )
        yield ContextActionsBlock(
            elements=[FeedbackButtonsElement(action_id="feedback", positive_button=good, negative_button=bad)]
        )


def rows(blocks: Iterable[Block]) -> tuple[Row, ...]:
    """Blocks as they are sent. Raises SlackObjectFormationError for one that Slack would refuse."""
    return tuple(block.to_dict() for block in blocks)


def escaped(text: str) -> str:
    """Words for a field in which Slack reads mentions: none of theirs becomes one."""
    return escape(text.encode(errors="replace").decode(), quote=False)


def card_blocks(card: Card) -> list[Block]:
    """A card for windows, in which Slack takes no Markdown; a paragraph each, so that none is cut."""
    return [text_block(escaped(part).replace("**", "*")) for part in card_text(card).split("\n\n")]


def text_block(text: str) -> SectionBlock:
    """A paragraph of ours, with Slack's own markup; whatever an article says in it has to be escaped."""
    return SectionBlock(text={"type": "mrkdwn", "text": shortened(text, LONGEST_TEXT), "verbatim": True})


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def references(reply: Reply) -> str:
    """The quotes of a reply as what a button carries: the index they are of, then places."""
    return " ".join([reply.index_version, *(f"{one.source_id}:{one.start}-{one.end}" for one in reply.citations)])


def about_value(about: About) -> str:
    """What is kept of a rated reply as what a button carries: fewer quotes where they do not fit."""
    cited = list(about.cited)
    while True:
        value = json.dumps([about.id, about.outcome, about.why, about.tier, cited, about.index_version])
        if len(value) <= LONGEST_VALUE - 10 or not cited:
            return value
        cited.pop()


def about_of(value: str) -> About:
    """Raises ValueError for what `about_value` did not write."""
    id, outcome, why, tier, cited, index_version = json.loads(value)
    return About(str(id), str(outcome), str(why), str(tier), tuple(map(str, cited)), str(index_version))


def _spoken(text: str) -> str:
    """A reply without its marks of emphasis, as it is read aloud."""
    return shortened(escaped(text.replace("**", "")), LONGEST_SPOKEN)


def _buttons(name: str, labels: Sequence[str]) -> ActionsBlock:
    return ActionsBlock(elements=[_button(f"{name}.{n}", label, label) for n, label in enumerate(labels)])


def _button(action: str, label: str, value: str = "") -> ButtonElement:
    carried = shortened(value, LONGEST_VALUE) or None
    return ButtonElement(action_id=action, text=shortened(label, LONGEST_LABEL), value=carried)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()


def _pieces(markdown: str) -> tuple[str, ...]:
    """Paragraphs with the blank line behind them, none longer than one message may be."""
    pieces = re.findall(r".+?(?:\n\n+|\Z)", markdown, re.DOTALL)
    return tuple(piece[at : at + LONGEST_MARKDOWN] for piece in pieces for at in range(0, len(piece), LONGEST_MARKDOWN))
