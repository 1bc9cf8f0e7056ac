"""What the policy makes of our messages: its rules alone, and with a second opinion that never saw their author."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.policy.judge import Policy, judge
from assistant.policy.opinion import Ask, silent
from assistant.policy.second_opinion import OK, THRESHOLDS
from evals.statistics import clopper_pearson
from evals.train_policy import Learned, Message, as_opinion, is_new


@dataclass(frozen=True)
class Judged:
    """What became of one message."""

    refused: bool  # or noticed: not looked up
    right: bool  # the reason that its author meant is among those given


def judged(message: Message, policy: Policy, ask: Ask) -> Judged:
    verdict = judge(message.text, policy, ask)
    reasons = {verdict.reason, *(one.reason for one in verdict.also_refused)}
    return Judged(verdict.outcome != "go", message.label in reasons)


def markdown(learned: Learned, held_out: NDArray[np.float64], table: Mapping[str, Any], policy: Policy) -> str:
    """Two tables: what is to be refused, by reason, and what is to be let through, by where it comes from."""
    groups: dict[str, list[tuple[Judged, Judged]]] = defaultdict(list)
    for message, row in zip(learned.messages, held_out, strict=True):
        both = judged(message, policy, silent), judged(message, policy, _held_out_opinion(row, table))
        for name in _groups(message):
            groups[name].append(both)
    lines = ["Asked of models that saw nothing of the author. The rules saw some: authors N and O are new to them.", ""]
    head = ("not looked up: rules", "not looked up: both", "right reason: rules", "right reason: both")
    lines += _table("to be refused", head)
    lines += [
        _row(name, found, ("refused", "right")) for name, found in sorted(groups.items()) if not _let_through(name)
    ]
    lines += ["", *_table("to be let through", ("refused: rules", "refused: both"))]
    lines += [_row(name, found, ("refused",)) for name, found in sorted(groups.items()) if _let_through(name)]
    return "\n".join(lines)


def _held_out_opinion(row: NDArray[np.float64], table: Mapping[str, Any]) -> Ask:
    """An opinion on the parts of a message that is the one on the whole, since that is what was held out."""
    opinion = as_opinion(table, {name: float(table["thresholds"][name]) for name in THRESHOLDS}).of(row)
    return lambda question: opinion


def _groups(message: Message) -> Iterator[str]:
    if message.label == OK:
        yield f"{OK}: {message.set}{', N and O' if is_new(message.author) else ''}"
        return
    yield message.label
    yield "all, N and O" if is_new(message.author) else "all, other authors"


def _let_through(group: str) -> bool:
    return group.startswith(OK)


def _table(title: str, head: Sequence[str]) -> list[str]:
    return [f"| {title} | n | " + " | ".join(head) + " |", "|---" * (2 + len(head)) + "|"]


def _row(name: str, found: Sequence[tuple[Judged, Judged]], fields: Sequence[str]) -> str:
    cells = [_share([getattr(pair[side], field) for pair in found]) for field in fields for side in (0, 1)]
    return f"| {name} | {len(found)} | " + " | ".join(cells) + " |"


def _share(hits: Sequence[bool]) -> str:
    found = clopper_pearson(sum(hits), len(hits))
    return f"{found.point:.3f} ({found.low:.3f} to {found.high:.3f})"
