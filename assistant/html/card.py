"""Draw the safety card, with every number on it one that can be tapped to call."""

import re
from dataclasses import dataclass

from assistant.html.templates import filled
from assistant.triage.records import HARD_TIERS, Card

_DIALLED = re.compile(r"[*#+]?[0-9](?:[0-9 -]*[0-9])?")
SHORTEST = 3  # digits of a number among words; "24 hours" is none


@dataclass(frozen=True)
class _Words:
    """A piece of a line to call; `dial` is what a telephone is given, "" for words."""

    text: str
    dial: str = ""


def card_html(card: Card | None) -> str:
    """The card as a block of its own, "" without one; emergency and urgent ones are announced at once."""
    if card is None:
        return ""
    numbers = [(number.label, _dialled(number.number)) for number in card.numbers]
    known = {words.dial for _, line in numbers for words in line}
    told = card.translation
    return filled(
        "card.html",
        card=card,
        role="alert" if card.tier in HARD_TIERS else "status",
        numbers=numbers,
        told_numbers=_only(known, _dialled(told.numbers)) if told else [],
    )


def _dialled(line: str) -> list[_Words]:
    """The line to call in pieces, each number of it one of its own."""
    found: list[_Words] = []
    place = 0
    for match in _DIALLED.finditer(line):
        dial = re.sub("[ -]", "", match.group())
        if len(dial.strip("*#+")) >= SHORTEST or match.group() == line:
            found += [_Words(line[place : match.start()]), _Words(match.group(), dial)]
            place = match.end()
    return [*found, _Words(line[place:])]


def _only(known: set[str], line: list[_Words]) -> list[_Words]:
    """The same with no number to call but those that the card itself has."""
    return [one if one.dial in known else _Words(one.text) for one in line]
