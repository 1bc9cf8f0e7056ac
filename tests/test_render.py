"""A reply as Markdown and in a terminal: everything is shown, and nobody's markup gets through."""

import re
from dataclasses import replace
from itertools import pairwise

from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, SOFT_SIGN, ready, talk
from fixtures_html import NASTY, reply_with
from hypothesis import given
from hypothesis import strategies as st

from assistant.render import as_typed, card_text, lay_out, terminal, web_markdown
from assistant.reply import QUOTING, Basis, Block
from assistant.triage.gate import fallback_card
from assistant.triage.records import CardSource

CARD = fallback_card()


# Laying out


def test_the_card_comes_first_then_the_question_then_the_blocks():
    text, _ = lay_out(CARD, "Is it happening now?", [Block("statement", "Rest.", citations=(1,))])
    assert text.index(CARD.title) < text.index("Is it happening now?") < text.index("Rest. [1]")


def test_the_steps_of_an_exercise_are_numbered_one_below_the_other():
    text, _ = lay_out(None, "", [Block("step", "Sit.", citations=(1,)), Block("step", "Turn.", citations=(2,))])
    assert text == "1. Sit. [1]\n2. Turn. [2]"


def test_a_second_exercise_begins_again_at_one():
    blocks = [Block("step", "Sit."), Block("step", "Turn."), Block("step", "Kneel.", heading="Cat-cow")]
    text, _ = lay_out(None, "", blocks)
    assert text.endswith("2. Turn.\n\n**Cat-cow**\n\n1. Kneel.")


def test_a_heading_of_ours_says_so_and_one_of_the_article_does_not():
    ours = Block("statement", "Sit.", heading="Chin tuck", heading_by="editor")
    assert "**Chin tuck** (editor's heading)" in lay_out(None, "", [ours])[0]
    assert "editor" not in lay_out(None, "", [replace(ours, heading_by="article")])[0]


def test_a_note_says_whose_it_is_and_what_it_rests_on():
    note = Block("note", "See somebody.", basis=Basis("Guideline", "Institute", "2020", "2026-01-02"))
    text, _ = lay_out(None, "", [note])
    assert text == "Note by the editor: See somebody. (Guideline, Institute, 2020; read 2026-01-02)"
    unread = replace(note, basis=replace(note.basis, checked="no"))
    assert lay_out(None, "", [unread])[0].endswith("not checked)")


def test_nothing_to_say_is_an_empty_text():
    assert lay_out(None, "", []) == ("", ())


ours = st.builds(Block, kind=st.sampled_from(["lead", "net", "nearby", "refusal", "notice"]), text=NASTY)
quoting = st.builds(
    Block,
    kind=st.sampled_from(sorted(QUOTING)),
    text=NASTY,
    heading=st.sampled_from(["", "Wall angel"]),
    heading_by=st.sampled_from(["article", "editor"]),
    item=st.booleans(),
    citations=st.lists(st.integers(1, 9), max_size=2).map(tuple),
)


@given(st.lists(ours | quoting, max_size=6), st.sampled_from([None, CARD]), st.sampled_from(["", "Now?"]))
def test_every_block_stands_in_the_text_at_its_place_with_its_marks(blocks, card, question):
    text, placed = lay_out(card, question, blocks)
    assert len(placed) == len(blocks)
    for before, block in zip(blocks, placed, strict=True):
        shown = text[block.start : block.end]
        assert before.text in shown
        assert all(f"[{n}]" in shown for n in before.citations)
    places = [(block.start, block.end) for block in placed]
    assert places == sorted(places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_the_text_of_a_real_reply_is_its_card_and_its_blocks(real_index_config):
    for message in (QUESTION, EXERCISE, SOFT_SIGN, RED_FLAG, "who wrote this?"):
        (reply,), _ = talk(ready(real_index_config), message)
        question = reply.question.text if reply.question else ""
        assert lay_out(reply.card, question, reply.blocks) == (reply.text, reply.blocks)


# Cards


def test_a_card_says_what_to_do_before_why_and_what_not_to_do():
    text = card_text(CARD)
    places = [text.index(one) for one in (CARD.title, CARD.do[0], CARD.numbers[0].number, CARD.why, CARD.avoid[0])]
    assert places == sorted(places)


def test_a_card_names_what_it_rests_on_and_that_no_clinician_reviewed_it():
    card = replace(CARD, sources=(CardSource("Back pain", "NHS", "2024"),))
    text = card_text(card)
    assert "Back pain (NHS, 2024)" in text
    assert "clinical review: none" in text


# In a terminal


def test_a_terminal_shows_the_answer_where_it_stands_and_what_to_ask_next(real_index_config):
    (reply,), _ = talk(ready(real_index_config), QUESTION)
    shown = " ".join(terminal(reply).split())
    quoted = [block for block in reply.blocks if block.citations]
    assert all(" ".join(block.text.split()) in shown for block in quoted)
    assert all(one.title in shown for one in reply.citations)
    assert all(one.quality_note in shown for one in reply.sources)
    assert all(one in shown for one in reply.followups)


def test_a_terminal_shows_the_whole_card(real_index_config):
    (reply,), _ = talk(ready(real_index_config), RED_FLAG)
    shown = " ".join(terminal(reply).split())
    card = reply.card
    assert all(one in shown for one in (card.title, *card.do, card.why, *card.avoid, card.numbers[0].number))


def test_a_terminal_is_not_shown_lines_that_are_wider_than_it(real_index_config):
    (reply,), _ = talk(ready(real_index_config), "my back hurts")
    assert max(map(len, terminal(reply).splitlines())) <= 100


# Markdown on the page


def plain_markdown(text):
    """What a Markdown page shows of text without markup: escapes undone, then entities."""
    assert re.fullmatch(r"(?:\\[!-/:-@\[-`{-~]|&(?:amp|lt|gt);|[^\\&<>])*", text, re.DOTALL), text
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(NASTY | st.text())
def test_what_a_user_typed_is_shown_as_typed(message):
    assert plain_markdown(as_typed(message)) == message


@given(NASTY)
def test_nothing_a_user_typed_is_markup(message):
    left = re.sub(r"\\.", "", as_typed(message), flags=re.DOTALL)
    assert not set(left) & set("<>`*_[]()!#\\")


@given(NASTY)
def test_no_text_of_a_reply_makes_a_tag_or_a_link(text):
    shown = web_markdown(reply_with(text))
    assert not set(shown) & set("<>")
    left = re.sub(r"\\\\", "", shown)  # an escaped backslash escapes nothing
    assert not re.search(r"(?<!\\)[\[\]]", left)


def test_the_marks_of_a_reply_are_shown_and_are_no_links(real_index_config):
    (reply,), _ = talk(ready(real_index_config), QUESTION)
    assert "\\[1\\]" in web_markdown(reply)
    assert plain_markdown(web_markdown(reply)).count("[1]") == reply.text.count("[1]")
