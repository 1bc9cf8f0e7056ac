"""Puts two turns of one conversation together that were answered at the same time: neither loses what it found."""

from dataclasses import replace

from assistant.conversation import Conversation
from assistant.triage import combine
from assistant.triage.gate import REMEMBERED, WEIGHED
from assistant.triage.records import TIERS, Tier, TriageState, higher

FIRST = 1  # user turns of a conversation that has only begun


def settled(stored: Conversation | None, own: Conversation) -> Conversation | None:
    """What to keep of `own`, given what is kept now; None where the conversation it went on from was forgotten."""
    if stored is None:
        return own if own.turn <= FIRST else None
    if stored.turn >= own.turn:
        return joined(stored, own)
    if stored.turn < own.turn - 1:  # a younger one, begun after the other was forgotten
        return None
    # What `own` went on from; or, seldom, another one as long. Nothing that stands there is lost either way.
    return replace(own, triage=_never_less(stored.triage, own.triage))


def joined(stored: Conversation, own: Conversation) -> Conversation:
    """The conversation after both of two turns that went on from the same earlier state; `own` is the later one.

    `stored` counts all turns but this one, which may be several. What a follow-up refers to is that of `own`.
    """
    return replace(own, turn=max(stored.turn, own.turn) + 1, triage=_both(stored.triage, own.triage))


def _never_less(stored: TriageState, own: TriageState) -> TriageState:
    """`own` with every finding, flag and shown card of both, at the higher tier."""
    return replace(
        own,
        findings=combine.joined(stored.findings, own.findings),
        tier=higher(stored.tier, own.tier),
        shown=tuple(dict.fromkeys((*stored.shown, *own.shown))),
        flags=_flags(stored, own),
    )


def _flags(stored: TriageState, own: TriageState) -> tuple[tuple[str, Tier], ...]:
    flags: dict[str, Tier] = {}
    for id, tier in (*stored.flags, *own.flags):
        flags[id] = higher(tier, flags.get(id, "none"))
    return tuple(sorted(flags.items(), key=lambda pair: -TIERS.index(pair[1])))


def _both(stored: TriageState, own: TriageState) -> TriageState:
    """As if the turn of `own` had come after that of `stored`: the last of its slots and weights are new."""
    turn = max(stored.turn, own.turn) + 1
    return replace(
        _never_less(stored, own),
        slots=(*stored.slots, *own.slots[-1:])[-REMEMBERED:],
        weighed=(*stored.weighed, *own.weighed[-1:])[-WEIGHED:],
        languages=(*(code for code in stored.languages if code not in own.languages), *own.languages),
        pending=_pending(stored, own, turn),
        turn=turn,
    )


def _pending(stored: TriageState, own: TriageState, turn: int) -> str:
    """The questions that are open in either, those of `own` first, for as many turns from now as they were.

    Both were asked, and nobody knows which one a bare "yes" means: it then stands for the signs of both.
    """
    signs: dict[str, None] = {}
    until = []
    for state in (own, stored):
        asked, _, last = state.pending.partition("@")
        if asked:
            signs |= dict.fromkeys(asked.split(","))
            until.append(turn + int(last) - state.turn)
    return f"{','.join(signs)}@{max(until)}" if signs else ""
