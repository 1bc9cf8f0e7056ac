"""The floors that a run must hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.sources import read_toml
from evals.figures import Figure

GATES = Path(__file__).with_name("gates.toml")


@dataclass(frozen=True)
class Gate:
    """A floor for one figure (a ceiling where lower is better), and why it is what it is."""

    figure: str
    floor: float
    reason: str
    split: str = "test"  # the cases it looks at; "all" for what must always hold


@dataclass(frozen=True)
class Outcome:
    """A gate and what the run reached; None where the run has no such case."""

    gate: Gate
    reached: float | None
    holds: bool


def read_gates(path: Path = GATES) -> tuple[Gate, ...]:
    return tuple(
        Gate(row["figure"], row["floor"], row["reason"], row.get("split", "test")) for row in read_toml(path)["gate"]
    )


def outcomes(gates: Sequence[Gate], figures: Sequence[Figure]) -> list[Outcome]:
    """Each gate against the point of its figure, over whichever cases that has; without any it is open and holds."""
    by_id = {figure.definition.id: figure for figure in figures}
    return [_outcome(gate, by_id[gate.figure]) for gate in gates]


def _outcome(gate: Gate, figure: Figure) -> Outcome:
    if figure.interval is None:
        return Outcome(gate, None, True)
    point = figure.interval.point
    return Outcome(gate, point, point >= gate.floor if figure.definition.higher_is_better else point <= gate.floor)
