"""Chooses what the person sees: which card, whole or short, whether to stop, which one question to ask."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.triage.cards import one_line, short
from assistant.triage.context import Scene
from assistant.triage.detect import Reading
from assistant.triage.protocol import Protocol
from assistant.triage.records import (
    HARD_TIERS,
    TIERS,
    Assessment,
    Card,
    Finding,
    Outcome,
    Question,
    Reason,
    Tier,
    Trace,
    TriageState,
)


@dataclass(frozen=True)
class Turn:
    """What one user turn brought. `flags` stand in the conversation, `asked` would if their signs were real.

    `found` are the findings of the whole conversation, `signs` those of them that count.
    """

    before: TriageState
    after: TriageState
    region: str
    language: str  # the code of the one it was read in beside English, or ""
    scene: Scene
    readings: tuple[Reading, ...]
    found: tuple[Finding, ...]
    signs: frozenset[str]
    flags: dict[str, Tier]
    asked: dict[str, Tier]
    asked_signs: tuple[str, ...]
    only_asks: bool

    @property
    def tier(self) -> Tier:
        """The highest tier of the conversation so far."""
        return max((self.before.tier, *self.flags.values()), key=TIERS.index)

    @property
    def new(self) -> tuple[str, ...]:
        """Flags that are new in this turn, or stand higher than before."""
        old = dict(self.before.flags)
        return tuple(id for id, t in self.flags.items() if TIERS.index(t) > TIERS.index(old.get(id, "none")))


def decide(turn: Turn, protocol: Protocol) -> Assessment:
    """The assessment by the design's table: hard before questions about signs before see_clinician."""
    if turn.tier in HARD_TIERS:
        return _hard(turn, protocol)
    if turn.asked:
        return _asked(turn, protocol)
    if turn.flags:
        return _see_clinician(turn, protocol)
    return _result(turn, protocol)


def _hard(turn: Turn, protocol: Protocol) -> Assessment:
    fresh = [id for id in turn.new if turn.flags[id] in HARD_TIERS]
    crisis = any(protocol.flag(id).crisis for id in turn.flags)
    if not fresh:
        card = short(_card(_first(turn.flags, protocol), turn, protocol))
        return _result(turn, protocol, card=card, outcome="crisis" if crisis else "escalated", reason="latched")
    first = _first({id: turn.flags[id] for id in fresh}, protocol)
    card = _named_card(first, turn, protocol) if first == protocol.second_flag else _card(first, turn, protocol)
    return _result(
        turn,
        protocol,
        card=replace(card, also=tuple(id for id in fresh if id != first)),
        outcome="crisis" if crisis else "escalated",
        reason="self_harm" if any(protocol.flag(id).crisis for id in fresh) else "red_flag",
        shown=tuple(fresh),
    )


def _asked(turn: Turn, protocol: Protocol) -> Assessment:
    first = _first(turn.asked, protocol)
    flag = protocol.flag(first)
    card = protocol.shelf.card(flag.card, turn.asked[first], turn.region)
    own = flag.question if set(flag.asks) <= set(turn.asked_signs) else None
    return _result(
        turn,
        protocol,
        card=replace(card, also=(*(id for id in turn.asked if id != first), *turn.new)),
        question=own or protocol.now_question,
        shown=(first,),
        pending=turn.asked_signs,
        informational=turn.only_asks,
    )


def _see_clinician(turn: Turn, protocol: Protocol) -> Assessment:
    if not turn.new:
        return _result(turn, protocol, card=one_line(_card(_first(turn.flags, protocol), turn, protocol)))
    first = _first({id: turn.flags[id] for id in turn.new}, protocol)
    flag = protocol.flag(first)
    return _result(
        turn,
        protocol,
        card=replace(_card(first, turn, protocol), also=tuple(id for id in turn.new if id != first)),
        question=flag.question,
        pending=flag.asks if flag.question else (),
        shown=turn.new,
    )


def _first(flags: dict[str, Tier], protocol: Protocol) -> str:
    """The flag that speaks for the others: life threats first, then by tier and the protocol's order."""
    order = [flag.id for flag in protocol.flags]
    return min(
        flags,
        key=lambda id: (not protocol.flag(id).life_threat, -TIERS.index(flags[id]), order.index(id)),
    )


def _named_card(second: str, turn: Turn, protocol: Protocol) -> Card:
    """The emergency card of the sign that the frames named, where there is one: it is more to the point."""
    named = {id: tier for id, tier in turn.flags.items() if id != second and tier in HARD_TIERS}
    topics = [protocol.flag(_first(named, protocol)).card] if named else []
    topic = next((one for one in topics if protocol.shelf.has(one, "emergency")), protocol.flag(second).card)
    return protocol.shelf.card(topic, "emergency", turn.region)


def _card(id: str, turn: Turn, protocol: Protocol) -> Card:
    """The card of a flag at its tier; with self-harm the crisis card, or the one for both when life is at risk."""
    flag = protocol.flag(id)
    topic = flag.card
    if any(protocol.flag(other).crisis for other in turn.flags):
        danger = any(turn.flags[o] == "emergency" and protocol.flag(o).life_threat for o in turn.flags)
        topic = protocol.crisis_with_emergency if danger else protocol.crisis_card
    return protocol.shelf.card(topic, turn.flags[id], turn.region)


def _result(
    turn: Turn,
    protocol: Protocol,
    *,
    card: Card | None = None,
    question: Question | None = None,
    pending: tuple[str, ...] = (),
    outcome: Outcome = "",
    reason: Reason = "",
    informational: bool = False,
    shown: tuple[str, ...] = (),
) -> Assessment:
    if card:
        card = protocol.shelf.also_in(turn.language, card, hard=bool(outcome), crisis=outcome == "crisis")
    state = replace(
        turn.after,
        tier=turn.tier,
        flags=tuple(turn.flags.items()),
        shown=tuple(dict.fromkeys((*turn.before.shown, *shown))),
        pending=f"{','.join(pending)}@{turn.before.turn + 1}" if pending else turn.after.pending,
    )
    parts = {part: None for id in turn.flags for part in protocol.flag(id).protects}
    return Assessment(
        mode="hard" if outcome else "soft" if card else "none",
        tier=turn.tier,
        flags=tuple(turn.flags),
        card=card,
        question=question,
        outcome=outcome,
        reason=reason,
        no_strengthening=tuple(parts),
        informational=informational,
        state=state,
        trace=tuple(Trace(r.sign, r.meant, r.words) for r in turn.readings),
    )
