"""Whole words of a closed list in what somebody typed."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.words import first_of, has, plain


def test_a_phrase_is_found_as_whole_words_only():
    assert has(plain("My neck-rolls, please!"), "neck rolls")
    assert not has(plain("bottlenecks"), "neck")


def test_apostrophes_do_not_matter():
    assert has(plain("child’s pose"), "childs pose")
    assert has(plain("childs pose"), "child's pose")


def test_the_first_phrase_of_the_list_is_given():
    assert first_of(plain("heat and ice"), ("ice", "heat")) == "ice"
    assert first_of(plain("walking"), ("ice", "heat")) == ""


@given(st.text())
def test_any_text_becomes_lower_case_words_between_single_spaces(text):
    found = plain(text)
    assert found == f" {' '.join(found.split())} "
