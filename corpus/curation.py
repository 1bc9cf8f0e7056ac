"""Apply what a person decided about an article, without touching the article.

An overlay names every place by a quote that must occur exactly once in the article; one that does
not is refused, so that a changed article cannot be curated by accident.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.records import Mend, Note, Role, Span, Withheld
from corpus.sections import Hints, NamedHeading
from corpus.sources import CORPUS, SourceError, check_schema, read_toml

_INSERTION = re.compile(r"\[[^\[\]]*\]")


class CurationError(SourceError):
    """An overlay that does not fit its article."""


@dataclass(frozen=True)
class NamedExercise:
    """An exercise as the overlay lists it; its place is a section heading or quotes of its steps."""

    id: str
    name: str
    names: tuple[str, ...]
    ask: str
    section: str
    spans: tuple[Span, ...]
    state: str
    reason: str
    regions: tuple[str, ...]
    load: str
    also: tuple[Span, ...]


@dataclass(frozen=True)
class Overlay:
    """Everything decided about one article, as offsets into it."""

    hints: Hints
    withheld: tuple[Withheld, ...]
    mends: tuple[Mend, ...]
    notes: tuple[Note, ...]
    roles: tuple[tuple[Span, Role], ...]
    exercises: tuple[NamedExercise, ...]
    together: tuple[Span, ...] = ()  # sentences that are one passage
    stands: tuple[Span, ...] = ()  # sentences that read on their own although they open like one that does not


def locate(text: str, quote: str, where: str) -> Span:
    """Where the quote stands; raises CurationError unless it occurs exactly once.

    A no-break space counts as a space: nobody can see the difference when they copy a quote.
    """
    text, quote = text.replace("\N{NO-BREAK SPACE}", " "), quote.replace("\N{NO-BREAK SPACE}", " ")
    count = text.count(quote)
    if count != 1:
        raise CurationError(
            f"{where}: the quote {quote[:60]!r} occurs {count} times in the article, not once. "
            "Lengthen or correct the quote and run 'spotter corpus check'."
        )
    start = text.index(quote)
    return Span(start, start + len(quote))


def read_overlay(source_id: str, text: str, folder: Path = CORPUS) -> Overlay:
    """The overlay of an article; empty when it has none. Raises CurationError or SourceError."""
    path = folder / "curation" / f"{source_id}.toml"
    if not path.exists():
        return Overlay(Hints(), (), (), (), (), ())
    rows = read_toml(path)
    check_schema(rows, "curation", path)
    where = f"{path.parent.name}/{path.name}"
    withheld = tuple(Withheld(_span(text, row, where), row["reason"], row["why"]) for row in rows.get("withhold", []))
    tables = tuple((_span(text, row, where), tuple(row["first"])) for row in rows.get("table", []))
    hints = Hints(
        headings=_headings(text, rows, where),
        fields=tuple(rows.get("fields", [])),
        tables=tables,
        skip=tuple(one.span for one in withheld),
    )
    mends = [mend for row in rows.get("mend", []) for mend in _mends(text, row, where)]
    mends += [Mend(cut, "[:]") for span, first in tables for cut in _row_cuts(text, span, first, where)]
    return Overlay(
        hints=hints,
        withheld=withheld,
        mends=tuple(sorted(mends, key=lambda mend: mend.at)),
        notes=tuple(_note(text, row, where) for row in rows.get("note", [])),
        roles=tuple(
            (locate(text, quote, where), row["role"]) for row in rows.get("role", []) for quote in row["quotes"]
        ),
        exercises=tuple(_exercise(text, row, where) for row in rows.get("exercise", [])),
        together=tuple(locate(text, quote, where) for quote in rows.get("together", [])),
        stands=tuple(locate(text, quote, where) for quote in rows.get("stands", [])),
    )


def mended(quote: str, start: int, mends: tuple[Mend, ...]) -> str:
    """The quote, which begins at `start` of its article, with the overlay's [words] put in."""
    end, text = start + len(quote), quote
    for mend in reversed(sorted(mends, key=lambda mend: mend.at)):  # two at one place keep their order
        if start <= mend.at <= end:
            text = text[: mend.at - start] + mend.text + text[mend.at - start :]
    return text


def shown(quote: str, start: int, mends: tuple[Mend, ...]) -> str:
    """The quote as a reply shows it: mended, and on one line."""
    return re.sub(r"\s*\n\s*", " ", mended(quote, start, mends))


def _span(text: str, row: dict[str, Any], where: str) -> Span:
    first = locate(text, row["quote"], where)
    if "to" not in row:
        return first
    last = locate(text, row["to"], where)
    if last.end < first.end:
        raise CurationError(f"{where}: {row['to'][:60]!r} stands before {row['quote'][:60]!r}. Swap the two.")
    return Span(first.start, last.end)


def _headings(text: str, rows: dict[str, Any], where: str) -> tuple[NamedHeading, ...]:
    found = []
    for row in rows.get("level", []):
        for line in row["lines"]:
            span = _line(text, line, where)
            found.append(NamedHeading(span.start, span.end, line, "article", row["level"]))
    for row in rows.get("heading", []):
        span = _line(text, row["line"], where) if "line" in row else _line_start(text, row["before"], where)
        found.append(NamedHeading(span.start, span.end, row["text"], "editor", row["level"]))
    return tuple(found)


def _line(text: str, line: str, where: str) -> Span:
    """Where a heading stands as a line of its own; a heading may also occur inside a sentence."""
    matches = list(re.finditer(rf"^[^\S\n]*({re.escape(line)})[^\S\n]*$", text, re.MULTILINE))
    if len(matches) != 1:
        raise CurationError(f"{where}: the heading {line!r} is a line of the article {len(matches)} times, not once.")
    return Span(*matches[0].span(1))


def _line_start(text: str, before: str, where: str) -> Span:
    """The empty place before a quote; a heading that the article lacks can only stand where a line begins."""
    start = locate(text, before, where).start
    if text[start].isspace() or text[:start].rpartition("\n")[2].strip():
        raise CurationError(f"{where}: {before[:60]!r} does not begin a line. Quote the line from its first word on.")
    return Span(start, start)


def _mends(text: str, row: dict[str, Any], where: str) -> list[Mend]:
    span = locate(text, row["quote"], where)
    if _INSERTION.sub("", row["text"]) != row["quote"]:
        raise CurationError(
            f"{where}: {row['text'][:60]!r} without its [words] is not the quote. A correction only inserts."
        )
    mends, removed = [], 0
    for match in _INSERTION.finditer(row["text"]):
        mends.append(Mend(span.start + match.start() - removed, match.group()))
        removed += len(match.group())
    return mends


def _row_cuts(text: str, table: Span, first_cells: tuple[str, ...], where: str) -> list[int]:
    """Where the first cell of each row ends, so that a row can be read as 'cell[:] cell'."""
    cuts = []
    for match in re.finditer(r"^[^\S\n]*(\S.*)$", text[table.start : table.end], re.MULTILINE):
        cell = next((cell for cell in first_cells if match.group(1).startswith(f"{cell} ")), "")
        if not cell:
            raise CurationError(
                f"{where}: the row {match.group(1)[:60]!r} begins with none of the table's first cells."
            )
        cuts.append(table.start + match.start(1) + len(cell))
    return cuts


def _note(text: str, row: dict[str, Any], where: str) -> Note:
    return Note(_span(text, row, where), row["text"], row["title"], row["publisher"], row["year"], row["checked"])


def _exercise(text: str, row: dict[str, Any], where: str) -> NamedExercise:
    return NamedExercise(
        id=row["id"],
        name=row["name"],
        names=tuple(row["names"]),
        ask=row.get("ask", f"How do I do the {row['name'][:1].lower()}{row['name'][1:]}?"),
        section=row.get("section", ""),
        spans=tuple(locate(text, quote, where) for quote in row.get("quotes", [])),
        state=row["state"],
        reason=row.get("reason", ""),
        regions=tuple(row["regions"]),
        load=row["load"],
        also=tuple(locate(text, quote, where) for quote in row.get("also", [])),
    )
