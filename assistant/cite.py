"""Number the quotes of an answer and say where each comes from."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.reply import Block, Citation, Quote, SourceLine
from corpus.library import Corpus
from corpus.records import Article, Source, Span


def numbered(blocks: Iterable[Block], corpus: Corpus) -> tuple[tuple[Block, ...], tuple[Citation, ...]]:
    """The blocks with the numbers of their quotes, in order of first use, and the citations they point to."""
    numbers: dict[Quote, int] = {}
    cited = []
    for block in blocks:
        for quote in block.quotes:
            numbers.setdefault(quote, len(numbers) + 1)
        cited.append(replace(block, citations=tuple(numbers[quote] for quote in block.quotes)))
    citations = tuple(_citation(n, quote, corpus.by_source[quote.source_id]) for quote, n in numbers.items())
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


def _citation(n: int, quote: Quote, article: Article) -> Citation:
    start, end = _paragraph(article, quote)
    passage = next((one for one in article.passages if one.start <= quote.start < one.end), None)
    if passage is None:  # the line that introduces a list
        passage = next((one for one in article.passages if one.lead and one.lead.start == quote.start), None)
    return Citation(
        n=n,
        source_id=article.source.id,
        title=article.source.title,
        section=passage.heading if passage else "",
        quote=article.text[quote.start : quote.end],
        start=quote.start,
        end=quote.end,
        context_start=start,
        context_end=end,
        context=shown_text(article, start, end),
        source_sha256=article.source.sha256,
    )


def _paragraph(article: Article, quote: Quote) -> tuple[int, int]:
    """The block of the article around a quote."""
    for section in article.sections:
        for block in section.blocks:
            if block.start <= quote.start and quote.end <= block.end:
                return block.start, block.end
    return quote.start, quote.end


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
