"""Puts the signs of a whole conversation together: which flags stand, at which tier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.triage.context import Scene
from assistant.triage.detect import Reading
from assistant.triage.protocol import Flag, LookAlike, Protocol, Rule
from assistant.triage.records import TIERS, Finding, Polarity, Tier, TriageState

ANSWER = 2  # words at the start of a turn that may answer a question
MEANT_AS: dict[str, Polarity] = {"present": "present", "denied": "denied", "past": "past"}


def excuse(readings: Sequence[Reading], protocol: Protocol) -> tuple[Reading, ...]:
    """Present signs of a harmless look-alike turned into asked ones, by the protocol's look-alikes."""
    here = {reading.sign for reading in readings if reading.meant == "present"}
    excused: dict[str, LookAlike | None] = {sign.id: None for sign in protocol.signs if sign.always_asked}
    for look_alike in protocol.look_alikes:
        if all(part & here for part in look_alike.needs) and not look_alike.unless & here:
            excused |= dict.fromkeys(look_alike.signs, look_alike)
    return tuple(
        replace(r, meant="asked", excused=excused[r.sign]) if r.meant == "present" and r.sign in excused else r
        for r in readings
    )


def in_one(each: Sequence[tuple[Reading, ...]]) -> tuple[Reading, ...]:
    """The readings of one message in several languages, the last one's first; only those keep their place."""
    *others, last = each
    return tuple(dict.fromkeys((*last, *(replace(r, occurrence=None) for one in others for r in one))))


def findings(readings: Iterable[Reading], protocol: Protocol, turn: int) -> tuple[Finding, ...]:
    """What the readings of one turn add. Present wins over denied in one turn; asked and told add nothing."""
    found: dict[tuple[str, str], Finding] = {}
    for reading in readings:
        polarity = MEANT_AS.get(reading.meant)
        if polarity is None:
            continue
        if polarity == "past" and reading.sign in protocol.history:
            polarity = "present"
        key = (reading.sign, reading.whose)
        if key not in found or polarity == "present":
            found[key] = Finding(reading.sign, polarity, reading.whose, turn)
    return tuple(found.values())


def joined(earlier: Iterable[Finding], new: Iterable[Finding]) -> tuple[Finding, ...]:
    """Both together: the earlier turn of a present finding is kept, and nothing present is ever taken back."""
    table: dict[tuple[str, str], Finding] = {}
    for finding in (*earlier, *new):
        key = (finding.flag, finding.whose)
        kept = table.get(key)
        if kept is None or (kept.polarity != "present" and finding.polarity in ("present", "unsure")):
            table[key] = finding
    return tuple(table.values())


def present(found: Iterable[Finding], protocol: Protocol) -> frozenset[str]:
    """Signs that count. Somebody else's history counts only beside something else that they have."""
    counted = [f for f in found if f.polarity in ("present", "unsure")]
    others = any(f.whose == "other" and f.flag not in protocol.history for f in counted)
    return frozenset(f.flag for f in counted if f.whose == "self" or f.flag not in protocol.history or others)


def tier_of(flag: Flag, signs: frozenset[str]) -> Tier:
    """The highest tier at which one of the flag's rules holds, else none."""
    rule = rule_of(flag, signs)
    return rule.tier if rule else "none"


def rule_of(flag: Flag, signs: frozenset[str]) -> Rule | None:
    """The first of the flag's rules, from the highest tier down, that holds."""
    for rule in flag.rules:
        if all(part & signs for part in rule.needs) and not rule.unless & signs:
            return rule
    return None


def standing(signs: frozenset[str], protocol: Protocol) -> dict[str, Tier]:
    """Flags that stand, highest tier first and in the protocol's order within a tier."""
    tiers = {flag.id: tier_of(flag, signs) for flag in protocol.flags}
    return {id: tier for id, tier in sorted(tiers.items(), key=lambda pair: -TIERS.index(pair[1])) if tier != "none"}


def answered(scene: Scene, state: TriageState) -> tuple[Finding, ...]:
    """What a short "yes", "both", "no" or "idk" says about the signs of the question just asked.

    Unsure counts as present. Only the first words of the turn are looked at.
    """
    signs, _, _ = state.pending.partition("@")
    if not signs:
        return ()
    polarity: Polarity
    if scene.within("answer_yes", 0, ANSWER):
        polarity = "present"
    elif scene.within("answer_unsure", 0, ANSWER):
        polarity = "unsure"
    elif scene.within("answer_no", 0, 1):
        polarity = "denied"
    else:
        return ()
    return tuple(Finding(sign, polarity, "self", state.turn) for sign in signs.split(","))


def only_asks(scene: Scene, readings: Sequence[Reading]) -> bool:
    """Whether the message asks about a sign and nothing else, so that the card is the whole answer."""
    asked = [reading for reading in readings if reading.meant == "asked"]
    return bool(asked) and len(scene.sentences) == 1
