"""Signs that come together over several turns, and short answers to the question just asked."""

import pytest

from assistant.triage.gate import assess, load_protocol, note_question
from assistant.triage.records import Assessment, TriageState

PROTOCOL = load_protocol()


def talk(*turns: str) -> list[Assessment]:
    state, results = TriageState(), []
    for turn in turns:
        results.append(assess(turn, state, PROTOCOL))
        state = results[-1].state
    return results


@pytest.mark.parametrize(
    "turns",
    [
        ("my lower back is sore", "been shivering with a temperature of 38.9"),
        ("sciatica down my left leg", "now the right one is doing it too"),
        ("on warfarin, any warm up tips?", "I fell on my back this morning"),
        ("did murph on monday, sore", "my pee is brown today"),
        ("neck pain since shrugs", "now I'm seeing double"),
        ("I had bowel cancer in 2020", "my back hurts, a new pain"),
        ("came off my bike this morning", "I can't turn my head at all"),
    ],
)
def test_signs_of_different_turns_combine(turns: tuple[str, ...]) -> None:
    results = talk(*turns)
    assert results[0].mode != "hard"
    assert results[-1].mode == "hard"


@pytest.mark.parametrize(
    "turns",
    [
        ("I can't feel", "my inner thighs"),
        ("cant", "breathe properly since the flight"),
        ("banged", "my head on the squat rack"),
        ("my hands have got really", "clumsy, neck stiff too"),
        ("tingling in my", "left and right leg"),
    ],
)
def test_a_frame_may_begin_in_one_turn_and_end_in_the_next(turns: tuple[str, ...]) -> None:
    assert talk(*turns)[-1].mode == "hard"


def test_a_denial_in_the_earlier_turn_still_denies() -> None:
    assert talk("I have no numbness at all in my", "groin")[-1].mode != "hard"


@pytest.mark.parametrize("answer", ["yes", "yeah a bit", "yep since last night", "kinda", "idk", "👍", "sort of"])
def test_yes_or_unsure_to_is_this_happening_now_makes_the_sign_present(answer: str) -> None:
    assert talk("what if my groin went numb?", answer)[-1].mode == "hard"


@pytest.mark.parametrize("answer", ["no", "nah", "nope just curious"])
def test_no_to_is_this_happening_now_denies_the_sign(answer: str) -> None:
    results = talk("what if my groin went numb?", answer)
    assert results[-1].mode == "none"
    assert ("numb_saddle", "denied") in [(f.flag, f.polarity) for f in results[-1].state.findings]


def test_yes_answers_the_question_of_a_clinician_card() -> None:
    results = talk("pain shooting down my left leg", "yes")
    assert results[0].question is not None
    assert results[-1].mode == "hard"


def test_a_bare_yes_answers_a_question_the_assistant_asked() -> None:
    state = note_question(TriageState(), "Do you have any numbness between your legs?")
    assert assess("yes", state, PROTOCOL).mode == "hard"
    assert assess("no", state, PROTOCOL).mode == "none"


def test_the_assistants_own_words_are_never_findings() -> None:
    state = note_question(TriageState(), "Numbness between your legs or loss of bladder control is an emergency.")
    assert state.findings == ()
    assert assess("ok, how do I do a plank?", state, PROTOCOL).mode == "none"


def test_a_question_that_was_talked_past_closes_after_a_turn() -> None:
    results = talk("what if my groin went numb?", "how do I brace?", "and bird dogs?", "yes")
    assert results[-1].mode == "none"


@pytest.mark.parametrize("retraction", ["jk", "nvm it's fine now", "my wife says relax", "no numbness at all"])
def test_a_retraction_does_not_lower_the_tier(retraction: str) -> None:
    results = talk("my groin is numb", retraction, "which stretches?")
    assert [r.tier for r in results] == ["emergency"] * 3
    assert results[-1].mode == "hard"


def test_a_denial_does_not_silence_a_sign_reported_later() -> None:
    assert talk("no numbness", "now my groin is numb")[-1].mode == "hard"


def test_the_state_survives_a_round_trip_and_holds_no_words_of_the_user() -> None:
    state = talk("Zbigniew here, what if my groin went numb?", "pain shooting down my left leg")[-1].state
    assert TriageState.from_json(state.as_json()) == state
    assert "zbigniew" not in state.as_json().lower()
    assert "shooting down my" not in state.as_json()


def test_a_fresh_state_starts_afresh() -> None:
    assert assess("which stretches?", TriageState(), PROTOCOL).mode == "none"
