"""Decides how a sign was meant: there now, denied, long past, only asked about, or told of somebody invented."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.triage.frames import Occurrence
from assistant.triage.lexicon import Hit
from assistant.triage.normalise import Words

Meant = Literal["present", "denied", "past", "asked", "told"]
Cues = tuple[Hit, ...]  # the words that make it so; empty when it is not so
LIST_ITEM = 5  # words of a list item ("no numbness, tingling in the legs or weakness") a denial still covers
FARTHEST = 40  # words a denial or a clause is followed at most
NEXT = 12  # words before and after a sentence in which "years ago, all gone" still speaks of it
NEAR = 4  # words around a sign in which "I" or "my" makes it the speaker's own


@dataclass(frozen=True)
class Scene:
    """A message with everything found in it, as the context rules look at it.

    `hits` are all hits by concept, `starts` where they begin, `denials` the places of
    denying words that belong to no sign, `sentences` the (start, end) of each sentence in words.
    """

    words: Words
    hits: Mapping[str, Sequence[Hit]]
    starts: Mapping[str, Sequence[int]]
    denials: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]

    def within(self, concept: str, start: int, end: int) -> bool:
        """Whether `concept` begins between the two words."""
        starts = self.starts.get(concept, ())
        at = bisect_left(starts, start)
        return at < len(starts) and starts[at] < end

    def first(self, concept: str, start: int, end: int) -> Cues:
        """The first hit of `concept` that begins between the two words, or none."""
        starts = self.starts.get(concept, ())
        at = bisect_left(starts, start)
        return (self.hits[concept][at],) if at < len(starts) and starts[at] < end else ()

    def around(self, concept: str, word: int) -> tuple[Hit, ...]:
        """The last hit of `concept` that begins before `word` and the first that begins at or after it."""
        at = bisect_left(self.starts.get(concept, ()), word)
        return tuple(self.hits.get(concept, ())[max(0, at - 1) : at + 1])

    def span(self, occurrence: Occurrence) -> tuple[int, int]:
        """The sentence an occurrence stands in."""
        return self.sentences[self.words.sentence[occurrence.start]]


def make_scene(words: Words, hits: Sequence[Hit], context: frozenset[str]) -> Scene:
    """Group the hits. `context` names the concepts of the context rules: their words make no sign."""
    by_concept: dict[str, list[Hit]] = {}
    for hit in hits:
        by_concept.setdefault(hit.concept, []).append(hit)
    taken = {
        at
        for hit in hits
        if hit.end - hit.start > 1 and (hit.concept not in context or hit.concept == "pseudo_denial")
        for at in range(hit.start, hit.end)
    }
    free = [hit for hit in by_concept.get("denial", ()) if hit.start not in taken]
    denials = tuple(sorted({at for hit in free for at in (hit.start, hit.end - 1)}))  # of a phrase both ends
    starts = {concept: [hit.start for hit in found] for concept, found in by_concept.items()}
    return Scene(words, by_concept, starts, denials, _sentences(words))


def _sentences(words: Words) -> tuple[tuple[int, int], ...]:
    bounds: list[list[int]] = []
    for at, number in enumerate(words.sentence):
        while len(bounds) <= number:
            bounds.append([at, at])
        bounds[number][1] = at + 1
    return tuple((start, end) for start, end in bounds)


def meaning(occurrence: Occurrence, scene: Scene) -> Meant:
    """How one occurrence was meant. Unsure, minimised and second-hand count as present."""
    if is_denied(occurrence, scene):
        return "denied"
    if is_told(occurrence, scene):
        return "told"
    if is_past(occurrence, scene):
        return "past"
    if is_asked(occurrence, scene) and not _owned(occurrence, scene):
        return "asked"
    return "present"


def is_denied(occurrence: Occurrence, scene: Scene) -> Cues:
    """A denial of the closed set that reaches the last hit of the frame, in the same clause."""
    start, _ = scene.span(occurrence)
    own = {at for hit in occurrence.hits for at in range(hit.start, hit.end)}
    last = max(occurrence.hits, key=lambda hit: hit.start)
    first = max(start, last.start - FARTHEST)
    for denial in scene.denials[bisect_left(scene.denials, first) : bisect_left(scene.denials, last.start)]:
        if denial not in own and _reaches(denial, last.start, scene):
            return (Hit("denial", denial, denial + 1),)
    return _answered_no(occurrence, scene)


def _reaches(denial: int, target: int, scene: Scene) -> bool:
    """Whether the scope of the denying word goes as far as `target`: contrast and new clauses end it."""
    since_boundary = 0
    for at in range(denial + 1, target + 1):
        if scene.words.sentence[at] != scene.words.sentence[denial]:
            return False
        if scene.within("contrast", at, at + 1):
            return False
        if scene.words.comma[at] or scene.within("joiner", at, at + 1):
            if _asserts(at, scene):
                return False
            since_boundary = 0
        since_boundary += 1
        if since_boundary > LIST_ITEM:
            return False
    return True


def _asserts(at: int, scene: Scene) -> bool:
    """Whether the clause that begins at `at` states something of its own instead of going on a list."""
    end = at + 1
    limit = min(at + FARTHEST, scene.sentences[scene.words.sentence[at]][1])
    while end < limit and not scene.words.comma[end] and not scene.within("joiner", end, end + 1):
        end += 1
    return scene.within("asserting", at, end)


def _answered_no(occurrence: Occurrence, scene: Scene) -> Cues:
    """'Numbness: no' and 'numbness? none'."""
    start, end = scene.span(occurrence)
    after = occurrence.end
    if after < end:
        alone = after + 1 == end or scene.words.comma[after + 1]
        return scene.first("answer_no", after, after + 1) if scene.words.comma[after] and alone else ()
    short = end - start <= 6 and scene.words.asked[start]
    return scene.first("answer_no", end, end + 1) if short else ()


def is_told(occurrence: Occurrence, scene: Scene) -> Cues:
    """Fiction, quotations, articles, animals: with a cue in the sentence and not in the first person."""
    start, end = scene.span(occurrence)
    if animal := scene.first("not_a_person", max(start, occurrence.start - 3), occurrence.start + 1):
        return animal
    number = scene.words.sentence[occurrence.start]
    nobody = not scene.within("personal", start, end)
    before = scene.sentences[number - 1][0] if number and nobody else start
    fiction = scene.first("fiction", before, end)
    if not fiction or scene.words.quoted[occurrence.start]:
        return fiction
    near = range(max(start, occurrence.start - NEAR), min(end, occurrence.end + 1))
    return () if any(_speaks(at, scene) for at in near) else fiction


def _speaks(at: int, scene: Scene) -> bool:
    """Whether the word is the speaker's own "I" or "my", not that of "my novel" or "my dad"."""
    if not scene.within("first_person", at, at + 1) or scene.within("other_person", at + 1, at + 2):
        return False
    return not any(hit.start <= at < hit.end for hit in scene.around("fiction", at + 1))


def is_past(occurrence: Occurrence, scene: Scene) -> Cues:
    """Over and long ago: a cue such as a year or "when I was at school", and nothing that says "now"."""
    start, end = scene.span(occurrence)
    if scene.within("now_cue", start, end):
        return ()
    for cue in scene.around("long_ago", occurrence.start):
        before = cue.start < occurrence.start
        low = cue.end if before else max(start, occurrence.start - NEAR)
        elsewhere = not before and any(scene.words.comma[occurrence.end : cue.start + 1])
        if start <= cue.start < end and not elsewhere and not scene.within("present_verb", low, occurrence.end):
            return (cue,)
    if dated := _dated_after(occurrence, end, scene):
        return dated
    near = (max(0, start - NEXT), end + NEXT)
    recovered, ago = scene.first("recovered", *near), scene.first("long_ago", *near)
    if not (recovered and ago) or scene.within("present_verb", max(start, occurrence.start - NEAR), occurrence.end):
        return ()
    return (*recovered, *ago)


def _dated_after(occurrence: Occurrence, end: int, scene: Scene) -> Cues:
    """Whether what follows dates it: "that was six seasons ago", with nothing said of now in between."""
    for cue in scene.around("back_then", occurrence.end)[-1:]:
        if occurrence.end <= cue.start < end + NEXT and not scene.within("now_cue", occurrence.end, cue.start):
            still = scene.within("present_verb", max(0, occurrence.start - NEAR), occurrence.end)
            return () if still else (cue,)
    return ()


def is_asked(occurrence: Occurrence, scene: Scene) -> Cues:
    """What-ifs, and questions about a sign in which nobody in particular has it."""
    start, end = scene.span(occurrence)
    if scene.within("now_cue", start, end):
        return ()
    supposed = scene.first("hypothetical", start, end)
    if supposed or scene.within("personal", start, end):
        return supposed
    opened = scene.first("question_opener", start, start + 1) if scene.words.asked[start] else ()
    return opened or scene.first("info_cue", start, end)


def _owned(occurrence: Occurrence, scene: Scene) -> bool:
    """Somewhere after the question the speaker says that it is about them, now."""
    return scene.within("it_is_me", occurrence.end, len(scene.words.words))


def whose(occurrence: Occurrence, scene: Scene) -> Literal["self", "other"]:
    """Whether somebody else has the sign: another person is named and no "I" or "my" stands nearer."""
    start, end = scene.span(occurrence)
    near = range(max(start, occurrence.start - NEAR), min(end, occurrence.end + 1))
    if any(_speaks(at, scene) for at in near):
        return "self"
    return "other" if named(occurrence, scene) else "self"


def named(occurrence: Occurrence, scene: Scene) -> Cues:
    """The last other person that is named before the end of the sign."""
    return tuple(hit for hit in scene.around("other_person", occurrence.end) if hit.start < occurrence.end)
