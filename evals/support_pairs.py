"""Labelled sentences with the quotes they claim to rest on: how many right ones pass the check, how many wrong ones."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.support.support import unsupported
from evals.statistics import Interval, clopper_pearson

FILE = Path(__file__).parent / "support" / "pairs.jsonl"
BEGIN, END = "<!-- between: written by 'spotter eval support --write' -->", "<!-- end of what it wrote -->"
UNSEEN = ("test", "test_2")
PARTS = ("tune", "tune_2", "tune_3", "tune_4", "tune_5", *UNSEEN)
# Of each unseen part: at least so many right ones, at most so many wrong ones.
LEAST_RIGHT, MOST_WRONG = 64, 3


@dataclass(frozen=True)
class Pair:
    """A sentence, its quote and the heading above it; `fault` is "" for a sentence that is carried."""

    id: str
    part: str  # one of PARTS; those of UNSEEN were not looked at
    passage_id: str
    heading: str
    quote: str
    sentence: str
    supported: bool
    fault: str
    why: str

    @property
    def passes(self) -> bool:
        return unsupported(self.sentence, self.quote, self.heading) == ""


@dataclass(frozen=True)
class Part:
    """What passes of one part: right ones, wrong ones, and the faults of these."""

    name: str
    right: Interval
    wrong: Interval
    faults: dict[str, tuple[int, int]]  # fault -> wrong ones that pass, of how many

    @property
    def right_ones(self) -> int:
        """How many right ones pass."""
        return round(self.right.point * self.right.n)

    @property
    def wrong_ones(self) -> int:
        """How many wrong ones pass."""
        return round(self.wrong.point * self.wrong.n)

    @property
    def meets_goal(self) -> bool:
        return self.right_ones >= LEAST_RIGHT and self.wrong_ones <= MOST_WRONG


def read_pairs(path: Path = FILE) -> list[Pair]:
    return [Pair(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def measured(pairs: Sequence[Pair], name: str) -> Part:
    """The part of that name."""
    own = [pair for pair in pairs if pair.part == name]
    passing = {pair.id for pair in own if pair.passes}
    right = [pair for pair in own if pair.supported]
    wrong = [pair for pair in own if not pair.supported]
    every, passed = Counter(one.fault for one in wrong), Counter(one.fault for one in wrong if one.id in passing)
    return Part(
        name,
        clopper_pearson(sum(one.id in passing for one in right), len(right)),
        clopper_pearson(sum(one.id in passing for one in wrong), len(wrong)),
        {fault: (passed[fault], count) for fault, count in sorted(every.items())},
    )


def section(parts: Sequence[Part]) -> str:
    """The table of a page, in Markdown."""
    head = "| part | right ones that pass | wrong ones that pass | wrong ones that pass, by fault |\n|" + " --- |" * 4
    goal = f"Goal for {' and '.join(UNSEEN)}: at least {LEAST_RIGHT} right ones each, at most {MOST_WRONG} wrong ones."
    return "\n".join([head, *map(_row, parts), "", f"{goal} In brackets exact 95 % intervals."]) + "\n"


def _row(part: Part) -> str:
    faults = ", ".join(f"{fault} {passed} of {count}" for fault, (passed, count) in part.faults.items() if passed)
    return f"| {part.name} | {_share(part.right)} | {_share(part.wrong)} | {faults or 'none'} |"


def _share(one: Interval) -> str:
    return f"{round(one.point * one.n)} of {one.n} ({one.low:.3f} to {one.high:.3f})"
