"""Choose the passages that answer a question in a few statements, and show them so that each can be read."""

import re
from dataclasses import replace

from assistant.compose.exercises import has_steps
from assistant.compose.material import Material
from assistant.reply import Block, BlockKind
from corpus.records import Passage

MOST = 4  # statements, a list counting as one
MOST_BLOCKS = 8  # quoting blocks, so that two lists do not make a page
NEAR = 15  # hits that are looked at
LEAST = 0.6  # share of the best score that a further statement needs
SAME = 0.6  # share of common words from which two statements say the same
WHOLE_LIST = 7  # longest list that is shown whole
FOUND_TOO = 0.6  # share of the best score from which another item of a list is shown with the one that was found
STEP_TOO = 0.75  # ... and another step of an exercise
LEADING = {"caution": "caution", "amount": "volume", "seek_help": "seek_help"}  # kind of question -> role
TELLING = 7  # words from which an item needs no line before it
BEFORE = 2  # passages that are taken along so that one that leans on them can be read

# Parts of the body that a question about one of them may be answered with.
_UPPER = frozenset({"neck", "shoulders", "upper back", "middle back", "chest"})
_LOWER = frozenset({"middle back", "lower back", "hips", "core", "legs"})


def statements(material: Material, most: int = MOST) -> list[Block]:
    """Up to `most` statements with their notes, best first; none when no hit can be shown."""
    blocks: list[Block] = []
    shown: list[Passage] = []
    for pieces in _chosen(material, most):
        if blocks and len(blocks) + len(pieces) > MOST_BLOCKS:
            continue
        named = next((block.heading for block in reversed(blocks) if block.heading), "")
        first, *rest = _shown(material, pieces)
        again = bool(named) and first.heading == named and blocks[-1].item
        blocks += [replace(first, heading="") if again else first, *rest]
        shown += pieces
    return blocks + material.notes_on(shown)


def _chosen(material: Material, most: int) -> list[list[Passage]]:
    """What is shown, as pieces that are read together; in the order in which they were found."""
    chosen: list[list[Passage]] = []
    floor = 0.0
    for hit in material.hits[:NEAR]:
        passage = material.corpus.passages[hit.passage_id]
        if len(chosen) == most or hit.score < floor:
            break
        if not may_show(material, passage) or not (hit is material.hits[0] or fits_region(material, passage)):
            continue
        known = [one for pieces in chosen for one in pieces]
        if any(one.id == passage.id or _says_the_same(passage, one) or _same_list(passage, one) for one in known):
            continue
        if chosen and not _tells_by_itself(passage):
            continue
        if pieces := _whole(material, passage):
            floor = floor or hit.score * LEAST
            # What takes the sentence before it along stands in the place of that sentence.
            before = next((one for one in chosen if _overlap(one[0], pieces[0])), None)
            if before is None:
                chosen.append(pieces)
            else:
                chosen[chosen.index(before)] = pieces
    return sorted(chosen, key=lambda pieces: _place(pieces[-1], material.plan.kind))


def _overlap(one: Passage, other: Passage) -> bool:
    return one.source_id == other.source_id and one.span.overlaps(other.span)


def _place(passage: Passage, kind: str) -> int:
    """What leads an answer: the role that the kind of question asks for; nobody's own story does."""
    if passage.role == "anecdote":
        return 2
    return 0 if passage.role == LEADING.get(kind, passage.role) else 1


def may_show(material: Material, passage: Passage) -> bool:
    """Whether the passage may stand in an answer by itself: its role, its place in the text, the gate's limits."""
    if passage.role == "sign" and not material.limits.with_card:
        return False
    exercise = material.corpus.exercises.get(passage.exercise)
    purpose = material.plan.kind == "purpose"
    if passage.kind == "field" and not purpose:
        return False  # what an exercise is for says nothing of anything else
    if exercise and not material.limits.allow(exercise):
        return False
    step_of_another = exercise and exercise.id != _best(material).exercise
    no_answer = purpose and passage.kind == "item"  # no step says what the exercise is for
    if exercise and has_steps(material, exercise) and (step_of_another or no_answer):
        return False
    sides = [side for conflict in material.corpus.conflicts for side in conflict.positions]
    return not any(side.passage_id == passage.id and not side.alone for side in sides)


def _best(material: Material) -> Passage:
    return material.corpus.passages[material.hits[0].passage_id]


def fits_region(material: Material, passage: Passage) -> bool:
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
    """The passage with what it needs to be read: the sentences before it, or the list it is an item of."""
    if passage.kind in ("item", "row"):
        return _listed(material, passage)
    return [passage] if passage.kind != "prose" or passage.stands_alone else _with_before(material, passage)


def _with_before(material: Material, passage: Passage) -> list[Passage]:
    """The passage as one with those that it leans on; nothing when these cannot be shown or are too many."""
    article = material.corpus.by_source[passage.source_id]
    place = article.passages.index(passage)
    for start in range(place - 1, max(place - 1 - BEFORE, -1), -1):
        before, after = article.passages[start], article.passages[start + 1]
        apart = article.text[before.end : after.start].strip()  # something withheld
        if apart or before.section_id != passage.section_id or before.kind != "prose" or not may_show(material, before):
            break
        if before.stands_alone:
            return [replace(passage, start=before.start, text=article.text[before.start : passage.end])]
    return []


def _listed(material: Material, passage: Passage) -> list[Passage]:
    """The item with those of its list that were found too, best first; a list of mere names comes whole."""
    items = _items(material, passage)
    if len(items) <= WHOLE_LIST and not _tells_by_itself(passage):
        return items
    least = (STEP_TOO if passage.exercise else FOUND_TOO) * material.hits[0].score
    found = {hit.passage_id for hit in material.hits if hit.score >= least}
    return [passage, *(one for one in items if one.id in found and one.id != passage.id)][:WHOLE_LIST]


def _items(material: Material, passage: Passage) -> list[Passage]:
    """Its list, as far as it may be shown."""
    article = material.corpus.by_source[passage.source_id]
    return [one for one in article.passages if _same_list(one, passage) and may_show(material, one)]


def _tells_by_itself(passage: Passage) -> bool:
    """Whether an item can be read without the line before its list: a row, an exercise, a whole sentence.

    An item under "see somebody if" cannot, however long it is.
    """
    if passage.lead is None or passage.exercise or passage.kind == "row":
        return True
    return passage.role not in ("sign", "seek_help") and len(passage.text.split()) >= TELLING


def _under_exercise(material: Material, passage: Passage) -> bool:
    """Whether the passage is from a section about one exercise, and needs its name to be understood."""
    exercise = material.corpus.exercises.get(passage.exercise)
    return exercise is not None and passage.heading.endswith(exercise.name)


def _shown(material: Material, pieces: list[Passage]) -> list[Block]:
    """The pieces as blocks: a list under its lead-in or heading, a single item only where it needs one."""
    first = pieces[0]
    kind: BlockKind = "caution" if first.role == "caution" and len(pieces) == 1 else "statement"
    if first.lead and (not _tells_by_itself(first) or pieces == _items(material, first)):
        return [material.lead_in(first, first.lead), *(material.quote(piece, "statement") for piece in pieces)]
    if len(pieces) > 1 or first.kind == "row" or _under_exercise(material, first):
        rest = [material.quote(piece, "statement") for piece in pieces[1:]]
        return [material.quote(first, kind, heading=True), *rest]
    return [replace(material.quote(first, kind), item=False)]
