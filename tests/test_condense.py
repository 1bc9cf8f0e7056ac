"""What a follow-up refers to."""

import pytest
from fixtures_assistant import ready, talk

from assistant.compose.plan import read_planner
from assistant.condense import asking, condense, read_follow_ups
from assistant.conversation import Conversation


@pytest.fixture(scope="module")
def planner(real_corpus):
    return read_planner(real_corpus)


def resolved(message, planner, **before):
    return condense(message, Conversation(**before), planner, read_follow_ups())


def test_the_first_message_of_a_conversation_stands_alone(planner):
    asked = resolved("how long should I hold it?", planner)
    assert (asked.context, asked.exercise) == ("", "")


def test_it_refers_to_the_exercise_last_explained(planner):
    asked = resolved("how long should I hold it?", planner, topics=("stretching",), exercise="childs-pose")
    assert asked.exercise == "childs-pose"


def test_an_elliptical_question_takes_over_the_topic(planner):
    assert "deadlift" in resolved("and how often?", planner, topics=("deadlift", "lower back")).context


def test_another_place_replaces_the_place_and_keeps_the_subject(planner):
    context = resolved("and for the neck?", planner, topics=("lower back", "stretching")).context
    assert "stretching" in context
    assert "lower back" not in context


def test_the_second_one_is_the_second_of_the_exercises_listed(planner):
    asked = resolved("how do I do the second one?", planner, offered=("wall-angel", "face-pull"))
    assert asked.exercise == "face-pull"


def test_a_new_topic_is_not_mixed_with_the_old_one(planner):
    asked = resolved("what position should I sleep in with lower back pain", planner, topics=("neck", "desk work"))
    assert asked.context == ""


@pytest.mark.parametrize(
    ("message", "anew"),
    [
        ("Something else: how high should my monitor be?", True),
        ("By the way, how high should my monitor be?", True),
        ("New question. how high should my monitor be", True),
        ("By the way, does it help to do that twice?", False),
        ("Another question", False),
    ],
)
def test_who_says_that_a_new_subject_begins_is_believed(planner, message, anew):
    asked = resolved(message, planner, topics=("warm up", "squat"))
    assert (asked.context == "") is anew


def test_the_numbers_of_an_exercise_can_be_asked_for_without_naming_it(real_index_config):
    (_, numbers), _ = talk(ready(real_index_config), "how do I do a face pull?", "how many reps?")
    assert "3 sets of 12 repetitions" in numbers.text


def test_the_second_of_the_exercises_offered_is_explained(real_index_config):
    (listed, explained), _ = talk(
        ready(real_index_config), "which stretches help my upper back?", "how do I do the second one?"
    )
    assert listed.outcome == explained.outcome == "answered"
    assert any(block.kind in ("step", "volume") for block in explained.blocks)


# A question among other sentences


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Why does my neck hurt?", ""),
        (
            "I joined a gym. Why does my neck hurt after lifting? The coffee is good.",
            "Why does my neck hurt after lifting?",
        ),
        ("they rave about cupping. any evidence?", ""),
        ("I train a lot. how do i stretch my neck", "how do i stretch my neck"),
        ("We use a cream for the neck. What is the same here and how much?", "What is the same here and how much?"),
    ],
)
def test_the_sentence_that_may_be_the_whole_question(planner, message, asked):
    assert asking(message, planner) == ((asked,) if asked else ())


@pytest.mark.parametrize(
    "around",
    [
        "I finally joined a gym in January and I like it, the coffee is great. {}",
        "{} Anyway, we are off to the lakes on Saturday and the sun is out for once.",
    ],
)
def test_what_is_told_around_a_question_does_not_hide_it(real_index_config, around):
    (told,), _ = talk(ready(real_index_config), around.format("How long should I hold a stretch after training?"))
    assert told.outcome == "answered"
