"""Sentences: where a paragraph is cut, and that no character is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import split, trim

# Stops, quotes, brackets, abbreviations, digits and every kind of white space are what a cut depends on.
WILD = st.text(alphabet=st.sampled_from("aBz9 .!?…\"'”’)]([“‘\n\t\N{NO-BREAK SPACE}\u2028eg:-")) | st.text()


def sentences(text):
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rest. Then lift.", ["Rest.", "Then lift."]),
        ("Why rest? Because it helps! So rest.", ["Why rest?", "Because it helps!", "So rest."]),
        ("He said “rest.” Then he left.", ["He said “rest.”", "Then he left."]),
        ("Rest (a day.) Then lift.", ["Rest (a day.)", "Then lift."]),
        ("Wait… Then lift.", ["Wait…", "Then lift."]),
        ("Hold it... Release.", ["Hold it...", "Release."]),
        ("Do it twice. 10 seconds each.", ["Do it twice.", "10 seconds each."]),
        ("He rests. “Lift,” she says.", ["He rests.", "“Lift,” she says."]),
        ("One.\nTwo.", ["One.", "Two."]),
    ],
)
def test_a_stop_before_something_that_opens_a_sentence_ends_one(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ask Dr. Guo about it.",
        "Use support, e.g. Towels work.",
        "The muscles, i.e. M. erector spinae, hold you up.",
        "Known as m. Erector spinae.",
        "Move the bar 2.5 inches.",
        "It hurts. or it does not.",
        "Rest vs. Movement is debated.",
    ],
)
def test_a_stop_that_ends_no_sentence_does_not_cut(text):
    assert sentences(text) == [text]


def test_an_exclamation_after_an_abbreviation_still_ends_a_sentence():
    assert sentences("Ask the dr! Then rest.") == ["Ask the dr!", "Then rest."]


def test_only_the_range_asked_for_is_cut():
    text = "One. Two. Three."
    assert [text[a:b] for a, b in split(text, 5, 9)] == ["Two."]


def test_white_space_alone_has_no_sentence():
    assert split(" \n\t ") == []
    assert trim(" \n ", 0, 3) is None


@given(WILD)
def test_every_visible_character_lies_in_exactly_one_sentence(text):
    cuts = split(text)
    covered = [position for start, end in cuts for position in range(start, end)]
    assert covered == sorted(set(covered))
    assert set(covered) >= {position for position, character in enumerate(text) if not character.isspace()}


@given(WILD)
def test_a_sentence_has_no_white_space_at_its_ends(text):
    assert all(one and one == one.strip() for one in sentences(text))


@given(WILD, st.integers(0, 30), st.integers(0, 30))
def test_no_sentence_leaves_the_range(text, a, b):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    assert all(start <= first < last <= end for first, last in split(text, start, end))


@given(WILD)
def test_cutting_a_sentence_again_does_not_change_where_the_others_are(text):
    assert split(text) == split(text, 0, len(text))
    assert all(split(text, start, end)[0][0] == start for start, end in split(text))


@given(WILD, st.integers(0, 30), st.integers(0, 30))
def test_trimming_takes_white_space_and_nothing_else(text, a, b):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    spot = trim(text, start, end)
    assert text[slice(*(spot or (start, start)))] == text[start:end].strip()
