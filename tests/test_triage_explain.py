"""An explanation says which signs were read in which words, what made them count or not, and which rule they met."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli import spotter
from assistant.triage.decide import decide
from assistant.triage.explain import explain, lines
from assistant.triage.gate import assess, load_protocol, read_turn
from assistant.triage.records import TriageState
from assistant.triage.second_opinion import NONE, Scales

PROTOCOL = load_protocol()


def explained(*texts):
    """The explanation of each turn of one conversation."""
    state, told = TriageState(), []
    for text in texts:
        turn = read_turn(text, state, PROTOCOL)
        assessment = decide(turn, PROTOCOL)
        told.append(explain(text, turn, assessment, PROTOCOL))
        state = assessment.state
    return told


def last(*texts):
    return explained(*texts)[-1]


def sign(told, name):
    """The first place at which a sign was read."""
    return next(one for one in told.signs if one.sign == name)


def flag(whys, name):
    return next(why for why in whys if why.flag == name)


def shown(*texts):
    return "\n".join(line for told in explained(*texts) for line in lines(told))


def test_a_sign_comes_with_its_words_its_frame_and_the_words_of_each_concept():
    found = sign(last("my groin is numb"), "numb_saddle")
    assert found.words == "groin is numb"
    assert found.frame.startswith("saddle|genital & numb")
    assert dict(found.parts) == {"saddle": "groin", "numb": "is numb"}
    assert (found.meant, found.whose, found.because, found.counts) == ("present", "self", (), True)


def test_what_was_put_right_is_shown_beside_the_words_that_were_read():
    told = last("my groin is nummb, I can't sit")
    assert told.put_right == {"nummb": "numb", "can't": "can not"}
    assert told.words == "my groin is numb i can not sit"


@pytest.mark.parametrize(
    ("text", "name", "meant", "because"),
    [
        ("my back hurts but no fever", "fever", "denied", "denied by “no”"),
        ("fever? none", "fever", "denied", "denied by “none”"),
        ("what if I had numbness in my groin?", "numb_saddle", "asked", "only asked about, by “what if”"),
        ("does a numb groin matter?", "numb_saddle", "asked", "only asked about, by “does”"),
        ("I had a stiff neck and a fever years ago", "fever", "past", "over, by “years ago”"),
        (
            "in the novel his groin goes numb",
            "numb_saddle",
            "told",
            "a story, a quotation or an animal, by “the novel”",
        ),
        ("my dad can't pee", "retention", "present", "somebody else's, by “dad”"),
        ("I had cancer in 1998", "cancer", "past", "counts although it is over"),
        ("what is cauda equina?", "named_condition", "asked", "always a question"),
    ],
)
def test_the_words_that_made_a_sign_what_it_is_are_named(text, name, meant, because):
    found = sign(last(text), name)
    assert found.meant == meant
    assert because in found.because


def test_a_question_that_turns_out_to_be_about_the_speaker_says_by_which_words():
    told = last("what does a numb groin mean? asking because I have it now, it is me")
    found = sign(told, "numb_saddle")
    assert found.meant == "present"
    assert "there by “" in found.because[0]
    assert told.mode == "hard"


def test_a_look_alike_is_named_with_the_words_that_speak_for_it():
    found = sign(last("my arm is weak from doms"), "arm_weak")
    assert found.meant == "asked"
    assert found.because == ("excused as a look-alike (Tired muscles named in gym words) by gym_cause “doms”",)
    assert not found.counts


def test_a_flag_comes_with_its_rule_and_the_signs_that_meet_each_part_of_it():
    why = flag(last("my back hurts and I have a fever").flags, "spinal_infection")
    assert why.tier == "urgent"
    assert why.rule.startswith("fever & spine_pain|")
    fever, pain = why.met_by
    assert [one.sign for one in fever] == ["fever"]
    assert "spine_pain" in [one.sign for one in pain]


def test_signs_of_earlier_turns_name_their_turn():
    why = flag(last("my lower back hurts", "any stretches?", "and I have a fever").flags, "spinal_infection")
    assert {one.sign: one.turn for part in why.met_by for one in part} == {"fever": 3, "spine_pain": 1}


def test_a_sign_that_began_in_an_earlier_turn_says_which_concept_stood_there():
    found = sign(last("I can't feel", "my inner thighs"), "numb_saddle")
    assert found.earlier == ("not_feel",)
    assert [concept for concept, _ in found.parts] == ["saddle"]


def test_an_answer_to_the_question_of_the_turn_before_is_named():
    told = last("what if I had numbness in my groin?", "yes")
    assert told.answered == ("numb_saddle present",)
    assert flag(told.flags, "saddle_numbness").met_by[0][0].turn == 2


def test_a_modifier_says_what_the_tier_would_be_without_it():
    why = flag(last("my back hurts, I am on warfarin").flags, "anticoagulant")
    assert why.modifiers == ("blood thinners: without it none",)
    assert flag(last("my groin is numb, I am on warfarin").flags, "saddle_numbness").modifiers == ()


def test_a_rule_that_is_not_met_because_of_an_exception_is_named():
    told = last("I leak a bit on heavy deadlifts, have for years")
    assert told.tier == "see_clinician"
    assert any(line.startswith("new_incontinence is not emergency") and "long_standing" in line for line in told.held)


def test_a_frame_that_a_blocked_concept_took_back_is_named():
    told = last("chest is tight but only sore to touch after bench")
    assert told.tier == "none"
    assert any(line.startswith("chest_pain “chest is tight”, because of press_sore") for line in told.taken_back)


def test_a_question_shows_what_would_stand_if_its_signs_were_there():
    told = last("what if I had numbness in my groin?")
    assert told.flags == ()
    assert flag(told.asked, "saddle_numbness").tier == "emergency"
    assert (told.mode, told.question) == ("soft", PROTOCOL.now_question.text)


def test_the_outcome_is_that_of_the_gate_and_a_later_turn_is_latched():
    first, second = explained("my groin is numb", "ok thanks")
    assert (first.mode, first.outcome, first.reason, first.card_form) == ("hard", "escalated", "red_flag", "full")
    assert (second.mode, second.outcome, second.reason, second.card_form) == ("hard", "escalated", "latched", "short")
    assert (first.tier_before, second.tier_before) == ("none", "emergency")


def test_a_flag_that_no_rule_holds_for_any_more_stands_since_an_earlier_turn():
    told = last("my leg is weak and getting worse", "how do I stretch my neck?")
    why = flag(told.flags, "leg_weakness")
    assert (why.rule, why.tier) == ("", "emergency")
    assert "stands since an earlier turn" in "\n".join(lines(told))


def test_the_second_detector_is_named_without_a_score():
    knows = Scales(({"gizmo": (4000, 0, 0)}, {}, {}), (-2.0, 0.0, 0.0))
    protocol = replace(PROTOCOL, second_opinion=replace(NONE, scales=knows, alarm=1.0))
    text = "the gizmo is odd"
    turn = read_turn(text, TriageState(), protocol)
    told = explain(text, turn, decide(turn, protocol), protocol)
    (found,) = told.signs
    assert (found.sign, found.meant, found.frame) == (protocol.second_sign, "present", "")
    assert (told.mode, flag(told.flags, protocol.second_flag).tier) == ("hard", "emergency")
    assert "alarming (reads like an emergency to the second detector): present" in "\n".join(lines(told))


def test_a_sign_that_the_second_detector_doubts_says_so():
    protocol = replace(PROTOCOL, second_opinion=replace(NONE, doubt=1.0))
    text = "is it bad that my groin is numb?"
    turn = read_turn(text, TriageState(), protocol)
    told = explain(text, turn, decide(turn, protocol), protocol)
    assert "asked; doubted by the second detector" in "\n".join(lines(told))
    assert (told.mode, told.flags) == ("soft", ())


@pytest.mark.parametrize("text", ["", "hello there", "I took a stab at it"])
def test_a_message_in_which_nothing_was_read_gets_one_line(text):
    (line,) = shown(text).splitlines()
    assert line.startswith("Turn 1: no sign was read in")


def test_the_lines_of_a_turn_hold_everything_that_decided_it():
    text = shown("my groin is nummb but no fever")
    for part in (
        "nummb -> numb",
        "numb_saddle (numbness or a strange feeling between the legs): present",
        "“groin is numb” = saddle “groin” + numb “is numb”, by the frame saddle|genital & ",
        "fever (fever or chills): denied; denied by “no”",
        "saddle_numbness, emergency",
        "met by numb_saddle (turn 1)",
        "mode hard, tier emergency (was none), escalated for the reason red_flag",
        "card cauda_equina_emergency, full",
    ):
        assert part in text


@given(st.lists(st.text(max_size=80), min_size=1, max_size=3))
def test_any_conversation_can_be_explained_and_the_explanation_agrees_with_the_gate(texts):
    state = TriageState()
    for text, told in zip(texts, explained(*texts), strict=True):
        assessment = assess(text, state, PROTOCOL)
        assert (told.mode, told.tier, told.outcome) == (assessment.mode, assessment.tier, assessment.outcome)
        assert tuple(why.flag for why in told.flags) == assessment.flags
        assert list(lines(told))
        state = assessment.state


WARNINGS = ["my back hurts, I'm 70 and fell", "no numbness, peeing fine", "my dad can't pee", "what if my face droops?"]


@pytest.mark.parametrize("text", WARNINGS)
def test_every_flag_that_stands_is_met_by_signs_that_count(text):
    told = last(text)
    for why in told.flags:
        assert why.met_by
        assert all(part for part in why.met_by)


def test_explaining_keeps_no_word_in_the_state():
    turn = read_turn("zanzibarquux my groin is numb", TriageState(), PROTOCOL)
    assert "zanzibarquux" not in turn.after.as_json()
    assert "groin" not in turn.after.as_json()


# the command


def run(*arguments, stdin=None):
    result = CliRunner().invoke(spotter, ["triage", "explain", *arguments], input=stdin, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_several_texts_are_turns_of_one_conversation():
    text = run("my lower back hurts", "and I have a fever")
    assert "Turn 1: my lower back hurts" in text
    assert "spinal_infection, urgent" in text.partition("Turn 2:")[2]


def test_lines_of_standard_input_are_turns_too():
    texts = ["my lower back hurts", "and I have a fever"]
    assert run("-", stdin="\n".join(texts)) == run(*texts)


def test_the_explanation_can_be_had_as_json():
    first, second = json.loads(run("--json", "my lower back hurts", "and I have a fever"))
    assert first["turn"] == 1
    assert second["tier"] == "urgent"
    assert second["flags"][0]["met_by"][0][0] == {"sign": "fever", "meaning": "fever or chills", "turn": 2}
