"""A few example words for each concept of the word lists, written without their marks, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from assistant.triage.wordlists import items, read_toml

MOST = 6  # examples of one concept
FROM_ONE = 4  # examples from one phrase that is nothing but a choice

_NOT_NEXT = re.compile(r"!(?:\([^()]*\)|\S+)")
_CHOICE = re.compile(r"\(([^()]*)\)$")
_MARKS = [
    (re.compile(r"(?:\([^()]*\)|\S+)\?"), ""),  # may be missing
    (re.compile(r"\(([^()|]*)[^()]*\)"), r"\1"),  # a choice: the first of it
    (re.compile(r"<(\w+)>"), r"\1"),
    (re.compile(r"#(\d[\d.]*)-(\d[\d.]*)"), r"\1 to \2"),
    (re.compile(r"(?<!\S)\.{2,3}(?!\S)"), "…"),
    (re.compile(r"~"), ""),
]


def examples(folder: Path) -> dict[str, tuple[str, ...]]:
    """Up to MOST examples of each concept and mask in the .toml files of `folder`, in the order they are written."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.toml")):
        table = read_toml(path)
        for kind in ("concepts", "masks"):
            for name, text in table.get(kind, {}).items():
                found.setdefault(name, []).extend(one for phrase in items(text) for one in _plain(phrase))
    return {name: tuple(dict.fromkeys(all_of_it))[:MOST] for name, all_of_it in found.items()}


def _plain(phrase: str) -> Iterator[str]:
    """The phrase without marks; of one that is a choice of words the first few."""
    phrase = _NOT_NEXT.sub("", phrase).strip()
    choice = _CHOICE.match(phrase)
    for one in choice[1].split("|")[:FROM_ONE] if choice else [phrase]:
        for mark, plain in _MARKS:
            one = mark.sub(plain, one)
        if one.split():
            yield " ".join(one.split())
