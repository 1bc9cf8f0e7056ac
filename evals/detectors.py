"""The gate's two detectors apart and together: what each finds alone, what another threshold would bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.triage.decide import Turn, decide
from assistant.triage.gate import read_turn
from assistant.triage.protocol import Protocol
from assistant.triage.records import HARD_TIERS, Assessment, TriageState
from assistant.triage.second_opinion import NONE
from evals.cases import Case
from evals.statistics import clopper_pearson
from evals.train import Message, fitted

ALARMS = (-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0)  # thresholds of the curve, beside the shipped one
FEWEST = 8  # messages of a flag from which its row is shown
# What the table shows: title, group of cases, what is counted.
COLUMNS = (
    ("emergency and urgent: HARD", "danger", "hard"),
    ("self-harm: HARD", "crisis", "hard"),
    ("self-harm: crisis card", "crisis", "crisis"),
    ("hard negatives: HARD", "look_alike", "hard"),
    ("hard negatives: crisis card", "look_alike", "crisis"),
    ("ordinary: HARD", "ordinary", "hard"),
)


@dataclass(frozen=True)
class Heard:
    """What a gate made of one case: whether it stopped by the turn that it should, and whether with the crisis card."""

    group: str
    hard: bool
    crisis: bool


def group_of(case: Case) -> str:
    """danger, crisis, look_alike or ordinary; nothing for a case that says nothing about alarms."""
    if case.set == "crisis" or case.expect.get("outcome") == "crisis":
        return "crisis"
    if case.expect.get("tier") in HARD_TIERS:
        return "danger"
    if case.set == "ordinary":
        return "ordinary"
    return "look_alike" if case.set in ("no_flag", "conversation") and case.expect.get("tier") == "none" else ""


def told(case: Case, protocol: Protocol) -> list[tuple[Turn, Assessment]]:
    """What one gate reads and says, turn by turn, up to the one that must be stopped."""
    state, said = TriageState(), []
    for text in case.turns[: case.expect.get("escalate_at", len(case.turns)) + 1]:
        turn = read_turn(text, state, protocol)
        said.append((turn, decide(turn, protocol)))
        state = said[-1][1].state
    return said


def heard(case: Case, protocol: Protocol) -> Heard:
    """The case through one gate, up to the turn that must be stopped."""
    said = [assessment for _, assessment in told(case, protocol)]
    hard, crisis = any(one.mode == "hard" for one in said), any(one.outcome == "crisis" for one in said)
    return Heard(group_of(case), hard, crisis)


def frames_alone(protocol: Protocol) -> Protocol:
    """The gate without the second detector."""
    return replace(protocol, second_opinion=NONE)


def second_alone(protocol: Protocol) -> Protocol:
    """The gate with the flags of the second detector only; it still sees what the frames read."""
    own = {protocol.second_sign, protocol.despair_sign}
    flags = (
        replace(flag, rules=tuple(replace(rule, needs=tuple(part & own for part in rule.needs)) for rule in flag.rules))
        for flag in protocol.flags
        if flag.signs & own
    )
    return replace(protocol, flags=tuple(flags), look_alikes=())


def with_alarm(protocol: Protocol, alarm: float) -> Protocol:
    """The gate with another threshold of the second detector."""
    return replace(protocol, second_opinion=replace(protocol.second_opinion, alarm=alarm))


def gates(protocol: Protocol) -> dict[str, Protocol]:
    """The gates that are compared, by what the table calls them; the shipped one is "both"."""
    curve = {f"both, alarm from {alarm:+.1f}": with_alarm(protocol, alarm) for alarm in ALARMS}
    return {"frames alone": frames_alone(protocol), "second alone": second_alone(protocol), "both": protocol} | curve


def counted(cases: Sequence[Case], protocol: Protocol) -> list[dict[str, float]]:
    """For each of COLUMNS {"n", "share", "low", "high"}, the interval being exact."""
    found = [heard(case, protocol) for case in cases]
    return [_counted([getattr(one, what) for one in found if one.group == group]) for _, group, what in COLUMNS]


def _counted(hits: Sequence[bool]) -> dict[str, float]:
    interval = clopper_pearson(sum(hits), len(hits))
    return {"n": len(hits), "share": interval.point, "low": interval.low, "high": interval.high}


def without_flag(
    flag: str, learned: Sequence[Message], cases: Sequence[Case], protocol: Protocol
) -> dict[str, float] | None:
    """What the second detector alone finds of a flag of which it has learned no message; None where there are few."""
    own = [case for case in cases if flag in case.expect.get("flags", ()) and group_of(case) in ("danger", "crisis")]
    if len(own) < FEWEST:
        return None
    scales = fitted([one for one in learned if flag not in one.flags])
    blind = second_alone(replace(protocol, second_opinion=replace(protocol.second_opinion, scales=scales)))
    usual = second_alone(protocol)
    return {
        "n": len(own),
        "blind": sum(heard(case, blind).hard for case in own) / len(own),
        "usual": sum(heard(case, usual).hard for case in own) / len(own),
        "both": sum(heard(case, protocol).hard for case in own) / len(own),
    }


def markdown(page: Mapping[str, Any]) -> str:
    """The tables as a page of the report."""
    lines = ["## The two detectors of the gate, apart and together", ""]
    lines += _table(["gate", *(title for title, _, _ in COLUMNS)])
    lines += [f"| {name} | " + " | ".join(map(_cell, cells)) + " |" for name, cells in page["gates"].items()]
    if page["flags"]:
        lines += ["", "HARD on messages with a flag of which the second detector has learned no message:", ""]
        lines += _table(["flag", "n", "second alone, without it", "second alone", "both"])
        lines += [
            f"| {flag} | {row['n']} | {row['blind']:.3f} | {row['usual']:.3f} | {row['both']:.3f} |"
            for flag, row in page["flags"].items()
        ]
    return "\n".join(lines) + "\n"


def _table(head: Sequence[str]) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]


def _cell(one: Mapping[str, float]) -> str:
    return f"{one['share']:.3f} ({one['low']:.3f} to {one['high']:.3f}, n {one['n']})"
