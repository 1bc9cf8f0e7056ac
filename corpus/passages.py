"""Cut the sections of an article into passages: what is found, and what a reply quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.curation import Overlay
from corpus.records import Block, Passage, Role, Section, Sentence, Span
from corpus.sentences import split
from corpus.sources import CORPUS, check_schema, read_toml

LONGEST = 3  # sentences; more than that is a section, not a passage


@dataclass(frozen=True)
class Vocabulary:
    """The closed word lists that structure is read with."""

    dependent_openers: re.Pattern[str]
    volume: re.Pattern[str]
    regions: tuple[tuple[str, re.Pattern[str]], ...]


def read_vocabulary(folder: Path = CORPUS) -> Vocabulary:
    """The word lists of a corpus; raises SourceError when one is missing or empty."""
    path = folder / "vocabulary.toml"
    rows = read_toml(path)
    check_schema(rows, "vocabulary", path)
    units = _alternatives(rows["volume_units"])
    return Vocabulary(
        dependent_openers=re.compile(rf"(?:{_alternatives(rows['dependent_openers'])})\b", re.IGNORECASE),
        volume=re.compile(rf"\d[\d\s–-]*(?:more\s+)?(?:{units})\b|\b(?:daily|once|twice)\b", re.IGNORECASE),
        regions=tuple(
            (region, re.compile(rf"\b(?:{_alternatives(words)})\b", re.IGNORECASE))
            for region, words in rows["regions"].items()
        ),
    )


def regions_in(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The body regions named in a text, in the order of the vocabulary."""
    return tuple(region for region, pattern in vocabulary.regions if pattern.search(text))


def cut(
    source_id: str, text: str, sections: tuple[Section, ...], overlay: Overlay, vocabulary: Vocabulary
) -> tuple[Passage, ...]:
    """Every citable passage of an article in order; nothing that touches a withheld span is among them."""
    return tuple(
        passage for section in sections for passage in _of_section(source_id, text, section, overlay, vocabulary)
    )


def _of_section(
    source_id: str, text: str, section: Section, overlay: Overlay, vocabulary: Vocabulary
) -> Iterator[Passage]:
    heading = " > ".join(part.text for part in section.path if part.level > 1)
    by_editor = bool(section.path) and section.path[-1].by == "editor"
    around = regions_in(heading, vocabulary)
    field = next((block for block in section.blocks if block.kind == "field"), None)
    if field is not None:
        around = regions_in(text[field.start : field.end], vocabulary)
    for number, piece in enumerate(_pieces(text, section, overlay, vocabulary), start=1):
        quote = text[piece.start : piece.end]
        yield Passage(
            id=f"{source_id}#{section.id}.{number}",
            source_id=source_id,
            section_id=section.id,
            heading=heading,
            heading_by="editor" if by_editor else "article",
            start=piece.start,
            end=piece.end,
            text=quote,
            lead=piece.lead,
            kind="prose" if piece.block.kind == "paragraph" else piece.block.kind,
            ordered=piece.block.ordered,
            run=piece.block.run,
            role=_role(Span(piece.start, piece.end), quote, piece.block, overlay, vocabulary),
            stands_alone=piece.stands_alone,
            regions=around if field else _merged(regions_in(quote, vocabulary), around),
            exercise="",
        )


def _merged(own: tuple[str, ...], around: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*own, *around)))


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    block: Block
    lead: Sentence | None
    stands_alone: bool


def _pieces(text: str, section: Section, overlay: Overlay, vocabulary: Vocabulary) -> Iterator[_Piece]:
    lead: Sentence | None = None
    run = 0
    for block in section.blocks:
        if block.run != run and run:
            lead = None
        if block.kind in ("item", "row"):
            first_row = block.kind == "row" and block.run != run
            run = block.run
            for start, end, _ in [] if first_row else _groups(text, block, overlay, vocabulary):
                yield _Piece(start, end, block, lead, lead is None and block.kind != "row")
            continue
        run = 0
        groups = list(_groups(text, block, overlay, vocabulary))
        lead = None
        if groups and text[groups[-1][1] - 1] == ":" and block.kind == "paragraph":
            start, end, _ = groups.pop()
            *before, last = split(text, start, end)
            lead = Sentence(*last, text[last[0] : last[1]])
            if before:
                groups.append((start, before[-1][1], True))
        for start, end, alone in groups:
            yield _Piece(start, end, block, None, alone)


def _groups(text: str, block: Block, overlay: Overlay, vocabulary: Vocabulary) -> Iterator[tuple[int, int, bool]]:
    """Runs of sentences that read as a whole, and whether each does so without what stands before it.

    A sentence that leans on the one before goes with it. The sentences of a list item stay together.
    """
    group: list[tuple[int, int]] = []
    alone = True
    for start, end in [*split(text, block.start, block.end), (0, 0)]:
        joins = _joins(text, start, end, group, block, overlay, vocabulary)
        if group and not joins:
            yield group[0][0], group[-1][1], alone
            group = []
        if start == end or _is_withheld(start, end, overlay):
            continue
        if not group:
            alone = not _leans(text, start, end, overlay, vocabulary)
        group.append((start, end))


def _joins(
    text: str,
    start: int,
    end: int,
    group: list[tuple[int, int]],
    block: Block,
    overlay: Overlay,
    words: Vocabulary,
) -> bool:
    if not group or start == end or _is_withheld(start, end, overlay):
        return False
    if any(span.contains(Span(group[-1][0], end)) for span in overlay.together):
        return True
    if block.kind == "item":
        return True
    return len(group) < LONGEST and _leans(text, start, end, overlay, words)


def _leans(text: str, start: int, end: int, overlay: Overlay, vocabulary: Vocabulary) -> bool:
    if any(span.start == start for span in overlay.stands):
        return False
    return vocabulary.dependent_openers.match(text, start, end) is not None


def _is_withheld(start: int, end: int, overlay: Overlay) -> bool:
    span = Span(start, end)
    return any(one.span.overlaps(span) for one in overlay.withheld)


def _role(span: Span, quote: str, block: Block, overlay: Overlay, vocabulary: Vocabulary) -> Role:
    for place, role in overlay.roles:
        if place.overlaps(span):
            return role
    if block.ordered or block.kind == "item":
        return "volume" if vocabulary.volume.search(quote) else "instruction"
    return "claim"


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
