"""Reads the word lists: plain phrases with a few marks, in files a clinician can read and edit.

A phrase is words in order. `(a|b)` is a choice, `(a)?` may be missing, `..` stands for up to two words and
`...` for up to four, `#38-42` for a number in that range, `!(a|b)` for "not followed by", `a > b` for a that b
must follow although it is not part of the hit ("spüre > ... nicht"), `a~` for a word with its regular endings,
`<my>` for a class of words that some file defines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.triage.lexicon import Element, Lexicon, Pattern
from corpus.errors import KnownError

GAPS = {"..": 2, "...": 4}
NEVER_SKIPPED = "never_skipped"  # the class of words a gap does not reach over, so that a denial stays visible


class ProtocolError(KnownError):
    """A data file of the gate is missing or wrong; the message names the file and the problem."""


def read_toml(path: Path) -> dict[str, Any]:
    """The file as a dictionary. Raises ProtocolError naming the file when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        message = f"The gate's file {path.name} cannot be read: {problem}. Restore it from the release."
        raise ProtocolError(message) from problem


def load_lexicon(folder: Path) -> Lexicon:
    """Read every .toml file of `folder`: [classes], [concepts], [masks], [characters], [leet], ..."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise ProtocolError(f"The gate's word lists are missing: no .toml file in {folder}.")
    return build_lexicon([(path, read_toml(path)) for path in files])


def build_lexicon(tables: Sequence[tuple[Path, dict[str, Any]]]) -> Lexicon:
    """The lexicon of word lists read from files, which are named in a ProtocolError."""
    classes: dict[str, frozenset[str]] = {}
    for path, table in tables:
        for name, text in table.get("classes", {}).items():
            classes[name] = frozenset(w for item in items(text) for w in _words(item, classes, path))
    builder = _Builder(classes)
    for path, table in tables:
        for kind in ("concepts", "masks"):
            for name, text in table.get(kind, {}).items():
                builder.add(path, name, text, mask=kind == "masks")
    return builder.finish([table for _, table in tables])


class _Builder:
    def __init__(self, classes: Mapping[str, frozenset[str]]) -> None:
        self.classes = classes
        self.elements: dict[str, Element] = {}
        self.by_word: dict[str, list[Pattern]] = {}
        self.numeric: list[Pattern] = []
        self.masks: set[str] = set()
        self.concepts: set[str] = set()

    def add(self, path: Path, name: str, text: str, *, mask: bool) -> None:
        self.concepts.add(name)
        if mask:
            self.masks.add(name)
        for phrase in items(text):
            if not _brackets_fit(phrase):
                raise ProtocolError(f"{path.name}: the brackets of {phrase!r} in {name} do not fit.")
            for variant in variants(phrase):
                self._add_variant(path, name, variant)

    def _add_variant(self, path: Path, name: str, variant: str) -> None:
        try:
            elements = tuple(self._element(part, path) for part in variant.split())
        except ValueError as problem:
            raise ProtocolError(f"{path.name}: the phrase {variant!r} of {name} is wrong.") from problem
        while elements and elements[0].optional:
            self._index(name, elements[1:])
            elements = (Element(elements[0].words, elements[0].numbers), *elements[1:])
        self._index(name, elements)

    def _element(self, part: str, path: Path) -> Element:
        """The element of a part, made once: most parts occur in many patterns."""
        if part not in self.elements:
            self.elements[part] = _element(part, self.classes, path)
        return self.elements[part]

    def _index(self, name: str, elements: tuple[Element, ...]) -> None:
        if not elements:
            return
        second = _second(elements)
        if elements[0].numbers is not None:
            self.numeric.append((name, second, elements))
        for word in elements[0].words:
            self.by_word.setdefault(word, []).append((name, second, elements))

    def finish(self, tables: list[dict[str, Any]]) -> Lexicon:
        merged: dict[str, dict[str, str]] = {"characters": {}, "leet": {}, "contractions": {}, "settled": {}}
        for table in tables:
            for part, values in merged.items():
                values.update(table.get(part, {}))
        vocabulary = frozenset().union(*(element.words for element in self.elements.values()))
        settled = frozenset(word for text in merged["settled"].values() for word in text.split())
        return Lexicon(
            by_word={word: tuple(patterns) for word, patterns in self.by_word.items()},
            numeric=tuple(self.numeric),
            masks=frozenset(self.masks),
            concepts=frozenset(self.concepts),
            vocabulary=vocabulary,
            characters=_characters(merged["characters"]),
            leet=merged["leet"],
            contractions={key: tuple(value.split()) for key, value in merged["contractions"].items()},
            settled=settled | vocabulary,
        )


def _second(elements: tuple[Element, ...]) -> frozenset[str] | None:
    """The words the second place allows, when that alone can rule the pattern out."""
    if len(elements) < 2:
        return None
    second = elements[1]
    plain_words = not (second.gap or second.optional or second.forbidden or second.edge or second.numbers)
    return second.words if plain_words else None


def _characters(rows: Mapping[str, str]) -> dict[str, str]:
    """Rows such as a = "аα" (the look-alikes of a letter) turned round; emoji rows keep spaces around."""
    mapped = {}
    for target, sources in rows.items():
        for source in sources.split() if " " in sources else sources:
            mapped[source] = target if len(target) == 1 else f" {target} "
    return mapped


def items(text: str) -> list[str]:
    """The phrases of a concept: separated by commas and ends of lines."""
    return [item.strip() for line in text.splitlines() for item in line.split(",") if item.strip()]


def _brackets_fit(phrase: str) -> bool:
    """Every bracket is closed and none stands inside another."""
    if "(" not in phrase and ")" not in phrase:
        return True
    depth = 0
    for character in phrase:
        depth += (character == "(") - (character == ")")
        if depth not in (0, 1):
            return False
    return depth == 0


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
    if part == ">":
        return Element(edge=True)
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
