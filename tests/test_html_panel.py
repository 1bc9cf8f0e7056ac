"""The sources of a reply: each quote in its paragraph, each mark with one place to lead to, and nobody's markup."""

from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, SOFT_SIGN, ready, talk
from fixtures_html import NASTY, Page, citation, reply_with, source, squeezed
from hypothesis import given
from hypothesis import strategies as st

from assistant.html.panel import panel_html
from assistant.reply import Block

MESSAGES = (QUESTION, EXERCISE, SOFT_SIGN, "Is heat or ice better for a sore back?", "which stretches help my back?")


def panel(*citations, **rest):
    return panel_html(reply_with(citations=citations, sources=(source(),), **rest))


def in_paragraph(n, context, quote, start=100):
    at = start + context.index(quote)
    end = start + len(context)
    return replace(
        citation(n, quote), start=at, end=at + len(quote), context=context, context_start=start, context_end=end
    )


def ids(html):
    return Page(html).all("id")


@pytest.mark.parametrize("message", MESSAGES)
def test_every_mark_of_a_real_reply_has_exactly_one_place(real_index_config, message):
    (reply,), _ = talk(ready(real_index_config), message)
    html = panel_html(reply)
    assert sorted(ids(html)) == sorted(f"src-{reply.turn}-{one.n}" for one in reply.citations)
    marked = [text for _, text in Page(html).marks]
    assert sorted(marked) == sorted(one.quote for one in reply.citations)


@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_known_of_an_article_is_told_once(real_index_config, message):
    (reply,), _ = talk(ready(real_index_config), message)
    words = Page(panel_html(reply)).words
    for one in reply.sources:
        assert words.count(one.quality_note) == 1
        assert one.interest in words
        assert ("author unknown" if one.author == "unknown" else f"by {one.author}") in words


def test_a_reply_without_quotes_has_no_panel(real_index_config):
    (reply,), _ = talk(ready(real_index_config), RED_FLAG)
    assert panel_html(reply) == ""


def test_the_turn_is_part_of_every_place():
    reply = replace(reply_with(citations=(citation(2),), sources=(source(),)), turn=3)
    assert ids(panel_html(reply)) == ["src-3-2"]


def test_a_quote_stands_in_its_paragraph():
    page = Page(panel(in_paragraph(1, "First this. Keep moving. Then that.", "Keep moving.")))
    assert "First this. [1] Keep moving. Then that." in page.words
    assert page.marks == [("", "Keep moving.")]


def test_quotes_of_one_paragraph_share_it():
    context = "First this. Keep moving. Then that."
    html = panel(in_paragraph(1, context, "Keep moving."), in_paragraph(2, context, "First this."))
    page = Page(html)
    assert page.marks == [("src-0-2", "First this."), ("src-0-1", "Keep moving.")]
    assert page.tags.count("blockquote") == 1
    assert "[2] First this. [1] Keep moving. Then that." in page.words


def test_quotes_that_share_words_are_printed_apart():
    context = "First this. Keep moving."
    html = panel(in_paragraph(1, context, "First this. Keep"), in_paragraph(2, context, "Keep moving."))
    assert ids(html) == ["src-0-1", "src-0-2"]
    assert Page(html).tags.count("blockquote") == 2


def withholding(at_start, quote="Keep moving."):
    """A paragraph with something withheld before or after the quote, as an assistant shows it."""
    hidden = "[withheld: promotion, 40 characters]"
    if at_start:
        return replace(
            citation(quote=quote), context=f"{hidden} {quote}", context_start=0, context_end=53, start=41, end=53
        )
    return replace(citation(quote=quote), context=f"{quote} {hidden}", context_start=0, context_end=53, start=0, end=12)


@pytest.mark.parametrize("at_start", [True, False])
def test_what_is_withheld_in_the_paragraph_does_not_move_the_mark(at_start):
    page = Page(panel(withholding(at_start)))
    assert [text for _, text in page.marks] == ["Keep moving."]
    assert "[withheld: promotion, 40 characters]" in page.words


def test_the_same_words_earlier_in_the_paragraph_are_not_marked_instead():
    hidden = "[withheld: promotion, 40 characters]"
    one = replace(citation(quote="Rest."), context=f"Rest. {hidden} Rest.", context_start=0, start=47, end=52)
    assert Page(panel(one)).words.count(f"Rest. {hidden} [1] Rest.") == 1


def test_a_paragraph_that_lacks_the_quote_is_not_shown():
    page = Page(panel(replace(citation(), context="Something else.")))
    assert "Something else" not in page.text
    assert [text for _, text in page.marks] == ["Keep moving."]


def test_a_mended_quote_is_said_to_be_as_printed():
    blocks = (Block("statement", "Keep [on] moving.", citations=(1,)), Block("statement", "Sit [1].", citations=(2,)))
    html = panel(citation(), citation(2, "Sit [1]."), blocks=blocks)
    assert "[1] stands here as printed" in Page(html).words
    assert "[2] stands here as printed" not in Page(html).words


def test_each_quote_leads_to_its_place_in_the_article():
    html = panel_html(reply_with(citations=(citation(),), sources=(source(),)), "/app")
    assert Page(html).all("href") == ["/app/sources/back?from=10&to=22#quote"]
    assert "open the article" in Page(html).text


def test_an_author_and_a_date_that_nobody_knows_are_called_unknown():
    assert "author unknown, date unknown" in Page(panel(citation())).text


def test_an_article_quoted_again_further_down_is_not_described_again():
    other = replace(citation(2), source_id="neck")
    reply = reply_with(
        citations=(citation(1), other, citation(3)),
        sources=(source(quality_note="A blog."), source(id="neck", quality_note="A book.")),
    )
    words = Page(panel_html(reply)).words
    assert words.count("A blog.") == 1
    assert words.count("This article is described above.") == 1


def test_eleven_quotes_under_one_heading_say_the_heading_once():
    items = [replace(citation(n, f"Step {n}."), start=n * 10, context_start=n * 10) for n in range(1, 12)]
    html = panel(*items)
    assert len(ids(html)) == len(set(ids(html))) == 11
    assert Page(html).words.count("What helps") == 1


@given(
    words=st.lists(NASTY, min_size=6, max_size=6),
    turn=st.integers(0, 99),
    places=st.lists(st.integers(0, 50), min_size=4),
)
def test_no_words_of_an_article_or_its_author_become_markup(words, turn, places):
    quote, title, section, author, note, context = words
    cited = replace(
        citation(quote=quote, section=section),
        context=context,
        start=places[0],
        end=places[1],
        context_start=places[2],
        context_end=places[3],
    )
    again = replace(cited, n=2)
    reply = reply_with(citations=(cited, again), sources=(source(title=title, author=author, quality_note=note),))
    page = Page(panel_html(replace(reply, turn=turn)))
    assert set(page.tags) <= {"section", "h2", "h3", "h4", "ol", "li", "blockquote", "p", "b", "mark", "a"}
    assert {name for name, _ in page.attributes} <= {"class", "id", "href", "rel", "target"}
    assert sorted(page.all("id")) == [f"src-{turn}-1", f"src-{turn}-2"]
    assert all(one.startswith("/sources/back?from=") for one in page.all("href"))
    assert all(squeezed(one) in page.words for one in (quote, title, section, author, note) if one != "unknown")
