"""Explain one exercise whole, give its numbers, or list the exercises for a part of the body."""

from dataclasses import replace

from assistant.compose.material import Composed, Material
from assistant.reply import Block
from assistant.words import plain
from corpus.records import Exercise, Passage

MOST_LISTED = 4
LEAST_LISTED = 2
PER_LOAD = 2  # exercises of each kind in a selection
FOUND = 0.4  # share of the best score from which an exercise was found, where no part of the body is named
DESCRIBED = 0.5  # cosine to an asked-as question from which a step is what the question is about
DESCRIBED_WHOLE = 0.6  # ... from which a movement is described that nobody named
BESIDE = 0.88  # share of the best score from which another step is asked about too
WHOLE = 3  # steps asked about from which the whole exercise is
_LOADS = (("mobility", "warm"), ("strength", "strength"), ("stretch", "stretch"))
_LOAD_WORDS = {
    "stretch": "stretch",
    "strengthen": "strength",
    "strength": "strength",
    "warm": "mobility",
    "mobility": "mobility",
}
_BACK = ("upper back", "middle back", "lower back")
_BEFORE, _AFTER = "before training", "after training"  # topics of the vocabulary


def meant(material: Material) -> Exercise | None:
    """The exercise that the question is about doing: named, referred to, or described step by step."""
    plan = material.plan
    if plan.exercise and plan.kind in ("exercise", "amount"):
        return plan.exercise
    if not material.hits or material.hits[0].question_cosine < DESCRIBED:
        return None
    best = material.corpus.passages[material.hits[0].passage_id]
    exercise = material.corpus.exercises.get(best.exercise)
    if exercise is None or best.kind == "field" or not has_steps(material, exercise):
        return None
    described = plan.exercise is None and material.hits[0].question_cosine >= DESCRIBED_WHOLE
    whole = plan.kind == "amount" or plan.asks_how or described or _whole_is_asked(material, exercise)
    return exercise if whole else None


def told(material: Material, exercise: Exercise) -> Composed:
    """The exercise whole, or only its numbers."""
    return numbers(material, exercise) if material.plan.kind == "amount" else explained(material, exercise)


def _whole_is_asked(material: Material, exercise: Exercise) -> bool:
    """Whether several of its steps are about as good as the best: none of them alone is what is asked about."""
    own = [hit.score for hit in material.hits if hit.passage_id in exercise.passages]
    return sum(score >= BESIDE * own[0] for score in own) >= WHOLE


def explained(material: Material, exercise: Exercise) -> Composed:
    """The exercise with its steps in order, its volume, its cautions and what it is for; or why it is withheld."""
    if kept_back := _kept_back(material, exercise):
        return kept_back
    passages = sorted(_told(material, exercise), key=lambda one: one.kind == "field")  # first how it is done
    blocks = [_block(material, exercise, passage) for passage in passages]
    lead = (material.lead("mentioned"),) if exercise.state == "mentioned" and material.plan.asks_how else ()
    return Composed((*lead, *_headed(blocks, exercise, passages), *material.notes_on(passages)), exercise.id)


def _told(material: Material, exercise: Exercise) -> list[Passage]:
    """Its steps and what else holds for it; for one that is only named, what every article says of that name."""
    alike = [exercise]
    if exercise.state == "mentioned":
        text = plain(material.plan.question)
        asked = max((name for one in _called(exercise) if (name := plain(one)) in text), key=len, default="")
        others = [one for one in material.corpus.exercises.values() if one.state == "mentioned"]
        alike += [one for one in others if asked and asked in map(plain, _called(one))]
    ids = dict.fromkeys(one for each in alike for one in (*each.passages, *each.also))
    return [material.corpus.passages[one] for one in ids if one in material.corpus.passages]


def _block(material: Material, exercise: Exercise, passage: Passage) -> Block:
    """One of its steps, or what stands elsewhere: that is no step and is not counted as one."""
    if exercise.state != "mentioned" and passage.id in exercise.passages:
        return _step(material, passage)
    return material.quote(passage, "caution" if passage.role == "caution" else "statement")


def _called(exercise: Exercise) -> tuple[str, ...]:
    return (exercise.name, *exercise.names)


def _kept_back(material: Material, exercise: Exercise) -> Composed | None:
    """Why the exercise is not shown: withheld by the overlay, or held back by the gate's limits."""
    if exercise.state == "withheld":
        return Composed(withheld=exercise)
    return None if material.limits.allow(exercise) else Composed(held_back=exercise)


def numbers(material: Material, exercise: Exercise) -> Composed:
    """Only the sets, repetitions and seconds of the exercise; the whole of it where it has none."""
    if kept_back := _kept_back(material, exercise):
        return kept_back
    place = {hit.passage_id: place for place, hit in enumerate(material.hits)}
    volumes = [passage for passage in _told(material, exercise) if passage.role == "volume"]
    volumes = sorted(volumes, key=lambda one: place.get(one.id, len(place)))  # first what was asked
    if not volumes:
        whole = explained(material, exercise)
        lead = material.lead("amount_missing")
        return Composed((lead, *whole.blocks), exercise.id) if whole.blocks else whole
    blocks = [material.quote(passage, "volume") for passage in volumes]
    return Composed((*_headed(blocks, exercise, volumes), *material.notes_on(volumes)), exercise.id)


def numbers_of_each(material: Material) -> Composed:
    """The numbers of every exercise that was listed before, where it has any."""
    blocks: list[Block] = []
    offered = [exercise for exercise in material.plan.offered if material.limits.allow(exercise)]
    for exercise in offered:
        if volumes := _volumes(material, exercise):
            blocks += _headed([material.quote(passage, "volume") for passage in volumes], exercise, volumes)
            blocks += material.notes_on(volumes)
    return Composed(tuple(blocks), offered=tuple(exercise.id for exercise in offered))


def has_steps(material: Material, exercise: Exercise) -> bool:
    """Whether the exercise is told step by step, so that one step alone says little."""
    items = sum(material.corpus.passages[one].kind == "item" for one in exercise.passages)
    return exercise.state != "mentioned" and items > 1


def listed(material: Material) -> Composed:
    """The exercises that fit the question, each with the line that says what it is for."""
    chosen = _ranked(material, _asked_loads(material))[:MOST_LISTED]
    if len(chosen) < LEAST_LISTED:
        return Composed()
    blocks = [_listing(material)]
    for exercise in chosen:
        first = material.corpus.passages[exercise.passages[0]]
        own = material.quote(first, "statement")
        # An exercise of one line names itself; the others need their name above the line that says what for.
        blocks += [replace(own, item=True)] if len(exercise.passages) == 1 else _headed([own], exercise, [first])
        blocks += material.notes_on([first])
    return Composed(tuple(blocks), offered=tuple(exercise.id for exercise in chosen))


def _listing(material: Material) -> Block:
    """The line above a list: for the part of the body, the time or the topic that was asked about."""
    topics = material.plan.topics
    if not topics:
        return material.lead("which_any")
    time = next((one for one in topics if one in (_BEFORE, _AFTER) and not material.plan.regions), "")
    return material.lead("which", topic=f"use {time}" if time else _named_topic(topics[0]))


def routine(material: Material) -> Composed:
    """A small selection: loosening up, strengthening, stretching; each with its numbers. Never a plan."""
    chosen = [
        exercise
        for load, _ in _LOADS
        for exercise in [one for one in _ranked(material, {load}) if _volumes(material, one)][:PER_LOAD]
    ]
    if not chosen:
        return Composed()
    topic = material.plan.topics[0] if material.plan.topics else ""
    blocks = [material.lead("routine", topic=_named_topic(topic)) if topic else material.lead("routine_any")]
    for exercise in chosen:
        passages = [material.corpus.passages[exercise.passages[0]], *_volumes(material, exercise)]
        unique = list({passage.id: passage for passage in passages}.values())
        blocks += _headed([_step(material, passage, "statement") for passage in unique], exercise, unique)
        blocks += material.notes_on(unique)
    return Composed(tuple(blocks), offered=tuple(exercise.id for exercise in chosen))


def _volumes(material: Material, exercise: Exercise) -> list[Passage]:
    passages = [material.corpus.passages[one] for one in exercise.passages]
    return [passage for passage in passages if passage.role == "volume"]


def _step(material: Material, passage: Passage, otherwise: str = "step") -> Block:
    if passage.role == "volume":
        return material.quote(passage, "volume")
    if passage.role == "caution":
        return material.quote(passage, "caution")
    if passage.kind == "item" and otherwise == "step":
        return material.quote(passage, "step")
    return material.quote(passage, "statement")


def _headed(blocks: list[Block], exercise: Exercise, passages: list[Passage]) -> tuple[Block, ...]:
    """The exercise's name over its first block; ours unless the article's own heading says the same."""
    first = blocks[0]
    own = passages[0].heading.rpartition(" > ")[2]
    by = passages[0].heading_by if own.casefold() == exercise.name.casefold() else "editor"
    named = replace(first, heading=exercise.name, heading_by=by)
    return (named, *blocks[1:])


def _asked_loads(material: Material) -> set[str]:
    words = material.plan.question.lower()
    asked = {load for word, load in _LOAD_WORDS.items() if word in words}
    if asked == {"stretch"} and _BEFORE in material.plan.topics:
        return {"mobility"}  # stretches for before training are the dynamic ones
    return asked or {"mobility", "stretch", "strength"}


def _ranked(material: Material, loads: set[str]) -> list[Exercise]:
    """Served exercises of these kinds, best hit first; for the regions asked about, or else those that were found.

    All of one kind fit a question that asks for it before or after training.
    """
    scores = {hit.passage_id: hit.score for hit in material.hits}
    asked = set(material.plan.regions) or ({*_BACK, "back"} if "back" in material.plan.topics else set())
    by_time = len(loads) == 1 and {_BEFORE, _AFTER} & set(material.plan.topics)
    least = 0.0 if by_time else FOUND * max(scores.values(), default=0.0)
    rows = [
        (max(scores.get(passage, 0.0) for passage in exercise.passages), exercise)
        for exercise in material.corpus.exercises.values()
        if exercise.state != "withheld" and exercise.load in loads and material.limits.allow(exercise)
    ]
    fitting = [row for row in rows if (asked & set(row[1].regions) if asked else row[0] >= least)]
    return _one_each([exercise for _, exercise in sorted(fitting, key=lambda row: -row[0])])


def _one_each(exercises: list[Exercise]) -> list[Exercise]:
    """One of those that go by the same name, such as the cat-cow of two articles."""
    kept: dict[str, Exercise] = {}
    for exercise in exercises:
        kept.setdefault(exercise.name.split(" (")[0].casefold(), exercise)
    return list(kept.values())


def _named_topic(topic: str) -> str:
    return f"the {topic}" if topic in ("neck", "shoulders", *_BACK, "back", "core", "hips", "chest") else topic
