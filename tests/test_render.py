"""A reply as Markdown, in a terminal and on a page: everything is shown, and nobody's markup gets through."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, SOFT_SIGN, ready, talk
from hypothesis import given
from hypothesis import strategies as st

from assistant.render import as_typed, card_text, lay_out, terminal, web_markdown
from assistant.render_html import card_html, sources_html
from assistant.reply import QUOTING, Basis, Block, Citation, Reply, SourceLine
from assistant.triage.gate import fallback_card
from assistant.triage.records import Card, CardSource, Number

PIECES = [
    "<b>",
    "</p>",
    "<img src=x onerror=a()>",
    "<!--",
    "<script>",
    "&lt;",
    "&#60;",
    "&",
    "<",
    ">",
    '"',
    "'",
    "`",
    "é",
]
PIECES += [
    "[a](http://b.c)",
    "![a](b)",
    "**",
    "_",
    "[1]",
    "[",
    "]",
    "(",
    "\\",
    "\\[",
    "\n",
    "\n\n",
    "# ",
    "- ",
    "1. ",
    "|",
    "a ",
    "b",
]
NASTY = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
CARD = fallback_card()


def reply_with(text="", card=None, blocks=(), citations=(), sources=(), followups=()):
    return Reply(
        outcome="answered",
        reason="ok",
        mode="none",
        tier="none",
        flags=(),
        card=card,
        question=None,
        text=text,
        blocks=blocks,
        citations=citations,
        sources=sources,
        followups=followups,
        conversation_id="c",
        turn=0,
        index_version="",
        seconds=0.0,
    )


class Page(HTMLParser):
    """The tags and the text of a piece of HTML, as a browser would take it."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


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


@pytest.mark.parametrize(
    ("tier", "role"), [("emergency", "alert"), ("urgent", "alert"), ("see_clinician", "status"), ("none", "status")]
)
def test_only_an_urgent_card_is_announced_at_once(tier, role):
    assert ("role", role) in Page(card_html(replace(CARD, tier=tier))).attributes


def test_without_a_card_the_page_shows_none():
    assert card_html(None) == ""


@given(words=st.lists(NASTY, min_size=6, max_size=6))
def test_no_words_of_a_card_become_markup(words):
    title, do, label, why, avoid, source = words
    card = Card(
        id="x",
        tier="urgent",
        title=title,
        do=(do,),
        numbers=(Number(label, label),),
        why=why,
        avoid=(avoid,),
        sources=(CardSource(source, source, "2020"),),
        reviewed="2026-01-01",
        clinical_review="none",
    )
    page = Page(card_html(card))
    allowed = {"section", "h2", "ul", "li", "strong", "p", "small"}
    assert set(page.tags) <= allowed
    assert {name for name, _ in page.attributes} == {"class", "role"}
    assert all(one in page.text for one in words)


# Quotes and sources


def citation(n=1, quote="Keep moving.", title="Sore backs", section="What helps"):
    return Citation(n, "back", title, section, quote, 10, 22, 10, 22, quote, "0" * 64)


def source(**facts):
    usual = {"id": "back", "title": "Sore backs", "interest": "", "quality_note": "", "url": ""}
    unknown = dict.fromkeys(("author", "about_author", "publisher", "date"), "unknown")
    return SourceLine(**(usual | unknown | facts))


@given(words=st.lists(NASTY, min_size=5, max_size=5))
def test_no_words_of_an_article_or_its_author_become_markup(words):
    quote, title, section, author, note = words
    cited = citation(quote=quote, title=title, section=section)
    reply = reply_with(citations=(cited,), sources=(source(author=author, quality_note=note),))
    page = Page(sources_html(reply))
    assert set(page.tags) <= {"details", "summary", "blockquote", "br", "small", "p"}
    assert page.attributes == []
    assert all(one in page.text for one in words if one != "unknown")


def test_the_page_shows_each_quote_with_its_article():
    html = sources_html(reply_with(citations=(citation(), citation(2, "Lift with care.")), sources=(source(),)))
    assert html.count("<details>") == 2
    assert "[2] Sore backs" in Page(html).text


def test_an_author_and_a_date_that_nobody_knows_are_called_unknown():
    page = Page(sources_html(reply_with(citations=(citation(),), sources=(source(),))))
    assert "author unknown, date unknown" in page.text


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
