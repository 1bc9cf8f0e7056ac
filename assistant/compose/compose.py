"""Compose the answer to one question from its hits, by the kind of question."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.compose import exercises
from assistant.compose.material import Composed, Material, note_block
from assistant.compose.statements import MOST, NEAR, statements
from assistant.reply import Block, Quote
from corpus.records import Conflict, Passage

LOOKED_AT = 2  # first hits that show what a question is about
ASKED = 0.7  # cosine to an asked-as question from which the question is taken to be about the same
SIDES = 2  # of a disagreement that the nearest question is asked of
MOST_OF = {"definition": 2, "which": 2, "routine": 1}  # statements, where a kind of question wants fewer

# Steps, amounts, lists, disagreements and when to seek help stay in the words of the articles.
PLAIN_BLOCKS = frozenset({"statement", "caution", "note"})
PLAIN_KINDS = frozenset({"plain", "purpose", "caution", "comparison", "prevent", "cause", "definition", "relief"})


def compose(material: Material) -> Composed:
    """Blocks for the plan; an empty result when there is nothing worth quoting."""
    plan = material.plan
    if plan.kind == "amounts":
        return exercises.numbers_of_each(material)
    if exercise := exercises.meant(material):
        return exercises.told(material, exercise)
    if conflict := touched(material):
        return _disagreement(material, conflict)
    if plan.kind in ("routine", "which"):
        return _selected(material)
    if plan.kind == "sources":
        return _by_article(material)
    told_of = material.corpus.passages[material.hits[0].passage_id].exercise if material.hits else ""
    return Composed(tuple(statements(material, MOST_OF.get(plan.kind, MOST))), about=told_of)


def _selected(material: Material) -> Composed:
    """Exercises for what was asked, after what the articles say of it themselves."""
    chosen = exercises.routine(material) if material.plan.kind == "routine" else exercises.listed(material)
    if not chosen.blocks:
        return Composed(tuple(statements(material)))
    first = [material.corpus.passages[hit.passage_id] for hit in material.hits[:LOOKED_AT]]
    if any(one.exercise or one.role == "definition" for one in first):
        return chosen
    said = statements(material, MOST_OF[material.plan.kind])
    known = set(_quotes(said))
    kept = [block for block in chosen.blocks if not known & set(block.quotes)]
    return replace(chosen, blocks=(*said, *kept))


def overview(parts: list[Material]) -> Composed:
    """A bare complaint: a few statements on it, on causes and on what helps; never a refusal."""
    lead_topic = parts[0].plan.topics
    place = next((topic for topic in lead_topic if topic != "pain"), "")
    lead = parts[0].lead("overview", topic=f"{place} pain after training") if place else parts[0].lead("overview_any")
    blocks: list[Block] = []
    for part in parts:
        known = {block.text for block in blocks}
        blocks += [block for block in statements(part, most=2) if block.text not in known]
    return Composed((lead, *blocks)) if blocks else Composed()


def touched(material: Material) -> Conflict | None:
    """The disagreement that the question is about.

    Its best hit may not be quoted without the others, or the question nearest to it is asked of several sides, or the
    first few hits are all sides.
    """
    if not material.hits or material.plan.kind == "cause":
        return None
    conflicts, best = material.corpus.conflicts, material.hits[0]
    misleading = (one for one in conflicts if best.passage_id in _sides(one, alone=False))
    if best.question_cosine >= ASKED and (conflict := next(misleading, None)):
        return conflict
    nearest = max(hit.question_cosine for hit in material.hits)
    near = {hit.passage_id for hit in material.hits if hit.question_cosine == nearest}
    first = {hit.passage_id for hit in material.hits[:LOOKED_AT]}
    asked = max(conflicts, key=lambda one: len(_sides(one) & near), default=None)
    if asked and len(_sides(asked) & near) >= SIDES:
        return asked
    listing = material.plan.kind in ("which", "routine")
    return None if listing else next((one for one in conflicts if first <= _sides(one)), None)


def _sides(conflict: Conflict, alone: bool = True) -> set[str]:
    """Its passages; without `alone` those that may not be quoted without the others."""
    return {side.passage_id for side in conflict.positions if alone or not side.alone}


def _by_article(material: Material) -> Composed:
    """What each article says: its best statement under its title."""
    blocks: list[Block] = []
    for source_id in dict.fromkeys(material.corpus.passages[hit.passage_id].source_id for hit in material.hits[:NEAR]):
        own = [hit for hit in material.hits if material.corpus.passages[hit.passage_id].source_id == source_id]
        said = statements(replace(material, hits=tuple(own)), most=1)
        title = material.corpus.by_source[source_id].source.title
        blocks += [replace(block, heading=title, heading_by="article") for block in said[:1]] + said[1:]
    return Composed(tuple(blocks))


def _disagreement(material: Material, conflict: Conflict) -> Composed:
    """All sides of a conflict with their sources, and what guidelines say where we know it."""
    passages = [material.corpus.passages[side.passage_id] for side in conflict.positions]
    shown = _nearest_first(
        material, [passage for passage in passages if passage.role != "sign" or material.limits.with_card]
    )
    sides = [_side(material, one, before) for one, before in zip(shown, [None, *shown], strict=False)]
    best = statements(replace(material, hits=material.hits[:1]), most=1)
    own = [] if set(_quotes(best)) & set(_quotes(sides)) else best  # what answers it most directly comes first
    blocks = [*own, material.lead("conflict", title=_lower_first(conflict.title)), *sides]
    if conflict.note:
        blocks.append(note_block(conflict.note))
    return Composed((*blocks, *material.notes_on(shown)))


def _quotes(blocks: Iterable[Block]) -> list[Quote]:
    return [quote for block in blocks for quote in block.quotes]


def _nearest_first(material: Material, passages: list[Passage]) -> list[Passage]:
    """The sides in the order in which the question found them, those of one article together."""
    rank = {hit.passage_id: place for place, hit in enumerate(material.hits)}
    ranked = sorted(passages, key=lambda one: rank.get(one.id, len(rank)))
    articles = list(dict.fromkeys(one.source_id for one in ranked))
    return sorted(ranked, key=lambda one: articles.index(one.source_id))


def _side(material: Material, passage: Passage, before: Passage | None) -> Block:
    """One side under the title of its article, which is named once for sides that follow each other."""
    title = material.corpus.by_source[passage.source_id].source.title
    named = "" if before and before.source_id == passage.source_id else title
    return replace(material.quote(passage, "position"), heading=named, heading_by="article")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def rewritable(material: Material, composed: Composed) -> bool:
    """Whether an answer is plain statements that may be said in other words."""
    plain = material.plan.kind in PLAIN_KINDS and not (composed.exercise or composed.offered)
    blocks = composed.blocks
    return plain and bool(blocks) and all(one.kind in PLAIN_BLOCKS and not one.listed for one in blocks)
