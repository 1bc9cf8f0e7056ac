"""Reads the word lists, rules and texts of the policy, and refuses a file that has a mistake in it."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from assistant.policy.patterns import Patterns, names_in, parse_patterns
from assistant.policy.words import FUZZY_FROM, Vocabulary, plain
from corpus.errors import KnownError

_T = TypeVar("_T")
_WORDS = ("words.toml", "words_refused.toml")


@dataclass(frozen=True)
class Rule:
    """One reason to leave a question to others, and the patterns that show it."""

    id: str
    reason: str
    line: str
    on: str
    patterns: Patterns
    unless: Patterns
    unless_ask: Patterns
    inherits: bool


@dataclass(frozen=True)
class Ban:
    """One thing that must never stand in a reply: by its words in a sentence, or by its shape in the whole text."""

    id: str
    reason: str
    patterns: Patterns
    unless: Patterns
    shapes: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Line:
    """One ready text, with its language."""

    id: str
    reason: str
    text: str
    lang: str


@dataclass(frozen=True)
class ClauseData:
    """How a message is cut into questions."""

    joiners: frozenset[str]
    cuts: frozenset[str]
    asks: Patterns
    tells: Patterns
    points_back: frozenset[str]


@dataclass(frozen=True)
class Languages:
    """Small words by language, and how many it takes to decide."""

    words: Mapping[str, frozenset[str]]
    fewest_words: int
    fewest_hits: int


@dataclass(frozen=True)
class Policy:
    """Everything the policy step knows, read once."""

    vocabulary: Vocabulary
    rules: tuple[Rule, ...]
    bans: tuple[Ban, ...]
    lines: Mapping[str, Line]
    clauses: ClauseData
    languages: Languages
    markers: tuple[str, ...]
    unlisted_words: int = field(default=2)


def read_policy(folder: Path, reasons: frozenset[str], authors: Iterable[str] = ()) -> Policy:
    """Read all files of the folder; KnownError names the file that is missing or wrong.

    `authors` are those of the articles, as corpus/sources.toml names them, for the lists {author_name} and {author}.
    """
    lines = _checked(folder, "lines.toml", lambda data: _lines(data, reasons))
    rules = _checked(folder, "rules.toml", lambda data: _rules(data, reasons, lines))
    bans = _checked(folder, "output.toml", _bans)
    clauses = _checked(folder, "clauses.toml", _clauses)
    languages = _checked(folder, "languages.toml", _languages)
    words = [*(_checked(folder, name, dict) for name in _WORDS), _names(authors)]
    patterns = [some for rule in rules for some in (rule.patterns, rule.unless, rule.unless_ask)]
    patterns += [some for ban in bans for some in (ban.patterns, ban.unless)]
    spoken_of = names_in([*patterns, clauses.asks, clauses.tells])
    try:
        vocabulary = _vocabulary(words, spoken_of, languages)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _wrong(folder / _WORDS[0], error) from error
    _check_lists(spoken_of, words, folder)
    markers = _checked(folder, "rules.toml", lambda data: tuple(str(sign) for sign in data["markers"]))
    return Policy(vocabulary, rules, bans, lines, clauses, languages, markers)


def _checked(folder: Path, name: str, build: Callable[[dict[str, Any]], _T]) -> _T:
    path = folder / name
    try:
        return build(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise KnownError(f"The policy file {path} cannot be read. Restore it from the repository.") from error
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise _wrong(path, error) from error


def _wrong(path: Path, error: Exception) -> KnownError:
    return KnownError(f"The policy file {path} has a mistake: {error}. Correct it or restore it.")


def _patterns(data: dict[str, Any], key: str) -> Patterns:
    return parse_patterns(data.get(key, []))


def _lines(data: dict[str, Any], reasons: frozenset[str]) -> dict[str, Line]:
    lines: dict[str, Line] = {}
    for row in data["line"]:
        line = Line(row["id"], row["reason"], row["text"].strip(), row.get("lang", "en"))
        if line.id in lines or line.reason not in reasons or not line.text:
            raise ValueError(f"line '{line.id}' is there twice, is empty, or has an unknown reason")
        lines[line.id] = line
    return lines


def _rules(data: dict[str, Any], reasons: frozenset[str], lines: Mapping[str, Line]) -> tuple[Rule, ...]:
    rules = []
    for row in data["rule"]:
        line = row.get("line", row["reason"])
        if row["reason"] not in reasons or row["on"] not in ("ask", "unit"):
            raise ValueError(f"rule '{row['id']}' has an unknown reason or place")
        if line not in lines and row["reason"] != "sources":
            raise ValueError(f"rule '{row['id']}' has no text in lines.toml")
        unless = _patterns(row, "unless"), _patterns(row, "unless_ask")
        inherits = bool(row.get("inherits", False))
        patterns = _patterns(row, "patterns")
        rules.append(Rule(row["id"], row["reason"], line, row["on"], patterns, *unless, inherits))
    return tuple(rules)


def _bans(data: dict[str, Any]) -> tuple[Ban, ...]:
    return tuple(
        Ban(
            id=row["id"],
            reason=row["reason"],
            patterns=_patterns(row, "patterns"),
            unless=_patterns(row, "unless"),
            shapes=tuple(re.compile(shape) for shape in row.get("shapes", [])),
        )
        for row in data["ban"]
    )


def _clauses(data: dict[str, Any]) -> ClauseData:
    joiners, cuts, back = (frozenset(data[key]) for key in ("joiners", "cuts", "points_back"))
    return ClauseData(joiners, cuts, _patterns(data, "asks"), _patterns(data, "tells"), back)


def _languages(data: dict[str, Any]) -> Languages:
    words = {code: frozenset(found) for code, found in data["words"].items()}
    return Languages(words, int(data["fewest_words"]), int(data["fewest_hits"]))


def _vocabulary(files: list[dict[str, Any]], names: frozenset[str], languages: Languages) -> Vocabulary:
    lists: dict[str, list[str]] = {}
    for data in files:
        lists.update(data["lists"])
    lists["small"] = lists["small"] + sorted(languages.words["en"])
    pairs = [pair for data in files for pair in data.get("unions", {}).items()]
    unions = {part: union for union, parts in pairs for part in parts}
    entries: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    prefixes: dict[str, set[str]] = {}
    for name, found in lists.items():
        for called in {name, unions.get(name, name)}:
            _enter(called, found, entries, prefixes)
    for name in names:
        if name.endswith("*"):
            prefixes.setdefault(name[:-1], set()).add(name)
    spellings = {word: tuple(said.split()) for word, said in files[0]["spellings"].items()}
    known = {word for found in lists.values() for entry in found for word in entry.rstrip("*").split()}
    known |= {name.rstrip("*") for name in names if name.isalpha()}
    return Vocabulary(
        {first: tuple(found) for first, found in entries.items()},
        {stem: frozenset(found) for stem, found in prefixes.items()},
        spellings,
        _by_first(files[0]["turns_of_phrase"]["masks"]),
        _fuzzy(word for name in files[0]["forgiving"] for word in _single(lists, unions, name)),
        frozenset(known),
    )


def _names(authors: Iterable[str]) -> dict[str, Any]:
    """Two lists, as a file of words would hold them: full names of at least two words, and each word of a name.

    What stands in brackets behind a name is about it; "unknown" is nobody's.
    """
    found = {" ".join(re.findall(r"\w+", plain(name.partition("(")[0]))) for name in authors} - {"", "unknown"}
    parts = sorted({part for name in found for part in name.split()})
    return {"lists": {"author_name": sorted(name for name in found if " " in name), "author": parts}}


def _enter(
    name: str,
    found: Iterable[str],
    entries: dict[str, list[tuple[tuple[str, ...], str]]],
    prefixes: dict[str, set[str]],
) -> None:
    """Put the entries of one list where the reader of clauses looks for them."""
    for entry in found:
        words = tuple(entry.split())
        if len(words) == 1 and entry.endswith("*"):
            prefixes.setdefault(entry[:-1], set()).add("{" + name + "}")
        else:
            entries.setdefault(words[0], []).append((words, name))


def _single(lists: Mapping[str, list[str]], unions: Mapping[str, str], name: str) -> Iterable[str]:
    parts = [part for part, union in unions.items() if union == name] or [name]
    return (entry.rstrip("*") for part in parts for entry in lists[part] if " " not in entry)


def _by_first(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append(words)
    return {first: tuple(longest) for first, longest in found.items()}


def _fuzzy(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for word in words:
        if len(word) >= FUZZY_FROM:
            found.setdefault(word[0], set()).add(word)
    return {first: tuple(sorted(same)) for first, same in found.items()}


def _check_lists(names: frozenset[str], files: list[dict[str, Any]], folder: Path) -> None:
    there = {name for data in files for part in ("lists", "unions") for name in data.get(part, {})}
    for name in sorted(names):
        if name.startswith("{") and name[1:-1] not in there:
            raise _wrong(folder / _WORDS[0], ValueError(f"the rules speak of {name}, which is no list"))
