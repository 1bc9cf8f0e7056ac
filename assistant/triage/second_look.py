"""What is done with the second detector's opinion: an alarm, a question, or frames that are not taken at their word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.triage.combine import findings, joined, present, standing
from assistant.triage.context import Meant, Scene
from assistant.triage.detect import Reading
from assistant.triage.features import features
from assistant.triage.protocol import Protocol
from assistant.triage.records import HARD_TIERS, Tier, TriageState
from assistant.triage.second_opinion import ALONE, SILENT, WINDOW, Opinion, windows

PLAIN = 9  # words of a statement that is never doubted


def opinion_on(scene: Scene, readings: Sequence[Reading], state: TriageState, protocol: Protocol) -> Opinion:
    """What the second detector makes of a turn in English, given the turns before it; a bare "yes" says nothing."""
    if len(scene.words.words) < ALONE and not readings:
        return SILENT
    return protocol.second_opinion.of(features(scene, readings), windows(scene.words.sentence), state.weighed)


def doubted(
    opinion: Opinion, readings: tuple[Reading, ...], scene: Scene, state: TriageState, protocol: Protocol
) -> tuple[Reading, ...]:
    """Present signs turned into asked ones, since the message as a whole reads like no emergency.

    Never what stood before this turn, nor a message that is too long to be weighed as a whole. History stays, and so
    does what is said in a short statement: "my groin is numb" is taken at its word. Signs of despair are doubted apart,
    and as long as they are not, nothing else is.
    """
    if state.tier in HARD_TIERS or len(scene.words.words) > WINDOW:
        return readings
    if opinion.despair == "doubt":
        readings = _asked([r.sign in _despair(protocol) for r in readings], readings)
    found = joined(state.findings, findings(readings, protocol, state.turn))
    alarms = {id for id, tier in standing(present(found, protocol), protocol).items() if tier in HARD_TIERS}
    if opinion.says != "doubt" or not alarms or any(protocol.flag(id).crisis for id in alarms):
        return readings
    return _asked([r.sign not in protocol.history and not _is_plain(r, scene) for r in readings], readings)


def _despair(protocol: Protocol) -> frozenset[str]:
    """The signs that raise a crisis."""
    return frozenset().union(*(flag.signs for flag in protocol.flags if flag.crisis))


def _asked(which: Sequence[bool], readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings, and those of which it is said, when present, as asked about."""
    return tuple(
        replace(r, meant="asked", doubted=True) if doubt and r.meant == "present" else r
        for doubt, r in zip(which, readings, strict=True)
    )


def _is_plain(reading: Reading, scene: Scene) -> bool:
    """Whether a sign stands in a short clause and the question, if there is one, comes after it."""
    if reading.occurrence is None:
        return False
    start, end = scene.span(reading.occurrence)
    first = max((at for at in range(start, reading.occurrence.start + 1) if scene.words.comma[at]), default=start)
    last = min((at for at in range(reading.occurrence.end, end) if scene.words.comma[at]), default=end)
    return last - first <= PLAIN and (last < end or not scene.words.asked[start])


def added(
    opinion: Opinion,
    readings: Sequence[Reading],
    flags: Mapping[str, Tier],
    asked: Mapping[str, Tier],
    state: TriageState,
    protocol: Protocol,
) -> tuple[Reading, ...]:
    """What it reads beside the frames: an alarm where they raise none or a lower one; a question where they ask none.

    `flags` are those that stand by the frames, `asked` those that would if what is asked about were so. It raises
    nothing in a turn with a look-alike of the protocol, which has been weighed already.
    """
    found: list[tuple[str, Meant]] = []
    tiers, new = HARD_TIERS & set(flags.values()), flags.keys() - dict(state.flags).keys()
    raises = opinion.raises if tiers == {"urgent"} else opinion.says == "alarm" and not tiers
    if raises and not any(reading.excused for reading in readings):
        found.append((protocol.second_sign, "present"))
    elif opinion.says in ("ask", "alarm") and not (tiers or new or asked or protocol.second_flag in state.shown):
        found.append((protocol.second_sign, "asked"))
    if opinion.despair == "alarm":
        found.append((protocol.despair_sign, "present"))
    elif opinion.despair == "ask" and not tiers and not any(protocol.flag(id).crisis for id in state.shown):
        found.append((protocol.despair_sign, "asked"))
    return tuple(Reading(sign, meant, "self", "") for sign, meant in found)
