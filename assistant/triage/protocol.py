"""Reads the protocol a clinician can edit: signs, flags, their rules and tiers, questions, look_alikes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.triage.cards import Shelf, load_shelf
from assistant.triage.frames import Frame, parse_frame
from assistant.triage.languages import Languages, read_languages
from assistant.triage.lexicon import Lexicon
from assistant.triage.normalise import Corrector, Splitter
from assistant.triage.records import TIERS, Question, Tier
from assistant.triage.second_opinion import SecondOpinion, read_second_opinion
from assistant.triage.wordlists import ProtocolError, load_lexicon, read_toml

SECOND_OPINION = "second_opinion.json"


@dataclass(frozen=True)
class Sign:
    """Something a person may report, and the frames that show it.

    `history` signs count although long past (a cancer, a transplant); `lasting` ones are remembered in
    later turns; `always_asked` ones are questions about signs. `meaning` is the sign in plain words; `modifier`
    names what it tells of the person (such as their age) when it makes other signs weigh more.
    """

    id: str
    frames: tuple[Frame, ...]
    history: bool
    lasting: bool
    always_asked: bool
    meaning: str
    modifier: str


@dataclass(frozen=True)
class Rule:
    """When a flag stands: all of `needs` (each a set of alternatives) and none of `unless`; `text` is as written."""

    tier: Tier
    needs: tuple[frozenset[str], ...]
    unless: frozenset[str]
    text: str


@dataclass(frozen=True)
class Flag:
    """A red flag: what it means, its rules from the highest tier down, its card and its source."""

    id: str
    meaning: str
    card: str
    rules: tuple[Rule, ...]
    life_threat: bool
    crisis: bool
    protects: tuple[str, ...]
    question: Question | None
    asks: tuple[str, ...]
    source: Mapping[str, str]
    clinical_review: str

    @property
    def tier(self) -> Tier:
        """The highest tier the flag can reach."""
        return max((rule.tier for rule in self.rules), key=TIERS.index)

    @cached_property
    def signs(self) -> frozenset[str]:
        """The signs that can raise it, alone or with others."""
        return frozenset(name for rule in self.rules for part in rule.needs for name in part)


@dataclass(frozen=True)
class LookAlike:
    """A harmless look-alike: while all of `needs` and none of `unless` are there, `signs` count as asked about."""

    signs: frozenset[str]
    needs: tuple[frozenset[str], ...]
    unless: frozenset[str]
    text: str
    meaning: str


@dataclass(frozen=True)
class Protocol:
    """Everything the gate knows, loaded once; immutable."""

    lexicon: Lexicon
    signs: tuple[Sign, ...]
    flags: tuple[Flag, ...]
    look_alikes: tuple[LookAlike, ...]
    now_question: Question
    context: frozenset[str]
    general_card: str
    crisis_card: str
    crisis_with_emergency: str
    second_sign: str  # what the second detector reports
    despair_sign: str  # and what it reports when somebody may not want to live
    second_flag: str
    second_opinion: SecondOpinion
    shelf: Shelf
    splitter: Splitter
    frames_by_concept: Mapping[str, tuple[tuple[str, Frame], ...]]
    languages: Languages  # read beside English
    unread_sign: str  # what a danger word in a language that is not read makes

    @cached_property
    def history(self) -> frozenset[str]:
        """The signs that count although they are long past."""
        return frozenset(sign.id for sign in self.signs if sign.history)

    @cached_property
    def passing(self) -> frozenset[str]:
        """The signs that count only in the turn in which they are said."""
        return frozenset(sign.id for sign in self.signs if not sign.lasting)

    def flag(self, id: str) -> Flag:
        """The flag of that id. Raises KeyError when there is none."""
        for flag in self.flags:
            if flag.id == id:
                return flag
        raise KeyError(id)


def load(folder: Path, second_opinion: SecondOpinion | None = None) -> Protocol:
    """Read protocol.toml, lexicon/, languages/, cards/, emergency_numbers.toml and second_opinion.json of `folder`.

    A second opinion that is given is taken in place of the file.

    Raises ProtocolError (a KnownError) that names the file and the problem.
    """
    table = read_toml(folder / "protocol.toml")
    try:
        lexicon = load_lexicon(folder / "lexicon")
        opinion = second_opinion or read_second_opinion(folder / SECOND_OPINION)
        languages = read_languages(folder / "languages", lexicon)
        protocol = _build(table, lexicon, load_shelf(folder), opinion, languages)
    except (KeyError, TypeError, ValueError) as problem:
        raise ProtocolError(f"protocol.toml is wrong: {problem!r}. Correct it or restore the file.") from problem
    return protocol


def _build(
    table: dict[str, Any], lexicon: Lexicon, shelf: Shelf, second_opinion: SecondOpinion, languages: Languages
) -> Protocol:
    settings = table["protocol"]
    signs = tuple(_sign(row) for row in table["sign"])
    corrector = Corrector(lexicon.vocabulary, lexicon.settled)
    return Protocol(
        lexicon=lexicon,
        signs=signs,
        flags=tuple(_flag(row) for row in table["flag"]),
        look_alikes=tuple(_look_alike(row) for row in table.get("look_alike", ())),
        now_question=_question(settings["now_question"]),
        context=frozenset(settings["context_concepts"]),
        general_card=settings["general_card"],
        crisis_card=settings["crisis_card"],
        crisis_with_emergency=settings["crisis_with_emergency"],
        second_sign=settings["second_sign"],
        despair_sign=settings["despair_sign"],
        second_flag=settings["second_flag"],
        second_opinion=second_opinion,
        shelf=shelf,
        splitter=Splitter(lexicon.contractions, lexicon.vocabulary, lexicon.leet, corrector),
        frames_by_concept=_by_concept(signs),
        languages=languages,
        unread_sign=settings["unread_sign"],
    )


def _by_concept(signs: tuple[Sign, ...]) -> dict[str, tuple[tuple[str, Frame], ...]]:
    """Frames by each concept of their first part: the only ones worth trying when that concept is there."""
    table: dict[str, list[tuple[str, Frame]]] = {}
    for sign in signs:
        for frame in sign.frames:
            for name in frame.parts[0]:
                table.setdefault(name, []).append((sign.id, frame))
    return {name: tuple(rows) for name, rows in table.items()}


def _sign(row: dict[str, Any]) -> Sign:
    frames = tuple(parse_frame(text) for text in row["frames"])
    return Sign(
        id=row["id"],
        frames=frames,
        history=bool(row.get("history")),
        lasting=bool(row.get("lasting", True)),
        always_asked=bool(row.get("always_asked")),
        meaning=row.get("meaning", row["id"].replace("_", " ")),
        modifier=row.get("modifier", ""),
    )


def _needs(text: str) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    body, _, unless = text.partition(" ! ")
    needs = tuple(frozenset(part.strip().split("|")) for part in body.split(" & "))
    return needs, frozenset(unless.strip().split("|")) if unless else frozenset()


def _flag(row: dict[str, Any]) -> Flag:
    rules = [Rule(tier, *_needs(text), text) for tier in reversed(TIERS) for text in row.get(tier, ())]
    return Flag(
        id=row["id"],
        meaning=row["meaning"],
        card=row["card"],
        rules=tuple(rules),
        life_threat=bool(row.get("life_threat")),
        crisis=bool(row.get("crisis")),
        protects=tuple(row.get("protects", ())),
        question=_question(row["question"]) if "question" in row else None,
        asks=tuple(row.get("asks", ())),
        source=row["source"],
        clinical_review=row["clinical_review"],
    )


def _question(row: dict[str, Any]) -> Question:
    return Question(row["id"], row["text"], tuple(row["options"]))


def _look_alike(row: dict[str, Any]) -> LookAlike:
    return LookAlike(frozenset(row["signs"]), *_needs(row["when"]), row["when"], row.get("meaning", "A look-alike"))
