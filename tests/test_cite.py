"""Quotes are numbered in order of first use, and say where they stand."""

import pytest

from assistant.cite import numbered, shown_text, source_line, source_lines
from assistant.reply import Block, Quote
from corpus.library import load

NECK = """Stiff necks

How to stretch

Hold the stretch for 30 seconds. Buy our pillow. Then rest for a day.

Do these in order:

1. Sit down slowly.
2. Turn your head.
"""
OVERLAY = """
[[level]]
level = 2
lines = ["How to stretch"]

[[withhold]]
quote = "Buy our pillow."
reason = "promotion"
why = "Sells something."
"""
BACK = "Sore backs\n\nKeep moving. Lift with care.\n"


@pytest.fixture
def corpus(small_corpus_folder):
    facts = {"author": "A. Writer", "url": "https://example.org/back"}
    return load(small_corpus_folder({"neck": NECK, "back": BACK}, overlays={"neck": OVERLAY}, sources={"back": facts}))


def quoted(*words, article=NECK, source="neck", kind="statement"):
    quotes = tuple(Quote(source, article.index(one), article.index(one) + len(one)) for one in words)
    return Block(kind, words[0], quotes)


def test_quotes_are_numbered_as_they_are_first_used(corpus):
    blocks = [quoted("Keep moving.", article=BACK, source="back"), quoted("Then rest for a day."), quoted("Sit down")]
    cited, citations = numbered(blocks, corpus)
    assert [block.citations for block in cited] == [(1,), (2,), (3,)]
    assert [(one.n, one.quote) for one in citations] == [
        (1, "Keep moving."),
        (2, "Then rest for a day."),
        (3, "Sit down"),
    ]


def test_a_quote_used_twice_keeps_its_number(corpus):
    rest = quoted("Then rest for a day.")
    cited, citations = numbered([rest, quoted("Sit down"), rest], corpus)
    assert [block.citations for block in cited] == [(1,), (2,), (1,)]
    assert len(citations) == 2


def test_a_statement_with_two_quotes_has_two_marks(corpus):
    cited, _ = numbered([quoted("Then rest for a day.", "Sit down")], corpus)
    assert cited[0].citations == (1, 2)


def test_our_own_lines_get_no_mark_and_stay_where_they_are(corpus):
    cited, citations = numbered([Block("lead", "It says:"), quoted("Sit down"), Block("net", "Get help.")], corpus)
    assert [(block.kind, block.citations) for block in cited] == [("lead", ()), ("statement", (1,)), ("net", ())]
    assert len(citations) == 1


def test_nothing_quoted_gives_no_citation(corpus):
    assert numbered([], corpus) == ((), ())


def test_a_citation_says_where_its_words_stand_in_the_article_as_received(corpus):
    _, (citation,) = numbered([quoted("Then rest for a day.")], corpus)
    source = corpus.by_source["neck"].source
    assert NECK[citation.start : citation.end] == citation.quote == "Then rest for a day."
    assert citation.source_sha256 == source.sha256
    assert (citation.source_id, citation.title) == ("neck", source.title)
    assert citation.section.endswith("How to stretch")


def test_the_context_is_the_paragraph_with_what_is_withheld_left_out(corpus):
    _, (citation,) = numbered([quoted("Then rest for a day.")], corpus)
    assert "Hold the stretch for 30 seconds." in citation.context
    assert "pillow" not in citation.context
    assert "[withheld: promotion, 15 characters]" in citation.context
    assert citation.context_start <= citation.start < citation.end <= citation.context_end


def test_the_line_above_a_list_knows_its_section(corpus):
    _, (citation,) = numbered([quoted("Do these in order:")], corpus)
    assert citation.section.endswith("How to stretch")


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("Hold", "Then", "Hold the stretch for 30 seconds. [withheld: promotion, 15 characters] "),
        ("our pillow", "Then", "[withheld: promotion, 11 characters] "),
        ("Buy", "our pillow", "[withheld: promotion, 4 characters]"),
        ("Then rest", "for a day", "Then rest "),
    ],
)
def test_a_range_shows_what_may_be_read_and_the_length_of_what_may_not(corpus, start, end, shown):
    assert shown_text(corpus.by_source["neck"], NECK.index(start), NECK.index(end)) == shown


def test_each_article_is_listed_once_in_order_of_first_use(corpus):
    blocks = [
        quoted("Sit down"),
        quoted("Keep moving.", article=BACK, source="back"),
        quoted("Turn your head."),
        quoted("Lift with care.", article=BACK, source="back"),
    ]
    _, citations = numbered(blocks, corpus)
    assert [source.id for source in source_lines(citations, corpus)] == ["neck", "back"]


def test_what_is_not_known_of_a_source_is_the_word_unknown(corpus):
    neck, back = (source_line(corpus.by_source[one].source) for one in ("neck", "back"))
    assert (neck.author, neck.date, neck.publisher) == ("unknown", "unknown", "unknown")
    assert neck.as_json()["url"] is None
    assert (back.author, back.as_json()["url"]) == ("A. Writer", "https://example.org/back")
