"""Choose the passages that answer a question in a few statements, and show them so that each can be read."""

import re
from dataclasses import replace

from assistant.compose.exercises import has_steps
from assistant.compose.material import Material
from assistant.reply import Block, BlockKind
from corpus.records import Passage

MOST = 4  # statements, a list counting as one
MOST_BLOCKS = 8  # quoting blocks, so that two lists do not make a page
PER_ARTICLE = 3
NEAR = 15  # hits that are looked at
LEAST = 0.5  # share of the best score that a further statement needs
SAME = 0.6  # share of common words from which two statements say the same
WHOLE_LIST = 7  # longest list that is shown whole

# Parts of the body that a question about one of them may be answered with.
_UPPER = frozenset({"neck", "shoulders", "upper back", "middle back", "chest"})
_LOWER = frozenset({"middle back", "lower back", "hips", "core", "legs"})


def statements(material: Material, most: int = MOST) -> list[Block]:
    """Up to `most` statements with their notes, best first; none when no hit can be shown."""
    blocks: list[Block] = []
    shown: list[Passage] = []
    for passage in _chosen(material, most):
        pieces = _whole(material, passage)
        if blocks and len(blocks) + len(pieces) > MOST_BLOCKS:
            continue
        blocks += _shown(material, pieces)
        shown += pieces
    return blocks + material.notes_on(shown)


def _chosen(material: Material, most: int) -> list[Passage]:
    chosen: list[Passage] = []
    floor = 0.0
    for hit in material.hits[:NEAR]:
        passage = material.corpus.passages[hit.passage_id]
        if len(chosen) == most or hit.score < floor:
            break
        if not may_show(material, passage) or not _fits_region(material, passage):
            continue
        if any(_says_the_same(passage, one) or _same_list(passage, one) for one in chosen):
            continue
        if sum(one.source_id == passage.source_id for one in chosen) < PER_ARTICLE:
            floor = floor or hit.score * LEAST
            chosen.append(passage)
    # Nobody's own story leads an answer.
    return sorted(chosen, key=lambda passage: passage.role == "anecdote")


def may_show(material: Material, passage: Passage) -> bool:
    """Whether the passage may stand in an answer by itself: its role, its place in the text, the gate's limits."""
    if passage.role == "sign" and not material.limits.with_card:
        return False
    exercise = material.corpus.exercises.get(passage.exercise)
    if exercise and (not material.limits.allow(exercise) or has_steps(material, exercise)):
        return False
    if passage.kind == "field" or (passage.kind == "prose" and not passage.stands_alone):
        return False
    if passage.role == "anecdote" and passage.kind == "prose":
        return False
    sides = [side for conflict in material.corpus.conflicts for side in conflict.positions]
    return not any(side.passage_id == passage.id and not side.alone for side in sides)


def _fits_region(material: Material, passage: Passage) -> bool:
    """A question about the neck is not answered with the lower back; where no part is named, any fits."""
    asked, about = set(material.plan.regions), set(passage.regions)
    if not asked or not about or asked & about:
        return True
    return any(asked & group and about & group for group in (_UPPER, _LOWER))


def _says_the_same(one: Passage, other: Passage) -> bool:
    words, others = _words(one.text), _words(other.text)
    return bool(words and others) and len(words & others) / min(len(words), len(others)) >= SAME


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3}


def _same_list(one: Passage, other: Passage) -> bool:
    return bool(one.run) and (one.source_id, one.section_id, one.run) == (other.source_id, other.section_id, other.run)


def _whole(material: Material, passage: Passage) -> list[Passage]:
    """The passage, or the whole list it is an item of when at least half of the list was found."""
    if passage.kind not in ("item", "row"):
        return [passage]
    items = [
        one
        for one in material.corpus.by_source[passage.source_id].passages
        if _same_list(one, passage) and may_show(material, one)
    ]
    if len(items) > WHOLE_LIST:
        return [passage]
    found = {hit.passage_id for hit in material.hits[:NEAR]} & {one.id for one in items}
    best = bool(material.hits) and material.hits[0].passage_id == passage.id and passage.lead is not None
    return items if best or len(found) >= max(2, len(items) / 2) else [passage]


def _under_exercise(material: Material, passage: Passage) -> bool:
    """Whether the passage is from a section about one exercise, and needs its name to be understood."""
    exercise = material.corpus.exercises.get(passage.exercise)
    return exercise is not None and passage.heading.endswith(exercise.name)


def _shown(material: Material, pieces: list[Passage]) -> list[Block]:
    """The pieces as blocks: a list under its lead-in or heading, a single item only where it needs one."""
    first = pieces[0]
    kind: BlockKind = "caution" if first.role == "caution" and len(pieces) == 1 else "statement"
    if first.lead:
        return [material.lead_in(first, first.lead), *(material.quote(piece, "statement") for piece in pieces)]
    if len(pieces) > 1 or first.kind == "row" or _under_exercise(material, first):
        rest = [material.quote(piece, "statement") for piece in pieces[1:]]
        return [material.quote(first, kind, heading=True), *rest]
    return [replace(material.quote(first, kind), item=False)]
