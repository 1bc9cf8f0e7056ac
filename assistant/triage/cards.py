"""Reads the safety cards and the emergency numbers; a number nobody checked is never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.triage.records import TIERS, Card, CardSource, Number, Tier
from assistant.triage.wordlists import ProtocolError, read_toml

GENERIC_EMERGENCY = "your local emergency number, for example 112, 911, 999 or 000"


@dataclass(frozen=True)
class Shelf:
    """All cards by (topic, tier), and the lines to call by region and kind."""

    cards: Mapping[tuple[str, str], Card]
    kinds: Mapping[tuple[str, str], tuple[str, ...]]
    generic: Mapping[str, Number]
    regions: Mapping[str, Mapping[str, Number]]

    def has(self, topic: str, tier: str) -> bool:
        """Whether there is a card of exactly that tier."""
        return (topic, tier) in self.cards

    def card(self, topic: str, tier: Tier, region: str = "") -> Card:
        """The card of a topic, of that tier or else the next higher one, with the numbers of `region`."""
        for candidate in [tier, *TIERS[TIERS.index(tier) :], *reversed(TIERS)]:
            if (topic, candidate) in self.cards:
                numbers = tuple(self.number(kind, region) for kind in self.kinds[topic, candidate])
                return replace(self.cards[topic, candidate], numbers=numbers)
        raise KeyError(topic)

    def number(self, kind: str, region: str) -> Number:
        """The checked line of that region, else the generic sentence of that kind."""
        return self.regions.get(region.upper(), {}).get(kind, self.generic[kind])


def load_shelf(folder: Path) -> Shelf:
    """Read cards/*.toml and emergency_numbers.toml. Raises ProtocolError naming the file."""
    generic, regions = _numbers(folder / "emergency_numbers.toml")
    cards: dict[tuple[str, str], Card] = {}
    kinds: dict[tuple[str, str], tuple[str, ...]] = {}
    for path in sorted((folder / "cards").glob("*.toml")):
        table = read_toml(path)
        try:
            for row in table["card"]:
                key = (path.stem, row["tier"])
                cards[key] = _card(path.stem, row, table)
                kinds[key] = tuple(row["numbers"])
                if not set(kinds[key]) <= set(generic):
                    raise ValueError(f"unknown kind of number in {row['numbers']}")
        except (KeyError, TypeError, ValueError) as problem:
            raise ProtocolError(f"The card file {path.name} is wrong: {problem!r}.") from problem
    if not cards:
        raise ProtocolError("The safety cards are missing: the folder cards has no .toml file.")
    return Shelf(cards, kinds, generic, regions)


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


def _numbers(path: Path) -> tuple[dict[str, Number], dict[str, dict[str, Number]]]:
    table = read_toml(path)
    try:
        generic = {kind: Number(row["label"], row["text"]) for kind, row in table["generic"].items()}
        regions: dict[str, dict[str, Number]] = {}
        for row in table.get("number", ()):
            if row["checked"] != "no":
                line = Number(row["label"], row["number"])
                regions.setdefault(row["region"].upper(), {})[row["kind"]] = line
    except (KeyError, TypeError, AttributeError) as problem:
        raise ProtocolError(f"emergency_numbers.toml is wrong: {problem!r}.") from problem
    return generic, regions


def short(card: Card) -> Card:
    """The card again in later turns: the first two things to do and the numbers."""
    return replace(card, do=card.do[:2], avoid=(), why="")


def one_line(card: Card) -> Card:
    """The card as a reminder of one line."""
    return replace(card, do=card.do[:1], avoid=(), why="", numbers=())
