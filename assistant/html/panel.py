"""Draw the sources of a reply: what each article is, and every quote in the paragraph it was taken from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.cite import placed
from assistant.html.templates import filled
from assistant.render import in_words
from assistant.reply import Citation, Reply, SourceLine


@dataclass(frozen=True)
class _Quoted:
    """A citation, the text it is shown in, and where in that text its quote begins."""

    citation: Citation
    text: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.citation.quote)


@dataclass(frozen=True)
class _Piece:
    """Words of a paragraph; `n` is the number of the citation that quotes them, 0 for the rest."""

    text: str
    n: int = 0


@dataclass(frozen=True)
class _Paragraph:
    citations: tuple[Citation, ...]
    pieces: tuple[_Piece, ...]
    printed: tuple[int, ...]  # numbers of the quotes into which the answer puts words of ours


@dataclass(frozen=True)
class _Part:
    """Neighbouring quotes from under one heading."""

    section: str
    paragraphs: tuple[_Paragraph, ...]


@dataclass(frozen=True)
class _Entry:
    """Neighbouring quotes from one article; `again` when its facts stand further up."""

    source: SourceLine
    again: bool
    parts: tuple[_Part, ...]


def panel_html(reply: Reply, prefix: str = "") -> str:
    """The sources of a reply, "" when it cites none; `prefix` is the path under which the pages are served."""
    if not reply.citations:
        return ""
    return filled("panel.html", entries=_entries(reply), turn=reply.turn, prefix=prefix)


def _entries(reply: Reply) -> list[_Entry]:
    by_id = {source.id: source for source in reply.sources}
    mended = _mended(reply)
    entries: list[_Entry] = []
    for source_id, cited in groupby(reply.citations, key=lambda one: one.source_id):
        parts = tuple(
            _Part(section, _paragraphs(list(inside), mended))
            for section, inside in groupby(cited, key=lambda one: one.section)
        )
        again = any(entry.source.id == source_id for entry in entries)
        entries.append(_Entry(by_id[source_id], again, parts))
    return entries


def _mended(reply: Reply) -> frozenset[int]:
    """The citations whose quote a block shows with words of ours in it."""
    printed = {one.n: one.quote for one in reply.citations}
    first = [(block.citations[0], block.text) for block in reply.blocks if block.citations]
    return frozenset(n for n, text in first if in_words(text) and _squeezed(text) != _squeezed(printed.get(n, "")))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _paragraphs(citations: Sequence[Citation], mended: frozenset[int]) -> tuple[_Paragraph, ...]:
    """Neighbouring quotes of one paragraph together, so that it is printed once."""
    groups: list[list[_Quoted]] = []
    for quoted in map(_quoted, citations):
        if groups and all(_beside(one, quoted) for one in groups[-1]):
            groups[-1].append(quoted)
        else:
            groups.append([quoted])
    return tuple(_paragraph(group, mended) for group in groups)


def _quoted(citation: Citation) -> _Quoted:
    """Where the quote stands in its paragraph; the quote by itself when the paragraph does not have it."""
    at = placed(citation)
    return _Quoted(citation, citation.quote, 0) if at is None else _Quoted(citation, citation.context, at)


def _beside(one: _Quoted, other: _Quoted) -> bool:
    """Whether two quotes are of one paragraph and share no words of it."""
    place = (one.citation.context_start, one.citation.context_end, one.text)
    same = place == (other.citation.context_start, other.citation.context_end, other.text)
    return same and (one.end <= other.at or other.end <= one.at)


def _paragraph(group: list[_Quoted], mended: frozenset[int]) -> _Paragraph:
    text, place = group[0].text, 0
    pieces = []
    for one in sorted(group, key=lambda one: (one.at, one.end)):
        pieces += [_Piece(text[place : one.at]), _Piece(text[one.at : one.end], one.citation.n)]
        place = one.end
    citations = tuple(one.citation for one in group)
    printed = tuple(one.n for one in citations if one.n in mended)
    return _Paragraph(citations, (*pieces, _Piece(text[place:])), printed)
