"""What every composition works with: the question's plan, its hits, the corpus, and what may not be shown."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.compose.plan import Plan
from assistant.lines import Lines
from assistant.reply import Basis, Block, BlockKind, Quote
from corpus.curation import shown
from corpus.library import Corpus
from corpus.records import Exercise, Note, Passage, Sentence, Span
from index.found import Hit


@dataclass(frozen=True)
class Limits:
    """What the red-flag gate asks of an answer."""

    no_strengthening: tuple[str, ...] = ()  # body parts
    with_card: bool = False  # a card comes with the answer, so passages that name signs may be shown

    def allow(self, exercise: Exercise) -> bool:
        if exercise.load != "strength":
            return True
        # A sign in the "back" stands for the upper, the middle and the lower back.
        parts = [part for region in exercise.regions for part in (region, region.rpartition(" ")[2])]
        return not any(part in self.no_strengthening for part in (*parts, "any"))


@dataclass(frozen=True)
class Material:
    """One question, ready to be composed."""

    plan: Plan
    hits: tuple[Hit, ...]
    corpus: Corpus
    lines: Lines
    limits: Limits = field(default_factory=Limits)

    def quote(self, passage: Passage, kind: BlockKind, heading: bool = False) -> Block:
        """The passage as a block of its own, mended as the overlay says."""
        article = self.corpus.by_source[passage.source_id]
        return Block(
            kind=kind,
            text=shown(passage.text, passage.start, article.mends),
            quotes=(Quote(passage.source_id, passage.start, passage.end),),
            heading=passage.heading.rpartition(" > ")[2] if heading else "",
            heading_by=passage.heading_by,
            item=passage.kind in ("item", "row"),
        )

    def lead_in(self, passage: Passage, lead: Sentence) -> Block:
        """The line of the article that introduces the list which the passage is an item of."""
        article = self.corpus.by_source[passage.source_id]
        text = shown(lead.text, lead.start, article.mends)
        return Block("statement", text, (Quote(passage.source_id, lead.start, lead.end),))

    def notes_on(self, passages: list[Passage]) -> list[Block]:
        """The editor's notes that go with these passages, each once."""
        return self.notes_beside([Quote(one.source_id, one.start, one.end) for one in passages])

    def notes_beside(self, quotes: Iterable[Quote]) -> list[Block]:
        """The editor's notes that go with these quotes, each once."""
        found = [
            note
            for quote in quotes
            for note in self.corpus.by_source[quote.source_id].notes
            if note.span.overlaps(Span(quote.start, quote.end))
        ]
        return list({note.text: note_block(note) for note in found}.values())

    def lead(self, name: str, **values: object) -> Block:
        return Block("lead", self.lines.say(f"lead.{name}", **values))

    def notice(self, name: str) -> Block:
        return Block("notice", self.lines.say(name))


def note_block(note: Note) -> Block:
    return Block("note", note.text, basis=Basis(note.title, note.publisher, note.year, note.checked))


@dataclass(frozen=True)
class Composed:
    """An answer before it is verified; no blocks means that there is nothing worth quoting."""

    blocks: tuple[Block, ...] = ()
    exercise: str = ""  # id of the exercise explained
    about: str = ""  # id of the exercise that a part was told of, for a follow-up
    offered: tuple[str, ...] = ()  # ids of exercises listed, in order
    withheld: Exercise | None = None  # the question is about an exercise that is withheld
    held_back: Exercise | None = None  # ... or that the gate's limits do not allow in this conversation
