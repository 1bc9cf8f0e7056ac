"""Fusing rankings: every number here can be checked with a pencil."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import best_of_groups, normalised, weighted

SCORES = st.floats(-100, 100, allow_nan=False).map(lambda number: round(number, 3))
RANKINGS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), SCORES).map(
    lambda scores: sorted(scores.items(), key=lambda row: (-row[1], row[0]))
)


def test_the_best_score_becomes_one_and_the_worst_of_the_first_becomes_zero():
    assert normalised([("a", 5.0), ("b", 4.0), ("c", 1.0)], 60) == {"a": 1.0, "b": 0.75, "c": 0.0}


def test_entries_after_the_first_are_left_out_and_do_not_set_the_minimum():
    assert normalised([("a", 5.0), ("b", 4.0), ("c", 1.0)], 2) == {"a": 1.0, "b": 0.0}


def test_scores_that_are_all_alike_become_one():
    assert normalised([("a", 0.3), ("b", 0.3)], 60) == {"a": 1.0, "b": 1.0}
    assert normalised([("a", 0.3)], 60) == {"a": 1.0}


def test_an_empty_ranking_stays_empty():
    assert normalised([], 60) == {}


def test_shares_are_added_and_a_missing_score_counts_nothing():
    fused = weighted([(0.7, {"a": 1.0, "b": 0.5}), (0.3, {"b": 1.0, "c": 0.5})])
    assert fused == [("a", 0.7), ("b", pytest.approx(0.65)), ("c", 0.15)]


def test_equal_scores_stand_in_the_order_of_their_keys():
    assert [key for key, _ in weighted([(1.0, {"b": 0.5, "c": 1.0, "a": 0.5})])] == ["c", "a", "b"]


def test_a_group_has_the_score_of_its_best_member_and_keeps_the_order():
    ranking = [("q1", 0.9), ("q2", 0.8), ("q3", 0.7), ("q4", 0.6)]
    assert best_of_groups(ranking, {"q1": "x", "q2": "y", "q3": "x", "q4": "z"}) == [("x", 0.9), ("y", 0.8), ("z", 0.6)]


@given(RANKINGS, st.integers(1, 10))
def test_normalising_keeps_the_order_and_the_range(ranking, first):
    scores = normalised(ranking, first)
    assert list(scores) == [key for key, _ in ranking[:first]]
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores.values())


@given(st.lists(st.tuples(st.floats(0, 1), RANKINGS.map(dict)), max_size=4))
def test_fusing_loses_no_key_and_is_best_first(parts):
    fused = weighted(parts)
    assert {key for key, _ in fused} == {key for _, scores in parts for key in scores}
    assert fused == sorted(fused, key=lambda row: (-row[1], row[0]))
