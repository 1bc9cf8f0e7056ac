"""Cut a curated article into what a reader sees: words, our [corrections], what is withheld, the words quoted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from corpus.records import Article, Block, Mend, Span


@dataclass(frozen=True)
class Piece:
    """Words of the article, of ours, or a placeholder; `at` is where they stand in the article."""

    kind: Literal["text", "mend", "withheld"]
    text: str
    at: int
    marked: bool = False


@dataclass(frozen=True)
class Run:
    """Neighbouring pieces that are all part of the quote, or all not; `first` where the quote begins."""

    marked: bool
    first: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class _Gap:
    """What is withheld, counted once where two spans overlap, and the block that says so."""

    span: Span
    text: str
    block: Block


class Flow:
    """An article with a quote in it; a quote that is none of its ranges is left out."""

    def __init__(self, article: Article, start: int, end: int) -> None:
        self._article = article
        self._quote = Span(start, end) if 0 <= start < end <= len(article.text) else Span(0, 0)
        self._gaps = tuple(_gaps(article))
        hidden = [gap.span for gap in self._gaps]
        self._mends = [one for one in article.mends if not any(span.start < one.at < span.end for span in hidden)]
        self._begins = next(
            (piece.at for block in _blocks(article) for piece in self._pieces(_whole(block)) if piece.marked), -1
        )

    def runs(self, block: Block) -> tuple[Run, ...]:
        """A block as a reader sees it; empty when nothing of it is left."""
        return self._runs(_whole(block))

    def cells(self, block: Block) -> tuple[tuple[Run, ...], ...]:
        """The cells of a row; the corrections that stand for the line between them are left out."""
        first = block.start + len(block.cells[0])
        spans = [Span(block.start, first), Span(first, block.end)] if len(block.cells) > 1 else [_whole(block)]
        return tuple(self._runs(span, without=first) for span in spans)

    def _runs(self, span: Span, without: int = -1) -> tuple[Run, ...]:
        pieces = self._pieces(span, without)
        groups = [(marked, tuple(group)) for marked, group in groupby(pieces, key=lambda piece: piece.marked)]
        return tuple(Run(marked, marked and group[0].at == self._begins, group) for marked, group in groups)

    def _pieces(self, span: Span, without: int = -1) -> Iterator[Piece]:
        article, quote = self._article, self._quote
        mends = [one for one in self._mends if span.start <= one.at <= span.end and one.at != without]
        for start, end in pairwise(self._cuts(span, mends)):
            inside = quote.start < start < quote.end
            yield from (Piece("mend", one.text, start, inside) for one in mends if one.at == start)
            gap = next((one for one in self._gaps if one.span.contains(Span(start, end))), None)
            if gap is None:
                yield Piece("text", article.text[start:end], start, quote.contains(Span(start, end)))
            elif start == max(gap.span.start, gap.block.start):
                yield Piece("withheld", gap.text, start)
        yield from (Piece("mend", one.text, span.end) for one in mends if one.at == span.end)

    def _cuts(self, span: Span, mends: Sequence[Mend]) -> list[int]:
        spans = [self._quote, *(gap.span for gap in self._gaps)]
        places = [
            span.start,
            span.end,
            *(one.at for one in mends),
            *(at for one in spans for at in (one.start, one.end)),
        ]
        return sorted({at for at in places if span.start <= at <= span.end})


def _blocks(article: Article) -> Iterator[Block]:
    return (block for section in article.sections for block in section.blocks)


def _whole(block: Block) -> Span:
    return Span(block.start, block.end)


def _gaps(article: Article) -> Iterator[_Gap]:
    """The withheld ranges in order, none twice, each said in the first block that it touches."""
    place = 0
    for one in sorted(article.withheld, key=lambda one: (one.span.start, one.span.end)):
        span = Span(max(place, one.span.start), one.span.end)
        block = next((block for block in _blocks(article) if _whole(block).overlaps(span)), None)
        place = max(place, one.span.end)
        if span.start < span.end and block is not None:
            yield _Gap(span, f"[withheld: {one.reason}, {span.end - span.start} characters]", block)
