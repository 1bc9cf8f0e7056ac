"""Choose the passages that answer a question in a few statements, and show them so that each can be read."""

import re

from assistant.compose.material import Material
from assistant.reply import Block
from corpus.records import Passage

MOST = 4  # statements
PER_ARTICLE = 3
NEAR = 12  # hits that are looked at
LEAST = 0.55  # share of the best score that a further statement needs
SAME = 0.6  # share of common words from which two statements say the same
WHOLE_LIST = 7  # longest list that is shown whole
_LISTING = frozenset({"cause", "prevent", "relief", "which", "definition", "seek_help", "how_to", "overview"})
_BACK = frozenset({"upper back", "middle back", "lower back", "back"})


def statements(material: Material, most: int = MOST) -> list[Block]:
    """Up to `most` statements with their notes, best first; none when no hit can be shown."""
    blocks: list[Block] = []
    shown: list[Passage] = []
    for passage in _chosen(material, most):
        if any(one.id == passage.id for one in shown):
            continue
        pieces = _whole(material, passage)
        blocks += _shown(material, pieces)
        shown += pieces
    return blocks + material.notes_on(shown)


def _chosen(material: Material, most: int) -> list[Passage]:
    chosen: list[Passage] = []
    if not material.hits:
        return chosen
    floor = material.hits[0].score * LEAST
    for hit in material.hits[:NEAR]:
        passage = material.corpus.passages[hit.passage_id]
        if len(chosen) == most or (chosen and hit.score < floor):
            break
        if not may_show(material, passage):
            continue
        if any(_says_the_same(passage, one) or _same_list(passage, one) for one in chosen):
            continue
        if sum(one.source_id == passage.source_id for one in chosen) < PER_ARTICLE:
            chosen.append(passage)
    return chosen


def may_show(material: Material, passage: Passage) -> bool:
    """Whether the passage can stand in this answer: its role, its place in the text, the part of the body."""
    if passage.role == "sign" and not material.limits.with_card:
        return False
    exercise = material.corpus.exercises.get(passage.exercise)
    if exercise and not material.limits.allow(exercise):
        return False
    if passage.kind == "field" or (passage.kind == "prose" and not passage.stands_alone):
        return False
    if passage.role == "anecdote" and passage.kind == "prose":
        return False
    return _fits_region(material, passage)


def _fits_region(material: Material, passage: Passage) -> bool:
    """A question about the neck is not answered with the lower back; 'back' alone means any part of it."""
    asked, about = set(material.plan.regions), set(passage.regions)
    if not asked or not about or asked & about:
        return True
    return not (about <= _BACK and asked <= {"neck"}) and not (about <= {"neck"} and asked <= _BACK)


def _says_the_same(one: Passage, other: Passage) -> bool:
    words, others = _words(one.text), _words(other.text)
    return bool(words and others) and len(words & others) / min(len(words), len(others)) >= SAME


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3}


def _same_list(one: Passage, other: Passage) -> bool:
    return bool(one.run) and (one.source_id, one.section_id, one.run) == (other.source_id, other.section_id, other.run)


def _whole(material: Material, passage: Passage) -> list[Passage]:
    """The passage, or the list it is an item of where the question asks for several things."""
    if passage.kind not in ("item", "row"):
        return [passage]
    items = [
        one
        for one in material.corpus.by_source[passage.source_id].passages
        if _same_list(one, passage) and may_show(material, one)
    ]
    hit_items = {hit.passage_id for hit in material.hits[:NEAR]} & {one.id for one in items}
    wanted = material.plan.kind in _LISTING or len(hit_items) > 1
    return items if wanted and len(items) <= WHOLE_LIST else [passage]


def _shown(material: Material, pieces: list[Passage]) -> list[Block]:
    first = pieces[0]
    if first.kind not in ("item", "row"):
        return [material.quote(first, "caution" if first.role == "caution" else "statement")]
    blocks = [material.lead_in(first, first.lead)] if first.lead else []
    for number, piece in enumerate(pieces):
        blocks.append(material.quote(piece, "statement", heading=number == 0 and not first.lead))
    return blocks
