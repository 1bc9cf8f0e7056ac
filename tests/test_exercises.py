"""Every exercise the articles name: as listed in exercises.toml, and found by name, usual names and description."""

import tomllib
from pathlib import Path

import pytest
from fixtures_assistant import ready, talk

from assistant.compose.plan import read_planner
from assistant.lines import read_lines
from assistant.policy.judge import judge

ROWS = tomllib.loads(Path(__file__).with_name("exercises.toml").read_text(encoding="utf-8"))["exercise"]
IDS = [row["id"] for row in ROWS]
ASKED = ("how", "does", "is", "should")  # a name that opens like this is a question by itself


@pytest.fixture(scope="module")
def planner(real_corpus):
    return read_planner(real_corpus)


def question(name):
    return name if name.split()[0] in ASKED else f"How do I do the {name}?"


def described(key, gap):
    """The descriptions as cases; one with a gap must fail, so that the table says when it no longer does."""
    return [
        pytest.param(
            row["id"],
            row[key],
            id=row["id"],
            marks=[pytest.mark.xfail(reason=row[gap], strict=True)] if gap in row else [],
        )
        for row in ROWS
        if key in row
    ]


def told(reply, exercise, corpus):
    """The places of its steps in the order in which the reply quotes them."""
    places = {corpus.passages[one].start for one in exercise.passages}
    quotes = [quote for block in reply.blocks for quote in block.quotes if quote.source_id == exercise.source_id]
    return [quote.start for quote in quotes if quote.start in places]


def whole(exercise, corpus):
    """Its steps in the order of the article, and after them what it is for."""
    passages = [corpus.passages[one] for one in exercise.passages]
    return [one.start for one in sorted(passages, key=lambda one: one.kind == "field")]


def answers(config, corpus, id_, asked):
    """Whether the reply tells the exercise whole and in order, or why it is withheld."""
    exercise = corpus.exercises[id_]
    (reply,), _ = talk(ready(config), asked)
    if exercise.state == "withheld":
        return exercise.reason in reply.text and not reply.citations
    return told(reply, exercise, corpus) == whole(exercise, corpus)


def test_the_table_lists_every_exercise_once_and_as_the_corpus_has_it(real_corpus):
    assert len(set(IDS)) == len(IDS)
    assert set(IDS) == set(real_corpus.exercises)
    for row in ROWS:
        exercise = real_corpus.exercises[row["id"]]
        roles = {real_corpus.passages[one].role for one in (*exercise.passages, *exercise.also)}
        found = (exercise.state, len(exercise.passages), len(exercise.also), list(exercise.regions))
        assert (row["id"], *found) == (row["id"], row["state"], row["steps"], row["more"], row["regions"])
        assert (row["id"], "volume" in roles, "caution" in roles) == (row["id"], row["volume"], row["caution"])


@pytest.mark.parametrize("id_", IDS)
def test_an_exercise_asked_for_by_its_name_is_told_whole_or_withheld_with_the_reason(
    real_index_config, real_corpus, id_
):
    assert answers(real_index_config, real_corpus, id_, question(real_corpus.exercises[id_].name))


@pytest.mark.parametrize(("id_", "name"), [(row["id"], name) for row in ROWS for name in row["called"]])
def test_an_exercise_is_known_by_what_people_call_it(real_index_config, real_corpus, id_, name):
    assert answers(real_index_config, real_corpus, id_, f"explain how to do the {name}")


@pytest.mark.parametrize(("id_", "words"), [*described("described", "gap"), *described("fresh", "fresh_gap")])
def test_an_exercise_is_found_by_a_description_that_does_not_name_it(real_index_config, real_corpus, id_, words):
    exercise = real_corpus.exercises[id_]
    if exercise.state == "withheld":
        assert answers(real_index_config, real_corpus, id_, words)
        return
    (reply,), _ = talk(ready(real_index_config), words)
    places = told(reply, exercise, real_corpus)
    if exercise.load == "none":  # of what is only named, one sentence that names it is enough
        assert places
    elif any(real_corpus.passages[one].kind == "item" for one in exercise.passages):
        assert places == whole(exercise, real_corpus)
    else:  # sentences without an order among them
        assert sorted(places) == sorted(whole(exercise, real_corpus))


def test_every_name_leads_to_its_exercise_or_to_one_of_the_same_name(real_corpus, planner):
    for exercise in real_corpus.exercises.values():
        for name in (exercise.name, *exercise.names):
            plan = planner.plan(question(name))
            assert plan.kind in ("exercise", "amount"), name
            called = {one.casefold() for one in (plan.exercise.name, *plan.exercise.names)}
            assert plan.exercise is exercise or name.casefold() in called, name


def test_the_policy_lets_every_name_through(real_corpus, real_index_config):
    policy = ready(real_index_config).policy()
    for exercise in real_corpus.exercises.values():
        for name in (exercise.name, *exercise.names):
            assert judge(question(name), policy).outcome == "go", name


@pytest.mark.parametrize(
    "message",
    [
        "i walk to work, why does my back hurt",
        "i cant walk",
        "my calves ache walking",
        "front row tickets",
        "my neck is stiff from looking up from the front row, how do i ease it",
        "how do i pace a 2k row",
        "the wooden plank i carried hurt my back",
        "i drive over a bridge to work, how do i sit",
        "hot yoga back ache",
        "neck tight after overhead press",
        "pain reaching overhead",
        "back pain after jogging",
        "back pain after squats",
        "upper trapezius pain",
        "hurts when i roll my shoulders",
        "hurts to turn my head",
        "cant rotate my neck",
        "which core exercises help",
        "how do i recover after a run",
    ],
)
def test_an_ordinary_word_is_not_taken_for_an_exercise(planner, message):
    assert planner.plan(message).kind not in ("exercise", "amount")


def test_of_two_exercises_with_one_name_the_fuller_one_is_told_and_the_other_can_be_asked_for(planner, real_corpus):
    for name, fuller, other in [
        ("cat-cow", "cat-cow", "cat-cow-after-workout"),
        ("child's pose", "childs-pose", "childs-pose-after-workout"),
        ("arm circles", "arm-circles", "arm-circles-warm-up"),
    ]:
        assert planner.plan(f"how do I do the {name}?").exercise.id == fuller
        assert planner.plan(real_corpus.exercises[other].ask).exercise.id == other


@pytest.mark.parametrize("name", ["cat-cow", "child's pose"])
def test_after_one_of_two_exercises_with_one_name_the_other_is_offered(real_index_config, real_corpus, name):
    (reply,), _ = talk(ready(real_index_config), f"how do I do the {name}?")
    assert f"How do I do the {name} (after a workout)?" in reply.followups


@pytest.mark.parametrize(
    ("name", "sources"), [("squat technique", 2), ("plank", 2), ("foam roller", 2), ("yoga poses", 2)]
)
def test_of_an_exercise_that_is_only_named_every_article_that_names_it_is_quoted(real_index_config, name, sources):
    (reply,), _ = talk(ready(real_index_config), f"how do i do the {name}?")
    assert len({citation.source_id for citation in reply.citations}) == sources


def test_an_exercise_that_is_only_named_says_so_and_shows_no_steps(real_index_config, real_corpus):
    said = read_lines().say("lead.mentioned")
    for exercise in real_corpus.exercises.values():
        (reply,), _ = talk(ready(real_index_config), question(exercise.name))
        assert (exercise.id, said in reply.text) == (exercise.id, exercise.state == "mentioned")
        assert exercise.state != "mentioned" or not any(block.kind == "step" for block in reply.blocks)


def test_what_is_named_in_passing_is_never_listed(real_index_config, real_corpus):
    for asked in ("which exercises help my neck?", "which exercises help my lower back?", "give me a routine"):
        (reply,), _ = talk(ready(real_index_config), asked)
        quoted = {quote.start for block in reply.blocks for quote in block.quotes}
        for exercise in real_corpus.exercises.values():
            if exercise.load == "none":
                assert not quoted & {real_corpus.passages[one].start for one in exercise.passages}, exercise.id


def test_the_breathing_of_the_cat_cow_comes_with_the_editors_note(real_index_config):
    (reply,), _ = talk(ready(real_index_config), "how do I do the cat-cow?")
    (note,) = [block for block in reply.blocks if block.kind == "note"]
    assert "other way round" in note.text
    assert (note.basis.publisher, note.basis.checked) == ("Spotter", "no")


@pytest.mark.parametrize(
    "asked",
    [
        "how long should I hold the seated spinal twist?",
        "how many times the knee-to-chest stretch?",
        "how long should I hold the supported hip lift?",
    ],
)
def test_a_number_that_the_article_gives_is_never_said_to_be_missing(real_index_config, asked):
    (reply,), _ = talk(ready(real_index_config), asked)
    assert reply.outcome == "answered"
    assert read_lines().say("lead.amount_missing") not in reply.text
