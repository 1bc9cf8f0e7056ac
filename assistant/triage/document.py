"""The protocol as a Markdown page for a clinician to read: docs/protocol.md, and 'spotter triage list'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assistant.triage.describe import FlagEntry, SignEntry, describe, describe_sign, rule_in_words
from assistant.triage.examples import examples
from assistant.triage.protocol import Protocol
from assistant.triage.records import TIERS, Card

HEAD = "document_head.md"


def document(protocol: Protocol, folder: Path) -> str:
    """The whole protocol; `folder` holds its data files."""
    entries = describe(protocol)
    head = (folder / HEAD).read_text(encoding="utf-8").rstrip()
    parts = [
        [head, ""],
        _contents(entries),
        ["## Flags", "", *(line for entry in entries for line in _flag_lines(entry, linked=True))],
        ["## Cards", "", *(line for card in _cards(protocol) for line in _card_lines(card.as_json()))],
        ["## Look-alikes", "", *_look_alike_lines(protocol)],
        ["## Modifiers", "", *_modifier_lines(protocol, entries)],
        ["## Signs", "", *(line for sign in protocol.signs for line in _sign_lines(describe_sign(sign))), ""],
        ["## Concepts", "", *_concept_lines(protocol, examples(folder / "lexicon"))],
        ["## Sources", "", *_source_lines(entries)],
    ]
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def flag_document(entry: FlagEntry) -> str:
    """One flag with its cards and its signs."""
    cards = (line for card in entry.cards for line in _card_lines(card))
    signs = (line for sign in entry.signs for line in _sign_lines(sign))
    return "\n".join([*_flag_lines(entry, linked=False), *cards, "Signs:", "", *signs]) + "\n"


def _contents(entries: Iterable[FlagEntry]) -> Iterator[str]:
    yield from ("## Contents", "", "| flag | what it is | tiers | card |", "|---|---|---|---|")
    for entry in entries:
        tiers = ", ".join(dict.fromkeys(rule.tier for rule in entry.rules))
        cards = ", ".join(f"[{card['id']}](#{card['id']})" for card in entry.cards)
        yield f"| [{entry.id}](#flag-{entry.id}) | {entry.meaning} | {tiers} | {cards} |"
    others = ("Cards", "Look-alikes", "Modifiers", "Signs", "Concepts", "Sources")
    yield from ("", "Then: " + ", ".join(f"[{name}](#{name.lower()})" for name in others) + ".", "")


def _flag_lines(entry: FlagEntry, *, linked: bool) -> Iterator[str]:
    yield from (f"### Flag {entry.id}", "", f"{entry.meaning}{''.join(f'; {note}' for note in entry.notes)}.", "")
    for tier in reversed(TIERS):
        rules = [rule.words for rule in entry.rules if rule.tier == tier]
        if rules:
            yield from (f"**{tier}** when", "", *(f"- {words}" for words in rules), "")
    cards = ", ".join(f"[{card['id']}](#{card['id']})" if linked else card["id"] for card in entry.cards)
    facts = {
        "Signs": ", ".join(f"`{sign.id}`" for sign in entry.signs),
        "Modifiers": ", ".join(entry.modifiers) or "none",
        "Look-alikes": "; ".join(entry.look_alikes) or "none",
        "Card": cards,
        "Question asked": entry.question or "none of its own",
        "No strengthening for": ", ".join(entry.no_strengthening) or "no part of the body",
        "Source": _source(entry.source),
        "Clinical review": entry.clinical_review,
    }
    yield from (*(f"- {name}: {text}" for name, text in facts.items()), "")


def _source(source: Any) -> str:
    checked = "not checked" if source["checked"] == "no" else f"checked {source['checked']}"
    note = f"; {source['note']}" if "note" in source else ""
    published = "" if source["publisher"] == "none" else f" ({source['publisher']}, {source['year']})"
    return f"{source['title']}{published}, {checked}{note}"


def _cards(protocol: Protocol) -> list[Card]:
    return [protocol.shelf.card(topic, card.tier) for (topic, _), card in protocol.shelf.cards.items()]


def _card_lines(card: dict[str, Any]) -> Iterator[str]:
    sources = "; ".join(f"{s['title']} ({s['publisher']}, {s['year']})" for s in card["sources"])
    yield from (f"### {card['id']}", "", f"**{card['title']}**", "")
    yield from (f"- {line}" for line in card["do"])
    yield from (f"- {number['label']}: {number['number']}" for number in card["numbers"])
    yield f"- Why: {card['why']}"
    yield f"- What not to do: {' '.join(card['avoid'])}"
    yield f"- Based on: {sources}. Read by us {card['reviewed']}; clinical review: {card['clinical_review']}."
    yield ""


def _look_alike_lines(protocol: Protocol) -> Iterator[str]:
    meanings = {sign.id: sign.meaning for sign in protocol.signs}
    for one in protocol.look_alikes:
        signs = "; ".join(sign.meaning for sign in protocol.signs if sign.id in one.signs)
        yield from (f"- **{one.meaning}.** When {rule_in_words(one, meanings)}:", f"  only asked about: {signs}.")
    yield ""


def _modifier_lines(protocol: Protocol, entries: Iterable[FlagEntry]) -> Iterator[str]:
    yield from ("| modifier | signs | in the rules of |", "|---|---|---|")
    flags = list(entries)
    for name in dict.fromkeys(sign.modifier for sign in protocol.signs if sign.modifier):
        signs = "; ".join(sign.meaning for sign in protocol.signs if sign.modifier == name)
        used = ", ".join(f"[{entry.id}](#flag-{entry.id})" for entry in flags if name in entry.modifiers)
        yield f"| {name} | {signs} | {used} |"
    yield ""


def _sign_lines(sign: SignEntry) -> Iterator[str]:
    notes = [*sign.notes, *([f"modifier: {sign.modifier}"] if sign.modifier else [])]
    yield f"- `{sign.id}`: {sign.meaning}" + (f" ({'; '.join(notes)})" if notes else "")
    yield from (f"  - {frame}" for frame in sign.frames)


def _concept_lines(protocol: Protocol, words: dict[str, tuple[str, ...]]) -> Iterator[str]:
    yield from ("A few words of each; the word lists hold them all.", "", "| concept | for example |", "|---|---|")
    for name in sorted(protocol.lexicon.concepts - protocol.lexicon.masks):
        yield f"| {name.replace('_', ' ')} | {', '.join(words[name])} |"
    yield from ("", "What stands inside one of these idioms is not read:", "")
    yield from (f"- {', '.join(words[name])} …" for name in sorted(protocol.lexicon.masks))
    yield ""


def _source_lines(entries: Iterable[FlagEntry]) -> Iterator[str]:
    yield from ("| source | flags |", "|---|---|")
    flags: dict[str, list[str]] = {}
    for entry in entries:
        flags.setdefault(_source(entry.source), []).append(f"[{entry.id}](#flag-{entry.id})")
    yield from (f"| {source} | {', '.join(named)} |" for source, named in flags.items())
