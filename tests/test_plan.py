"""What kind of answer a question wants, and what it is about."""

import pytest

from assistant.compose.plan import read_planner


@pytest.fixture(scope="module")
def planner(real_corpus):
    return read_planner(real_corpus)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("why does my back hurt after squats", "cause"),
        ("which stretches help a tight lower back", "which"),
        ("give me a routine for my upper back", "routine"),
        ("how do i prevent back pain when lifting", "prevent"),
        ("what should i avoid doing with a stiff neck", "caution"),
        ("when should i see a physio about my back pain", "seek_help"),
        ("what is a muscle strain", "definition"),
        ("my back hurts", "overview"),
        ("lower back is killing me today", "overview"),
        ("how do I do a wall angel?", "exercise"),
        ("wall angels", "exercise"),
        ("how many reps of the face pull", "amount"),
        ("heat or ice for my back", "plain"),
    ],
)
def test_the_kind_of_question_is_told(planner, question, kind):
    assert planner.plan(question).kind == kind


def test_a_question_is_not_a_bare_complaint(planner):
    assert planner.plan("is my back sore because of my form").kind != "overview"


@pytest.mark.parametrize(
    ("words", "exercise"),
    [
        ("how do i do a cat cow", "cat-cow"),
        ("how to do the CAT-COW stretch", "cat-cow"),
        ("explain how the levator scap stretch works", "levator-scapulae-stretch"),
        ("how do i squeeze... the shoulder blade squeeze", "scapular-squeeze"),
        ("how do i do childs pose", "childs-pose"),
        ("how do i do knees to chest", "knee-to-chest"),
    ],
)
def test_an_exercise_is_known_by_the_names_people_use(planner, words, exercise):
    assert planner.plan(words).exercise.id == exercise


def test_every_exercise_is_planned_by_its_own_name(planner, real_corpus):
    for exercise in real_corpus.exercises.values():
        found = planner.plan(f"how do I do the {exercise.name}?").exercise
        assert found is not None
        assert found.name.split(" (")[0].casefold() == exercise.name.split(" (")[0].casefold()


def test_a_question_that_only_mentions_an_exercise_is_not_about_doing_it(planner):
    assert planner.plan("why does my lower back hurt when i do planks at the gym on monday").kind == "cause"


def test_the_words_of_a_plan_are_of_the_closed_vocabulary(planner):
    plan = planner.plan("my neck hurts after deadlifts, my name is Zebulon")
    assert set(plan.topics) == {"neck", "deadlift", "pain"}


@pytest.mark.parametrize(
    "question", ["ugh neck so stiff, desk job", "my back hurts after deadlifts", "neck sore since shoulder day"]
)
def test_a_bare_complaint_is_one(planner, question):
    assert planner.plan(question).kind == "overview"


@pytest.mark.parametrize(
    "question",
    [
        "treatments for a sore back please",
        "could tight hips be behind my back pain?",
        "been near my limit for months, my coach signed off my technique and my back is still sore every single week",
    ],
)
def test_what_asks_for_something_or_tells_a_story_is_no_bare_complaint(planner, question):
    assert planner.plan(question).kind != "overview"


def test_the_exercises_named_in_a_question_are_kept_in_its_order(planner):
    assert planner.plan("wall angel or face pull for the upper back?").named == ("wall-angel", "face-pull")
    assert planner.plan("how do I do a wall angel").named == ()
