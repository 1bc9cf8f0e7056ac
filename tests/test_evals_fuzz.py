"""The fuzz run: the same seed says the same, a healthy assistant keeps its promises, a broken one is found out."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from fixtures_assistant import QUESTION, RED_FLAG, fails_with, ready

from assistant.answer import answer
from assistant.cli import spotter
from assistant.conversation import Conversation
from evals import commands_fuzz
from evals import fuzz as fuzzing
from evals.cases import read_cases
from evals.commands_fuzz import report
from evals.fuzz import fuzz
from evals.fuzz_messages import CHANGES, MOST_TURNS, WRAPPINGS, Dice, Said, Words, talk, words_of

SMALL = Words(
    ordinary=(QUESTION, "my back is sore"),
    questions=("heat or ice?",),
    sentences=("Rest helps.",),
    exercises=("wall angel",),
    emergencies=(RED_FLAG,),
    orders=("Reply in one word. {text}",),
)


@pytest.fixture(scope="module")
def assistant(real_index_config):
    """Everything that the first question opens is open, so that no turn is slow because of it."""
    assistant = ready(real_index_config)
    answer(QUESTION, Conversation(), assistant)
    return assistant


@pytest.fixture(scope="module")
def cases():
    return read_cases()


@pytest.fixture
def said(monkeypatch):
    """Sets what every conversation says."""

    def these(*messages):
        turns = tuple(one if isinstance(one, Said) else Said(one, ("plain",)) for one in messages)
        monkeypatch.setattr(fuzzing, "talk", lambda seed, index, words: turns)

    return these


def kinds(tally):
    return {one.kind for one in tally.problems}


def changing(monkeypatch, **fields):
    """Every reply with other fields."""

    def broken(message, conversation, assistant):
        turn = answer(message, conversation, assistant)
        return replace(turn, reply=replace(turn.reply, **fields))

    monkeypatch.setattr(fuzzing, "answer", broken)


# What is said


def test_the_same_seed_and_index_say_the_same():
    assert [talk(3, index, SMALL) for index in range(50)] == [talk(3, index, SMALL) for index in range(50)]
    assert talk(3, 7, SMALL) != talk(4, 7, SMALL) or talk(3, 8, SMALL) != talk(4, 8, SMALL)


def test_conversations_have_every_change_every_wrapping_and_every_length():
    talks = [talk(1, index, SMALL) for index in range(600)]
    made = {name for turns in talks for one in turns for name in one.made}
    assert made >= CHANGES.keys() | WRAPPINGS.keys() | {"follow-up", "plain", "warning"}
    assert {len(turns) for turns in talks} == {1, 2, 3, MOST_TURNS}


def test_a_warning_is_in_its_message_word_for_word_or_in_capitals():
    turns = [one for index in range(300) for one in talk(1, index, SMALL) if one.emergency]
    assert turns
    assert all(RED_FLAG.lower() in one.text.lower() for one in turns)


@pytest.mark.parametrize("text", ["", " ", "a", "{", "}{", "%s", "\\", "\ud800", "a" * 300])
@pytest.mark.parametrize("name", sorted({**CHANGES, **WRAPPINGS}))
def test_every_change_takes_any_text(name, text):
    change = {**CHANGES, **WRAPPINGS}[name]
    assert isinstance(change(text, Dice(1), SMALL), str)


def test_the_test_split_is_not_read(real_corpus, cases):
    words = words_of(cases, real_corpus)
    dev = {turn for case in cases if case.split == "dev" for turn in case.turns}
    assert {*words.ordinary, *words.emergencies} <= dev
    assert all((words.ordinary, words.questions, words.sentences, words.exercises, words.emergencies, words.orders))


# What is found


def test_a_healthy_assistant_keeps_its_promises(assistant):
    tally = fuzz(assistant, SMALL, 1, range(12))
    assert tally.problems == []
    assert tally.turns == sum(tally.outcomes.values()) >= 12


def test_a_crash_is_found_with_its_place_and_the_conversation_goes_on(assistant, said):
    said(QUESTION, RED_FLAG)
    tally = fuzz(replace(assistant, search=fails_with(OSError("gone"))), SMALL, 1, [5])
    assert [(one.kind, one.index, one.turn, one.why) for one in tally.problems] == [("crash", 5, 0, "OSError: gone")]
    assert tally.outcomes == {"crash": 1, "escalated": 1}


def test_a_gate_that_fails_is_found(assistant, said):
    said(QUESTION)
    assert "gate failed" in kinds(fuzz(replace(assistant, protocol=fails_with(OSError())), SMALL, 1, [0]))


@pytest.mark.parametrize(
    ("message", "fields", "kind"),
    [
        (QUESTION, {"text": "You will be fine. [1]"}, "not verified"),
        (QUESTION, {"citations": ()}, "schema"),
        (QUESTION, {"followups": ("\ud800",)}, "cannot be shown"),
        (QUESTION, {"flags": {"x": ("y",)}.items()}, "schema"),
        (RED_FLAG, {"followups": ("How do I do a wall angel?",)}, "answered past the card"),
        (RED_FLAG, {"tier": "none"}, "tier fell"),
        (Said(RED_FLAG, ("warning", "alone"), RED_FLAG, True), {"reason": "gate_failed"}, "gate failed"),
    ],
)
def test_a_reply_that_breaks_a_promise_is_found(assistant, said, monkeypatch, message, fields, kind):
    said(message)
    changing(monkeypatch, **fields)
    assert kind in kinds(fuzz(assistant, SMALL, 1, [0]))


def test_a_conversation_that_forgets_its_warning_is_found(assistant, said, monkeypatch):
    said(RED_FLAG, QUESTION)
    monkeypatch.setattr(fuzzing, "answer", lambda message, _, assistant: answer(message, Conversation(), assistant))
    assert kinds(fuzz(assistant, SMALL, 1, [0])) == {"tier fell", "latch"}


def test_a_warning_that_is_not_read_is_a_problem_where_reading_it_is_promised(assistant, said):
    for promised in (True, False):
        said(Said("hello", ("warning", "alone" if promised else "order"), RED_FLAG, promised))
        tally = fuzz(assistant, SMALL, 1, [4])
        (buried,) = tally.buried.values()
        assert (buried.turns, buried.lower, buried.passed, buried.promised) == (1, [4], [4], promised)
        assert kinds(tally) == ({"warning missed"} if promised else set())


def test_withheld_words_in_a_reply_are_found(assistant, said, monkeypatch):
    said(QUESTION)
    article = assistant.corpus().by_source["back-pain-exercises"]
    span = max(article.withheld, key=lambda one: one.span.end - one.span.start).span
    changing(monkeypatch, text=article.text[span.start : span.end])
    assert "withheld words shown" in kinds(fuzz(assistant, SMALL, 1, [0]))


def test_a_turn_that_takes_too_long_is_found(assistant, said, monkeypatch):
    said("hello")
    monkeypatch.setattr(fuzzing, "SLOWEST", 0.0)
    tally = fuzz(assistant, SMALL, 1, [0])
    assert kinds(tally) == {"slow"}
    assert tally.slowest_at == (0, 0, 5)


# The command


@pytest.fixture
def called(assistant, cases, monkeypatch):
    """The command; what it reads and opens was read and opened before."""
    monkeypatch.setattr(commands_fuzz, "start_service", lambda *_: assistant)
    monkeypatch.setattr(commands_fuzz, "read_cases", lambda: cases)
    return lambda *arguments: CliRunner().invoke(spotter, ["eval", "fuzz", *arguments])


def test_a_run_of_a_second_says_what_it_saw(called):
    result = called("--seconds", "1", "--seed", "2")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Seed 2: ")
    assert "| outcome | turns |" in result.output
    assert "Problems: none." in result.output


def test_one_conversation_is_shown_turn_by_turn(called):
    result = called("--seed", "2", "--only", "3")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("0: ")
    assert "Seed 2: 1 conversations" in result.output


def test_a_promise_that_broke_is_the_exit_status_and_says_how_to_repeat_it(called, monkeypatch):
    monkeypatch.setattr(fuzzing, "answer", fails_with(ValueError("broken")))
    result = called("--seed", "2", "--only", "3")
    assert result.exit_code == 1
    assert "crash: " in result.output
    assert "spotter eval fuzz --seed 2 --only 3" in result.output


def test_the_report_counts_each_kind_once_with_its_first_place(assistant, said):
    said(QUESTION, QUESTION)
    tally = fuzz(replace(assistant, search=fails_with(OSError("gone"))), SMALL, 9, [1, 2])
    lines = list(report(tally, 9))
    assert "crash: 4 turns; the first in turn 0 of conversation 1: OSError: gone" in lines
