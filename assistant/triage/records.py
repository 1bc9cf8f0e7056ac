"""The words the red-flag gate speaks: findings, cards, questions, the state of a talk, an assessment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.triage.second_opinion import Weighed

Tier = Literal["none", "see_clinician", "urgent", "emergency"]
Mode = Literal["none", "soft", "hard"]
Polarity = Literal["present", "denied", "past", "unsure"]
Whose = Literal["self", "other"]
Outcome = Literal["", "escalated", "crisis"]
Reason = Literal["", "red_flag", "self_harm", "latched"]

TIERS: tuple[Tier, ...] = ("none", "see_clinician", "urgent", "emergency")
HARD_TIERS: frozenset[Tier] = frozenset({"urgent", "emergency"})  # those that stop a conversation


def higher(one: Tier, other: Tier) -> Tier:
    """The higher of two tiers: where two fit, the higher holds."""
    return one if TIERS.index(one) >= TIERS.index(other) else other


@dataclass(frozen=True)
class Finding:
    """One sign somebody reported, denied or asked about; never their words.

    `flag` is the id of a sign or flag of the protocol, `turn` the 0-based user turn it was said in.
    """

    flag: str
    polarity: Polarity
    whose: Whose
    turn: int


@dataclass(frozen=True)
class Number:
    """A line to call; `number` is digits only when its source was checked, else the generic sentence."""

    label: str
    number: str


@dataclass(frozen=True)
class CardSource:
    """What a card rests on."""

    title: str
    publisher: str
    year: str


@dataclass(frozen=True)
class Translation:
    """A card's short text in another language, with the lines to call and who made and checked it."""

    language: str
    title: str
    do: tuple[str, ...]
    numbers: str
    note: str

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"do": list(self.do)}


@dataclass(frozen=True)
class Card:
    """A safety card in our own words: what to do, whom to call, why, what not to do, on what it rests."""

    id: str
    tier: Tier
    title: str
    do: tuple[str, ...]
    numbers: tuple[Number, ...]
    why: str
    avoid: tuple[str, ...]
    sources: tuple[CardSource, ...]
    reviewed: str
    clinical_review: str
    language: str = "en"
    also: tuple[str, ...] = ()
    translation: Translation | None = None

    def as_json(self) -> dict[str, Any]:
        """Exactly the card object of the reply schema, made of plain lists and dictionaries."""
        return {
            "id": self.id,
            "tier": self.tier,
            "title": self.title,
            "do": list(self.do),
            "numbers": [{"label": n.label, "number": n.number} for n in self.numbers],
            "why": self.why,
            "avoid": list(self.avoid),
            "sources": [{"title": s.title, "publisher": s.publisher, "year": s.year} for s in self.sources],
            "reviewed": self.reviewed,
            "clinical_review": self.clinical_review,
            "language": self.language,
            "also": list(self.also),
            "translation": self.translation.as_json() if self.translation else None,
        }


@dataclass(frozen=True)
class Question:
    """The one closed question a card may ask."""

    id: str
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    """A concept recognised near the end of an earlier turn: its name and place, so that frames can complete.

    `at` counts words back from the end of that turn (1 is the last word), `size` is its length in words.
    """

    concept: str
    at: int
    size: int


@dataclass(frozen=True)
class TriageState:
    """What is kept of a conversation between turns. It holds ids and numbers, never anybody's words.

    `flags` are (flag id, tier) pairs that stand; `shown` the flag ids whose card was shown in full;
    `pending` the sign ids, joined by commas, that a bare yes or no would now answer; `slots` one tuple
    for each of the last three user turns; `languages` the codes of those it is written in beside English;
    `weighed` what the last two turns weighed for the second detector.
    """

    findings: tuple[Finding, ...] = ()
    tier: Tier = "none"
    pending: str = ""
    slots: tuple[tuple[Slot, ...], ...] = ()
    shown: tuple[str, ...] = ()
    flags: tuple[tuple[str, Tier], ...] = ()
    languages: tuple[str, ...] = ()
    weighed: tuple[Weighed, ...] = ()
    turn: int = 0

    def as_json(self) -> str:
        """A compact JSON string; `from_json` gives back an equal state."""
        return json.dumps(
            {
                "findings": [[f.flag, f.polarity, f.whose, f.turn] for f in self.findings],
                "tier": self.tier,
                "pending": self.pending,
                "slots": [[[s.concept, s.at, s.size] for s in turn] for turn in self.slots],
                "shown": list(self.shown),
                "flags": [list(pair) for pair in self.flags],
                "languages": list(self.languages),
                "weighed": [[one.weights, one.known] for one in self.weighed],
                "turn": self.turn,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> TriageState:
        """The state a string of `as_json` describes. Raises ValueError or KeyError on anything else."""
        raw = json.loads(text)
        return cls(
            findings=tuple(Finding(*row) for row in raw["findings"]),
            tier=raw["tier"],
            pending=raw["pending"],
            slots=tuple(tuple(Slot(*row) for row in turn) for turn in raw["slots"]),
            shown=tuple(raw["shown"]),
            flags=tuple((row[0], row[1]) for row in raw["flags"]),
            languages=tuple(raw["languages"]),
            weighed=tuple(Weighed(tuple(map(tuple, weights)), tuple(known)) for weights, known in raw["weighed"]),
            turn=raw["turn"],
        )


@dataclass(frozen=True)
class Trace:
    """Why something fired or was held back: sign, what was made of it, and the words of this message."""

    sign: str
    effect: str
    words: str


@dataclass(frozen=True)
class Assessment:
    """What the gate says about one user turn; see the table of modes and outcomes in the design."""

    mode: Mode
    tier: Tier
    flags: tuple[str, ...]
    card: Card | None
    question: Question | None
    outcome: Outcome
    reason: Reason
    no_strengthening: tuple[str, ...]
    informational: bool
    state: TriageState
    trace: tuple[Trace, ...] = field(default=())
