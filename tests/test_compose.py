"""How answers are put together, by kind of question."""

from dataclasses import replace

import pytest
from fixtures_assistant import ready, talk

from assistant.compose.compose import compose
from assistant.compose.material import Limits, Material
from assistant.compose.plan import read_planner
from assistant.lines import read_lines
from assistant.reply import QUOTING
from index.found import Hit


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
    good_for, *steps = [real_corpus.passages[one].start for one in real_corpus.exercises["wall-angel"].passages]
    also = [real_corpus.passages[one].start for one in real_corpus.exercises["wall-angel"].also]
    assert steps == sorted(steps)
    assert shown == [*steps, *also, good_for]  # first how it is done, then what it is for
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


def sides_of(corpus, id_):
    conflict = next(one for one in corpus.conflicts if one.id == id_)
    return conflict, [side.passage_id for side in conflict.positions]


def test_all_sides_of_a_disagreement_are_shown_with_their_articles(material, real_corpus):
    """The question nearest to what was typed is asked of all sides, so that they are found at one cosine."""
    conflict, found = sides_of(real_corpus, "heat-or-ice")
    sides = [block for block in compose(material("heat or ice?", *found)).blocks if block.kind == "position"]
    assert len(sides) == len(conflict.positions)
    assert {block.heading for block in sides if block.heading} == {
        real_corpus.by_source[side.source_id].source.title for side in conflict.positions
    }


def test_what_a_guideline_says_comes_with_its_basis(material, real_corpus):
    _, found = sides_of(real_corpus, "heat-or-ice")
    notes = [block for block in compose(material("heat or ice?", *found)).blocks if block.kind == "note"]
    assert any(block.basis.publisher == "American College of Physicians" for block in notes)


def test_what_answers_a_question_best_comes_before_the_sides_of_a_disagreement(material, real_corpus):
    _, found = sides_of(real_corpus, "heat-or-ice")
    (water,) = ids(real_corpus, "Hydrating adequately post-workout")
    kinds = [block.kind for block in compose(material("x", water, *found)).blocks]
    assert kinds[0] == "statement"
    assert kinds.index("lead") < kinds.index("position")


def test_one_side_alone_among_what_was_found_announces_no_disagreement(material, real_corpus):
    """Neither the nearest question nor the first hits are about it."""
    plan = material("x")
    _, (side, *_) = sides_of(real_corpus, "heat-or-ice")
    (water,) = ids(real_corpus, "Hydrating adequately post-workout")
    hits = (Hit(water, 1.0, 0.8, 0.9), Hit(side, 0.9, 0.8, 0.6))
    assert all(block.kind != "position" for block in compose(replace(plan, hits=hits)).blocks)


@pytest.mark.parametrize("id_", ["when-to-seek-help", "heat-or-ice", "rest-or-move", "neck-rolls", "tightness"])
def test_the_questions_of_a_disagreement_bring_all_of_its_sides(real_index_config, real_corpus, id_):
    """Asked in other words than its own questions."""
    asked = {
        "when-to-seek-help": "my back is sore, at what point do I go and see somebody?",
        "heat-or-ice": "frozen peas or a hot bath for an achy back?",
        "rest-or-move": "do I take it easy or keep going when my back is bad?",
        "neck-rolls": "is it okay to circle my head round to loosen my neck?",
        "tightness": "is a tight back after the gym good or bad?",
    }
    (reply,), _ = talk(ready(real_index_config), asked[id_])
    conflict, sides = sides_of(real_corpus, id_)
    assert any(conflict.title.lower() in block.text.lower() for block in reply.blocks if block.kind == "lead")
    shown = {quote.start for block in reply.blocks if block.kind == "position" for quote in block.quotes}
    assert shown == {real_corpus.passages[one].start for one in sides if real_corpus.passages[one].role != "sign"}


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


def test_whom_to_see_comes_with_the_line_that_says_so_however_long_the_item_is(material, real_corpus):
    found = ids(real_corpus, "The discomfort interferes with your daily activities")
    blocks = compose(material("when is a tight back worth a look", *found)).blocks
    assert blocks[0].text.endswith(":")
    assert blocks[1].text.startswith("The discomfort interferes")


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


# What each kind of question gets


def test_the_best_hit_leads_an_answer(material, real_corpus):
    found = ids(
        real_corpus, "Poor posture or limited range of motion", "A common place for muscle soreness after deadlifts"
    )
    blocks = compose(material("why do I ache after deadlifts", *found)).blocks
    assert blocks[0].text.startswith("Poor posture or limited range")


def test_a_sentence_that_leans_on_the_one_before_is_quoted_with_it(material, real_corpus):
    (leaning,) = ids(real_corpus, "That means that proper technique plays a big role")
    (block, *_) = compose(material("does technique matter", leaning)).blocks
    (quote,) = block.quotes
    assert not block.text.startswith("That means")
    assert "That means that proper technique" in block.text
    assert real_corpus.by_source[quote.source_id].text[quote.start : quote.end].endswith("soreness.")


def test_one_step_that_is_asked_about_comes_alone_under_the_name_of_its_exercise(material, real_corpus):
    (anchor,) = ids(real_corpus, "Secure the band to a stable surface above eye level")
    blocks = compose(material("where do I fix the elastic for face pulls", anchor)).blocks
    assert blocks[0].heading == "Face pull"
    assert "stable surface" in blocks[0].text
    assert not any(block.kind == "step" for block in blocks)


def test_several_steps_that_are_asked_about_bring_the_whole_exercise(material, real_corpus):
    exercise = real_corpus.exercises["wall-angel"]
    blocks = compose(material("arms up and down like snow angels standing", *exercise.passages[1:5])).blocks
    assert [block.kind for block in blocks].count("step") == sum(
        real_corpus.passages[one].role != "volume" for one in exercise.passages[1:]
    )


def test_a_definition_is_short(material, real_corpus):
    found = ids(
        real_corpus,
        "Acute (short-term) back pain",
        "Chronic back pain is pain",
        "Modern lifestyle is",
        "Staying still is",
    )
    blocks = compose(material("what is acute back pain", *found)).blocks
    assert blocks[0].text.startswith("Acute")
    assert len([block for block in blocks if block.kind in QUOTING]) <= 2


@pytest.mark.parametrize(
    ("question", "load", "time"),
    [
        ("which stretches are good before a workout?", "mobility", "before training"),
        ("what stretches should I do after lifting?", "stretch", "after training"),
    ],
)
def test_stretches_for_a_time_are_those_that_the_articles_give_for_it(
    real_index_config, real_corpus, question, load, time
):
    (reply,), conversation = talk(ready(real_index_config), question)
    listed = [real_corpus.exercises[one] for one in conversation.offered]
    assert len(listed) == 4
    assert {one.load for one in listed} == {load}
    assert f"Exercises that the articles give for use {time}:" in reply.text


def test_which_exercises_are_listed_after_what_the_article_says_of_them(material, real_corpus):
    found = ids(
        real_corpus, "You can relieve upper back pain with a combination", "Strengthening the muscles of the back"
    )
    composed = compose(material("which exercises help my upper back?", *found))
    kinds = [block.kind for block in composed.blocks]
    assert kinds[0] == "statement"
    assert "lead" in kinds
    assert composed.offered


def test_what_an_exercise_is_for_is_told_where_that_is_asked(material, real_corpus):
    exercise = real_corpus.exercises["superman"]
    (block, *_) = compose(material("what is the superman good for?", *exercise.passages)).blocks
    assert block.text.startswith("Good for")


def test_what_the_articles_say_comes_article_by_article(material, real_corpus):
    found = ids(real_corpus, "Staying still is the enemy", "Hydrating adequately post-workout", "Use ice or heat.")
    blocks = compose(material("what do the articles say about recovery", *found)).blocks
    titles = [block.heading for block in blocks if block.heading_by == "article" and block.heading]
    assert len(titles) == len(set(titles)) == 3


def test_each_exercise_of_a_list_comes_with_its_note(material, real_corpus):
    composed = compose(material("how many seconds in each position of the cat-cow?"))
    assert any(block.kind == "volume" for block in composed.blocks)
    assert any(block.kind == "note" for block in composed.blocks)
