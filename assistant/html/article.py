"""Draw a stored article as a page of its own, as curated, with the quoted words highlighted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from urllib.parse import quote

from assistant.html.flow import Flow, Run
from assistant.html.templates import filled
from corpus.library import Corpus
from corpus.records import Article, Block, Heading, Note, Section, Source, Span

_NUMBER = re.compile(r"(\d{1,3})[.)]\s+$")


@dataclass(frozen=True)
class _Item:
    """A paragraph, an entry of a list or a row of a table."""

    runs: tuple[Run, ...] = ()
    number: str = ""  # of an entry, as the article has it
    cells: tuple[tuple[Run, ...], ...] = ()
    head: bool = False


@dataclass(frozen=True)
class _Part:
    """What stands on the page as one piece; only the fields of its kind are filled."""

    kind: Literal["heading", "paragraph", "field", "answer", "list", "table", "note"]
    items: tuple[_Item, ...] = ()
    ordered: bool = False
    heading: Heading | None = None
    note: Note | None = None


def article_html(article: Article, corpus: Corpus, start: int = 0, end: int = 0) -> str:
    """The page of one article, for /sources/<id>; [start, end) is highlighted where it may be shown."""
    return filled(
        "article.html",
        style="../static/page.css",  # relative, so that the pages also work below a path of a proxy
        source=article.source,
        count=len(corpus.articles),
        parts=list(_parts(article, Flow(article, start, end))),
    )


def sources_html(corpus: Corpus) -> str:
    """The page that lists every source, for /sources."""
    return filled(
        "sources.html",
        style="static/page.css",
        sources=corpus.sources,
        citable=set(corpus.by_source),
        address=_address,
    )


def _address(source: Source) -> str:
    return f"sources/{quote(source.id, safe='')}"


def _parts(article: Article, flow: Flow) -> Iterator[_Part]:
    said: tuple[Heading, ...] = ()
    for section in article.sections:
        yield from (_Part("heading", heading=one) for one in section.path if one not in said and _told(one, article))
        said = section.path
        for group in _groups(section):
            if items := tuple(_items(group, article, flow)):
                yield _Part(_kind(group[0]), items, group[0].ordered)
            yield from (_Part("note", note=one) for one in article.notes if _last(one, article) in group)


def _told(heading: Heading, article: Article) -> bool:
    """Whether a heading is said here: not the title once more, and nothing withheld."""
    span = Span(heading.start, heading.end)
    withheld = any(one.span.overlaps(span) for one in article.withheld)
    return heading.by == "editor" or not (withheld or heading.text == article.source.title)


def _groups(section: Section) -> Iterator[list[Block]]:
    """The blocks, with those of one list or table together."""
    for _, blocks in groupby(section.blocks, key=lambda block: (block.run, 0 if block.run else block.start)):
        yield list(blocks)


def _kind(block: Block) -> Literal["paragraph", "field", "answer", "list", "table"]:
    if block.kind == "item":
        return "list"
    return "table" if block.kind == "row" else block.kind


def _items(group: list[Block], article: Article, flow: Flow) -> Iterator[_Item]:
    for place, block in enumerate(group):
        if not (runs := flow.runs(block)):
            continue
        if block.kind == "row":
            yield _Item(cells=flow.cells(block), head=place == 0 and len(group) > 1)
        else:
            number = _NUMBER.search(article.text, max(0, block.start - 10), block.start) if block.ordered else None
            yield _Item(runs, number.group(1) if number else "")


def _last(note: Note, article: Article) -> Block | None:
    """The last block that a note is about; the note stands below it."""
    blocks = [block for section in article.sections for block in section.blocks]
    return next((one for one in reversed(blocks) if Span(one.start, one.end).overlaps(note.span)), None)
