"""The small pattern language in which the policy rules are written, so that a reader can check them.

A pattern is words in order: `do i have {condition}`. Between them may stand
`a|b` (either), `a+b` (a phrase among alternatives), `word*` (anything that starts so),
`{list}` (an entry of a word list), `part?` (may be missing), `..` (up to four words),
`^` and `$` (start and end of the clause), `#` (a number).
Matching walks once over the words with a set of places, so its time grows in line with the message.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.policy.words import Token, Vocabulary

GAP = 4
_SHORTEST_STEM = 3
_SIGNS = frozenset({"^", "..", "$"})


@dataclass(frozen=True)
class Part:
    """One place of a pattern: `names` are words, stems or lists, or a sign for gap, start or end."""

    names: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True)
class Pattern:
    """A pattern as written and as its parts."""

    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Patterns:
    """Patterns of which any may occur. Only those are walked whose rarest part occurs in the clause."""

    all: tuple[Pattern, ...]

    @cached_property
    def _by_name(self) -> dict[str, tuple[Pattern, ...]]:
        found: dict[str, list[Pattern]] = {}
        for pattern in self.all:
            for name in _telling(pattern):
                found.setdefault(name, []).append(pattern)
        return {name: tuple(patterns) for name, patterns in found.items()}

    @cached_property
    def _any_time(self) -> tuple[Pattern, ...]:
        return tuple(pattern for pattern in self.all if not _telling(pattern))

    def occur_in(self, reading: "Reading") -> bool:
        """Whether any of them occurs in the clause."""
        if any(matches(pattern, reading) for pattern in self._any_time):
            return True
        present = self._by_name.keys() & reading.places.keys()
        return any(matches(pattern, reading) for name in present for pattern in self._by_name[name])


def _telling(pattern: Pattern) -> tuple[str, ...]:
    """First words of the part that a text is least likely to hold by chance; none where every part may be missing."""
    needed = [part.names for part in pattern.parts if not part.optional and not _SIGNS & set(part.names)]
    rarest = max(needed, key=lambda names: min(len(name) for name in names), default=())
    return tuple(name.partition("+")[0] for name in rarest)


@dataclass(frozen=True)
class Reading:
    """The words of a clause and, for each word, stem and list, the places (start, end) where it occurs."""

    tokens: tuple[Token, ...]
    places: Mapping[str, tuple[tuple[int, int], ...]]

    def has(self, *lists: str) -> bool:
        return any("{" + name + "}" in self.places for name in lists)


def parse_patterns(texts: Iterable[str]) -> Patterns:
    """Read patterns; ValueError as `parse_pattern`."""
    return Patterns(tuple(parse_pattern(text) for text in texts))


def parse_pattern(text: str) -> Pattern:
    """Read a pattern; ValueError when it is empty or has a part that nothing can match."""
    parts = []
    for piece in text.split():
        optional = piece.endswith("?")
        names = tuple(piece.rstrip("?").split("|"))
        if not all(names):
            raise ValueError(f"empty part in the pattern '{text}'")
        parts.append(Part(names, optional))
    if not parts:
        raise ValueError("an empty pattern")
    return Pattern(text, tuple(parts))


def names_in(patterns: Iterable[Patterns]) -> frozenset[str]:
    """All words, stems and lists that the patterns speak of."""
    every = (pattern for several in patterns for pattern in several.all)
    names = (name for pattern in every for part in pattern.parts for name in part.names)
    return frozenset(word for name in names for word in name.split("+"))


def read_clause(tokens: Sequence[Token], vocabulary: Vocabulary) -> Reading:
    """Note once where every word, stem and list entry occurs."""
    places: dict[str, list[tuple[int, int]]] = {}
    words = tuple(token.text for token in tokens)
    for at, word in enumerate(words):
        places.setdefault(word, []).append((at, at + 1))
        if word.isdigit():
            places.setdefault("#", []).append((at, at + 1))
        for length in range(_SHORTEST_STEM, len(word) + 1):
            for name in vocabulary.prefixes.get(word[:length], ()):
                places.setdefault(name, []).append((at, at + 1))
        for name, end in _entries_at(words, at, vocabulary):
            places.setdefault("{" + name + "}", []).append((at, end))
    return Reading(tuple(tokens), {name: tuple(found) for name, found in places.items()})


def _entries_at(words: tuple[str, ...], at: int, vocabulary: Vocabulary) -> Iterable[tuple[str, int]]:
    for first in _singulars(words[at]):
        for entry, name in vocabulary.entries.get(first, ()):
            end = at + len(entry)
            if end <= len(words) and (len(entry) == 1 or _same(words[at + 1 : end], entry[1:])):
                yield name, end


def _same(words: tuple[str, ...], entry: tuple[str, ...]) -> bool:
    last = entry[-1]
    ends_alike = words[-1].startswith(last[:-1]) if last.endswith("*") else last in _singulars(words[-1])
    return ends_alike and words[:-1] == entry[:-1]


def _singulars(word: str) -> tuple[str, ...]:
    if len(word) < 4 or not word.endswith("s"):
        return (word,)
    return (word, word[:-1], word[:-2]) if word.endswith("es") else (word, word[:-1])


def matches(pattern: Pattern, reading: Reading) -> bool:
    """Tell whether the pattern occurs in the clause."""
    size = len(reading.tokens)
    reached = set(range(size + 1))
    for part in pattern.parts:
        reached = _step(part, reached, reading, size)
        if not reached:
            return False
    return True


def _step(part: Part, reached: set[int], reading: Reading, size: int) -> set[int]:
    if part.names == ("^",):
        return reached & {0}
    if part.names == ("..",):
        return {place for at in reached for place in range(at, min(at + GAP, size) + 1)}
    found: set[int] = set(reached) if part.optional else set()
    for name in part.names:
        if name == "$":
            found |= reached & {size}
        else:
            found |= _ends(name, reached, reading)
    return found


def _ends(name: str, reached: set[int], reading: Reading) -> set[int]:
    """Where the name, or the words of a phrase joined by `+`, end when they start at one of the places."""
    for word in name.split("+"):
        reached = {end for start, end in reading.places.get(word, ()) if start in reached}
    return reached
