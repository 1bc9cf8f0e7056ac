"""Tell what kind of answer a question wants, and what it is about."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.words import first_of, plain
from corpus.library import Corpus
from corpus.passages import regions_in
from corpus.records import Exercise
from corpus.sources import read_toml

VOCABULARY = Path(__file__).parent.parent / "vocabulary.toml"
# Words that may stand beside an exercise's name in a message that is only about doing it.
_BESIDE_NAME = 3
# A longer message that asks nothing tells a story; what is wanted is then looked for in all of it.
_LONGEST_COMPLAINT = 14


@dataclass(frozen=True)
class Plan:
    """What to compose for one question."""

    question: str
    kind: str  # a kind of vocabulary.toml, or "overview", "exercise", "amounts", "plain"
    topics: tuple[str, ...]  # of the closed vocabulary
    regions: tuple[str, ...]
    exercise: Exercise | None
    asks_how: bool = False  # something is done, whatever else is asked
    offered: tuple[Exercise, ...] = ()  # exercises listed before, that 'those' refers to
    named: tuple[str, ...] = ()  # ids of the exercises named, where they are several, for 'the second one'

    @property
    def queries(self) -> tuple[str, ...]:
        """What to search for; a bare complaint is looked up as it is and as two questions."""
        if self.kind != "overview":
            return (self.question,)
        place = self.topics[0] if self.topics else "back"
        return (
            self.question,
            f"what causes {place} pain after a workout",
            f"what helps relieve {place} pain after a workout",
        )


@dataclass(frozen=True)
class Planner:
    """The closed word lists together with the names of exercises and conflicts; make one with `read_planner`."""

    kinds: tuple[tuple[str, tuple[str, ...]], ...]
    complaints: tuple[str, ...]
    question_words: tuple[str, ...]
    question_starts: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    corpus: Corpus

    def plan(self, question: str, exercise_id: str = "", offered: tuple[str, ...] = (), before: str = "") -> Plan:
        """The plan for one question.

        The ids are of the exercises that a follow-up refers to; `before` is the kind of the question that it goes on
        with ("and for the neck?").
        """
        text = plain(question)
        kind = self._kind(question, text)
        kind = before if before in dict(self.kinds) and kind == "plain" else kind
        topics = self.topics(question)
        exercise = self.named(question) or self.corpus.exercises.get(exercise_id)
        if exercise and self._about_doing(text, kind, exercise, exercise_id):
            kind = "amount" if kind == "amount" else "exercise"
        elif kind == "amount" and offered:
            kind = "amounts"
        return Plan(
            question=question,
            kind=kind,
            topics=topics,
            regions=regions_in(question, self.corpus.vocabulary),
            exercise=exercise,
            asks_how=bool(first_of(text, dict(self.kinds)["how_to"])) or (exercise is not None and " how " in text),
            named=self._several(text),
            offered=tuple(self.corpus.exercises[one] for one in offered if one in self.corpus.exercises),
        )

    def topics(self, text: str) -> tuple[str, ...]:
        """The terms of the closed vocabulary in a text, each as the first word of its row."""
        words = plain(text)
        return tuple(row[0] for row in self.terms if first_of(words, row))

    def _kind(self, question: str, text: str) -> str:
        if "?" not in question and self._is_bare_complaint(text):
            return "overview"
        return next((kind for kind, phrases in self.kinds if first_of(text, phrases)), "plain")

    def _is_bare_complaint(self, text: str) -> bool:
        asks = first_of(text, self.question_words) or any(text.startswith(f" {word} ") for word in self.question_starts)
        short = len(text.split()) <= _LONGEST_COMPLAINT
        return short and bool(first_of(text, self.complaints)) and not asks

    @cached_property
    def _names(self) -> list[tuple[str, Exercise]]:
        """Every name an exercise goes by; longest first, one that is served before one that is not."""
        rows = [
            (plain(name), exercise)
            for exercise in self.corpus.exercises.values()
            for name in (exercise.name, *exercise.names)
        ]
        return sorted(
            rows, key=lambda row: (-len(row[0]), row[1].state == "withheld", -len(row[1].passages), row[1].id)
        )

    def named(self, question: str) -> Exercise | None:
        """The exercise that a question names, by the longest name that stands in it."""
        text = plain(question)
        return next((exercise for name, exercise in self._names if name in text), None)

    def _several(self, text: str) -> tuple[str, ...]:
        """The exercises named in a text, in its order; none when it names only one."""
        found: dict[str, int] = {}
        rest = text
        for name, exercise in self._names:
            if name in rest:
                found.setdefault(exercise.id, rest.index(name))
                rest = rest.replace(name, " " + "_" * (len(name) - 2) + " ")
        return tuple(sorted(found, key=lambda one: found[one])) if len(found) > 1 else ()

    def _about_doing(self, text: str, kind: str, exercise: Exercise, referred: str) -> bool:
        """Whether the question is about doing the exercise, rather than one that mentions it."""
        if kind in ("how_to", "amount"):
            return True
        if exercise.id == referred or kind == "purpose":
            return False
        name = next((name for name, one in self._names if one is exercise and name in text), " ")
        beside = len(text.split()) - len(name.split())
        return beside <= _BESIDE_NAME or kind == "definition"


def read_planner(corpus: Corpus, path: Path = VOCABULARY) -> Planner:
    """Read the closed word lists; raises SourceError for a broken file."""
    rows: dict[str, Any] = read_toml(path)
    return Planner(
        kinds=tuple((kind, tuple(phrases)) for kind, phrases in rows["kinds"].items()),
        complaints=tuple(rows["overview"]["complaints"]),
        question_words=tuple(rows["overview"]["question_words"]),
        question_starts=tuple(rows["overview"]["question_starts"]),
        terms=tuple(tuple(row) for row in rows["topics"]["terms"]),
        corpus=corpus,
    )
