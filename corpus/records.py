"""The nouns of every layer: sources, sections, sentences, passages, exercises and conflicts.

All offsets are code points into the article as received, start inclusive, end exclusive.
"""

import datetime
from dataclasses import dataclass
from typing import Literal

# sign: names a symptom that a safety card speaks for, and is shown only together with that card.
Role = Literal["claim", "instruction", "volume", "caution", "seek_help", "sign", "anecdote", "definition"]
State = Literal["draft", "reviewed", "withdrawn"]
HeadingBy = Literal["article", "editor"]
# mentioned: an article names it and does not tell how it is done.
ExerciseState = Literal["served", "corrected", "mentioned", "withheld"]

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Source:
    """One article and what is known about where it comes from; what is not known is 'unknown'."""

    id: str
    file: str
    sha256: str
    title: str
    author: str
    about_author: str
    publisher: str
    date: str
    url: str  # "" when unknown
    licence: str
    interest: str
    quality_note: str
    state: State
    reviewed: datetime.date | None  # None only while the state is draft
    next_review: datetime.date | None
    clinical_review: str  # who, of which profession, when; or "none"

    @property
    def citable(self) -> bool:
        return self.state == "reviewed"


@dataclass(frozen=True)
class Span:
    """A half-open range of an article."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Heading:
    """A heading as shown. One by the editor is ours: never a quote of the article."""

    text: str
    level: int  # 1 is the title
    by: HeadingBy
    start: int
    end: int  # equal to start for a heading that the article lacks


@dataclass(frozen=True)
class Block:
    """One paragraph, list item, table row or answer, with its marker left out of the span."""

    kind: Literal["paragraph", "field", "item", "row", "answer"]
    start: int
    end: int
    ordered: bool = False
    run: int = 0  # blocks of the same list or table share a number; 0 is none
    cells: tuple[str, ...] = ()  # of a row


@dataclass(frozen=True)
class Section:
    """What a reader sees under one heading; the unit that answers."""

    id: str  # unique inside the article, from the heading
    path: tuple[Heading, ...]  # from the title down to the section's own heading
    blocks: tuple[Block, ...]
    question: bool  # the heading is a question and the blocks answer it


@dataclass(frozen=True)
class Sentence:
    """The smallest citable piece: one sentence, list item or table row."""

    start: int
    end: int
    text: str  # exactly article[start:end]


@dataclass(frozen=True)
class Mend:
    """Words of ours inside a quote, shown in [brackets]; inserted before code point `at`."""

    at: int
    text: str


@dataclass(frozen=True)
class Note:
    """An editor's sentence shown beside quotes that touch the span, and what it rests on."""

    span: Span
    text: str
    title: str
    publisher: str
    year: str
    checked: str  # date on which the basis was read, or "no"


@dataclass(frozen=True)
class Withheld:
    """A span that is never retrieved or quoted, and why."""

    span: Span
    reason: str
    why: str


@dataclass(frozen=True)
class Passage:
    """One to three sentences of one block that read as a whole; the unit that is found."""

    id: str  # "<source>#<section>.<n>"
    source_id: str
    section_id: str
    heading: str  # "Section > Subsection" without the title
    heading_by: HeadingBy
    start: int
    end: int
    text: str  # exactly article[start:end]
    lead: Sentence | None  # the line that introduces the list this is an item of
    kind: Literal["prose", "item", "row", "field", "answer"]
    ordered: bool
    run: int  # items of one list share it within a section; 0 is none
    role: Role
    stands_alone: bool  # False: makes no sense without the passage before it
    regions: tuple[str, ...]
    exercise: str  # id of the exercise that it describes, or ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True)
class Exercise:
    """An exercise that the articles name, what people call it, and whether it is served."""

    id: str
    source_id: str
    name: str
    names: tuple[str, ...]  # usual names and lay descriptions, for search only
    ask: str  # the question that gets it explained
    state: ExerciseState
    reason: str  # why it is withheld or corrected; "" otherwise
    regions: tuple[str, ...]
    load: str  # mobility | stretch | strength; none: named in passing, so never among what is listed
    passages: tuple[str, ...]  # ids of its steps in order; empty when withheld
    also: tuple[str, ...] = ()  # ids of what stands elsewhere and holds for it: volume, cautions, when to do it


@dataclass(frozen=True)
class Position:
    """One side of a disagreement: a passage that states it."""

    source_id: str
    passage_id: str
    alone: bool  # whether it may be quoted without the other sides


@dataclass(frozen=True)
class Conflict:
    """A topic on which the sources disagree; all positions are shown, none is picked."""

    id: str
    title: str
    positions: tuple[Position, ...]
    note: Note | None  # what guidelines say, where we know it


@dataclass(frozen=True)
class Article:
    """One source with its text and everything that was decided about it."""

    source: Source
    text: str
    sections: tuple[Section, ...]
    withheld: tuple[Withheld, ...]
    mends: tuple[Mend, ...]
    notes: tuple[Note, ...]
    passages: tuple[Passage, ...]
    exercises: tuple[Exercise, ...]
