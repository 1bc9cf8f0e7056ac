"""The Home tab, and the windows that open over a talk: the evidence of an answer, more help, what was wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    HeaderBlock,
    InputBlock,
    Option,
    RadioButtonsElement,
)
from slack_sdk.models.views import View

from assistant.cite import citation, context_problem, source_line
from assistant.introduction import Introduction
from assistant.render import source_text
from assistant.reply import Citation, Quote
from assistant.slack.blocks import LONGEST_LABEL, Row, Writer, card_blocks, escaped, shortened, text_block
from assistant.talks import Talks

MOST_BLOCKS = 100  # of a window
REASON = "reason"
_REFERENCE = re.compile(r"(?P<source>\S+):(?P<start>\d{1,9})-(?P<end>\d{1,9})")


@dataclass(frozen=True)
class Windows:
    """Draws them; `hours` is how long a talk is remembered."""

    talks: Talks
    writer: Writer
    introduction: Introduction
    hours: int

    def home(self, note: str = "") -> Row:
        """The Home tab: what this is, when not to wait for it, what it quotes, what it keeps."""
        say, told = self.writer.texts.say, self.introduction
        blocks: list[Block] = [
            HeaderBlock(text=say("home.title")),
            text_block(f"{told.what} {told.covers}\n\n{say('home.how')}"),
            HeaderBlock(text=say("home.signs")),
            *self._signs(),
            HeaderBlock(text=say("home.sources")),
            *self._sources(),
            HeaderBlock(text=say("home.privacy")),
            text_block(self.privacy()),
            *([text_block(note)] if note else []),
            ActionsBlock(elements=[self._forget()]),
        ]
        return View(type="home", blocks=blocks[:MOST_BLOCKS]).to_dict()

    def evidence(self, value: str) -> Row:
        """Every quote of an answer, from what its button carries."""
        say = self.writer.texts.say
        index, _, references = value.partition(" ")
        cited = self._cited(references) if index == self.talks.assistant.index_version() else []
        blocks: list[Block] = []
        for source_id, quotes in groupby(cited, key=lambda one: one.source_id):
            source = self.talks.assistant.corpus().by_source[source_id].source
            blocks += [text_block(escaped(source_text(source_line(source)))), *map(self.writer.quoted, quotes)]
        shown = blocks[:MOST_BLOCKS] or [text_block(say("evidence.changed"))]
        return View(type="modal", title=say("evidence.show"), close=say("evidence.close"), blocks=shown).to_dict()

    def help(self) -> Row:
        """The signs with which nobody should wait, and whom to call."""
        say = self.writer.texts.say
        blocks = [text_block(say("help.lead")), *self._signs()]
        return View(type="modal", title=say("help.title"), close=say("evidence.close"), blocks=blocks).to_dict()

    def reasons(self, thanks: str, about: str) -> Row:
        """Thanks, and what was wrong with an answer; `about` is what the rated button carries."""
        say = self.writer.texts.say
        options = [Option(text=shortened(one, LONGEST_LABEL), value=one) for one in self.introduction.reasons]
        question = InputBlock(
            block_id=REASON,
            label=say("feedback.title"),
            element=RadioButtonsElement(action_id=REASON, options=options),
        )
        return View(
            type="modal",
            callback_id=REASON,
            title=say("feedback.title"),
            submit=say("feedback.send"),
            close=say("evidence.close"),
            private_metadata=about,
            blocks=[text_block(thanks), question],
        ).to_dict()

    def sources(self) -> str:
        """The articles as one text."""
        lines = (source_text(source_line(one.source)) for one in self.talks.assistant.corpus().articles)
        return "\n".join(f"• {escaped(line)}" for line in lines)

    def privacy(self) -> str:
        return f"{self.introduction.privacy} {self.writer.texts.say('home.kept', hours=self.hours)}"

    def _signs(self) -> list[Block]:
        assistant = self.talks.assistant
        protocol = assistant.protocol()
        card = protocol.shelf.card(protocol.general_card, "emergency", assistant.region)
        return card_blocks(card)

    def _sources(self) -> Iterable[Block]:
        for one in self.talks.assistant.corpus().articles[: MOST_BLOCKS // 2]:
            yield text_block(escaped(source_text(source_line(one.source))))

    def _forget(self) -> ButtonElement:
        say = self.writer.texts.say
        sure = ConfirmObject(
            title=say("home.forget"), text=say("home.forget_sure"), confirm=say("home.forget"), deny=say("home.cancel")
        )
        return ButtonElement(action_id="forget", text=say("home.forget"), style="danger", confirm=sure)

    def _cited(self, references: str) -> list[Citation]:
        """The quotes that a button names, as far as the articles still have them."""
        by_source = self.talks.assistant.corpus().by_source
        found = []
        for n, reference in enumerate(references.split(), start=1):
            match = _REFERENCE.fullmatch(reference)
            article = by_source.get(match["source"]) if match else None
            if match is None or article is None:
                continue
            quote = Quote(match["source"], int(match["start"]), int(match["end"]))
            if not context_problem(article, quote, quote.start, quote.end, article.text[quote.start : quote.end]):
                found.append(citation(n, quote, article))
        return found
