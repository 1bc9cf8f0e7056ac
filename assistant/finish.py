"""Put a reply together: number its quotes, lay out its text, add the safety line and what to ask next."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.cite import numbered, source_line, source_lines
from assistant.compose.material import Limits
from assistant.conversation import Conversation
from assistant.escalated import card_alone
from assistant.followups import follow_ups, nearby
from assistant.lines import Lines
from assistant.looked import Looked
from assistant.policy.judge import Refusal, Verdict
from assistant.render import lay_out, source_text
from assistant.reply import Block, ModelUse, Outcome, Reply
from assistant.triage.records import Assessment
from corpus.library import Corpus


@dataclass(frozen=True)
class Finisher:
    """Everything but the answer that goes into a reply."""

    conversation: Conversation  # as it stands after the turn
    triage: Assessment
    corpus: Corpus
    lines: Lines
    limits: Limits
    known: Callable[[str], bool]  # whether a question, asked next, would be answered
    today: datetime.date

    def not_answered(self, verdict: Verdict) -> Reply:
        """A refusal or a notice, in ready lines."""
        lines = list(verdict.lines)
        if verdict.reason == "sources":
            lines += self._about_sources()
        if verdict.outcome == "notice":
            return self._reply("notice", verdict.reason, [Block("notice", line) for line in lines])
        blocks = [Block("refusal", line) for line in [*lines, *(one.line for one in verdict.also_refused)]]
        return self._reply("refused", verdict.reason, blocks, also_refused=verdict.also_refused)

    def busy(self) -> Reply:
        """Too many messages at once: said with whom to call, since nobody knows what this one would have got."""
        return self._reply("notice", "busy", [Block("notice", self.lines.say("notice.busy"))])

    def declined(self, looked: Looked, refused: Sequence[Refusal]) -> Reply:
        """Nothing worth quoting: say so, what is covered nearby, and what to ask instead."""
        withheld, held_back = looked.composed.withheld, looked.composed.held_back
        if withheld:
            text = self.lines.say("declined.withheld", exercise=withheld.name.lower(), reason=withheld.reason)
            blocks = [Block("nearby", text)]
        elif held_back:
            blocks = [Block("nearby", self.lines.say("declined.held_back", exercise=held_back.name.lower()))]
        elif self.triage.informational and self.triage.card:
            blocks = [Block("nearby", self.lines.say("declined.card"))]
        else:
            blocks = [Block("nearby", self._why_not(looked.unmentioned))]
            if topics := nearby(looked.hits, self.corpus):
                blocks.append(Block("nearby", self.lines.say("declined.nearby", topics=", ".join(topics))))
            blocks.append(Block("nearby", self.lines.say("declined.ask")))
        blocks += [Block("refusal", one.line) for one in refused]
        card_answers = self.triage.informational and self.triage.card is not None
        reason = "withheld" if withheld else "card" if card_answers or held_back else "not_covered"
        return self._reply("declined", reason, blocks, followups=self._next([looked]), also_refused=refused)

    def _why_not(self, unmentioned: Sequence[str]) -> str:
        if not unmentioned:
            return self.lines.say("declined.not_covered")
        return self.lines.say("declined.unmentioned", names=" or ".join(f"“{name}”" for name in unmentioned[:2]))

    def answered(
        self, blocks: Sequence[Block], looked: Sequence[Looked], refused: Sequence[Refusal], index_version: str
    ) -> Reply:
        """The verified blocks, then what was refused, then the standing safety line."""
        whole = [
            *blocks,
            *(Block("refusal", one.line) for one in refused),
            *self._past_review(blocks),
            Block("net", self.lines.say("net.ordinary")),
        ]
        return self._reply(
            "answered",
            "ok",
            whole,
            followups=self._next(looked),
            also_refused=refused,
            index_version=index_version,
            model=tuple(use for one in looked for use in one.model),
        )

    def _past_review(self, blocks: Sequence[Block]) -> list[Block]:
        """A line for each cited article that should have been read again by now."""
        cited = dict.fromkeys(quote.source_id for block in blocks for quote in block.quotes)
        sources = [self.corpus.by_source[one].source for one in cited]
        return [
            Block("notice", self.lines.say("notice.past_review", title=source.title, date=source.next_review))
            for source in sources
            if source.next_review and source.next_review < self.today
        ]

    def _next(self, looked: Sequence[Looked]) -> tuple[str, ...]:
        hits = [hit for one in looked for hit in one.hits]
        return follow_ups([one.composed for one in looked], hits, self.corpus, self.limits, self.known)

    def _about_sources(self) -> list[str]:
        lines = [self.lines.say("notice.sources_intro", count=len(self.corpus.articles))]
        lines += [source_text(source_line(article.source)) for article in self.corpus.articles]
        reviewed = max(str(article.source.reviewed) for article in self.corpus.articles)
        return [*lines, self.lines.say("notice.review", reviewed=reviewed)]

    def _reply(
        self,
        outcome: Outcome,
        reason: str,
        blocks: Sequence[Block],
        *,
        followups: tuple[str, ...] = (),
        also_refused: Sequence[Refusal] = (),
        index_version: str = "",
        model: tuple[ModelUse, ...] = (),
    ) -> Reply:
        question = self.triage.question
        if self.conversation.restarted:
            blocks = [Block("notice", self.lines.say("notice.restarted")), *blocks]
        cited, citations = numbered(blocks, self.corpus)
        text, placed = lay_out(self.triage.card, question.text if question else "", cited)
        return replace(
            card_alone(self.conversation, self.triage, outcome, reason),
            text=text,
            blocks=placed,
            citations=citations,
            sources=source_lines(citations, self.corpus),
            followups=followups,
            index_version=index_version,
            model=model,
            also_refused=tuple(dict.fromkeys(one.reason for one in also_refused)),
        )
