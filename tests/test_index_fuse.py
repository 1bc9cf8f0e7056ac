"""Fusing rankings: every number here can be checked with a pencil."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import best_of_groups, mean_of_groups, normalised, weighted

SCORES = st.floats(-100, 100, allow_nan=False).map(lambda number: round(number, 3))
RANKINGS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), SCORES).map(
    lambda scores: sorted(scores.items(), key=lambda row: (-row[1], row[0]))
)


def test_the_best_score_becomes_one_and_the_worst_becomes_zero():
    assert normalised([("a", 5.0), ("b", 4.0), ("c", 1.0)]) == {"a": 1.0, "b": 0.75, "c": 0.0}


def test_scores_that_are_all_alike_become_one():
    assert normalised([("a", 0.3), ("b", 0.3)]) == {"a": 1.0, "b": 1.0}
    assert normalised([("a", 0.3)]) == {"a": 1.0}


def test_an_empty_ranking_stays_empty():
    assert normalised([]) == {}


def test_shares_are_added_and_a_missing_score_counts_nothing():
    fused = weighted([(0.7, {"a": 1.0, "b": 0.5}), (0.3, {"b": 1.0, "c": 0.5})])
    assert fused == [("a", 0.7), ("b", pytest.approx(0.65)), ("c", 0.15)]


def test_equal_scores_stand_in_the_order_of_their_keys():
    assert [key for key, _ in weighted([(1.0, {"b": 0.5, "c": 1.0, "a": 0.5})])] == ["c", "a", "b"]


def test_a_group_has_the_score_of_its_best_member_and_keeps_the_order():
    ranking = [("q1", 0.9), ("q2", 0.8), ("q3", 0.7), ("q4", 0.6)]
    assert best_of_groups(ranking, {"q1": "x", "q2": "y", "q3": "x", "q4": "z"}) == [("x", 0.9), ("y", 0.8), ("z", 0.6)]


def test_a_group_has_the_mean_of_its_best_few_and_what_is_not_ranked_counts_as_the_last():
    ranking = [("q1", 0.9), ("q2", 0.8), ("q3", 0.7), ("q4", 0.6)]
    groups, sizes = {"q1": "x", "q2": "y", "q3": "x", "q4": "x"}, {"x": 5, "y": 3}
    assert mean_of_groups(ranking, groups, sizes, 2) == [("x", pytest.approx(0.8)), ("y", pytest.approx(0.7))]


def test_a_group_of_fewer_members_has_the_mean_of_all():
    ranking = [("q1", 0.9), ("q2", 0.8), ("q3", 0.1)]
    groups, sizes = {"q1": "x", "q2": "y", "q3": "z"}, {"x": 3, "y": 1, "z": 2}
    assert mean_of_groups(ranking, groups, sizes, 3) == [
        ("y", pytest.approx(0.8)),
        ("x", pytest.approx(1.1 / 3)),
        ("z", pytest.approx(0.1)),
    ]


@given(RANKINGS)
def test_normalising_keeps_the_order_and_the_range(ranking):
    scores = normalised(ranking)
    assert list(scores) == [key for key, _ in ranking]
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores.values())


@given(st.lists(st.tuples(st.floats(0, 1), RANKINGS.map(dict)), max_size=4))
def test_fusing_loses_no_key_and_is_best_first(parts):
    fused = weighted(parts)
    assert {key for key, _ in fused} == {key for _, scores in parts for key in scores}
    assert fused == sorted(fused, key=lambda row: (-row[1], row[0]))
