"""Compose the answer to one question from its hits, by the kind of question."""

from dataclasses import replace

from assistant.compose import exercises
from assistant.compose.material import Composed, Material, note_block
from assistant.compose.statements import statements
from assistant.reply import Block
from corpus.records import Conflict, Passage


def compose(material: Material) -> Composed:
    """Blocks for the plan; an empty result when there is nothing worth quoting."""
    plan = material.plan
    if plan.kind == "exercise" and plan.exercise:
        return exercises.explained(material, plan.exercise)
    if plan.kind == "amount" and plan.exercise:
        return exercises.numbers(material, plan.exercise)
    if plan.kind == "amounts":
        return exercises.numbers_of_each(material)
    if plan.kind == "routine":
        return exercises.routine(material)
    if plan.kind == "which":
        return exercises.listed(material)
    if exercise := exercises.meant(material):
        return (
            exercises.numbers(material, exercise) if plan.kind == "amount" else exercises.explained(material, exercise)
        )
    conflict = plan.conflict if plan.kind == "conflict" else _touched(material)
    if conflict:
        return _disagreement(material, conflict)
    return Composed(tuple(statements(material)))


def overview(parts: list[Material]) -> Composed:
    """A bare complaint: a few statements on each of several questions, never a refusal."""
    lead_topic = parts[0].plan.topics
    place = next((topic for topic in lead_topic if topic != "pain"), "")
    lead = parts[0].lead("overview", topic=f"{place} pain after training") if place else parts[0].lead("overview_any")
    blocks: list[Block] = []
    for part in parts:
        known = {block.text for block in blocks}
        blocks += [block for block in statements(part, most=2) if block.text not in known]
    return Composed((lead, *blocks)) if blocks else Composed()


def _touched(material: Material) -> Conflict | None:
    """The conflict that the best hit is a side of, when that side may not be quoted without the others."""
    if not material.hits:
        return None
    best = material.hits[0].passage_id
    return next(
        (
            conflict
            for conflict in material.corpus.conflicts
            if any(side.passage_id == best and not side.alone for side in conflict.positions)
        ),
        None,
    )


def _disagreement(material: Material, conflict: Conflict) -> Composed:
    """All sides of a conflict with their sources, and what guidelines say where we know it."""
    passages = [material.corpus.passages[side.passage_id] for side in conflict.positions]
    shown = _nearest_first(
        material, [passage for passage in passages if passage.role != "sign" or material.limits.with_card]
    )
    sides = [_side(material, one, before) for one, before in zip(shown, [None, *shown], strict=False)]
    blocks = [material.lead("conflict", title=_lower_first(conflict.title)), *sides]
    if conflict.note:
        blocks.append(note_block(conflict.note))
    return Composed((*blocks, *material.notes_on(shown)))


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
