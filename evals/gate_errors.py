"""What the gate misses and what alarms it wrongly, case by case, each with its cause as the gate itself read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.triage.decide import Turn
from assistant.triage.protocol import Protocol
from assistant.triage.records import TIERS, Assessment
from evals.cases import Case
from evals.detectors import group_of, told

KINDS = {
    "missed": "Emergency, urgent or self-harm: not stopped, no card",
    "asked": "Emergency, urgent or self-harm: a card and a question instead of a stop",
    "low": "Stopped, at a lower tier than the label",
    "other_card": "Self-harm: stopped, without the crisis card",
    "stopped": "Ordinary or hard negative: stopped",
    "needless": "Needs no card: a card and a question",
    "silent": "A card would be right: none",
}
# How a sign that was read came not to count, and what that is called; the first that applies is the cause.
_HELD_BACK = {
    "told": "read as a story, a quotation or an animal",
    "past": "read as over",
    "denied": "read as denied",
    "asked": "read as a question or a case that is only imagined",
}


@dataclass(frozen=True)
class GateError:
    """One case that came out otherwise than its label says."""

    id: str
    split: str
    kind: str
    cause: str


def gate_errors(cases: Iterable[Case], protocol: Protocol) -> list[GateError]:
    """Those of the cases that the gate gets wrong, in their order."""
    found = []
    for case in cases:
        turns, said = zip(*told(case, protocol), strict=True)
        kind = _kind(case, said)
        if kind:
            found.append(GateError(case.id, case.split, kind, _cause(kind, turns, said, protocol)))
    return found


def _kind(case: Case, said: Sequence[Assessment]) -> str:
    group, modes = group_of(case), {one.mode for one in said}
    if group in ("danger", "crisis"):
        if "hard" not in modes:
            return "asked" if "soft" in modes else "missed"
        if group == "crisis":
            return "" if any(one.outcome == "crisis" for one in said) else "other_card"
        return "low" if TIERS.index(said[-1].tier) < TIERS.index(case.expect["tier"]) else ""
    if not group:
        return ""
    if "hard" in modes:
        return "stopped"
    if case.expect.get("soft_right"):
        return "" if "soft" in modes else "silent"
    quiet = group == "ordinary" or case.expect.get("soft_right") is False
    return "needless" if quiet and "soft" in modes else ""


def _cause(kind: str, turns: Sequence[Turn], said: Sequence[Assessment], protocol: Protocol) -> str:
    if kind in ("stopped", "needless"):
        return _raised(turns, said, protocol)
    if kind == "low":
        return "the rules for its signs say the same day"
    if kind == "other_card":
        return "an alarm without the sign of despair"
    return _held_back(turns, protocol)


def _raised(turns: Sequence[Turn], said: Sequence[Assessment], protocol: Protocol) -> str:
    """Whose alarm it was: a flag that the frames read, or the second detector."""
    last = next(turn for turn, one in zip(turns, said, strict=True) if one.mode != "none")
    own = {protocol.second_sign, protocol.despair_sign}
    read = (last.signs | set(last.asked_signs)) - own
    named = [id for id in last.flags or last.asked if read & protocol.flag(id).signs]
    return f"the frames read {named[0]}" if named else "the second detector"


def _held_back(turns: Sequence[Turn], protocol: Protocol) -> str:
    """Why nothing of what was read counted."""
    parts = frozenset().union(*(flag.signs for flag in protocol.flags))
    readings = [one for turn in turns for one in turn.readings if one.sign in parts and one.occurrence]
    if any(one.doubted for one in readings):
        return "read, and doubted by the second detector"
    if any(one.excused for one in readings):
        return "read, and explained by a look-alike"
    for meant, cause in _HELD_BACK.items():
        if any(one.meant == meant and one.sign not in protocol.history for one in readings):
            return cause
    return "some signs were read, and no rule holds" if readings else "no sign was recognised"


def counted(errors: Sequence[GateError]) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Split -> kind -> cause -> ids, the most frequent cause first."""
    table: dict[str, dict[str, dict[str, list[str]]]] = {}
    for one in errors:
        table.setdefault(one.split, {}).setdefault(one.kind, {}).setdefault(one.cause, []).append(one.id)
    return {
        split: {kind: dict(sorted(kinds[kind].items(), key=_most)) for kind in KINDS if kind in kinds}
        for split, kinds in sorted(table.items(), reverse=True)
    }


def _most(pair: tuple[str, list[str]]) -> int:
    return -len(pair[1])


def markdown(page: Mapping[str, Any]) -> str:
    """All of them as a page of the report: ids only, since the test split stays unread."""
    lines = ["## What the gate gets wrong", "", "English messages and conversations. The cause is what the gate read."]
    for split, kinds in page["errors"].items():
        lines += ["", f"### {split}", "", "| what | cause | n | cases |", "|---|---|---|---|"]
        for kind, causes in kinds.items():
            lines += [f"| {KINDS[kind]} | {cause} | {len(ids)} | {', '.join(ids)} |" for cause, ids in causes.items()]
    return "\n".join(lines) + "\n"
