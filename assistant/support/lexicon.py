"""Loads the words by which a sentence is compared with its quote: what says the same, the contrary, or binds."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_PIECE = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]|_")
_LONGEST = 40

# What an entry of the lists stands for: the groups it belongs to, and the lists of markers.
Meaning = tuple[frozenset[str], frozenset[str]]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Every list by the keys of its entries; `longest` is the most words an entry with that first key has."""

    meanings: Mapping[Key, Meaning]
    longest: Mapping[str, int]
    opposites: Mapping[str, frozenset[str]]
    numbers: Mapping[str, float]
    contractions: Mapping[str, str]
    endings: Mapping[str, str]
    seconds: Mapping[str, float]
    limits: Mapping[str, float]
    near: Mapping[str, frozenset[str]]
    bounds: Mapping[str, tuple[str, ...]]
    rates: Mapping[str, str]


def plain(text: str) -> str:
    """The text in lower case, with one kind of apostrophe and of dash, and no other sign than those that are typed."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded.translate(_SIGNS)


_SIGNS = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2212": "-"})


def pieces(text: str) -> list[str]:
    """The words, numbers and signs of a plain text, in order."""
    return [piece[:_LONGEST] for piece in _PIECE.findall(text)]


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a plain word."""
    return str(_stemmer().stemWord(_irregular().get(word, word)))


@lru_cache(maxsize=1)
def _irregular() -> dict[str, str]:
    return dict(form.split("=") for form in _read("support.toml")["irregular"]["forms"].split())


def key(word: str) -> str:
    """What a word is looked up by: its stem, but "hardly" is not "hard" nor "likely" "like"."""
    return f"{stem(word)}/ly" if word.endswith("ly") else stem(word)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists of support.toml and same.toml. Raises KeyError or ValueError when one is wrong."""
    table, same = _read("support.toml"), _read("same.toml")
    senses: dict[Key, set[str]] = {}
    roles: dict[Key, set[str]] = {}
    for family, groups in (("", same["same"]), ("body:", same["body"]), ("thing:", same["things"])):
        for group in groups:
            _add(senses, _entries(group), family)
    for group in table["sides"]["words"]:
        _add(senses, _entries(group), "side:")
    for name, text in table["units"].items():
        _mark(roles, _entries(text), f"unit:{name}")
    for name, text in table["roles"].items():
        _mark(roles, _entries(text), name)
    return _finished(table, same, senses, roles)


def _finished(
    table: dict[str, Any], same: dict[str, Any], senses: dict[Key, set[str]], roles: dict[Key, set[str]]
) -> Lexicon:
    meanings = {
        entry: (frozenset(senses.get(entry, ())), frozenset(roles.get(entry, ())))
        for entry in senses.keys() | roles.keys()
    }
    longest: dict[str, int] = {}
    for entry in meanings:
        longest[entry[0]] = max(longest.get(entry[0], 0), len(entry))
    rivals = [pair.replace(" | ", " | side:") for pair in table["sides"]["rivals"]]
    numbers = dict(word.split("=") for word in table["numbers"]["words"].split())
    near = {
        name: frozenset(stem(one) for one in _listed(table["sides"][name]))
        for name in ("before_back", "loose_back", "phrasal", "split")
    }
    return Lexicon(
        meanings,
        longest,
        _opposites([*same["opposites"], *(f"side:{pair}" for pair in rivals)]),
        {word: float(value) for word, value in numbers.items()},
        table["contractions"],
        table["endings"],
        table["seconds"],
        table["limits"],
        near,
        {name: tuple(_listed(text)) for name, text in table["bounds"].items()},
        table["rates"],
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _listed(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _entries(text: str) -> list[tuple[str, Key]]:
    return [(entry, tuple(key(piece) for piece in pieces(plain(entry)))) for entry in _listed(text)]


def _add(table: dict[Key, set[str]], entries: list[tuple[str, Key]], family: str) -> None:
    """Put the entries of a group under its name, which is its first entry."""
    for _, entry in entries:
        table.setdefault(entry, set()).add(family + entries[0][0])


def _mark(table: dict[Key, set[str]], entries: list[tuple[str, Key]], name: str) -> None:
    for _, entry in entries:
        table.setdefault(entry, set()).add(name)


def _opposites(pairs: Iterable[str]) -> dict[str, frozenset[str]]:
    """What stands on the other side of each word, by stems or by the name of a side."""
    found: dict[str, frozenset[str]] = {}
    for pair in pairs:
        one, other = (frozenset(_name(entry) for entry in _listed(half)) for half in pair.split("|"))
        for here, there in ((one, other), (other, one)):
            for name in here:
                found[name] = found.get(name, frozenset()) | (there - here)
    return found


def _name(entry: str) -> str:
    return entry if ":" in entry else " ".join(stem(word) for word in entry.split())
