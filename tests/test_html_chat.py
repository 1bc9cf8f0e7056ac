"""The chat's text: marks that lead to the sources, what is ours told apart, and nobody else's markup or link."""

import re
from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, SOFT_SIGN, ready, talk
from fixtures_html import NASTY, Page, citation, laid_out, reply_with, squeezed
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.html.chat import CLASSES, chat_markdown
from assistant.html.panel import panel_html
from assistant.reply import QUOTING, Basis, Block
from assistant.triage.gate import fallback_card

CARD = fallback_card()
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TAGS = {"p", "strong", "em", "ol", "ul", "li", "hr", "br", "span", "a", "pre", "code"}
BARE_ADDRESS = re.compile(r"(?<!\\)(?:[a-z]://|www\.|@)", re.IGNORECASE)


def shown(reply):
    return Page(MARKDOWN.render(chat_markdown(reply)))


def assert_safe(reply):
    markdown = chat_markdown(reply)
    page = Page(MARKDOWN.render(markdown))
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= {"class", "href", "start"}
    assert set(page.all("class")) <= CLASSES
    known = {f"#src-{reply.turn}-{one.n}" for one in reply.citations}
    assert set(page.all("href")) <= known
    assert not BARE_ADDRESS.search(markdown)


# Marks


@pytest.mark.parametrize("message", [QUESTION, EXERCISE, SOFT_SIGN, "which stretches help my back?"])
def test_every_mark_of_a_real_reply_leads_to_its_source(real_index_config, message):
    (reply,), _ = talk(ready(real_index_config), message)
    assert_safe(reply)
    links = shown(reply).all("href")
    assert links == [f"#src-{reply.turn}-{n}" for block in reply.blocks for n in block.citations]
    assert {one.removeprefix("#") for one in links} == set(Page(panel_html(reply)).all("id"))


def test_a_mark_names_its_turn():
    reply = laid_out([Block("statement", "Rest.", citations=(1,))], citations=(citation(quote="Rest."),))
    assert chat_markdown(replace(reply, turn=3)) == "Rest. [\\[1\\]](#src-3-1)"


def test_a_mark_that_an_article_or_a_user_wrote_is_no_link():
    blocks = [
        Block("statement", "Rest [1] as shown [2].", citations=(1,)),
        Block("nearby", "No article mentions “foo [1]”."),
        Block("notice", "[1](#src-0-1)"),
    ]
    reply = laid_out(blocks, citations=(citation(quote="Rest [1] as shown [2]."),))
    page = shown(reply)
    assert page.all("href") == ["#src-0-1"]
    assert "Rest [1] as shown [2]. [1]" in page.words


def test_a_mark_without_a_source_is_no_link():
    assert shown(laid_out([Block("statement", "Rest.", citations=(1,))])).all("href") == []


def test_an_empty_entry_of_a_list_makes_no_heading_of_the_one_before():
    empty = Block("statement", "", citations=(1,), item=True)
    for text in ("", "\n", "\nRest."):
        reply = laid_out([empty, replace(empty, text=text)], citations=(citation(quote=""),))
        assert_safe(reply)


# What is ours


def test_what_the_editor_put_into_a_quote_looks_different():
    block = Block("statement", "Hold[ (keep)] your [own] head.", citations=(1,))
    html = MARKDOWN.render(chat_markdown(laid_out([block], citations=(citation(quote="Hold your [own] head."),))))
    assert '<span class="mend">[ (keep)]</span>' in html
    assert "your [own] head" in html


def test_an_editors_heading_and_note_look_different():
    note = Block("note", "See *somebody*.", basis=Basis("Guideline", "Institute", "2020", "no"))
    ours = Block("step", "Sit.", heading="Chin tuck", heading_by="editor", citations=(1,))
    html = MARKDOWN.render(chat_markdown(laid_out([ours, note], citations=(citation(quote="Sit."),))))
    assert '<strong>Chin tuck</strong> <span class="ours">(editor\'s heading)</span>' in html
    whole = "Note by the editor: See *somebody*. (Guideline, Institute, 2020; not checked)"
    assert f'<span class="note">{whole}</span>' in html


def test_a_real_correction_looks_different(real_index_config):
    (reply,), _ = talk(ready(real_index_config), "how do I do the chair rotation?")
    assert '<span class="mend">' in chat_markdown(reply)


def test_lists_and_emphasis_of_ours_stay():
    blocks = [Block("step", "Sit.", citations=(1,)), Block("step", "Turn.", citations=(1,)), Block("net", "Take care.")]
    page = shown(laid_out(blocks, card=CARD, question="Is it happening now?", citations=(citation(),)))
    assert {"ol", "ul", "li", "strong", "em"} <= set(page.tags)


def test_the_card_is_whole_in_the_chat(real_index_config):
    (reply,), _ = talk(ready(real_index_config), RED_FLAG)
    words = shown(reply).words
    card = reply.card
    assert all(squeezed(one) in words for one in (card.title, *card.do, card.why, *card.avoid, card.numbers[0].number))


# Whatever the texts hold

texts = NASTY | st.text(max_size=40) | st.sampled_from(["https://evil.example", "www.evil.example", "a@evil.example"])
blocks = st.builds(
    Block,
    kind=st.sampled_from(["lead", "net", "nearby", "refusal", "notice", "note", *sorted(QUOTING)]),
    text=texts,
    heading=st.just("") | texts,
    heading_by=st.sampled_from(["article", "editor"]),
    basis=st.none() | st.builds(Basis, texts, texts, texts, texts),
    item=st.booleans(),
    citations=st.lists(st.integers(1, 4), max_size=2).map(tuple),
)
cards = st.none() | st.builds(
    lambda title, do, why: replace(CARD, title=title, do=(do,), why=why), title=texts, do=texts, why=texts
)
citations = st.lists(texts, max_size=3).map(lambda quotes: tuple(citation(n + 1, one) for n, one in enumerate(quotes)))


@given(st.lists(blocks, max_size=5), cards, texts, citations, st.integers(0, 9))
def test_no_text_of_a_reply_makes_a_tag_or_a_link(blocks, card, question, citations, turn):
    assert_safe(replace(laid_out(blocks, card, question, citations=citations), turn=turn))


@given(texts, st.lists(blocks, max_size=4), st.lists(st.integers(-5, 60), min_size=8, max_size=8), citations)
def test_blocks_that_are_not_where_they_say_make_none_either(text, blocks, places, citations):
    placed = [
        replace(one, start=start, end=end) for one, start, end in zip(blocks, places[::2], places[1::2], strict=False)
    ]
    assert_safe(reply_with(text, blocks=tuple(placed), citations=citations))


@pytest.mark.parametrize("text", ["WWW.evil.example", "https://evil.example"])
@pytest.mark.parametrize("cut", [3, 5, 6, 7])
def test_an_address_cut_by_the_place_of_a_block_is_no_link(text, cut):
    assert_safe(reply_with(text, blocks=(replace(Block("lead", text[cut:]), start=cut, end=len(text)),)))


@given(
    st.lists(
        st.sampled_from(["<", "&", "*", "_", "[", "]", "(", "`", "~", "|", "#", "-", "1.", "\\", "$", "word", " "])
    )
)
def test_words_of_an_article_are_shown_as_they_are(pieces):
    text = f"a{''.join(pieces)}b"
    reply = laid_out([Block("statement", text, citations=(1,))], citations=(citation(quote=text),))
    assert squeezed(f"{text} [1]") == shown(reply).words


@pytest.mark.parametrize("text", ["<b>\n- ", "words\n-", "words\n1. ", "words\n****"])
def test_a_mark_without_words_makes_nothing_of_the_line_before(text):
    assert_safe(reply_with(text))


def test_half_a_character_is_shown_as_a_question_mark():
    assert chat_markdown(reply_with("a \ud800 b")) == "a ? b"


def test_nothing_to_say_is_an_empty_text():
    assert chat_markdown(reply_with("")) == ""
