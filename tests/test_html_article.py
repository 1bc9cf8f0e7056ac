"""An article as a page: whole but for what is withheld, ours told apart, the quoted words highlighted."""

import re
from dataclasses import replace

import pytest
from fixtures_html import NASTY, Page, squeezed
from hypothesis import given
from hypothesis import strategies as st

from assistant.html.article import article_html, sources_html
from assistant.html.templates import STYLE
from corpus.library import load
from corpus.records import Mend, Note, Span, Withheld
from corpus.sections import parse

REAL = load()
ARTICLES = [pytest.param(one, id=one.source.id) for one in REAL.articles]
OURS = ("mend", "withheld", "note", "ours")
TEXT = """A short title

Lifting is fine. Buy our belt today, it is the best of all belts. Rest now.

1. Sit down.
2. Stand up again.

Q: Is it safe?
A: It is safe.
"""


@pytest.fixture
def small(small_corpus_folder):
    """A small corpus; its article is `corpus.articles[0]`."""
    return load(small_corpus_folder({"belt": TEXT}))


def curated(article, **rest):
    return replace(article, **rest)


def withheld(text, words, reason="promotion"):
    at = text.index(words)
    return Withheld(Span(at, at + len(words)), reason, "Because.")


def marks(article, corpus, start, end):
    return Page(article_html(article, corpus, start, end)).marks


# The real articles


@pytest.mark.parametrize("article", ARTICLES)
def test_every_passage_is_on_the_page(article):
    words = squeezed(Page(article_html(article, REAL), without=OURS).text)
    assert [one.id for one in article.passages if squeezed(one.text) not in words] == []


@pytest.mark.parametrize("article", ARTICLES)
def test_nothing_withheld_is_on_the_page(article):
    """Words that stand elsewhere in the article too, such as "Repeat 5 times", are there as often as they may be."""
    hidden = [one.span for one in article.withheld]
    left = "".join(" " if any(one.start <= at < one.end for one in hidden) else c for at, c in enumerate(article.text))
    words = Page(article_html(article, REAL), without=("note",)).words.replace(squeezed(article.source.title), "")
    for span in hidden:
        whole = squeezed(article.text[span.start : span.end])
        for one in [whole, *re.split(r"(?<=[.!?…]) ", whole)]:
            assert len(one) < 20 or words.count(one) <= squeezed(left).count(one), one


@pytest.mark.parametrize("article", ARTICLES)
def test_whatever_is_withheld_is_said_with_reason_and_length(article):
    found = re.findall(r"\[withheld: (\w+), (\d+) characters\]", Page(article_html(article, REAL)).text)
    hidden = {place for one in article.withheld for place in range(one.span.start, one.span.end)}
    assert sum(int(length) for _, length in found) == len(hidden)
    assert {reason for reason, _ in found} == {one.reason for one in article.withheld}


@pytest.mark.parametrize("article", ARTICLES)
def test_every_passage_can_be_highlighted_and_has_one_place(article):
    for one in article.passages:
        found = marks(article, REAL, one.start, one.end)
        assert [id_ for id_, _ in found] == ["quote"] + [""] * (len(found) - 1)
        said = "".join(text for _, text in found)
        for mend in article.mends:
            said = said.replace(mend.text, "") if one.start < mend.at < one.end else said
        assert squeezed(said) == squeezed(one.text)


@pytest.mark.parametrize("article", ARTICLES)
def test_every_correction_and_note_is_shown_as_ours(article):
    html = article_html(article, REAL)
    shown = re.findall(r'<span class="mend">(.*?)</span>', html)[1:]  # the first explains the look
    cuts = {block.start + len(block.cells[0]) for part in article.sections for block in part.blocks if block.cells}
    assert len(shown) == sum(one.at not in cuts for one in article.mends)
    assert html.count('<aside class="note">') == len(article.notes)


@pytest.mark.parametrize("article", ARTICLES)
def test_a_heading_of_ours_says_so_and_one_of_the_article_does_not(article):
    html = article_html(article, REAL)
    hidden = [one.span for one in article.withheld]
    headings = {one for part in article.sections for one in part.path}
    headings = {one for one in headings if not any(span.overlaps(Span(one.start, one.end)) for span in hidden)}
    assert html.count('<small class="ours">(editor&#39;s heading)</small>') + html.count(
        '<small class="ours">(editor\'s heading)</small>'
    ) == sum(one.by == "editor" for one in headings)
    words = Page(html).words
    assert all(squeezed(one.text) in words for one in headings)


@pytest.mark.parametrize("article", ARTICLES)
def test_the_page_says_what_is_known_of_the_article(article):
    source = article.source
    html = article_html(article, REAL)
    words = Page(html).words
    known = (source.title, source.author, source.about_author, source.publisher, source.date, source.licence)
    known += (source.interest, source.quality_note, str(source.reviewed), f"Clinical review {source.clinical_review}")
    assert all(squeezed(one) in words for one in known)
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert Page(html).tags.count("main") == Page(html).tags.count("h1") == 1


@pytest.mark.parametrize("article", ARTICLES)
def test_a_page_runs_nothing_and_turns_to_no_other_host(article):
    page = Page(article_html(article, REAL))
    assert not {"script", "style", "img", "iframe", "form"} & set(page.tags)
    assert page.all("href") == ["../static/page.css", "../sources"]
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("style", "src")]


def test_lists_and_tables_and_steps_are_what_they_were():
    html = "".join(article_html(one, REAL) for one in REAL.articles)
    assert '<li value="3">' in html
    assert '<th scope="col">Exercise</th>' in html
    assert "<td>Leg Swings</td>" in html
    assert '<p class="answer">' in html


# The highlight


@pytest.mark.parametrize("span", [(0, 0), (-5, 10), (20, 10), (10, 10**9), (10**9, 10**9 + 1), (-9, -3)])
def test_a_place_that_is_none_gives_no_mark(small, span):
    assert marks(small.articles[0], small, *span) == []


def test_words_that_are_withheld_are_never_marked(small):
    article = small.articles[0]
    hidden = withheld(article.text, "Buy our belt today, it is the best of all belts.")
    article = curated(article, withheld=(hidden,))
    assert marks(article, small, hidden.span.start, hidden.span.end) == []
    assert marks(article, small, hidden.span.start + 3, hidden.span.end - 3) == []


def test_a_quote_across_something_withheld_is_marked_on_both_sides(small):
    article = small.articles[0]
    article = curated(article, withheld=(withheld(TEXT, "Buy our belt today, it is the best of all belts."),))
    start, end = TEXT.index("Lifting"), TEXT.index("Rest now.") + 9
    assert marks(article, small, start, end) == [("quote", "Lifting is fine. "), ("", " Rest now.")]


def test_a_quote_across_paragraphs_has_one_place(small):
    found = marks(small.articles[0], small, TEXT.index("Rest now"), TEXT.index("up again"))
    assert found == [("quote", "Rest now."), ("", "Sit down."), ("", "Stand ")]


@given(
    st.integers(-10, 200),
    st.integers(-10, 200),
    st.lists(st.tuples(st.integers(0, 150), st.integers(1, 60)), max_size=4),
)
def test_wherever_something_is_withheld_or_marked_the_rest_is_there_once(start, end, gaps):
    article = replace(REAL.articles[0], text=TEXT, mends=(), notes=(), passages=(), exercises=())
    article = replace(
        article,
        sections=parse(TEXT),
        withheld=tuple(Withheld(Span(at, at + length), "promotion", "") for at, length in gaps),
    )
    page = Page(article_html(article, REAL, start, end), without=("withheld",))
    blocks = [block for section in article.sections for block in section.blocks]
    hidden = {place for at, length in gaps for place in range(at, at + length)}
    left = "".join(TEXT[at] for one in blocks for at in range(one.start, one.end) if at not in hidden)
    body = "".join(page.text.partition("are ours.")[2].split())
    for heading in ("A short title", "Is it safe?"):
        body = body.replace("".join(heading.split()), "", 1)
    assert body == "".join(left.split())
    assert [id_ for id_, _ in page.marks] == ["quote"] * bool(page.marks) + [""] * (len(page.marks) - 1)


# Ours and theirs


def test_a_correction_at_either_end_is_not_part_of_the_mark(small):
    start, end = TEXT.index("Rest now."), TEXT.index("Rest now.") + 9
    mends = (Mend(start, "[So ]"), Mend(start + 4, "[ right]"), Mend(end, "[!]"))
    html = article_html(curated(small.articles[0], mends=mends), small, start, end)
    assert Page(html).marks == [("quote", "Rest[ right] now.")]
    assert '<span class="mend">[So ]</span><mark id="quote">' in html


def test_a_note_stands_below_what_it_is_about_with_what_it_rests_on(small):
    note = Note(Span(TEXT.index("Sit"), TEXT.index("again")), "Take care.", "A guide", "An institute", "2020", "no")
    words = Page(article_html(curated(small.articles[0], notes=(note,)), small)).words
    said = "Note by the editor: Take care. (A guide, An institute, 2020; not checked)"
    assert f"Stand up again. {said} Is it safe?" in words


def test_a_list_of_which_nothing_is_left_leaves_no_empty_list(small):
    gone = withheld(TEXT, TEXT[TEXT.index("Rest now.") : TEXT.index("Q: ")])
    html = article_html(curated(small.articles[0], withheld=(gone,)), small)
    assert "<ol>" not in html
    assert html.count('class="withheld"') == 1


def test_a_heading_that_is_withheld_is_not_shown(small):
    article = curated(small.articles[0], withheld=(withheld(TEXT, "Is it safe?"),))
    assert "Is it safe?" not in article_html(article, small)


@given(NASTY, NASTY, NASTY)
def test_no_words_of_an_article_or_of_its_facts_become_markup(words, fact, url):
    article = REAL.articles[0]
    text = f"Begin. {words} end."
    article = replace(
        article,
        text=text,
        source=replace(article.source, title=fact, author=fact, interest=fact, url=url),
        sections=parse(text),
        mends=(Mend(3, f"[{fact}]"),),
        notes=(Note(Span(0, 3), fact, fact, fact, fact, fact),),
        withheld=(),
    )
    page = Page(article_html(article, REAL, 0, 5))
    allowed = {"html", "head", "meta", "title", "link", "body", "main", "p", "a", "h1", "dl", "dt", "dd", "span"}
    allowed |= {"article", "h2", "h3", "h4", "h5", "h6", "small", "ol", "ul", "li", "mark", "aside"}
    assert set(page.tags) <= allowed
    assert page.all("href") == ["../static/page.css", "../sources"]


@pytest.mark.parametrize(("url", "live"), [("https://a.example/b", True), ("javascript:alert(1)", False), ("", False)])
def test_only_an_address_of_the_web_becomes_a_link_to_the_original(small, url, live):
    article = curated(small.articles[0], source=replace(small.articles[0].source, url=url))
    page = Page(article_html(article, small))
    assert (url in page.all("href")) == live
    assert page.all("rel") == ["stylesheet", *(["noopener noreferrer"] if live else [])]


# The list


def test_the_list_names_every_source_and_leads_to_its_page():
    page = Page(sources_html(REAL))
    assert all(squeezed(one.title) in page.words for one in REAL.sources)
    assert page.all("href") == ["static/page.css", *(f"sources/{one.source.id}" for one in REAL.articles)]


@pytest.mark.parametrize(("state", "said"), [("draft", "not reviewed yet"), ("withdrawn", "withdrawn")])
def test_a_source_that_is_not_quoted_is_named_without_a_page(small_corpus_folder, state, said):
    corpus = load(small_corpus_folder({"belt": TEXT, "neck": TEXT}, sources={"neck": {"state": state}}))
    page = Page(sources_html(corpus))
    assert "sources/neck" not in page.all("href")
    assert f"Neck Not quoted: {said}." in page.words


# The look


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_words_stand_out_from_their_ground_in_light_and_in_dark():
    style = STYLE.read_text(encoding="utf-8")
    schemes = [dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in re.findall(r":root \{(.*?)\}", style, re.S)]
    assert len(schemes) == 2
    for colours in schemes:
        for ink in ("ink", "quiet", "link", "withheld"):
            assert contrast(colours[ink], colours["paper"]) >= 4.5, ink
        assert contrast(colours["mark-ink"], colours["mark"]) >= 7
        for ground in ("calm-paper", "alarm-paper", "ours"):
            assert contrast(colours["ink"], colours[ground]) >= 7
            assert contrast(colours["link"], colours[ground]) >= 4.5


def test_the_style_asks_no_other_host():
    style = STYLE.read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|//", style)
