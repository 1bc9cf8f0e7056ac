"""What the second detector looks at in a message: its letters, words, concepts and how they were meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from assistant.triage.context import Scene
from assistant.triage.detect import Reading
from assistant.triage.second_opinion import FAMILIES, Feature

SHORTEST, LONGEST = 3, 5  # characters of a piece, the spaces between words among them
REACH = 4  # how many words further on a word is paired with another
NEAR = 5  # most words between two concepts that are paired
DENIES = 6  # words before a concept in which a denying word is taken to deny it

_LETTERS, _WORDS, _CONCEPTS, _MEANINGS = range(len(FAMILIES))
# Endings that say nothing about an emergency; cut from words of five letters and more.
_ENDING = re.compile(r"(?:ings?|edly|ed|es|s|ly|er)$")
# Concepts of the context rules that colour all else in their sentence, and those that are grammar alone.
_MARKS = (
    "long_ago", "back_then", "recovered", "hypothetical", "question_opener", "info_cue", "fiction", "other_person",
    "now_cue", "contrast", "not_a_person",
)  # fmt: skip
_GRAMMAR = frozenset({"denial", "contrast", "joiner", "asserting", "first_person", "personal"})


def features(scene: Scene, readings: Sequence[Reading]) -> Iterator[Feature]:
    """All features, each as often as it stands there. The words are those that the frames read too."""
    yield from _letters(scene.words.words)
    yield from _words(scene.words.words)
    yield from _concepts(scene)
    yield from _meanings(scene)
    yield from _signs(readings)


def _letters(words: Sequence[str]) -> Iterator[Feature]:
    """Every run of SHORTEST to LONGEST characters, with one space between and around the words."""
    text = f" {' '.join(words)} "
    at = [number for number, word in enumerate(words) for _ in range(len(word) + 1)]  # a space belongs to what follows
    at += [len(words) - 1] * (len(text) - len(at))
    for size in range(SHORTEST, LONGEST + 1):
        for first in range(len(text) - size + 1):
            last = first + size - 1
            yield _LETTERS, text[first : last + 1], at[first], at[last - (text[last] == " ")] + 1


def _words(words: Sequence[str]) -> Iterator[Feature]:
    """The words without their endings, alone and each with those that follow it."""
    stems = [_ENDING.sub("", word) if len(word) > 4 else word for word in words]
    for at, stem in enumerate(stems):
        yield _WORDS, stem, at, at + 1
        for to in range(at + 1, min(at + 1 + REACH, len(stems))):
            yield _WORDS, f"{stem}{' ' if to == at + 1 else '..'}{stems[to]}", at, to + 1


def _concepts(scene: Scene) -> Iterator[Feature]:
    """The concepts, alone and in pairs that stand near each other, in their order."""
    hits = sorted((hit.start, hit.end, hit.concept) for found in scene.hits.values() for hit in found)
    for number, (start, end, concept) in enumerate(hits):
        yield _CONCEPTS, concept, start, end
        for first, last, other in hits[number + 1 :]:
            if first > end + NEAR:
                break
            if first >= end and other != concept:
                yield _CONCEPTS, f"{concept}>{other}", start, last


def _meanings(scene: Scene) -> Iterator[Feature]:
    """Concepts with what colours their sentence: asked, denied, long ago, of somebody else."""
    sentences = scene.words.sentence
    marks: dict[int, set[str]] = {}
    for mark in _MARKS:
        for hit in scene.hits.get(mark, ()):
            marks.setdefault(sentences[hit.start], set()).add(mark)
    for concept in scene.hits.keys() - _GRAMMAR:
        for hit in scene.hits[concept]:
            for mark in marks.get(sentences[hit.start], ()):
                yield _MEANINGS, f"{mark}@{concept}", hit.start, hit.end
            if scene.words.asked[hit.start]:
                yield _MEANINGS, f"asked@{concept}", hit.start, hit.end
            if _denied(scene, hit.start):
                yield _MEANINGS, f"no@{concept}", hit.start, hit.end


def _denied(scene: Scene, at: int) -> bool:
    """Whether a denying word stands shortly before, with no contrast in between."""
    place = bisect_left(scene.denials, at)
    denial = scene.denials[place - 1] if place else -1
    sentence = scene.words.sentence
    near = denial >= 0 and at - DENIES <= denial and sentence[denial] == sentence[at]
    return near and not scene.within("contrast", denial + 1, at)


def _signs(readings: Sequence[Reading]) -> Iterator[Feature]:
    """What the frames read: each sign and how it was meant, and whose any was."""
    for one in readings:
        if one.occurrence:
            for name in (f"{one.sign}:{one.meant}", f"any:{one.meant}", f"{one.whose}:{one.meant}"):
                yield _MEANINGS, name, one.occurrence.start, one.occurrence.end
