"""How answers are put together, by kind of question."""

from dataclasses import replace

import pytest
from fixtures_assistant import ready, talk

from assistant.compose.compose import compose
from assistant.compose.material import Limits, Material
from assistant.compose.plan import read_planner
from assistant.lines import read_lines
from assistant.reply import QUOTING
from index.search import Hit


@pytest.fixture(scope="module")
def planner(real_corpus):
    return read_planner(real_corpus)


@pytest.fixture
def material(real_corpus, planner):
    """A function: a question, and the ids of the passages that were found for it."""

    def made(question, *passage_ids, **limits):
        hits = tuple(Hit(one, 1.0 - place / 100, 0.8, 0.8) for place, one in enumerate(passage_ids))
        return Material(planner.plan(question), hits, real_corpus, read_lines(), Limits(**limits))

    return made


def ids(corpus, *quotes):
    return [next(p.id for p in corpus.passages.values() if quote in p.text) for quote in quotes]


def test_an_exercise_comes_whole_and_in_order(material, real_corpus):
    composed = compose(material("how do I do a wall angel?"))
    shown = [block.quotes[0].start for block in composed.blocks]
    steps = [real_corpus.passages[one].start for one in real_corpus.exercises["wall-angel"].passages]
    assert shown == steps == sorted(steps)
    assert composed.blocks[0].heading == "Wall angel"


@pytest.mark.parametrize("state", ["served", "corrected"])
def test_every_exercise_that_is_served_can_be_explained(material, real_corpus, state):
    for exercise in real_corpus.exercises.values():
        if exercise.state == state:
            composed = compose(replace(material("x"), plan=_about(material, exercise)))
            quoting = [block for block in composed.blocks if block.kind in QUOTING]
            assert len(quoting) == len(exercise.passages) + len(exercise.also)


def _about(material, exercise):
    return replace(material("x").plan, kind="exercise", exercise=exercise)


def test_an_exercise_that_is_withheld_gives_no_steps_but_its_reason(real_index_config, real_corpus):
    for exercise in real_corpus.exercises.values():
        if exercise.state == "withheld":
            (reply,), _ = talk(ready(real_index_config), f"how do I do the {exercise.names[0]}?")
            assert (reply.outcome, reply.reason) == ("declined", "withheld")
            assert exercise.reason in reply.text


def test_only_the_numbers_are_given_when_only_they_are_asked_for(material):
    composed = compose(material("how many reps of the face pull?"))
    assert {block.kind for block in composed.blocks} == {"volume"}


def test_all_sides_of_a_disagreement_are_shown_with_their_articles(material, real_corpus):
    composed = compose(material("is heat or ice better for my back?"))
    conflict = next(one for one in real_corpus.conflicts if one.id == "heat-or-ice")
    sides = [block for block in composed.blocks if block.kind == "position"]
    assert len(sides) == len(conflict.positions)
    assert {block.heading for block in sides if block.heading} == {
        real_corpus.by_source[side.source_id].source.title for side in conflict.positions
    }


def test_what_a_guideline_says_comes_with_its_basis(material):
    notes = [block for block in compose(material("is heat or ice better for my back?")).blocks if block.kind == "note"]
    assert any(block.basis.publisher == "American College of Physicians" for block in notes)


def test_a_side_that_may_not_stand_alone_never_does(material, real_corpus):
    (good,) = ids(real_corpus, "Tightness post-workout can be beneficial")
    composed = compose(material("what happens in my muscles overnight", good))
    assert len([block for block in composed.blocks if block.kind == "position"]) > 1


def test_a_sign_is_not_quoted_unless_a_card_comes_with_it(material, real_corpus):
    found = ids(real_corpus, "Numbness or weakness in your fingers", "Experiencing lower back pain after a workout")
    question = "what is behind it when my body complains after a workout"
    without = compose(material(question, *found))
    with_card = compose(material(question, *found, with_card=True))
    assert not any("Numbness" in block.text for block in without.blocks)
    assert any("Numbness" in block.text for block in with_card.blocks)


def test_a_part_of_the_body_with_a_sign_gets_no_strengthening(material, real_corpus):
    composed = compose(material("which exercises help my neck?", no_strengthening=("neck",)))
    assert composed.offered
    assert not any(
        exercise.load == "strength" and "neck" in exercise.regions
        for exercise in map(real_corpus.exercises.__getitem__, composed.offered)
    )


def test_a_list_item_comes_with_the_line_that_introduces_it(material, real_corpus):
    found = ids(real_corpus, "Hips are too high.", "Loss of neutral spine.", "The bar is too close")
    blocks = compose(material("what goes wrong when i set up a deadlift", *found)).blocks
    assert blocks[0].text.startswith("In the preparation phase")
    assert [block.text for block in blocks[1:4]] == [
        "Loss of neutral spine.",
        "Hips are too high.",
        "The bar is too close/away from the body.",
    ]


def test_nobodys_own_story_leads_an_answer(material, real_corpus):
    found = ids(real_corpus, "Raising my monitor to eye level", "Raise your screen to eye level")
    first = compose(material("desk and screen height for my neck", *found)).blocks[0]
    assert "Raise your screen" in first.text


def test_a_note_comes_with_the_passage_that_it_is_about(material, real_corpus):
    (water,) = ids(real_corpus, "Hydrating adequately post-workout")
    blocks = compose(material("what does water do for my back", water)).blocks
    assert any(block.kind == "note" and "cola-coloured" in block.text for block in blocks)


def test_an_answer_about_the_neck_holds_nothing_about_the_lower_back(material, real_corpus):
    found = ids(real_corpus, "Modern lifestyle is a big culprit", "A common place for muscle soreness after deadlifts")
    texts = [block.text for block in compose(material("why does my neck hurt", *found)).blocks]
    assert any("Modern lifestyle" in text for text in texts)
    assert not any("A common place" in text for text in texts)


def test_a_routine_is_a_small_selection_with_numbers_and_says_that_it_is_no_plan(material):
    composed = compose(material("give me a routine for my upper back"))
    assert "not a plan" in composed.blocks[0].text
    assert 3 <= len(composed.offered) <= 6
    assert any(block.kind == "volume" for block in composed.blocks)


def test_a_bare_complaint_gets_a_short_cited_overview_and_no_refusal(real_index_config):
    for message in ("my back hurts", "neck is so stiff today", "lower back ache"):
        (reply,), _ = talk(ready(real_index_config), message)
        assert reply.outcome == "answered"
        assert reply.blocks[0].kind == "lead"
        assert 2 <= len(reply.citations) <= 12
