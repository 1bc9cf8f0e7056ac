"""Finds the concepts of the word lists in a message: parts of the body, sensations, functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """A concept found in words `start` (inclusive) to `end` (exclusive)."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True)
class Element:
    """One place of a pattern: a set of words, a range of numbers, a gap, or "not next".

    A gap is at most `gap` words long and does not reach over any of its `words`. An edge ends the hit: what comes
    after it must be there and is not part of the hit.
    """

    words: frozenset[str] = frozenset()
    numbers: tuple[float, float] | None = None
    gap: int = 0
    optional: bool = False
    forbidden: bool = False
    edge: bool = False

    def fits(self, word: str) -> bool:
        """Whether `word` can stand here."""
        if self.numbers is None:
            return word in self.words
        value = _value(word)
        if value is None or not self.numbers[0] <= value <= self.numbers[1]:
            return False
        # A range written with decimals (a body temperature) is for numbers written with decimals.
        return self.numbers[0].is_integer() or not word.isdigit()


# concept, the words its second place allows (None: look closer), all places
Pattern = tuple[str, frozenset[str] | None, tuple[Element, ...]]


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
    settled: frozenset[str]

    def hits(self, words: Sequence[str], sentence: Sequence[int]) -> tuple[Hit, ...]:
        """Every concept in `words`, none across the end of a sentence, without those inside a mask."""
        return tuple(self._unmasked(self._all(words, sentence), len(words)))

    def idioms(self, words: Sequence[str], sentence: Sequence[int]) -> tuple[Hit, ...]:
        """The masks in `words`."""
        return tuple(hit for hit in self._all(words, sentence) if hit.concept in self.masks)

    def _all(self, words: Sequence[str], sentence: Sequence[int]) -> list[Hit]:
        found: dict[tuple[str, int], int] = {}
        following = [*words[1:], ""] if words else []
        for at, (word, after) in enumerate(zip(words, following, strict=True)):
            patterns = self.by_word.get(word, ())
            for concept, second, elements in (*patterns, *self.numeric) if word[0].isdigit() else patterns:
                if second is None or after in second:
                    end = _end(elements, 1, words, at + 1, sentence) if elements[0].fits(word) else -1
                    if end > found.get((concept, at), at):
                        found[concept, at] = end
        return [Hit(concept, start, end) for (concept, start), end in found.items()]

    def _unmasked(self, hits: list[Hit], size: int) -> list[Hit]:
        """The hits that do not end inside a mask; `reach[i]` is where masks begun by word i end.

        A hit that only leans on the first words of a mask ("feel dead" in "feel dead easy") is no hit either.
        """
        reach = [0] * (size + 1)
        for hit in hits:
            if hit.concept in self.masks:
                reach[hit.start] = max(reach[hit.start], hit.end)
        for at in range(1, size):
            reach[at] = max(reach[at], reach[at - 1])
        return [hit for hit in hits if reach[hit.end - 1] < hit.end]


def _end(elements: tuple[Element, ...], k: int, words: Sequence[str], at: int, sentence: Sequence[int]) -> int:
    """Where the pattern ends when its element `k` is tried at word `at`, or -1."""
    if k == len(elements):
        return at
    element = elements[k]
    if element.gap:
        return _after_gap(elements, k, words, at, sentence)
    if element.edge:
        return at if _end(elements, k + 1, words, at, sentence) >= 0 else -1
    fits = at < len(words) and sentence[at] == sentence[at - 1] and element.fits(words[at])
    if element.forbidden:
        return -1 if fits else _end(elements, k + 1, words, at, sentence)
    end = _end(elements, k + 1, words, at + 1, sentence) if fits else -1
    return _end(elements, k + 1, words, at, sentence) if end < 0 and element.optional else end


def _after_gap(elements: tuple[Element, ...], k: int, words: Sequence[str], at: int, sentence: Sequence[int]) -> int:
    """The same for a gap: the nearest place after it where the rest of the pattern fits, within one sentence."""
    gap = elements[k]
    for to in range(at, min(at + gap.gap + 1, len(words))):
        if sentence[to] != sentence[at - 1] or (to > at and words[to - 1] in gap.words):
            return -1
        end = _end(elements, k + 1, words, to, sentence)
        if end >= 0:
            return end
    return -1


def _value(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return None
