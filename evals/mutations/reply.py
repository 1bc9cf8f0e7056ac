"""Faults of the reply as it is put together and read."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from assistant import escalated, finish, render
from assistant.finish import Finisher
from assistant.reply import Block, Reply
from evals.mutations.mutation import Function, breaks

SHORT = 80  # characters


def _with_blocks(reply: Function, change: Callable[[Sequence[Block]], list[Block]]) -> Function:
    """A reply of other blocks than those that were verified."""
    return lambda self, outcome, reason, blocks, **more: reply(self, outcome, reason, change(blocks), **more)


def _without(reply: Function, kind: str) -> Function:
    return _with_blocks(reply, lambda blocks: [block for block in blocks if block.kind != kind])


def _reworded(reply: Function, change: Callable[[str], str]) -> Function:
    return _with_blocks(reply, lambda blocks: [replace(block, text=change(block.text)) for block in blocks])


@breaks(Finisher, "_reply")
def safety_line_dropped(reply: Function) -> Function:
    """An answer does not say when to stop and get help."""
    return _without(reply, "net")


@breaks(Finisher, "_reply")
def editors_notes_dropped(reply: Function) -> Function:
    """Doubtful statements and disagreements stand without the editor's note."""
    return _without(reply, "note")


@breaks(Finisher, "_reply")
def refused_half_not_printed(reply: Function) -> Function:
    """What is left to others in a mixed message is not said in the text."""
    return _without(reply, "refusal")


@breaks(Finisher, "_reply")
def first_block_lost(reply: Function) -> Function:
    """The first block of a reply is lost."""
    return _with_blocks(reply, lambda blocks: list(blocks[1:]))


@breaks(Finisher, "_reply")
def brackets_tidied_away(reply: Function) -> Function:
    """After verification, brackets are taken out of the text to make it read better."""
    return _reworded(reply, lambda text: re.sub(r"[\[\]]", "", text))


@breaks(Finisher, "_reply")
def apostrophes_made_typographic(reply: Function) -> Function:
    """After verification, straight apostrophes become typographic ones."""
    return _reworded(reply, lambda text: text.replace("'", "’"))


@breaks(Finisher, "_reply")
def statements_cut_short(reply: Function) -> Function:
    """After verification, long statements are cut at 80 characters."""
    return _reworded(reply, lambda text: text if len(text) <= SHORT else f"{text[:SHORT].rsplit(' ', 1)[0]} …")


@breaks(Finisher, "_reply")
def numbers_rounded(reply: Function) -> Function:
    """After verification, ranges are made simple: “10 to 15 seconds” becomes “15 seconds”."""
    return _reworded(reply, lambda text: re.sub(r"\d+ ?(?:-|–|to) ?(\d+)", r"\1", text))


@breaks(finish, "lay_out")
def last_block_not_printed(lay_out: Function) -> Function:
    """The text lacks the last block."""

    def shortened(card: Any, question: str, blocks: Sequence[Block]) -> Any:
        text, placed = lay_out(card, question, blocks)
        return (text[: placed[-1].start] if placed else text), placed

    return shortened


@breaks(render, "_block")
def marks_not_printed(printed: Function) -> Function:
    """Statements stand in the text without their marks."""
    return lambda block, step: printed(replace(block, citations=()), step)


@breaks(finish, "lay_out")
def card_printed_last(lay_out: Function) -> Function:
    """The safety card comes after everything else."""

    def upside_down(card: Any, question: str, blocks: Sequence[Block]) -> Any:
        text, placed = lay_out(None, question, blocks)
        return f"{text}\n\n{render.card_text(card)}" if card else text, placed

    return upside_down


@breaks(finish, "lay_out")
def card_not_printed(lay_out: Function) -> Function:
    """The safety card is in the data of a reply and not in its text."""
    return lambda card, question, blocks: lay_out(None, question, blocks)


@breaks(render, "card_text")
def card_printed_without_numbers(printed: Function) -> Function:
    """The text of a card does not say whom to call."""
    return lambda card: printed(replace(card, numbers=()))


@breaks(Finisher, "answered")
def answers_called_declined(answered: Function) -> Function:
    """An answer says that it is none."""

    def mislabelled(*all_: Any) -> Reply:
        reply: Reply = answered(*all_)
        return replace(reply, outcome="declined", reason="not_covered")

    return mislabelled


@breaks(escalated, "escalated")
def escalation_without_a_card(card_alone: Function) -> Function:
    """The reply to an emergency is empty."""

    def empty(*all_: Any) -> Reply:
        reply: Reply = card_alone(*all_)
        return replace(reply, card=None, text="")

    return empty


@breaks(escalated, "escalated")
def escalation_with_suggestions(card_alone: Function) -> Function:
    """The reply to an emergency suggests what to ask next."""

    def chatty(*all_: Any) -> Reply:
        reply: Reply = card_alone(*all_)
        return replace(reply, followups=("What helps a sore back?",))

    return chatty
