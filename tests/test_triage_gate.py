"""The gate's answers, row by row of the design's table of tiers, modes and outcomes."""

import json
from pathlib import Path

import jsonschema
import pytest

from assistant.triage.gate import assess, fallback_card, load_protocol
from assistant.triage.records import Assessment, TriageState

PROTOCOL = load_protocol()


def say(*turns: str, region: str = "") -> Assessment:
    state = TriageState()
    for turn in turns:
        result = assess(turn, state, PROTOCOL, region=region)
        state = result.state
    return result


EMERGENCIES = {
    "saddle_numbness": "my crotch has been numb since I deadlifted",
    "urinary_retention": "I can't pee since my back went",
    "new_incontinence": "I wet myself yesterday without noticing",
    "sexual_change": "hurt my back last week and now I can't get an erection",
    "bilateral_legs": "pins and needles in both legs since squats",
    "leg_weakness": "my legs keep giving way and it's getting worse",
    "myelopathy": "my hands are clumsy and I walk like I'm drunk",
    "arm_weakness": "both arms are weak since the car crash",
    "stroke_or_dissection": "my neck hurts and my speech is slurred",
    "thunderclap_headache": "sudden explosive headache during my squat, worst of my life",
    "trauma": "I fell off a ladder onto my back and my legs tingle",
    "neck_locked_after_injury": "I can't turn my head since the crash",
    "head_injury": "banged my head on the rack and threw up twice",
    "cardiac": "crushing chest pain and cold sweat",
    "breathing_clot": "I'm breathless sitting still and coughing blood",
    "aortic": "ripping pain between my shoulder blades",
    "rhabdomyolysis": "my pee is the colour of cola after crossfit",
    "heat_stroke": "he collapsed in the heat and is confused",
    "spinal_infection": "back pain, fever of 39 and my legs are weak",
    "meningitis_sepsis": "stiff neck, fever and the light hurts my eyes",
    "kidney": "flank pain, burning pee and a fever with vomiting",
    "cancer_cord": "I had breast cancer, my back hurts and my legs are unsteady",
    "fracture": "I have osteoporosis, felt a crack in my back and my legs are numb",
    "giant_cell_arteritis": "I'm 72, my temples are sore and my vision went dark",
    "abdominal": "my belly is rigid like a board and it goes through to my back",
    "pregnancy": "32 weeks pregnant with back pain and bleeding",
    "anticoagulant": "I take warfarin and have sudden severe back pain with weak legs",
    "overdose": "I took 20 paracetamol for my back",
}
URGENT = {
    "severe_pain": "my back pain is 10/10",
    "cancer": "I had bowel cancer and now my back hurts",
    "thoracic": "constant pain between my shoulder blades for two weeks",
    "immune_risk": "I'm diabetic and have severe new back pain",
    "child": "my daughter is 7 and her back pain wakes her at night",
}
SEE_CLINICIAN = {
    "radiating_leg": "pain shooting down my left leg",
    "arm_numbness": "tingling in my right hand and a sore neck",
    "load_leakage": "I leak a bit on heavy deadlifts, have done for years",
    "not_settling": "my back has been sore for six weeks",
    "pregnancy": "28 weeks pregnant and my lower back is achy",
    "older": "first time ever with a bad back and I'm 62",
}


@pytest.mark.parametrize(("flag", "message"), EMERGENCIES.items())
def test_an_emergency_sign_stops_the_answer(flag: str, message: str) -> None:
    result = say(message)
    assert (result.mode, result.tier, result.outcome, result.reason) == (
        "hard",
        "emergency",
        "escalated",
        "red_flag",
    )
    assert flag in result.flags
    assert result.card is not None
    assert result.question is None


@pytest.mark.parametrize(("flag", "message"), URGENT.items())
def test_an_urgent_sign_stops_the_answer_with_same_day_advice(flag: str, message: str) -> None:
    result = say(message)
    assert (result.mode, result.tier, result.outcome) == ("hard", "urgent", "escalated")
    assert flag in result.flags
    assert "urgent" in result.card.id


@pytest.mark.parametrize(("flag", "message"), SEE_CLINICIAN.items())
def test_a_clinician_sign_brings_its_card_before_the_ordinary_reply(flag: str, message: str) -> None:
    result = say(message)
    assert (result.mode, result.tier, result.outcome, result.reason) == ("soft", "see_clinician", "", "")
    assert flag in result.flags
    assert result.card.tier == "see_clinician"


def test_self_harm_brings_the_crisis_card_with_the_crisis_line_first() -> None:
    result = say("I want to kill myself because of this back")
    assert (result.mode, result.tier, result.outcome, result.reason) == ("hard", "emergency", "crisis", "self_harm")
    assert [n.label for n in result.card.numbers] == ["Crisis line", "Emergency"]


def test_self_harm_with_an_overdose_is_one_card_with_the_emergency_number_first() -> None:
    result = say("I took 30 codeine tablets, I want to die")
    assert result.outcome == "crisis"
    assert [n.label for n in result.card.numbers] == ["Emergency", "Crisis line"]


def test_an_ordinary_question_gets_no_card() -> None:
    result = say("how long should I hold child's pose for a stiff back?")
    assert (result.mode, result.tier, result.card, result.outcome, result.flags) == ("none", "none", None, "", ())


def test_later_turns_stay_escalated_with_a_shorter_card() -> None:
    first = say("my crotch is numb")
    later = say("my crotch is numb", "nvm, which stretches help?")
    assert (later.mode, later.outcome, later.reason) == ("hard", "escalated", "latched")
    assert len(later.card.do) < len(first.card.do)
    assert later.card.numbers == first.card.numbers


def test_a_new_flag_during_the_latch_shows_its_card_whole() -> None:
    later = say("my crotch is numb", "and now crushing chest pain")
    assert later.reason == "red_flag"
    assert later.card.id == "heart_emergency"
    assert len(later.card.do) == 3


def test_a_crisis_stays_a_crisis() -> None:
    assert say("I want to die", "ok, stretches please").outcome == "crisis"
    assert say("I want to die", "ok, stretches please").reason == "latched"


def test_a_clinician_sign_is_shown_whole_once_and_then_in_one_line() -> None:
    later = say("pain shooting down my left leg", "how do I do a bird dog?")
    assert later.mode == "soft"
    assert len(later.card.do) == 1
    assert later.no_strengthening == ("back",)


def test_a_clinician_card_asks_at_most_one_closed_question() -> None:
    result = say("pain shooting down my left leg")
    assert result.question is not None
    assert result.question.options == ("Yes", "No", "Not sure")


def test_the_higher_tier_gives_the_card_and_names_the_other_flags() -> None:
    result = say("sciatica, and today I can't pee and my groin is numb")
    assert result.tier == "emergency"
    assert result.card.id == "cauda_equina_emergency"
    assert "urinary_retention" in (result.card.also + result.flags)


def test_the_card_is_exactly_the_object_of_the_reply_schema() -> None:
    schema = json.loads((Path(__file__).parent.parent / "assistant" / "reply.schema.json").read_text())
    for card in (say("my crotch is numb").card, say("pain shooting down my left leg").card, fallback_card()):
        jsonschema.validate(card.as_json(), schema["properties"]["card"])
        assert set(card.as_json()) == set(schema["properties"]["card"]["required"])


def test_the_general_card_needs_no_data_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: pytest.fail("read a file"))
    card = fallback_card()
    assert "112, 911, 999 or 000" in card.numbers[0].number


def test_no_number_is_shown_that_nobody_checked() -> None:
    for region in ("", "GB", "US", "AU", "xx"):
        shown = [n.number for n in say("crushing chest pain", region=region).card.numbers]
        assert shown == ["your local emergency number, for example 112, 911, 999 or 000"]


def test_the_trace_says_what_fired_on_which_words_and_what_was_denied() -> None:
    trace = say("no fever, but my groin is numb").trace
    assert ("fever", "denied", "fever") in [(t.sign, t.effect, t.words) for t in trace]
    assert ("numb_saddle", "present", "groin is numb") in [(t.sign, t.effect, t.words) for t in trace]
