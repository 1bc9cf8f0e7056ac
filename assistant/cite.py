"""Number the quotes of an answer and say where each comes from."""

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.reply import Block, Citation, Quote, SourceLine
from corpus.library import Corpus
from corpus.records import Article, Source, Span

_PLACEHOLDER = re.compile(r"\[withheld: [^\[\]\n]*, (?P<length>\d{1,7}) characters\]")


def numbered(blocks: Iterable[Block], corpus: Corpus) -> tuple[tuple[Block, ...], tuple[Citation, ...]]:
    """The blocks with the numbers of their quotes, in order of first use, and the citations they point to."""
    numbers: dict[Quote, int] = {}
    cited = []
    for block in blocks:
        for quote in block.quotes:
            numbers.setdefault(quote, len(numbers) + 1)
        cited.append(replace(block, citations=tuple(numbers[quote] for quote in block.quotes)))
    citations = tuple(citation(n, quote, corpus.by_source[quote.source_id]) for quote, n in numbers.items())
    return tuple(cited), citations


def source_lines(citations: Iterable[Citation], corpus: Corpus) -> tuple[SourceLine, ...]:
    """One entry for each article cited, in order of first use."""
    ids = dict.fromkeys(citation.source_id for citation in citations)
    return tuple(source_line(corpus.by_source[one].source) for one in ids)


def source_line(source: Source) -> SourceLine:
    return SourceLine(
        id=source.id,
        title=source.title,
        author=source.author,
        about_author=source.about_author,
        publisher=source.publisher,
        date=source.date,
        interest=source.interest,
        quality_note=source.quality_note,
        url=source.url,
    )


def citation(n: int, quote: Quote, article: Article) -> Citation:
    start, end = _paragraph(article, quote)
    return Citation(
        n=n,
        source_id=article.source.id,
        title=article.source.title,
        section=section_of(article, quote),
        quote=article.text[quote.start : quote.end],
        start=quote.start,
        end=quote.end,
        context_start=start,
        context_end=end,
        context=shown_text(article, start, end),
        source_sha256=article.source.sha256,
    )


def section_of(article: Article, quote: Quote) -> str:
    """The headings above a quote, "" where there are none."""
    passage = next((one for one in article.passages if one.start <= quote.start < one.end), None)
    if passage is None:  # the line that introduces a list
        passage = next((one for one in article.passages if one.lead and one.lead.start == quote.start), None)
    return passage.heading if passage else ""


def _paragraph(article: Article, quote: Quote) -> tuple[int, int]:
    """The block of the article around a quote."""
    for section in article.sections:
        for block in section.blocks:
            if block.start <= quote.start and quote.end <= block.end:
                return block.start, block.end
    return quote.start, quote.end


def context_problem(article: Article, quote: Quote, start: int, end: int, text: str) -> str:
    """Why a text is not what a reader may see of a range around the quote, "" when it is."""
    if not 0 <= start <= quote.start < quote.end <= end <= len(article.text):
        return f"the context {start}:{end} is not one of {quote.start}:{quote.end}"
    return "" if text == shown_text(article, start, end) else _withholding_more(article, quote, start, end, text)


def _withholding_more(article: Article, quote: Quote, start: int, end: int, text: str) -> str:
    """The same of a text that was made by an assistant which withholds more than the overlay says."""
    place, at = start, 0
    for gap in (*_PLACEHOLDER.finditer(text), None):
        words = text[at : gap.start() if gap else None]
        span = Span(place, place + len(words))
        if article.text[span.start : span.end] != words:
            return f"the context is not {quote.source_id} {start}:{end}"
        if any(one.span.overlaps(span) for one in article.withheld if words):
            return "the context shows what is withheld"
        place = span.end + (int(gap["length"]) if gap else 0)
        at = gap.end() if gap else len(text)
    return "" if place == end else f"the context is not {quote.source_id} {start}:{end}"


def placed(citation: Citation) -> int | None:
    """Where the quote begins in the citation's context, None when it does not stand there."""
    at = citation.start - citation.context_start
    for gap in _PLACEHOLDER.finditer(citation.context):
        if gap.start() >= at:
            break
        at += len(gap.group()) - int(gap["length"])
    # An article may itself hold words that look like a placeholder: then the first place with the same words.
    found = at if at >= 0 and citation.context.startswith(citation.quote, at) else citation.context.find(citation.quote)
    return found if found >= 0 and citation.quote else None


def shown_text(article: Article, start: int, end: int) -> str:
    """A range of an article as a reader may see it: withheld parts are a placeholder with reason and length."""
    parts, place = [], start
    window = Span(start, end)
    for one in sorted(article.withheld, key=lambda one: one.span.start):
        if one.span.overlaps(window):
            cut_start, cut_end = max(one.span.start, place), min(one.span.end, end)
            parts += [article.text[place:cut_start], f"[withheld: {one.reason}, {cut_end - cut_start} characters]"]
            place = max(place, cut_end)
    return "".join([*parts, article.text[place:end]])
