"""Plain words out of tricks, typos and capitals."""

import pytest

from assistant.triage.gate import assess, load_protocol
from assistant.triage.normalise import plain
from assistant.triage.records import TriageState

PROTOCOL = load_protocol()


def words(text: str) -> str:
    return " ".join(PROTOCOL.splitter.split(plain(text, PROTOCOL.lexicon.characters)).words)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Can’t PEE", "can not pee"),
        ("cant", "can not"),
        ("dont isnt havent", "do not is not have not"),
        ("nuuumb", "numb"),
        ("n u m b", "numb"),
        ("n\u200bumb", "numb"),
        ("\u202enumb", "numb"),
        ("ｎｕｍｂ", "numb"),
        ("nսmb", "numb"),
        ("gr0in", "groin"),
        ("nümb", "numb"),
        ("38.9 and 10/10", "38.9 and 10/10"),
        ("\x1b[2Jnumb", "numb"),
        ("my\x1b[D cro\x1bOCtch", "my crotch"),
        ("\x1b[31;1mnumb\x1b[0m", "numb"),
        ("\x1b[my crotch", "my crotch"),
        ("numb\u3164groin", "numb groin"),
        ("\uffa0numb", "numb"),
        ("n't", "and t"),
        ("l5/s1", "l5 s1"),
    ],
)
def test_a_word_is_read_through_its_disguise(typed: str, read: str) -> None:
    assert words(typed) == read


@pytest.mark.parametrize("typed", ["numbnes", "blader", "weaknes", "tinglling", "paralized"])
def test_typos_in_long_words_are_put_right(typed: str) -> None:
    assert words(typed) != typed


@pytest.mark.parametrize("typed", ["pea", "balls", "bum", "lumb", "weed"])
def test_short_words_are_never_guessed(typed: str) -> None:
    assert words(typed) in (typed, PROTOCOL.lexicon.contractions.get(typed, (typed,))[0])


@pytest.mark.parametrize("typed", ["keystroke", "breaststroke", "weight", "painting", "important", "continence"])
def test_correct_words_are_left_alone(typed: str) -> None:
    assert words(typed) == typed


def test_disguised_signs_are_still_found() -> None:
    for typed in ("my gr0in is nuuumb", "m\u200by cr\u200botch is nսmb", "MY CROTCH IS NUMB!!!", "crotch n u m b"):
        assert assess(typed, TriageState(), PROTOCOL).mode == "hard", typed


def test_a_full_stop_between_fragments_does_not_break_a_sign() -> None:
    assert assess("Numb. Groin. Help.", TriageState(), PROTOCOL).mode == "hard"
