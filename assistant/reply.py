"""What Spotter says to one user turn: the value that every surface renders, and its JSON form."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from assistant.triage.records import Card, Mode, Question, Tier

Outcome = Literal["answered", "declined", "refused", "escalated", "crisis", "notice"]
BlockKind = Literal[
    "lead",
    "statement",
    "written",
    "step",
    "volume",
    "caution",
    "position",
    "note",
    "net",
    "nearby",
    "refusal",
    "notice",
]
# Each rests on quotes; all but "written", which a language model put into words, are the words of the first of them.
QUOTING = frozenset({"statement", "written", "step", "volume", "caution", "position"})

SCHEMA = Path(__file__).with_name("reply.schema.json")


@dataclass(frozen=True)
class Basis:
    """What a note of ours rests on; `checked` is the date it was read, or "no"."""

    title: str
    publisher: str
    year: str
    checked: str


@dataclass(frozen=True)
class Quote:
    """A span of an article, code points, end exclusive."""

    source_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """One piece of a reply. A quoting block carries the quotes it shows; a note carries its basis."""

    kind: BlockKind
    text: str
    quotes: tuple[Quote, ...] = ()
    heading: str = ""
    heading_by: Literal["article", "editor"] = "article"
    basis: Basis | None = None
    item: bool = False  # one of a list, for the layout only
    citations: tuple[int, ...] = ()  # numbers of the quotes, given when the reply is put together
    start: int = 0  # where the block stands in the reply's text
    end: int = 0

    @property
    def listed(self) -> bool:
        """Whether it is an entry of a list, or the line before one."""
        return self.item or self.text.rstrip().endswith(":")

    def as_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            "kind": self.kind,
            "text": self.text,
            "citations": list(self.citations),
            "start": self.start,
            "end": self.end,
        }
        if self.heading:
            row |= {"heading": self.heading, "heading_by": self.heading_by}
        if self.basis:
            row["basis"] = vars(self.basis).copy()
        return row


@dataclass(frozen=True)
class Citation:
    """A numbered quote with what a reader needs to find and check it."""

    n: int
    source_id: str
    title: str
    section: str
    quote: str
    start: int
    end: int
    context_start: int
    context_end: int
    context: str  # the paragraph around the quote; withheld parts are a placeholder
    source_sha256: str

    @property
    def path(self) -> str:
        """Where a service shows the stored article with these words marked."""
        return f"/sources/{quote(self.source_id, safe='')}?from={self.start}&to={self.end}#quote"

    def as_json(self) -> dict[str, Any]:
        row = {key: value for key, value in vars(self).items() if not key.startswith("context")}
        row["context"] = {"start": self.context_start, "end": self.context_end, "text": self.context}
        return row


@dataclass(frozen=True)
class SourceLine:
    """What is shown of a cited source; unknown is the word 'unknown'."""

    id: str
    title: str
    author: str
    about_author: str
    publisher: str
    date: str
    interest: str
    quality_note: str
    url: str

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"url": self.url or None}


@dataclass(frozen=True)
class ModelUse:
    """How a language model was used for an answer."""

    name: str  # as in the settings
    prompt: str  # version of the prompt, such as "answer@3f2a9c01b7de"
    written: bool  # whether any of its sentences are served
    reason: str = ""  # why none are: what its server did, or "unsupported"
    dropped: tuple[str, ...] = ()  # why a sentence is not served, one reason each; never the sentence

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"dropped": list(self.dropped)}


@dataclass(frozen=True)
class Reply:
    """See assistant/reply.schema.json, which `as_json` always satisfies."""

    outcome: Outcome
    reason: str
    mode: Mode
    tier: Tier
    text: str
    conversation_id: str
    turn: int
    flags: tuple[str, ...] = ()
    card: Card | None = None
    question: Question | None = None
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    followups: tuple[str, ...] = ()
    index_version: str = ""
    seconds: float = 0.0
    also_refused: tuple[str, ...] = ()
    model: tuple[ModelUse, ...] = ()  # one for each question of the message that a language model was asked

    def as_json(self) -> dict[str, Any]:
        """Plain lists and dictionaries in the shape of the schema."""
        question = self.question
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "also_refused": list(self.also_refused),
            "mode": self.mode,
            "tier": self.tier,
            "flags": list(self.flags),
            "card": self.card.as_json() if self.card else None,
            "question": {"id": question.id, "text": question.text, "options": list(question.options)}
            if question
            else None,
            "text": self.text,
            "blocks": [block.as_json() for block in self.blocks],
            "citations": [citation.as_json() for citation in self.citations],
            "sources": [source.as_json() for source in self.sources],
            "followups": list(self.followups),
            "conversation_id": self.conversation_id,
            "turn": self.turn,
            "index_version": self.index_version,
            "seconds": round(self.seconds, 4),
            **({"model": [use.as_json() for use in self.model]} if self.model else {}),
        }

    def timed(self, seconds: float) -> "Reply":
        return replace(self, seconds=seconds)


def schema() -> dict[str, Any]:
    """The JSON Schema that every reply satisfies."""
    read: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return read


@lru_cache(maxsize=1)
def _validator() -> Any:
    import jsonschema  # only who checks a reply needs it

    return jsonschema.Draft202012Validator(schema())


def schema_problem(row: Any) -> str:
    """Where a JSON value breaks the schema of a reply, or "" when it does not."""
    for error in _validator().iter_errors(row):
        place = "/".join(str(part) for part in error.absolute_path) or "the reply"
        return f"{place}: {error.message}"
    return ""
