"""The second detector: what it weighs, when it raises and when it doubts; its file is the one our messages give."""

import dataclasses
import json

import pytest
from fixtures_evals import differing
from hypothesis import given
from hypothesis import strategies as st

from assistant.triage.detect import read_scene, read_signs
from assistant.triage.features import features
from assistant.triage.gate import FOLDER, assess, load_protocol
from assistant.triage.protocol import SECOND_OPINION
from assistant.triage.records import TIERS, TriageState
from assistant.triage.second_opinion import (
    FAMILIES,
    NONE,
    PART,
    SCALES,
    THRESHOLDS,
    WINDOW,
    Scales,
    Weighed,
    read_second_opinion,
    windows,
)
from assistant.triage.wordlists import ProtocolError
from evals.commands_train import learned_from
from evals.train import Message, digest, train

PROTOCOL = load_protocol()
AUTHORS = 15
LONG = "these days my groin is a little numb whenever I get off the bike and walk home"
NOTHING = NONE.scales


def words_scale(bias=-1.0, **weights):
    """Scales that know a few words alone, and the first of which has a bias."""
    return Scales(({word: (one, 0, 0) for word, one in weights.items()}, {}, {}), (bias, 0.0, 0.0))


def knowing(scales, **others):
    """The real protocol with a detector of our own."""
    return dataclasses.replace(PROTOCOL, second_opinion=dataclasses.replace(NONE, scales=scales, **others))


def with_opinion(**thresholds):
    """The real protocol with a detector that knows one word."""
    return knowing(words_scale(-2.0, gizmo=4000), **thresholds)


def looked_at(text):
    scene = read_scene(text, PROTOCOL)
    return features(scene, read_signs(scene, (), PROTOCOL)), windows(scene.words.sentence)


def named(text):
    """The names of the features of a text, by family."""
    return {family: {name for name, _ in found} for family, found in zip(FAMILIES, looked_at(text)[0], strict=True)}


def score(scales, text, which="alarming"):
    return scales.scores(scales.weigh(*looked_at(text)))[SCALES.index(which)]


def test_words_are_paired_with_those_that_follow_and_lose_their_endings():
    assert {"stretch", "my", "stretch my", "stretch..neck"} <= named("stretching my neck")["words"]


def test_concepts_are_paired_in_their_order_when_they_stand_near_each_other():
    found = named("my groin is numb")["concepts"]
    assert "saddle>numb" in found
    assert "numb>saddle" not in found


def test_a_concept_is_told_by_how_it_was_meant():
    assert "no@saddle" in named("no numbness in the groin")["meanings"]
    assert "no@saddle" not in named("no numbness but my groin hurts")["meanings"]
    assert {"numb_saddle:present", "self:present"} <= named("my groin is numb")["meanings"]
    assert "asked@saddle" in named("is a numb groin bad?")["meanings"]


def test_slips_of_the_finger_are_put_right_before_anything_is_weighed():
    assert "numb" in named("my groin is nummb")["words"]


def test_a_score_is_the_bias_and_for_each_family_the_weights_by_the_root_of_their_number():
    words = {"a": (3000, 0, 500), "b": (1000, 0, 0)}
    scale = Scales((words, {"saddle": (4000, 0, 0)}, {}), (-1.0, 0.0, 2.0))
    assert score(scale, "a b") == pytest.approx(-1 + 4 / 2**0.5)
    assert score(scale, "a groin") == pytest.approx(-1 + 3 + 4)
    assert score(scale, "") == score(scale, "q") == -1.0
    assert score(scale, "a", "despairing") == 2.5


def test_a_part_of_a_long_message_weighs_as_a_short_message_that_has_to_be_stronger():
    filler = "qq " * (10 * WINDOW)
    assert score(words_scale(gizmo=5000), "gizmo") == 4.0
    assert score(words_scale(gizmo=5000), f"{filler} gizmo {filler}") == 4.0 - PART


@given(st.lists(st.integers(1, 90), max_size=8))
def test_every_word_is_in_a_window(sizes):
    sentence = [number for number, size in enumerate(sizes) for _ in range(size)]
    found = windows(sentence)
    assert found[0] == (0, min(WINDOW, len(sentence)))
    assert all(0 <= start <= end <= min(len(sentence), start + WINDOW) for start, end in found)
    assert {at for start, end in found for at in range(start, end)} == set(range(len(sentence)))


def test_chatter_around_a_sentence_does_not_drown_it():
    scale = words_scale(gizmo=5000, zz=0)
    drowned = score(scale, "zz zz zz zz gizmo is odd zz zz zz")
    assert score(scale, "zz zz zz zz. gizmo is odd. zz zz zz zz.") > drowned


def test_a_message_in_two_turns_weighs_as_in_one():
    protocol = knowing(words_scale(-4.0, a=3000, b=3000), ask=0.0)
    assert assess("so it is a b", TriageState(), protocol).mode == "soft"
    first = assess("so it is a", TriageState(), protocol)
    assert first.mode == "none"
    assert assess("so it is b", TriageState.from_json(first.state.as_json()), protocol).mode == "soft"


def test_a_bare_yes_is_not_weighed():
    protocol = knowing(words_scale(-1.0, yes=5000), alarm=0.0)
    assert assess("yes", TriageState(), protocol).mode == "none"
    assert assess("yes it is so", TriageState(), protocol).mode == "hard"


def test_what_is_kept_of_a_turn_are_numbers():
    state = assess("my groin and gizmo", TriageState(), with_opinion()).state
    (kept,) = state.weighed
    assert kept == Weighed(((4000, 0, 0), (0, 0, 0), (0, 0, 0)), (1, 0, 0))
    assert TriageState.from_json(state.as_json()) == state


def test_one_that_has_learned_nothing_has_no_opinion():
    protocol = dataclasses.replace(PROTOCOL, second_opinion=NONE)
    assert assess("the gizmo is odd", TriageState(), protocol).mode == "none"
    assert assess("my groin is numb", TriageState(), protocol).mode == "hard"


def test_an_alarm_escalates_with_the_general_card_and_latches():
    protocol = with_opinion(ask=0.0, alarm=1.0)
    first = assess("the gizmo is odd", TriageState(), protocol)
    assert (first.mode, first.tier, first.flags) == ("hard", "emergency", ("unnamed",))
    assert assess("ok thanks", first.state, protocol).reason == "latched"


def test_a_doubt_brings_the_general_card_and_one_question_whose_yes_is_an_emergency():
    protocol = with_opinion(ask=0.0, alarm=99.0)
    first = assess("the gizmo is odd", TriageState(), protocol)
    assert (first.mode, first.tier) == ("soft", "none")
    assert first.question is not None
    assert "numbness between the legs" in first.question.text
    assert assess("yes", first.state, protocol).tier == "emergency"
    assert assess("no", first.state, protocol).tier == "none"


def test_a_doubt_is_asked_about_once():
    protocol = with_opinion(ask=0.0, alarm=99.0)
    first = assess("the gizmo is odd", TriageState(), protocol)
    assert assess("the gizmo is still odd", first.state, protocol).mode == "none"


def test_where_the_frames_read_something_their_card_is_shown():
    protocol = with_opinion(ask=0.0, alarm=99.0)
    told = assess("gizmo. what is cauda equina?", TriageState(), protocol)
    assert told.mode == "soft"
    assert told.card is not None
    assert "unnamed" not in told.state.shown


def test_an_alarm_of_the_frames_in_a_message_like_no_emergency_becomes_their_card_and_a_question():
    protocol = knowing(NOTHING, doubt=1.0)
    first = assess(LONG, TriageState(), protocol)
    assert (first.mode, first.tier) == ("soft", "none")
    assert first.card is not None
    assert first.card.id.startswith("cauda_equina")
    assert first.question is not None
    assert assess("yes", first.state, protocol).tier == "emergency"


def test_what_is_said_in_a_short_clause_is_taken_at_its_word():
    protocol = knowing(NOTHING, doubt=1.0)
    assert assess("my groin is numb", TriageState(), protocol).mode == "hard"
    assert assess(f"{LONG}. My groin is numb.", TriageState(), protocol).mode == "hard"
    assert assess("is it bad that my groin is numb?", TriageState(), protocol).mode == "soft"


def assert_asks_about_despair(told, protocol):
    assert (told.mode, told.tier) == ("soft", "none")
    assert told.card is not None
    assert told.card.id.startswith("self_harm")
    assert told.question is not None
    assert "ending their life" in told.question.text
    assert assess("yes", told.state, protocol).outcome == "crisis"


def test_despair_is_not_doubted_together_with_other_signs():
    assert assess("i want to kill myself", TriageState(), knowing(NOTHING, doubt=1.0)).outcome == "crisis"
    both = "I want to kill myself and these days my groin is a little numb whenever I get off the bike"
    assert set(assess(both, TriageState(), knowing(NOTHING, doubt=1.0)).flags) > {"self_harm"}


def test_despair_in_a_message_like_no_despair_becomes_its_card_and_the_question_that_helps():
    protocol = knowing(NOTHING, calm=1.0)
    told = assess("i want to kill myself", TriageState(), protocol)
    assert_asks_about_despair(told, protocol)


def test_a_message_of_somebody_who_may_not_want_to_live_brings_the_crisis_card():
    protocol = knowing(Scales(({"gizmo": (0, 0, 4000)}, {}, {}), (0.0, 0.0, 0.0)), despair=3.0, worry=1.0)
    told = assess("the gizmo is odd", TriageState(), protocol)
    assert (told.outcome, told.reason, told.flags) == ("crisis", "self_harm", ("self_harm",))


def test_when_it_is_less_sure_it_asks_whether_somebody_wants_to_die():
    protocol = knowing(Scales(({"gizmo": (0, 0, 4000)}, {}, {}), (0.0, 0.0, 0.0)), despair=99.0, worry=1.0)
    told = assess("the gizmo is odd", TriageState(), protocol)
    assert_asks_about_despair(told, protocol)
    assert assess("no", told.state, protocol).mode == "none"


def test_a_message_too_long_to_be_weighed_as_a_whole_is_never_doubted():
    text = "my back hurts " * WINDOW + LONG
    assert assess(text, TriageState(), knowing(NOTHING, doubt=1.0)).mode == "hard"


def test_what_stands_since_an_earlier_turn_is_never_doubted():
    first = assess("my groin is numb", TriageState(), PROTOCOL)
    assert assess("and my groin is numb", first.state, knowing(NOTHING, doubt=1.0)).mode == "hard"


def test_a_doubt_leaves_the_history_of_a_person_standing():
    protocol = knowing(NOTHING, doubt=1.0)
    first = assess("I have had cancer and now my back hurts a lot whenever I bend to lift", TriageState(), protocol)
    assert first.mode == "soft"
    assert assess("my back hurts so much", first.state, PROTOCOL).mode == "hard"


def test_a_same_day_matter_that_reads_like_an_emergency_gets_the_emergency_card_of_its_topic():
    text = "I take steroids and since yesterday my back pain is unbearable"
    plain = assess(text, TriageState(), knowing(NOTHING))
    raised = assess(text, TriageState(), knowing(NOTHING, emergency=0.0))
    assert (plain.tier, raised.tier) == ("urgent", "emergency")
    assert plain.card is not None
    assert raised.card is not None
    assert raised.card.id.removesuffix("_emergency") in {flag.card for flag in PROTOCOL.flags}
    assert raised.card.tier == "emergency"
    assert "unnamed" in raised.flags


MESSAGES = [
    "my crotch is numb and I can't pee",
    "no numbness, just sore after squats",
    "sciatica down my left leg",
    "how do I stretch my neck?",
    "what is cauda equina?",
    "my legs are dead after leg day",
]


@given(st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=4))
def test_it_lowers_a_tier_only_where_it_shows_a_card_instead(turns):
    mute = dataclasses.replace(PROTOCOL, second_opinion=NONE)
    with_it = without = TriageState()
    for turn in turns:
        told = assess(turn, with_it, PROTOCOL)
        before, with_it, without = with_it, told.state, assess(turn, without, mute).state
        assert TIERS.index(with_it.tier) >= TIERS.index(before.tier)
        assert TIERS.index(with_it.tier) >= TIERS.index(without.tier) or told.card


def test_the_shipped_file_is_small_and_complete():
    path = FOLDER / SECOND_OPINION
    assert path.stat().st_size <= 1_000_000
    table = json.loads(path.read_text(encoding="utf-8"))
    assert table["doubt"] < table["alarm"]
    assert table["ask"] < table["alarm"]
    assert table["n"] > 5000


BROKEN = dict.fromkeys(THRESHOLDS, 1) | {"bias": dict.fromkeys(SCALES, 0), "weights": {one: {} for one in FAMILIES}}


@pytest.mark.parametrize(
    "text", ["", "{}", json.dumps(BROKEN | {"emergency": "x"}), json.dumps(BROKEN | {"weights": {}})]
)
def test_a_broken_file_is_named(tmp_path, text):
    path = tmp_path / SECOND_OPINION
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError, match="spotter eval train"):
        read_second_opinion(path)


def learned():
    despair = ["no wish to wake up again", "they are better off without me"]
    grave = ["cannot feel my legs", "numb between the legs", "cannot pee at all", *despair]
    today = ["fever with my back pain", "fever and shivers and a sore back"]
    calm = ["sore after squats", "stretch my neck please", "warm up for deadlifts"]
    return [
        Message(
            text=f"{text} {author}",
            alarming=text not in calm,
            grave=text in grave,
            despairing=text in despair,
            quiet=text in calm,
            ordinary=text in calm,
            author=f"author {author}",
            protocol=PROTOCOL,
        )
        for author in range(AUTHORS)
        for text in (*grave, *today, *calm)
    ]


def test_the_same_messages_give_the_same_file_and_tell_the_kinds_apart(tmp_path):
    table = train(learned())
    assert table == train(learned())
    path = tmp_path / SECOND_OPINION
    path.write_text(json.dumps(table), encoding="utf-8")
    scales = read_second_opinion(path).scales
    legs, squats, despair = "i cannot feel my legs", "my neck is sore after squats", "better off without me at home"
    assert score(scales, legs) > 0 > score(scales, squats)
    assert score(scales, legs, "grave") > score(scales, "fever with a sore back", "grave")
    assert score(scales, despair, "despairing") > 0 > score(scales, legs, "despairing")


def test_the_shipped_file_was_learned_from_the_messages_that_there_are():
    """What `make long` finds by learning anew, said at once."""
    assert shipped()["messages"] == digest(learned_from()), "'spotter eval train' learns it anew"


@pytest.mark.long
def test_the_shipped_file_is_what_our_messages_give(real_data):
    assert differing(train(learned_from()), shipped()) == []


def shipped():
    return json.loads((FOLDER / SECOND_OPINION).read_text(encoding="utf-8"))
