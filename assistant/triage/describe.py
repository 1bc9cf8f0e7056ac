"""The protocol as plain values for people and programs: flags with their rules, signs and frames in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.triage.protocol import Flag, LookAlike, Protocol, Rule, Sign
from assistant.triage.records import TIERS, Tier
from corpus.errors import KnownError


class UnknownFlag(KnownError):
    """There is no flag of that id in the protocol."""


@dataclass(frozen=True)
class SignEntry:
    """A sign: `notes` say when it counts, `frames` are what it is read from, in words."""

    id: str
    meaning: str
    modifier: str
    notes: tuple[str, ...]
    frames: tuple[str, ...]


@dataclass(frozen=True)
class RuleEntry:
    """One rule of a flag in words, with the tier that it gives."""

    tier: Tier
    words: str


@dataclass(frozen=True)
class FlagEntry:
    """All that the protocol says of one flag. `cards` are those of its tiers, as the reply schema has them."""

    id: str
    meaning: str
    notes: tuple[str, ...]
    rules: tuple[RuleEntry, ...]
    signs: tuple[SignEntry, ...]
    look_alikes: tuple[str, ...]
    modifiers: tuple[str, ...]
    cards: tuple[dict[str, Any], ...]
    question: str
    no_strengthening: tuple[str, ...]
    source: Mapping[str, str]
    clinical_review: str


def describe(protocol: Protocol) -> tuple[FlagEntry, ...]:
    """Every flag, in the order of the protocol."""
    return tuple(_flag(flag, protocol) for flag in protocol.flags)


def describe_flag(id: str, protocol: Protocol) -> FlagEntry:
    """The flag of that id. Raises UnknownFlag (a KnownError)."""
    if id not in {flag.id for flag in protocol.flags}:
        known = ", ".join(flag.id for flag in protocol.flags)
        raise UnknownFlag(f"There is no flag {id} in the protocol. Choose one of: {known}.")
    return _flag(protocol.flag(id), protocol)


def _flag(flag: Flag, protocol: Protocol) -> FlagEntry:
    meanings = {sign.id: sign.meaning for sign in protocol.signs}
    named = frozenset().union(*(rule.unless.union(*rule.needs) for rule in flag.rules))
    signs = [sign for sign in protocol.signs if sign.id in named]
    topics = (flag.card, protocol.crisis_with_emergency) if flag.crisis else (flag.card,)
    tiers = sorted({rule.tier for rule in flag.rules}, key=TIERS.index, reverse=True)
    return FlagEntry(
        id=flag.id,
        meaning=flag.meaning,
        notes=tuple(_flag_notes(flag, signs)),
        rules=tuple(RuleEntry(rule.tier, rule_in_words(rule, meanings)) for rule in flag.rules),
        signs=tuple(describe_sign(sign) for sign in signs),
        look_alikes=tuple(one.meaning for one in protocol.look_alikes if one.signs & named),
        modifiers=tuple(dict.fromkeys(sign.modifier for sign in signs if sign.modifier)),
        cards=tuple(protocol.shelf.card(topic, tier).as_json() for topic in topics for tier in tiers),
        question=flag.question.text if flag.question else "",
        no_strengthening=flag.protects,
        source=flag.source,
        clinical_review=flag.clinical_review,
    )


def _flag_notes(flag: Flag, signs: Sequence[Sign]) -> Iterator[str]:
    if flag.life_threat:
        yield "a threat to life: its card comes before others"
    if flag.crisis:
        yield "a crisis: its card comes instead of others, and in its second form beside a threat to life"
    if all(sign.always_asked for sign in signs):
        yield "never stops an answer, since its signs are only ever asked about"


def describe_sign(sign: Sign) -> SignEntry:
    """A sign with its frames in words."""
    notes = {
        "counts although it is long past": sign.history,
        "counts only in the turn in which it is said": not sign.lasting,
        "always a question, never something that somebody has": sign.always_asked,
    }
    return SignEntry(
        id=sign.id,
        meaning=sign.meaning,
        modifier=sign.modifier,
        notes=tuple(note for note, holds in notes.items() if holds),
        frames=tuple(frame_in_words(frame.text) for frame in sign.frames),
    )


def frame_in_words(text: str) -> str:
    """`a|b & c_d / 8 ! e` as "a or b, with c d, at most 8 words between; not with e"."""
    body, _, blocked = text.partition(" ! ")
    body, _, window = body.partition(" / ")
    ordered = " > " in body
    parts = [_choice(part.split("|")) for part in body.split(" > " if ordered else " & ")]
    words = (", then " if ordered else ", with ").join(parts)
    words += f", at most {window} words between" if window else ""
    return words + (f"; not with {_choice(blocked.split('|'))}" if blocked else "")


def _choice(names: Sequence[str]) -> str:
    return " or ".join(name.strip().replace("_", " ") for name in names)


def rule_in_words(rule: Rule | LookAlike, meanings: Mapping[str, str]) -> str:
    """`a & b|c ! d` as "a AND (b OR c), NOT when d", each sign by its meaning."""
    body, _, unless = rule.text.partition(" ! ")
    parts = [_one_of(part, meanings) for part in body.split(" & ")]
    words = " AND ".join(f"({part})" if " OR " in part and len(parts) > 1 else part for part in parts)
    return words + (f", NOT when {_one_of(unless, meanings)}" if unless else "")


def _one_of(part: str, meanings: Mapping[str, str]) -> str:
    return " OR ".join(meanings[name.strip()] for name in part.split("|"))
