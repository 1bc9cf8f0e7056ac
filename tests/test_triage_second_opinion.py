"""The second detector: what it weighs, that it only raises, and that its file is the one our messages give."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.triage.gate import FOLDER, assess, load_protocol
from assistant.triage.protocol import SECOND_OPINION
from assistant.triage.records import TIERS, TriageState
from assistant.triage.second_opinion import WINDOW, SecondOpinion, pieces, read_second_opinion, windows
from assistant.triage.wordlists import ProtocolError
from evals.train import Message, train

PROTOCOL = load_protocol()
FAMILIES = 12


def with_opinion(**thresholds):
    """The real protocol with a detector that knows one word."""
    weights = {piece: 4000 for piece in pieces(["gizmo"]) if "gizmo" in piece}
    return dataclasses.replace(PROTOCOL, second_opinion=SecondOpinion(weights, -2.0, **thresholds))


def test_the_pieces_of_words_reach_across_them():
    assert {" a", "a b", "b "} <= pieces(["a", "b"])
    assert max(map(len, pieces(["stretching"]))) == 5


def test_a_score_is_the_bias_and_the_mean_of_weights_by_the_root_of_their_number():
    opinion = SecondOpinion({" a": 3000, "a ": 1000, "zz": 9000}, -1.0, 0.0, 2.0)
    assert opinion.score("a") == pytest.approx(-1 + 4 / 2**0.5)
    assert opinion.score("") == opinion.score("q") == -1.0
    assert opinion.of("a") == "ask"


def test_a_word_in_a_long_message_weighs_as_in_a_short_one():
    filler = "qq " * (10 * WINDOW)
    opinion = SecondOpinion({"gizmo": 5000}, -1.0, 0.0, 2.0)
    assert opinion.of(f"{filler} gizmo {filler}") == "alarm"


@given(st.lists(st.sampled_from(["a", "bb", "ccc"]), max_size=400))
def test_every_word_is_in_a_window(words):
    found = list(windows(" ".join(words)))
    assert all(len(window) <= WINDOW for window in found)
    assert found[0] == words[:WINDOW]
    assert not words or found[-1][-1] == words[-1]
    assert sum(map(len, found)) >= len(words)


def test_chatter_around_a_sentence_does_not_drown_it():
    opinion = SecondOpinion({"gizmo": 5000} | {piece: 0 for piece in pieces(["qq"] * 3)}, -1.0, 0.0, 2.0)
    assert opinion.of("qq qq qq. the gizmo is odd. qq qq qq.") == "alarm"


def test_a_message_in_two_turns_weighs_as_in_one():
    opinion = SecondOpinion({" a": 3000, " b": 3000}, -4.0, 0.0, 9.0)
    assert opinion.of("a b") == "ask"
    assert opinion.of("b") == ""
    assert opinion.of("b", opinion.weigh("a")) == "ask"
    protocol = dataclasses.replace(PROTOCOL, second_opinion=opinion)
    first = assess("a", TriageState(), protocol)
    assert first.mode == "none"
    assert assess("b", TriageState.from_json(first.state.as_json()), protocol).mode == "soft"


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


MESSAGES = [
    "my crotch is numb and I can't pee",
    "no numbness, just sore after squats",
    "sciatica down my left leg",
    "how do I stretch my neck?",
    "what is cauda equina?",
    "my legs are dead after leg day",
]


@given(st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=4))
def test_it_never_lowers_a_tier(turns):
    mute = dataclasses.replace(PROTOCOL, second_opinion=SecondOpinion({}, -9.0, 0.0, 1.0))
    with_it = without = TriageState()
    for turn in turns:
        with_it = assess(turn, with_it, PROTOCOL).state
        without = assess(turn, without, mute).state
        assert TIERS.index(with_it.tier) >= TIERS.index(without.tier)


def test_the_shipped_file_is_small_and_complete():
    path = FOLDER / SECOND_OPINION
    assert path.stat().st_size <= 1_000_000
    table = json.loads(path.read_text(encoding="utf-8"))
    assert table["ask"] < table["alarm"]
    assert table["n"] > 5000


@pytest.mark.parametrize("text", ["", "{}", '{"weights": {}, "bias": "x", "ask": 1, "alarm": 2}'])
def test_a_broken_file_is_named(tmp_path, text):
    path = tmp_path / SECOND_OPINION
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError, match="spotter eval train"):
        read_second_opinion(path)


def learned():
    alarming = ["cannot feel my legs", "numb between the legs", "cannot pee at all"]
    calm = ["sore after squats", "stretch my neck please", "warm up for deadlifts"]
    return [
        Message(f"{text} {family}", text in alarming, text in calm, f"f{family}")
        for family in range(FAMILIES)
        for text in (*alarming, *calm)
    ]


def test_the_same_messages_give_the_same_file_and_tell_the_two_apart():
    table = train(learned())
    assert table == train(learned())
    opinion = SecondOpinion(table["weights"], table["bias"], table["ask"], table["alarm"])
    assert opinion.score("i cannot feel my legs") > 0 > opinion.score("my neck is sore after squats")


@pytest.mark.long
def test_the_shipped_file_is_what_our_messages_give():
    from evals.commands_train import learned_from

    shipped = json.loads((FOLDER / SECOND_OPINION).read_text(encoding="utf-8"))
    assert train(learned_from()) == shipped
