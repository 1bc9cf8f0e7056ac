"""Would the harness notice? Broken assistants are run over a fixed slice of the cases, and each has to be caught.

The rule stood before the first result. A mutant is caught when, against the healthy assistant on the same slice,

- a case crashes that did not crash before; or
- a hard gate falls, one whose floor is 1 (or whose ceiling is 0), which the healthy assistant holds; or
- `evals.compare` says "worse" for a gated figure (paired by case, Holm over all gated figures).

The healthy assistant runs once more after all mutants: nothing may be found in it, and not one row may differ.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from assistant.answer import Assistant
from corpus.sources import read_toml
from evals.cases import Case
from evals.compare import compare
from evals.figures import Definition, figures
from evals.gates import Gate, outcomes
from evals.mutations import cite, compose, conversation, gate, model, policy, reply, search, verify
from evals.mutations.mutation import Mutation, mutations_in
from evals.run import Row, Run, row_of
from evals.score import Scored, score
from evals.statistics import Interval, clopper_pearson

SETTINGS = Path(__file__).with_name("mutants.toml")
STEPS = (gate, conversation, policy, search, compose, verify, cite, reply)
MUTATIONS = tuple(mutation for step in STEPS for mutation in mutations_in(step))
MODEL_MUTATIONS = mutations_in(model)  # for assistants with a language model
HEALTHY = Mutation("healthy", "none", "Nothing is broken: whatever is found here is a false alarm.")
REAL = ""  # name of the real corpus among those that cases are asked of
_OF_THE_MACHINE = frozenset({"seconds", "megabytes"})


@dataclass(frozen=True)
class Settings:
    """How many cases of each set are run, and the share of mutants that has to be caught."""

    slice: dict[str, int]
    at_least: float


@dataclass(frozen=True)
class Fall:
    """What a mutant was caught by; `why` is "crashed", "hard gate" or "worse"."""

    figure: str
    why: str
    before: float
    after: float


@dataclass(frozen=True)
class Tried:
    """What became of one mutant."""

    mutation: Mutation
    changed: int  # rows that are not those of the healthy assistant; 0 is a defect of the mutant
    falls: tuple[Fall, ...]
    seconds: float

    @property
    def caught(self) -> bool:
        return bool(self.falls)


@dataclass(frozen=True)
class KillTable:
    """What became of all mutants, and of the healthy assistant that was run after them."""

    tried: tuple[Tried, ...]
    healthy: Tried
    at_least: float
    cases: dict[str, int]  # by set
    index: str
    seconds: float

    @property
    def share(self) -> Interval:
        """The share of mutants caught, with its exact interval."""
        return clopper_pearson(sum(one.caught for one in self.tried), len(self.tried))

    @property
    def sound(self) -> bool:
        """Whether nothing is found in the healthy assistant, and not one of its rows differs."""
        return not (self.healthy.caught or self.healthy.changed)

    @property
    def holds(self) -> bool:
        return self.sound and self.share.point >= self.at_least


def read_settings(path: Path = SETTINGS) -> Settings:
    rows = read_toml(path)
    return Settings(rows["slice"], rows["at_least"])


def chosen(cases: Iterable[Case], sizes: Mapping[str, int]) -> tuple[Case, ...]:
    """The slice: always the same cases, however they are ordered and whatever cases are added to other sets."""
    taken: Counter[str] = Counter()
    kept = []
    for case in sorted(cases, key=lambda case: hashlib.sha256(case.id.encode()).hexdigest()):
        taken[case.set] += 1
        if taken[case.set] <= sizes.get(case.set, taken[case.set]):
            kept.append(case)
    return tuple(kept)


@dataclass(frozen=True)
class Bench:
    """The slice with what it is asked of and judged by; the judge is never broken."""

    cases: tuple[Case, ...]
    assistants: Mapping[str, Assistant]  # by the corpus that a case is asked of
    definitions: Sequence[Definition]
    gates: Sequence[Gate]

    @cached_property
    def _remembering(self) -> dict[str, Assistant]:
        return _remembering(self.assistants)

    @cached_property
    def _healthy(self) -> tuple[dict[str, Row], list[Scored]]:
        rows = self._rows(HEALTHY, self._remembering)
        return rows, self._scored(rows)

    def tried(self, mutation: Mutation) -> Tried:
        """Run one mutant over the slice, and mend it. Rows are not kept."""
        healthy, before = self._healthy
        started = time.perf_counter()
        # What is found is asked once for all mutants, except where the search itself is broken.
        fresh = _remembering(self.assistants) if mutation.in_the_search else self._remembering
        rows = self._rows(mutation, fresh)
        changed = sum(rows[case] != healthy[case] for case in healthy)
        found = falls(before, self._scored(rows), self.definitions, self.gates)
        return Tried(mutation, changed, found, time.perf_counter() - started)

    def _rows(self, mutation: Mutation, assistants: Mapping[str, Assistant]) -> dict[str, Row]:
        with mutation.applied(assistants) as broken:
            return {case.id: _without_times(row_of(case, broken[case.corpus])) for case in self.cases}

    def _scored(self, rows: dict[str, Row]) -> list[Scored]:
        corpora = {name: assistant.corpus() for name, assistant in self.assistants.items()}
        return score(self.cases, Run("", rows), corpora[REAL], corpora)


def falls(
    before: Sequence[Scored], after: Sequence[Scored], definitions: Sequence[Definition], gates: Sequence[Gate]
) -> tuple[Fall, ...]:
    """What the rule of this file finds in the same cases scored before and after a change; empty when nothing."""
    gated = {one.figure for one in gates}
    known = [one for one in definitions if one.id in gated]
    worse = (
        Fall(one.definition.id, "worse", one.before, one.after)
        for one in compare(before, after, known, gated)
        if one.verdict == "worse"
    )
    return (*_crashes(before, after), *_hard_gates(before, after, known, gates), *worse)


def _crashes(before: Sequence[Scored], after: Sequence[Scored]) -> Iterator[Fall]:
    was, now = (sum(bool(one.error) for one in scored) for scored in (before, after))
    if now > was:
        yield Fall("crashed cases", "crashed", was, now)


def _hard_gates(
    before: Sequence[Scored], after: Sequence[Scored], definitions: Sequence[Definition], gates: Sequence[Gate]
) -> Iterator[Fall]:
    hard = [one for one in gates if one.floor in (0.0, 1.0)]
    named = {one.figure for one in hard}
    counted = [one for one in definitions if one.id in named]
    old, new = (outcomes(hard, figures(scored, counted, "all")) for scored in (before, after))
    for was, now in zip(old, new, strict=True):
        if was.holds and was.reached is not None and now.reached is not None and not now.holds:
            yield Fall(was.gate.figure, "hard gate", was.reached, now.reached)


def _remembering(assistants: Mapping[str, Assistant]) -> dict[str, Assistant]:
    """The same assistants, which search for each query once: what is found depends on nothing else."""
    return {name: replace(one, search=lru_cache(maxsize=None)(one.search)) for name, one in assistants.items()}


def _without_times(value: Any) -> Any:
    """A row without what the machine decides, so that equal rows are equal; the fields stay, at 0."""
    if isinstance(value, dict):
        return {key: 0 if key in _OF_THE_MACHINE else _without_times(one) for key, one in value.items()}
    return [_without_times(one) for one in value] if isinstance(value, list) else value
