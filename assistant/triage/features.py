"""What the second detector looks at in a message: its words, its concepts and how they were meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from assistant.triage.context import Scene
from assistant.triage.detect import Reading
from assistant.triage.second_opinion import Features

REACH = 4  # how many words further on a word is paired with another
NEAR = 5  # most words between two concepts that are paired
DENIES = 6  # words before a concept in which a denying word is taken to deny it

# Endings that say nothing about an emergency; cut from words of five letters and more.
_ENDING = re.compile(r"(?:ings?|edly|ed|es|s|ly|er)$")
# Concepts of the context rules that colour all else in their sentence, and those that are grammar alone.
_MARKS = (
    "long_ago", "back_then", "recovered", "hypothetical", "question_opener", "info_cue", "fiction", "other_person",
    "now_cue", "contrast", "not_a_person",
)  # fmt: skip
_GRAMMAR = frozenset({"denial", "contrast", "joiner", "asserting", "first_person", "personal"})


def features(scene: Scene, readings: Sequence[Reading]) -> Features:
    """All features of a message. The words are those that the frames read too, slips of the finger put right."""
    return list(_words(scene.words.words)), list(_concepts(scene)), [*_meanings(scene), *_signs(readings)]


def _words(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The words without their endings, alone and each with those that follow it."""
    stems = [_ENDING.sub("", word) if len(word) > 4 else word for word in words]
    for at, stem in enumerate(stems):
        yield stem, at
        for far, other in enumerate(stems[at + 1 : at + 1 + REACH]):
            yield f"{stem}..{other}" if far else f"{stem} {other}", at


def _concepts(scene: Scene) -> Iterator[tuple[str, int]]:
    """The concepts, alone and in pairs that stand near each other, in their order."""
    hits = sorted((hit.start, hit.end, hit.concept) for found in scene.hits.values() for hit in found)
    for number, (start, end, concept) in enumerate(hits):
        yield concept, start
        at = number + 1
        while at < len(hits) and hits[at][0] <= end + NEAR:
            first, _, other = hits[at]
            if first >= end and other != concept:
                yield f"{concept}>{other}", start
            at += 1


def _meanings(scene: Scene) -> Iterator[tuple[str, int]]:
    """Concepts with what colours their sentence: asked, denied, long ago, of somebody else."""
    sentences = scene.words.sentence
    marks: dict[int, set[str]] = {}
    for mark in _MARKS:
        for hit in scene.hits.get(mark, ()):
            marks.setdefault(sentences[hit.start], set()).add(mark)
    for concept in scene.hits.keys() - _GRAMMAR:
        for hit in scene.hits[concept]:
            for mark in marks.get(sentences[hit.start], ()):
                yield f"{mark}@{concept}", hit.start
            if scene.words.asked[hit.start]:
                yield f"asked@{concept}", hit.start
            if _denied(scene, hit.start):
                yield f"no@{concept}", hit.start


def _denied(scene: Scene, at: int) -> bool:
    """Whether a denying word stands shortly before, with no contrast in between."""
    place = bisect_left(scene.denials, at)
    denial = scene.denials[place - 1] if place else -1
    sentence = scene.words.sentence
    near = denial >= 0 and at - DENIES <= denial and sentence[denial] == sentence[at]
    return near and not scene.within("contrast", denial + 1, at)


def _signs(readings: Sequence[Reading]) -> Iterator[tuple[str, int]]:
    """What the frames read: each sign and how it was meant, and whose any was."""
    for one in readings:
        if one.occurrence:
            for name in (f"{one.sign}:{one.meant}", f"any:{one.meant}", f"{one.whose}:{one.meant}"):
                yield name, one.occurrence.start
