"""Faults of what stands between a language model and people; they show only where a model is in the slot."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant import answer
from assistant.compose.evidence import Evidence
from assistant.model import rewrite, writer
from assistant.reply import Block, Quote
from assistant.support import support
from evals.mutations.mutation import Function, breaks
from evals.mutations.verify import BANS_OFF, OFF


@breaks(support, "unsupported")
def support_not_checked(_: Function) -> Function:
    """Whatever names an exact quote is served, whether the quote carries it or not."""
    return lambda sentence, quote, heading="": ""


@breaks(support, "unsupported", BANS_OFF)
def neither_support_nor_policy_checked(_: Function) -> Function:
    """The same, and no look at what Spotter never says."""
    return lambda sentence, quote, heading="": ""


@breaks(Evidence, "holding", OFF)
def altered_quotes_accepted(holding: Function) -> Function:
    """A quote that the evidence does not have is taken for all of it, and nothing is verified."""

    def any_words(self: Evidence, words: str) -> Quote:
        found: Quote | None = holding(self, words)
        return found or Quote(self.quotes[0].source_id, self.quotes[0].start, self.quotes[-1].end)

    return any_words


@breaks(writer, "_block", OFF)
def uncited_sentences_get_the_first_quote(block: Function) -> Function:
    """A sentence without evidence, or with one that there is not, is marked with the first piece of it."""

    def marked(sentence: writer.Sentence, evidence: Sequence[Evidence]) -> Block | str:
        made: Block | str = block(sentence, evidence)
        return made if isinstance(made, Block) else Block("written", sentence.text, evidence[0].quotes[:1])

    return marked


@breaks(rewrite, "_beside")
def notes_left_out(_: Function) -> Function:
    """The editor's notes and the cautions do not come with what a model wrote."""
    return lambda *all_: []


@breaks(writer, "write")
def evidence_named_by_its_neighbour(write: Function) -> Function:
    """Each sentence is marked with the quote of the one before it, as when numbers are off by one; verified as ever."""

    def shifted(*all_: Any) -> Any:
        before: tuple[Quote, ...] = ()
        for one in write(*all_):
            if isinstance(one, Block):
                yield Block(one.kind, one.text, before or one.quotes)
                before = one.quotes
            else:
                yield one

    return shifted


@breaks(answer, "suspected")
def opinion_lowers(_: Function) -> Function:
    """The model's opinion that there is no sign takes away the card of a softer one."""

    def lowered(message: str, before: Any, passed: Any, assistant: Any) -> Any:
        calm = replace(passed.triage, mode="none", card=None, question=None)
        return replace(passed, triage=calm)

    return lowered
