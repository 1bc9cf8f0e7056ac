"""Reads the word lists and finds their concepts in a message: parts of the body, sensations, functions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import KnownError

GAPS = {"..": 2, "...": 4}
NEVER_SKIPPED = "never_skipped"  # the word class a gap does not reach over, so that a denial stays visible


class ProtocolError(KnownError):
    """A data file of the gate is missing or wrong; the message names the file and the problem."""


@dataclass(frozen=True)
class Hit:
    """A concept found in words `start` (inclusive) to `end` (exclusive)."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True)
class Element:
    """One place of a pattern: a set of words, a range of numbers, a gap, or "not next".

    A gap is at most `gap` words long and does not reach over any of its `words`.
    """

    words: frozenset[str] = frozenset()
    numbers: tuple[float, float] | None = None
    gap: int = 0
    optional: bool = False
    forbidden: bool = False

    def fits(self, word: str) -> bool:
        """Whether `word` can stand here."""
        if self.numbers is None:
            return word in self.words
        value = _value(word)
        if value is None or not self.numbers[0] <= value <= self.numbers[1]:
            return False
        # A range written with decimals (a body temperature) is for numbers written with decimals.
        return self.numbers[0].is_integer() or not word.isdigit()


Pattern = tuple[str, tuple[Element, ...]]


@dataclass(frozen=True)
class Lexicon:
    """All concepts, indexed by the first word of their patterns. `masks` hide what stands inside them."""

    by_word: Mapping[str, tuple[Pattern, ...]]
    numeric: tuple[Pattern, ...]
    masks: frozenset[str]
    concepts: frozenset[str]
    vocabulary: frozenset[str]
    characters: Mapping[str, str]
    leet: Mapping[str, str]
    contractions: Mapping[str, tuple[str, ...]]
    settled: frozenset[str] = field(default=frozenset())

    def hits(self, words: Sequence[str], sentence: Sequence[int]) -> tuple[Hit, ...]:
        """Every concept in `words`, none across the end of a sentence, without those inside a mask."""
        found: dict[tuple[str, int], int] = {}
        for at, word in enumerate(words):
            patterns = self.by_word.get(word, ())
            for concept, rest in (*patterns, *self.numeric) if word[0].isdigit() else patterns:
                end = _end(rest, 0, words, at, sentence)
                if end > found.get((concept, at), at):
                    found[concept, at] = end
        hits = [Hit(concept, start, end) for (concept, start), end in found.items()]
        masked = [hit for hit in hits if hit.concept in self.masks]
        return tuple(hit for hit in hits if not _inside(hit, masked)) if masked else tuple(hits)


def _inside(hit: Hit, masks: list[Hit]) -> bool:
    return any(mask.start <= hit.start and hit.end <= mask.end for mask in masks)


def _end(elements: tuple[Element, ...], k: int, words: Sequence[str], at: int, sentence: Sequence[int]) -> int:
    """Where the pattern ends when its element `k` is tried at word `at`, or -1. Gaps are at most 4 words."""
    if k == len(elements):
        return at
    element = elements[k]
    inside = at < len(words) and (k == 0 or sentence[at] == sentence[at - 1])
    if element.forbidden:
        return -1 if inside and element.fits(words[at]) else _end(elements, k + 1, words, at, sentence)
    if element.gap:
        for skipped in range(element.gap + 1):
            if at + skipped >= len(words) or sentence[at + skipped] != sentence[at - 1]:
                return -1
            if skipped and words[at + skipped - 1] in element.words:
                return -1
            end = _end(elements, k + 1, words, at + skipped, sentence)
            if end >= 0:
                return end
        return -1
    if inside and element.fits(words[at]):
        end = _end(elements, k + 1, words, at + 1, sentence)
        if end >= 0:
            return end
    return _end(elements, k + 1, words, at, sentence) if element.optional else -1


def _value(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return None


def read_toml(path: Path) -> dict[str, Any]:
    """The file as a dictionary. Raises ProtocolError naming the file when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        message = f"The gate's file {path.name} cannot be read: {problem}. Restore it from the release."
        raise ProtocolError(message) from problem


def load_lexicon(folder: Path) -> Lexicon:
    """Read every .toml file of `folder`: [classes], [concepts], [masks], [characters], [leet], ..."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise ProtocolError(f"The gate's word lists are missing: no .toml file in {folder}.")
    tables = [(path, read_toml(path)) for path in files]
    classes: dict[str, frozenset[str]] = {}
    for path, table in tables:
        for name, text in table.get("classes", {}).items():
            classes[name] = frozenset(w for item in _items(text) for w in _words(item, classes, path))
    builder = _Builder(classes)
    for path, table in tables:
        for kind in ("concepts", "masks"):
            for name, text in table.get(kind, {}).items():
                builder.add(path, name, text, mask=kind == "masks")
    return builder.finish([table for _, table in tables])


class _Builder:
    def __init__(self, classes: Mapping[str, frozenset[str]]) -> None:
        self.classes = classes
        self.by_word: dict[str, list[Pattern]] = {}
        self.numeric: list[Pattern] = []
        self.masks: set[str] = set()
        self.concepts: set[str] = set()
        self.vocabulary: set[str] = set()

    def add(self, path: Path, name: str, text: str, *, mask: bool) -> None:
        self.concepts.add(name)
        if mask:
            self.masks.add(name)
        for item in (variant for item in _items(text) for variant in variants(item)):
            if (
                any(mark in item for mark in ("()", "|)", "(|"))
                or "(" in item.replace("(", "", 0).partition("(")[2].partition(")")[0]
            ):
                raise ProtocolError(f"{path.name}: the pattern {item!r} of {name} has brackets that do not fit.")
            try:
                elements = tuple(_element(part, self.classes, path) for part in item.split())
            except ValueError as problem:
                raise ProtocolError(f"{path.name}: the pattern {item!r} of {name} is wrong.") from problem
            for element in elements:
                self.vocabulary |= element.words
            while elements and elements[0].optional:
                self._index(name, elements[1:])
                elements = (Element(elements[0].words, elements[0].numbers), *elements[1:])
            self._index(name, elements)

    def _index(self, name: str, elements: tuple[Element, ...]) -> None:
        if not elements:
            return
        if elements[0].numbers is not None:
            self.numeric.append((name, elements))
        for word in elements[0].words:
            self.by_word.setdefault(word, []).append((name, elements))

    def finish(self, tables: list[dict[str, Any]]) -> Lexicon:
        merged: dict[str, dict[str, str]] = {"characters": {}, "leet": {}, "contractions": {}, "settled": {}}
        for table in tables:
            for part, values in merged.items():
                values.update(table.get(part, {}))
        settled = frozenset(word for text in merged["settled"].values() for word in text.split())
        return Lexicon(
            by_word={word: tuple(patterns) for word, patterns in self.by_word.items()},
            numeric=tuple(self.numeric),
            masks=frozenset(self.masks),
            concepts=frozenset(self.concepts),
            vocabulary=frozenset(self.vocabulary),
            characters=_characters(merged["characters"]),
            leet=merged["leet"],
            contractions={key: tuple(value.split()) for key, value in merged["contractions"].items()},
            settled=settled | frozenset(self.vocabulary),
        )


def _characters(rows: Mapping[str, str]) -> dict[str, str]:
    """Rows such as a = "аα" (the look-alikes of a letter) turned round; emoji rows keep spaces around."""
    mapped = {}
    for target, sources in rows.items():
        for source in sources.split() if " " in sources else sources:
            mapped[source] = target if len(target) == 1 else f" {target} "
    return mapped


def _items(text: str) -> list[str]:
    return [item.strip() for line in text.splitlines() for item in line.split(",") if item.strip()]


def variants(item: str) -> list[str]:
    """`(a|b c|d) e` as `(a|d) e` and `b c e`: choices of several words, and numbers, written out."""
    if "(" not in item:
        return [item]
    head, _, rest = item.partition("(")
    group, _, tail = rest.partition(")")
    suffix = "?" if tail.startswith("?") else ""
    choices = [choice.strip() for choice in group.split("|")]
    apart = [choice for choice in choices if " " in choice or choice.startswith("#")]
    single = "|".join(choice for choice in choices if choice not in apart)
    firsts = [f"({single}){suffix}"] if single else [""] if suffix else []
    return [f"{head}{first}{after}" for after in variants(tail[len(suffix) :]) for first in (*firsts, *apart)]


def _element(part: str, classes: Mapping[str, frozenset[str]], path: Path) -> Element:
    if part in GAPS:
        return Element(gap=GAPS[part], words=classes.get(NEVER_SKIPPED, frozenset()))
    if part.startswith("#"):
        low, _, high = part[1:].partition("-")
        return Element(numbers=(float(low), float(high or low)))
    forbidden, optional = part.startswith("!"), part.endswith("?")
    return Element(words=_words(part.strip("!?"), classes, path), optional=optional, forbidden=forbidden)


def _words(part: str, classes: Mapping[str, frozenset[str]], path: Path) -> frozenset[str]:
    words: set[str] = set()
    for choice in part.strip("()").split("|"):
        if choice.startswith("<"):
            if choice.strip("<>") not in classes:
                raise ProtocolError(f"{path.name} uses the word class {choice}, which no file defines.")
            words |= classes[choice.strip("<>")]
        elif choice.endswith("~"):
            words |= inflected(choice[:-1])
        else:
            words.add(choice)
    return frozenset(words)


def inflected(word: str) -> set[str]:
    """`word` with its regular English endings: numb -> numbs, numbed, numbing, ..."""
    stem = word[:-1] if word.endswith("e") else word
    forms = {word, word + "s", word + "es", stem + "ed", stem + "ing"}
    if word.endswith("y"):
        forms |= {word[:-1] + "ies", word[:-1] + "ied"}
    if word[-1] not in "aeiouwyx" and word[-2:-1] in tuple("aeiou"):
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return forms
