"""Faults of the citations: marks, offsets, words, titles, and what stands around a quote."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from assistant import cite
from assistant.reply import Block, Citation
from corpus.records import Article
from evals.mutations.mutation import Function, breaks


def _marked(numbered: Function, marks: Callable[[int, tuple[int, ...], int], tuple[int, ...]]) -> Function:
    """The blocks of a reply with other marks: (place of the block, its marks, how many citations) -> its marks."""

    def marking(*all_: Any) -> tuple[tuple[Block, ...], tuple[Citation, ...]]:
        blocks, citations = numbered(*all_)
        count = len(citations)
        changed = [
            replace(block, citations=marks(place, block.citations, count)) if block.citations else block
            for place, block in enumerate(blocks)
        ]
        return tuple(changed), citations

    return marking


def _cited(citation: Function, change: Callable[[Citation, Article], Citation]) -> Function:
    """Every citation of a reply changed."""
    return lambda n, quote, article: change(citation(n, quote, article), article)


@breaks(cite, "numbered")
def marks_dropped(numbered: Function) -> Function:
    """Statements have no marks."""
    return _marked(numbered, lambda place, marks, count: ())


@breaks(cite, "numbered")
def later_marks_dropped(numbered: Function) -> Function:
    """Only the first block of an answer has its mark."""
    return _marked(numbered, lambda place, marks, count: marks if place == 0 or 1 in marks else ())


@breaks(cite, "numbered")
def marks_shifted(numbered: Function) -> Function:
    """Each mark points to the citation after its own."""
    return _marked(numbered, lambda place, marks, count: tuple(n % count + 1 for n in marks))


@breaks(cite, "numbered")
def two_marks_swapped(numbered: Function) -> Function:
    """The first two marks of an answer are swapped."""
    swapped = {1: 2, 2: 1}
    return _marked(
        numbered, lambda place, marks, count: tuple(swapped.get(n, n) for n in marks) if count > 1 else marks
    )


@breaks(cite, "numbered")
def every_mark_on_every_statement(numbered: Function) -> Function:
    """Each statement carries the marks of the whole answer."""
    return _marked(numbered, lambda place, marks, count: tuple(range(1, count + 1)))


@breaks(cite, "numbered")
def last_citation_lost(numbered: Function) -> Function:
    """The last mark of an answer points to a citation that is not there."""

    def losing(*all_: Any) -> tuple[tuple[Block, ...], tuple[Citation, ...]]:
        blocks, citations = numbered(*all_)
        return blocks, citations[:-1]

    return losing


@breaks(cite, "citation")
def quotes_one_character_short(citation: Function) -> Function:
    """A quote lacks its last character; its offsets are right."""
    return _cited(citation, lambda one, article: replace(one, quote=one.quote[:-1]))


@breaks(cite, "citation")
def spans_one_character_long(citation: Function) -> Function:
    """A span ends one character late, and so does the quote."""
    return _cited(citation, lambda one, article: _moved(one, article, one.start, one.end + 1))


@breaks(cite, "citation")
def spans_one_character_late(citation: Function) -> Function:
    """A span begins and ends one character late, and so does the quote."""
    return _cited(citation, lambda one, article: _moved(one, article, one.start + 1, one.end + 1))


@breaks(cite, "citation")
def spans_counted_in_bytes(citation: Function) -> Function:
    """Offsets count bytes, not characters."""

    def in_bytes(one: Citation, article: Article) -> Citation:
        start, end = (len(article.text[:place].encode()) for place in (one.start, one.end))
        return replace(one, start=start, end=end)

    return _cited(citation, in_bytes)


@breaks(cite, "citation")
def white_space_of_quotes_tidied(citation: Function) -> Function:
    """Line breaks in a quote become spaces, and typographic apostrophes straight ones."""
    return _cited(citation, lambda one, article: replace(one, quote=" ".join(one.quote.replace("’", "'").split())))


@breaks(cite, "citation")
def sections_cited_whole(citation: Function) -> Function:
    """A citation gives the paragraph around the quote in place of the quote."""
    return _cited(citation, lambda one, article: _moved(one, article, one.context_start, one.context_end))


@breaks(cite, "citation")
def titles_mixed_up(citation: Function) -> Function:
    """A citation names another article than the one that it quotes."""
    return _cited(citation, lambda one, article: replace(one, title=f"{article.source.publisher}: {one.section}"))


@breaks(cite, "citation")
def digests_missing(citation: Function) -> Function:
    """A citation says nothing about which version of the article it quotes."""
    return _cited(citation, lambda one, article: replace(one, source_sha256="0" * 64))


@breaks(cite, "shown_text")
def withheld_words_shown_around_a_quote(_: Function) -> Function:
    """What is withheld is shown in the paragraph around a quote."""
    return lambda article, start, end: article.text[start:end]


@breaks(cite, "source_lines")
def sources_left_out(source_lines: Function) -> Function:
    """Only the first of the cited articles is named among the sources."""
    return lambda citations, corpus: source_lines(citations, corpus)[:1]


def _moved(one: Citation, article: Article, start: int, end: int) -> Citation:
    return replace(one, start=start, end=end, quote=article.text[start:end])
