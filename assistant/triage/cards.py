"""Reads the safety cards, and puts the lines to call on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.triage.numbers import FILE as NUMBERS
from assistant.triage.numbers import Numbers, read_numbers
from assistant.triage.records import TIERS, Card, CardSource, Tier, Translation
from assistant.triage.wordlists import ProtocolError, read_toml

TRANSLATED = ("emergency", "urgent", "crisis", "general")  # the texts that a language has


@dataclass(frozen=True)
class Shelf:
    """All cards by (topic, tier), the kinds of lines that each offers, and those lines."""

    cards: Mapping[tuple[str, str], Card]
    kinds: Mapping[tuple[str, str], tuple[str, ...]]
    numbers: Numbers
    translations: Mapping[tuple[str, str], Translation]  # by language and TRANSLATED

    def has(self, topic: str, tier: str) -> bool:
        """Whether there is a card of exactly that tier."""
        return (topic, tier) in self.cards

    def card(self, topic: str, tier: Tier, region: str = "") -> Card:
        """The card of a topic, of that tier or else the next higher one, with the numbers of `region`."""
        for candidate in [tier, *TIERS[TIERS.index(tier) :], *reversed(TIERS)]:
            if (topic, candidate) in self.cards:
                numbers = tuple(self.numbers.line(kind, region) for kind in self.kinds[topic, candidate])
                return replace(self.cards[topic, candidate], numbers=numbers)
        raise KeyError(topic)

    def also_in(self, language: str, card: Card, *, hard: bool, crisis: bool) -> Card:
        """The card with a short text in `language`: that of a crisis, of its tier, or of a question about signs."""
        kind = "crisis" if crisis else card.tier if hard else "general"
        told = None if card.tier == "see_clinician" else self.translations.get((language, kind))
        return replace(card, translation=told)


def load_shelf(folder: Path) -> Shelf:
    """Read cards/*.toml and emergency_numbers.toml. Raises ProtocolError naming the file."""
    numbers = read_numbers(folder / NUMBERS)
    cards: dict[tuple[str, str], Card] = {}
    kinds: dict[tuple[str, str], tuple[str, ...]] = {}
    for path in sorted((folder / "cards").glob("*.toml")):
        table = read_toml(path)
        try:
            for row in table["card"]:
                key = (path.stem, row["tier"])
                cards[key] = _card(path.stem, row, table)
                kinds[key] = tuple(row["numbers"])
                if not set(kinds[key]) <= set(numbers.generic):
                    raise ValueError(f"unknown kind of number in {row['numbers']}")
        except (KeyError, TypeError, ValueError) as problem:
            raise ProtocolError(f"The card file {path.name} is wrong: {problem!r}.") from problem
    if not cards:
        raise ProtocolError("The safety cards are missing: the folder cards has no .toml file.")
    return Shelf(cards, kinds, numbers, dict(_translations(folder / "cards" / "languages")))


def _card(topic: str, row: dict[str, Any], table: dict[str, Any]) -> Card:
    if row["tier"] not in TIERS:
        raise ValueError(f"unknown tier {row['tier']}")
    return Card(
        id=f"{topic}_{row['tier']}",
        tier=row["tier"],
        title=row["title"],
        do=tuple(row["do"]),
        numbers=(),
        why=row["why"],
        avoid=tuple(row["avoid"]),
        sources=tuple(CardSource(s["title"], s["publisher"], str(s["year"])) for s in table["sources"]),
        reviewed=str(table["reviewed"]),
        clinical_review=table["clinical_review"],
        language=table.get("language", "en"),
    )


def _translations(folder: Path) -> Iterator[tuple[tuple[str, str], Translation]]:
    for path in sorted(folder.glob("*.toml")):
        table = read_toml(path)
        try:
            for kind in TRANSLATED:
                row = table[kind]
                told = Translation(path.stem, row["title"], tuple(row["do"]), row["numbers"], table["note"])
                yield (path.stem, kind), told
        except (KeyError, TypeError) as problem:
            raise ProtocolError(f"The card file languages/{path.name} is wrong: {problem!r}.") from problem


def short(card: Card) -> Card:
    """The card again in later turns: the first two things to do and the numbers."""
    return replace(card, do=card.do[:2], avoid=(), why="")


def one_line(card: Card) -> Card:
    """The card as a reminder of one line."""
    return replace(card, do=card.do[:1], avoid=(), why="", numbers=())
