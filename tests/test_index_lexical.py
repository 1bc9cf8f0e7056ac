"""Search by words: stems, scores above nothing, and a stable order."""

import math

import pytest

from index import lexical
from index.lexical import K1, B, LexicalError, WordIndex

TEXTS = {"a": "The neck hurts after lifting", "b": "Stretching your neck, neck and neck", "c": "Rest the lower back"}


@pytest.fixture
def words(tmp_path):
    lexical.write(tmp_path, "texts", list(TEXTS), list(TEXTS.values()))
    return WordIndex(tmp_path, "texts")


def test_words_are_found_by_their_stems_and_stop_words_are_left_out():
    assert lexical.tokens(["The necks were stretched", "and it is"]) == [["neck", "were", "stretch"], []]


def test_words_keep_their_order_and_their_repetitions():
    assert lexical.tokens(["neck back neck"]) == [["neck", "back", "neck"]]


def test_a_text_that_says_a_word_more_often_comes_first(words):
    assert [id_ for id_, _ in words.best(["neck"], 10)] == ["b", "a"]


def test_the_score_is_that_of_bm25_as_lucene_computes_it(words):
    """'back' occurs once in one of three texts: idf = ln(1 + 2.5 / 1.5), times tf of that text's length."""
    lengths = [len(tokens) for tokens in lexical.tokens(list(TEXTS.values()))]
    share = lengths[2] / (sum(lengths) / 3)
    expected = math.log(1 + 2.5 / 1.5) / (1 + K1 * (1 - B + B * share))
    assert words.best(["back"], 10) == [("c", pytest.approx(expected, rel=1e-5))]


def test_a_text_without_any_of_the_words_is_not_found(words):
    assert words.best(["rest", "back"], 10)[0][0] == "c"
    assert len(words.best(["rest", "back"], 10)) == 1


def test_words_that_no_text_has_find_nothing_and_disturb_nothing(words):
    assert words.best(["aeroplan"], 10) == []
    assert words.best([], 10) == []
    assert words.best(["aeroplan", "rest"], 10) == words.best(["rest"], 10)


def test_the_index_says_which_words_it_knows(words):
    assert words.knows("lift")
    assert not words.knows("aeroplan")


def test_the_index_says_which_texts_hold_a_word(words):
    assert sorted(words.ids[row] for row in words.rows_with("neck")) == ["a", "b"]
    assert list(words.rows_with("aeroplan")) == []


def test_no_more_than_the_limit_are_found(words):
    assert len(words.best(["neck"], 1)) == 1


def test_texts_of_one_score_stand_in_the_order_they_were_given(tmp_path):
    ids = [f"{number:02}" for number in range(20)]
    lexical.write(tmp_path, "alike", ids, ["rest your neck"] * 20)
    assert [id_ for id_, _ in WordIndex(tmp_path, "alike").best(["neck"], 10)] == ids[:10]


def test_texts_of_nothing_but_stop_words_make_an_index_that_finds_nothing(tmp_path):
    lexical.write(tmp_path, "stop", ["a"], ["it is the"])
    assert WordIndex(tmp_path, "stop").best(["neck"], 10) == []


def test_an_index_that_is_missing_or_damaged_is_refused_with_the_command_that_helps(tmp_path, words):
    with pytest.raises(LexicalError, match="spotter index build --fresh"):
        WordIndex(tmp_path, "nothing")
    (tmp_path / "texts" / "ids.json").write_text("[", encoding="utf-8")
    with pytest.raises(LexicalError, match="spotter index build --fresh"):
        WordIndex(tmp_path, "texts")
