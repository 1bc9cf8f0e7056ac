"""Read the structure of an article: headings, paragraphs, lists, tables and question/answer pairs.

Structure is read from marks on the page (a bullet, a number, "Q:", a line that stands alone and does
not end like a sentence). What the page does not show, the overlay says: levels of headings, names
that were lost, where a table's columns part, which labels open a field ("Good for: ...").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from corpus.records import Block, Heading, HeadingBy, Section, Span
from corpus.sentences import split, trim

_BULLET = re.compile(r"\s*(?:[•‣◦]|[-*](?=\s))\s*(?=\S)")
_NUMBER = re.compile(r"(\s*)(\d{1,3})[.)]\s+(?=\S)")
_MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
_QUESTION = re.compile(r"Q:\s*(?=\S)")
_ANSWER = re.compile(r"A:\s*(?=\S)")
_FAQ_ARROW = "›"
_GOES_ON = re.compile(r"[^\S\r\n]*[a-z]")  # the next line, of a paragraph that is broken into lines


@dataclass(frozen=True)
class NamedHeading:
    """A heading as the overlay wants it: a line of the article, or a place where one is missing."""

    start: int
    end: int
    text: str
    by: HeadingBy
    level: int


@dataclass(frozen=True)
class Hints:
    """What the overlay adds to the page; every offset is into the article as received."""

    headings: tuple[NamedHeading, ...] = ()
    fields: tuple[str, ...] = ()
    tables: tuple[tuple[Span, tuple[str, ...]], ...] = ()  # the table, and the first cell of each row
    skip: tuple[Span, ...] = ()  # withheld lines never become headings


@dataclass(frozen=True)
class _Line:
    start: int  # white space left out, as in `end`
    end: int
    row_start: int  # with its indentation
    row_end: int  # with its line break
    after_blank: bool


def parse(text: str, hints: Hints | None = None) -> tuple[Section, ...]:
    """The sections of an article in order; a section without a heading of its own opens with the title."""
    hints = hints or Hints()
    named = {heading.start: heading for heading in hints.headings if heading.end > heading.start}
    missing = {heading.start: heading for heading in hints.headings if heading.end == heading.start}
    pieces: list[Heading | Block] = []
    for line in _lines(text):
        if place := missing.get(line.start):
            pieces.append(Heading(place.text, place.level, place.by, place.start, place.start))
        if heading := named.get(line.start):
            pieces.append(Heading(heading.text, heading.level, heading.by, heading.start, heading.end))
        else:
            pieces.append(_piece(text, line, hints))
    return tuple(_sections(text, _joined(text, pieces)))


def _lines(text: str) -> Iterator[_Line]:
    position, after_blank = 0, True
    for raw in text.splitlines(keepends=True):
        if spot := trim(text, position, position + len(raw)):
            yield _Line(*spot, position, position + len(raw), after_blank)
            after_blank = False
        else:
            after_blank = True
        position += len(raw)


def _piece(text: str, line: _Line, hints: Hints) -> Heading | Block:
    for span, first_cells in hints.tables:
        if span.start <= line.start < span.end:
            return _row(text, line, first_cells)
    if marked := _marked(text, line):
        return marked
    if any(text.startswith(f"{label}:", line.start) for label in hints.fields):
        return Block("field", line.start, line.end)
    if _is_heading(text, line) and not any(span.overlaps(Span(line.start, line.end)) for span in hints.skip):
        return _heading(text, line)
    return Block("paragraph", line.start, line.end)


def _marked(text: str, line: _Line) -> Heading | Block | None:
    """A line that opens with a mark of what it is."""
    if match := _MARKDOWN_HEADING.match(text, line.start, line.end):
        return Heading(text[match.end() : line.end], len(match.group(1)), "article", match.end(), line.end)
    if match := _QUESTION.match(text, line.start, line.end):
        return Heading(text[match.end() : line.end], 3, "article", match.end(), line.end)
    if match := _ANSWER.match(text, line.start, line.end):
        return Block("answer", match.end(), line.end)
    return _item(text, line)


def _heading(text: str, line: _Line) -> Heading:
    end = line.end - 1 if text[line.end - 1] == _FAQ_ARROW else line.end
    spot = trim(text, line.start, end) or (line.start, line.end)
    return Heading(text[spot[0] : spot[1]], 2, "article", *spot)


def _row(text: str, line: _Line, first_cells: tuple[str, ...]) -> Block:
    first = next((cell for cell in first_cells if text.startswith(f"{cell} ", line.start)), "")
    cells = (first, text[line.start + len(first) : line.end].strip()) if first else (text[line.start : line.end],)
    return Block("row", line.start, line.end, cells=cells)


def _item(text: str, line: _Line) -> Block | None:
    """A list item. A number counts as one when it is indented or has a neighbour without a blank between."""
    if match := _BULLET.match(text, line.row_start, line.end):
        return Block("item", match.end(), _item_end(text, match.end(), line.end))
    match = _NUMBER.match(text, line.row_start, line.end)
    if match is None:
        return None
    next_number = re.compile(rf"[^\S\r\n]*{int(match.group(2)) + 1}[.)]\s")
    if match.group(1) or not line.after_blank or next_number.match(text, line.row_end):
        return Block("item", match.end(), _item_end(text, match.end(), line.end), ordered=True)
    return None


def _item_end(text: str, start: int, end: int) -> int:
    """Where the words of an item end: a list copied from a teaser ends its items in dots that say nothing."""
    return start + len(text[start:end].removesuffix(" ...").rstrip())


def _is_heading(text: str, line: _Line) -> bool:
    """Whether the line stands as a title does: one piece, and no sentence end but a question mark."""
    body = line.start
    if match := _NUMBER.match(text, line.start, line.end):
        body = match.end()
    if text[line.end - 1] in ".!:;,…”" or _GOES_ON.match(text, line.row_end):
        return False
    return len(split(text, body, line.end)) == 1


def _joined(text: str, pieces: list[Heading | Block]) -> list[Heading | Block]:
    """Number the runs of list items and rows, and join the lines of a hard-wrapped paragraph."""
    joined: list[Heading | Block] = []
    run = 0
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, Block) and piece.kind in ("item", "row"):
            same = isinstance(last, Block) and last.kind == piece.kind and last.ordered == piece.ordered
            run += 0 if same else 1
            joined.append(Block(piece.kind, piece.start, piece.end, piece.ordered, run, piece.cells))
        elif _continues(text, last, piece):
            assert isinstance(last, Block)
            joined[-1] = Block(last.kind, last.start, piece.end, last.ordered, last.run)
        else:
            joined.append(piece)
    return joined


def _continues(text: str, last: Heading | Block | None, piece: Heading | Block) -> bool:
    if not isinstance(last, Block) or last.kind == "row" or not isinstance(piece, Block):
        return False
    between = text[last.end : piece.start]
    return piece.kind == "paragraph" and between.count("\n") == 1 and text[piece.start].islower()


def _sections(text: str, pieces: list[Heading | Block]) -> Iterator[Section]:
    path: tuple[Heading, ...] = ()
    blocks: list[Block] = []
    used: set[str] = set()
    for piece in [*pieces, None]:
        if isinstance(piece, Block):
            blocks.append(piece)
            continue
        if blocks:
            yield _section(path, blocks, used)
            blocks = []
        if piece is not None:
            path = (*(above for above in path if above.level < piece.level), piece)


def _section(path: tuple[Heading, ...], blocks: list[Block], used: set[str]) -> Section:
    name = slug(path[-1].text) if path else "start"
    unique = next(one for one in _numbered(name) if one not in used)
    used.add(unique)
    question = bool(path) and path[-1].level > 1 and path[-1].text.rstrip().endswith("?")
    return Section(unique, path, tuple(blocks), question)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def slug(text: str) -> str:
    """A heading as part of an id: lower case, words joined by hyphens, at most eight words."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("’", ""))
    return "-".join(words[:8]) or "section"
