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
    if plan.kind == "routine":
        return exercises.routine(material)
    if plan.kind == "which":
        return exercises.listed(material)
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
    """The conflict that the best hit is one side of: a side alone would hide the others."""
    if not material.hits:
        return None
    best = material.hits[0].passage_id
    return next(
        (one for one in material.corpus.conflicts if any(side.passage_id == best for side in one.positions)), None
    )


def _disagreement(material: Material, conflict: Conflict) -> Composed:
    """All sides of a conflict with their sources, and what guidelines say where we know it."""
    passages = [material.corpus.passages[side.passage_id] for side in conflict.positions]
    shown = [passage for passage in passages if passage.role != "sign" or material.limits.with_card]
    blocks = [material.lead("conflict", title=_lower_first(conflict.title)), *(_side(material, one) for one in shown)]
    if conflict.note:
        blocks.append(note_block(conflict.note))
    return Composed((*blocks, *material.notes_on(shown)))


def _side(material: Material, passage: Passage) -> Block:
    return replace(
        material.quote(passage, "position"), heading=material.corpus.by_source[passage.source_id].source.title
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
