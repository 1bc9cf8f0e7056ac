"""Faults of verification, each with a fault of the words that it would have stopped."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from assistant import cite, guard, verify
from assistant.answer import Assistant
from assistant.compose.material import Material
from assistant.compose.plan import read_planner
from assistant.policy import output
from assistant.reply import Block, Quote
from corpus.curation import mended
from corpus.library import load
from corpus.records import Passage
from evals.mutations.mutation import Function, Patch, breaks

OFF = Patch(verify, "block_problem", lambda _: lambda *all_: "")
BANS_OFF = Patch(output, "banned_output", lambda _: lambda *all_: "")
WITHHELD_NOT_LOOKED_AT = Patch(verify, "quote_problem", lambda _: lambda *all_: "")


def _rewritten(quote: Function, change: Callable[[str], str]) -> Function:
    """Every statement with other words in it, under the same citation."""

    def rewriting(*all_: Any, **more: Any) -> Block:
        block: Block = quote(*all_, **more)
        return replace(block, text=change(block.text))

    return rewriting


@breaks(Material, "quote", OFF)
def numbers_swapped(quote: Function) -> Function:
    """3 sets become 5, 10 seconds become 12."""
    return _rewritten(quote, lambda text: re.sub(r"\d+", lambda found: str(int(found.group()) + 2), text))


@breaks(Material, "quote", OFF)
def seconds_made_minutes(quote: Function) -> Function:
    """Seconds become minutes."""
    return _rewritten(quote, lambda text: re.sub(r"\bsec(?:ond|\b)", "minute", text))


@breaks(Material, "quote", OFF)
def negations_dropped(quote: Function) -> Function:
    """“Do not” becomes “do”."""
    return _rewritten(quote, lambda text: re.sub(r"(?:\bnot |n['’]t\b|\bnever )", "", text))


@breaks(Material, "quote", OFF)
def left_and_right_swapped(quote: Function) -> Function:
    """Left becomes right, and right left."""
    sides = {"left": "right", "right": "left"}
    return _rewritten(quote, lambda text: re.sub(r"\b(left|right)\b", lambda found: sides[found.group()], text))


@breaks(Material, "quote", OFF)
def may_made_will(quote: Function) -> Function:
    """What may help will help."""
    return _rewritten(quote, lambda text: re.sub(r"\b(may|might|can|could)\b", "will", text))


@breaks(Material, "quote", OFF)
def corrections_without_brackets(quote: Function) -> Function:
    """The editor's words stand in a quote as if they were the article's."""
    return _rewritten(quote, lambda text: text.replace("[", "").replace("]", ""))


@breaks(Material, "quote", OFF)
def corrections_left_out(quote: Function) -> Function:
    """A garbled word is quoted without its correction."""
    return _rewritten(quote, lambda text: re.sub(r"\[[^\]]*\]", "", text))


@breaks(Material, "quote", OFF)
def statements_cut_at_a_comma(quote: Function) -> Function:
    """What qualifies a statement, after its first comma, is cut off."""
    return _rewritten(quote, lambda text: text.partition(",")[0])


@breaks(Material, "quote", OFF)
def statements_cited_to_the_next_passage(quote: Function) -> Function:
    """A statement carries the citation of the passage after its own."""
    return lambda self, passage, *rest, **more: _with_quotes_of_the_next(quote, self, passage, *rest, **more)


@breaks(Material, "quote")
def next_passage_cited_and_verified(quote: Function) -> Function:
    """The same, with verification on: it drops nearly all that there is to say."""
    return lambda self, passage, *rest, **more: _with_quotes_of_the_next(quote, self, passage, *rest, **more)


@breaks(Material, "quote", WITHHELD_NOT_LOOKED_AT)
def withheld_words_served(quote: Function) -> Function:
    """A quote runs on to the end of its paragraph, over what is withheld."""

    def running_on(self: Material, passage: Passage, *rest: Any, **more: Any) -> Block:
        block: Block = quote(self, passage, *rest, **more)
        article = self.corpus.by_source[passage.source_id]
        start, end = cite._paragraph(article, block.quotes[0])
        text = mended(article.text[start:end], start, article.mends)
        return replace(block, text=text, quotes=(Quote(passage.source_id, start, end),))

    return running_on


def _as_received(assistant: Assistant) -> Assistant:
    corpus = load(assistant.corpus().folder)
    planner = read_planner(corpus)
    return replace(assistant, corpus=lambda: corpus, planner=lambda: planner)


@breaks(guard, "only", BANS_OFF, change=_as_received)
def banned_words_served(_: Function) -> Function:
    """What must not be shown, such as a dose or a promise, is neither withheld at the start nor stopped later."""
    return lambda found, passages: found


@breaks(verify, "block_problem")
def everything_with_a_number_dropped(problem: Function) -> Function:
    """Verification mistakes a number for a fault and leaves the statement out."""
    return lambda block, *rest: "a number" if re.search(r"\d", block.text) else problem(block, *rest)


@breaks(verify, "block_problem")
def everything_mended_dropped(problem: Function) -> Function:
    """Verification takes a correction for a fault and leaves the statement out."""
    return lambda block, *rest: "a correction" if "[" in block.text else problem(block, *rest)


def _with_quotes_of_the_next(quote: Function, self: Material, passage: Passage, *rest: Any, **more: Any) -> Block:
    ids = list(self.corpus.passages)
    after = self.corpus.passages[ids[(ids.index(passage.id) + 1) % len(ids)]]
    block: Block = quote(self, passage, *rest, **more)
    return replace(block, quotes=quote(self, after, *rest, **more).quotes)
