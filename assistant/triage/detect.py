"""Runs every frame over one message and over the joint between it and earlier turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.triage.context import Meant, Scene, make_scene, meaning, whose
from assistant.triage.frames import Occurrence, occurrences
from assistant.triage.languages import Language
from assistant.triage.lexicon import Hit
from assistant.triage.normalise import Words, plain
from assistant.triage.protocol import LookAlike, Protocol
from assistant.triage.records import Slot, Whose

TAIL = 9  # words at the end of a turn that may be the first half of a frame
HEAD = 7  # words at the start of the next turn that may be its second half
COMMA, STOP = 3, 5  # how many words a comma and the end of a sentence count for within a frame
FRAGMENT = 2  # sentences of so few words belong to what stands before them


@dataclass(frozen=True)
class Reading:
    """One sign in one place: how it was meant, whose it is, and the words for the trace.

    Two readings of the same words are one, whichever frame found them; `excused` is the look-alike that
    made a present sign an asked one, `doubted` whether the second detector did.
    """

    sign: str
    meant: Meant
    whose: Whose
    words: str
    occurrence: Occurrence | None = field(default=None, compare=False)
    excused: LookAlike | None = field(default=None, compare=False)
    doubted: bool = field(default=False, compare=False)


def read_scene(message: str, protocol: Protocol, language: Language | None = None) -> Scene:
    """The message as words with all concepts found, read in English alone or in English and `language`."""
    lexicon, splitter = (language or protocol).lexicon, (language or protocol).splitter
    words = join_fragments(splitter.split(plain(message, lexicon.characters)))
    return make_scene(words, lexicon.hits(words.words, words.sentence), protocol.context)


def read_signs(scene: Scene, slots: Sequence[Sequence[Slot]], protocol: Protocol) -> tuple[Reading, ...]:
    """Every sign of the message; `slots` are those of up to three earlier turns, oldest first."""
    found = [*_alone(scene, protocol), *_joined(scene, slots, protocol)]
    read = [(occurrence, _read(occurrence, scene)) for occurrence in found]
    return tuple(dict.fromkeys(reading for reading in _without_echoes(read, scene)))


def taken_back(scene: Scene, protocol: Protocol) -> Iterator[tuple[Occurrence, Hit]]:
    """Signs that would stand if no blocked concept of their frame stood in the sentence, with the hit of that one."""
    cost = boundary_cost(scene.words)
    for hits in _by_sentence(scene):
        for name in tuple(hits):
            for sign, frame in protocol.frames_by_concept.get(name, ()):
                blocking = [hit for concept in sorted(frame.blocked) for hit in hits.get(concept, ())]
                if blocking:
                    free = replace(frame, blocked=frozenset())
                    yield from ((found, blocking[0]) for found in occurrences(sign, free, hits, cost))


def _without_echoes(read: Sequence[tuple[Occurrence, Reading]], scene: Scene) -> Iterator[Reading]:
    """All readings but the echoes of a denial: "my legs don't tingle, my legs are fine" says once what is not.

    A wider place of a sign that borrows a word from a tighter, denied place of the same sign is an echo,
    unless a contrast stands inside it.
    """
    denied: dict[tuple[str, Hit], int] = {}
    for occurrence, reading in read:
        if reading.meant == "denied":
            for hit in occurrence.hits:
                size = occurrence.end - occurrence.start
                denied[reading.sign, hit] = min(size, denied.get((reading.sign, hit), size))
    for occurrence, reading in read:
        size = occurrence.end - occurrence.start
        borrowed = any(denied.get((reading.sign, hit), size) < size for hit in occurrence.hits)
        contrast = scene.within("contrast", occurrence.start, occurrence.end)
        if reading.meant == "denied" or contrast or not borrowed:
            yield reading


def open_slots(scene: Scene) -> tuple[Slot, ...]:
    """The concepts near the end of the message, for the turns to come."""
    size = len(scene.words.words)
    free = set(scene.denials)
    return tuple(
        Slot(hit.concept, size - hit.start, hit.end - hit.start)
        for found in scene.hits.values()
        for hit in found
        if size - hit.start <= TAIL and (hit.concept != "denial" or hit.start in free)
    )


def _read(occurrence: Occurrence, scene: Scene) -> Reading:
    words = " ".join(scene.words.words[occurrence.start : occurrence.end])
    return Reading(occurrence.sign, meaning(occurrence, scene), whose(occurrence, scene), words, occurrence)


def _alone(scene: Scene, protocol: Protocol) -> Iterator[Occurrence]:
    """Frames inside each sentence, and frames that reach from one sentence into the next."""
    tables = _by_sentence(scene)
    cost = boundary_cost(scene.words)
    for hits in tables:
        yield from _frames(hits, cost, protocol)
    for (_, border), one, two in zip(scene.sentences, tables, tables[1:], strict=False):
        both = {name: [*one.get(name, ()), *two.get(name, ())] for name in {**one, **two}}
        for occurrence in _frames(both, cost, protocol, across=True):
            if occurrence.start < border < occurrence.end:
                yield occurrence


def boundary_cost(words: Words) -> list[int]:
    """For each word what the commas and sentence ends before it count for, summed from the start."""
    total, costs = 0, []
    for at, comma in enumerate(words.comma):
        if at and words.sentence[at] != words.sentence[at - 1]:
            total += STOP
        elif comma:
            total += COMMA
        costs.append(total)
    return costs


def _frames(
    hits: Mapping[str, Sequence[Hit]], cost: Sequence[int], protocol: Protocol, *, across: bool = False
) -> Iterator[Occurrence]:
    """All occurrences of all frames; `across` leaves out frames of one part, which reach over nothing."""
    for name in tuple(hits):
        for sign, frame in protocol.frames_by_concept.get(name, ()):
            if not across or len(frame.parts) > 1:
                yield from occurrences(sign, frame, hits, cost)


def _joined(scene: Scene, slots: Sequence[Sequence[Slot]], protocol: Protocol) -> Iterator[Occurrence]:
    """Frames that begin in an earlier turn and end in this one; only this turn's part is returned."""
    earlier, offset = _lined_up(slots)
    if not earlier or not scene.words.words:
        return
    hits: dict[str, list[Hit]] = {}
    for hit in earlier:
        hits.setdefault(hit.concept, []).append(hit)
    for concept, found in scene.hits.items():
        for hit in found:
            if hit.start < HEAD:
                hits.setdefault(concept, []).append(Hit(concept, hit.start + offset, hit.end + offset))
    cost = [0] * offset + boundary_cost(scene.words)
    denied = min((hit.start for hit in earlier if hit.concept == "denial"), default=offset)
    for occurrence in _frames(hits, cost, protocol):
        here = tuple(Hit(h.concept, h.start - offset, h.end - offset) for h in occurrence.hits if h.start >= offset)
        if here and len(here) < len(occurrence.hits) and occurrence.start <= denied:
            begun = tuple(h.concept for h in occurrence.hits if h.start < offset)
            yield Occurrence(occurrence.sign, here, occurrence.frame, begun)


def _lined_up(slots: Sequence[Sequence[Slot]]) -> tuple[list[Hit], int]:
    """Slots of earlier turns as hits on one line, each turn as long as its farthest slot; and its length."""
    hits: list[Hit] = []
    offset = 0
    for turn in slots:
        length = max((slot.at for slot in turn), default=0)
        hits += [Hit(slot.concept, offset + length - slot.at, offset + length - slot.at + slot.size) for slot in turn]
        offset += length
    return hits, offset


def _by_sentence(scene: Scene) -> list[dict[str, list[Hit]]]:
    tables: list[dict[str, list[Hit]]] = [{} for _ in scene.sentences]
    for concept, found in scene.hits.items():
        for hit in found:
            tables[scene.words.sentence[hit.start]].setdefault(concept, []).append(hit)
    return tables


def join_fragments(words: Words) -> Words:
    """Sentences of one or two words ("Neck. Help.") made part of the sentence before them."""
    sizes: dict[int, int] = {}
    for number in words.sentence:
        sizes[number] = sizes.get(number, 0) + 1
    sentence: list[int] = []
    comma = list(words.comma)
    current, previous = -1, -1
    for at, number in enumerate(words.sentence):
        if number != previous:
            if current < 0 or sizes[number] > FRAGMENT:
                current += 1
            else:
                comma[at] = True
            previous = number
        sentence.append(current)
    return Words(words.words, tuple(sentence), tuple(comma), words.asked, words.quoted)
