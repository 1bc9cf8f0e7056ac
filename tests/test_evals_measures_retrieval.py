"""Measures of a ranking: by hand, against trec_eval through ir-measures, and by their laws."""

import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from evals.measures_retrieval import ndcg_at, recall_at, reciprocal_rank

IDS = [f"p{number}" for number in range(12)]
rankings = st.lists(st.sampled_from(IDS), unique=True)
some_gains = st.dictionaries(st.sampled_from(IDS), st.integers(1, 4), min_size=1)
cutoffs = st.integers(1, 15)

# Relevant are b (3) and d (1); a and c are not.
RANKED, GAINS = ["a", "b", "c", "d"], {"b": 3, "d": 1}


def test_recall_is_the_share_of_the_relevant_found_by_hand():
    assert [recall_at(RANKED, GAINS, k) for k in (1, 2, 3, 4, 99)] == [0, 1 / 2, 1 / 2, 1, 1]
    assert recall_at(RANKED, {**GAINS, "never ranked": 1}, 4) == 2 / 3


def test_ndcg_by_hand_with_linear_gains():
    # Found: 3 / log2(3) + 1 / log2(5) = 1.892789 + 0.430677; best: 3 / log2(2) + 1 / log2(3) = 3.630930.
    assert ndcg_at(RANKED, GAINS, 10) == pytest.approx((1.8927892607 + 0.4306765581) / 3.6309297536, abs=1e-9)
    # At 2, the best order still holds both.
    assert ndcg_at(RANKED, GAINS, 2) == pytest.approx(1.8927892607 / 3.6309297536, abs=1e-9)


def test_ndcg_by_hand_with_exponential_gains():
    # 2^3 - 1 = 7 and 2^1 - 1 = 1.
    found, best = 7 / math.log2(3) + 1 / math.log2(5), 7 + 1 / math.log2(3)
    assert ndcg_at(RANKED, GAINS, 10, exponential=True) == pytest.approx(found / best)
    assert found / best == pytest.approx(0.635, abs=0.001)


def test_ndcg_of_one_relevant_id_is_its_discount():
    assert ndcg_at(["x", "y", "gold"], {"gold": 1.0}, 10) == pytest.approx(1 / 2)  # log2(4) = 2


def test_reciprocal_rank_by_hand():
    assert reciprocal_rank(RANKED, GAINS) == 1 / 2
    assert reciprocal_rank(["d"], GAINS) == 1
    assert reciprocal_rank(["x", "y"], GAINS) == 0


def test_a_crashed_case_ranks_nothing_and_scores_zero():
    assert (recall_at([], GAINS, 5), ndcg_at([], GAINS, 5), reciprocal_rank([], GAINS)) == (0, 0, 0)


@pytest.mark.parametrize("gains", [{}, {"a": 0}, {"a": -1}])
def test_without_anything_relevant_no_measure_applies(gains):
    assert (recall_at(RANKED, gains, 5), ndcg_at(RANKED, gains, 5), reciprocal_rank(RANKED, gains)) == (None,) * 3


@pytest.mark.parametrize("measure", [recall_at, ndcg_at])
def test_a_cutoff_below_one_is_refused(measure):
    with pytest.raises(ValueError, match="1 or more"):
        measure(RANKED, GAINS, 0)


def test_an_id_ranked_twice_counts_once_and_its_second_place_is_lost():
    twice, gains = ["b", "b", "d"], {"b": 1, "d": 1}
    assert recall_at(twice, gains, 2) == 1 / 2
    assert ndcg_at(twice, gains, 3) == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3)))
    assert reciprocal_rank(twice, gains) == 1


@given(rankings, some_gains, cutoffs)
def test_all_three_agree_with_ir_measures(ranked, gains, k):
    # trec_eval knows no question without a single ranked document, so one is added that nobody judged.
    run = [ScoredDoc("q", id_, 100.0 - place) for place, id_ in enumerate([*ranked, "unjudged"])]
    qrels = [Qrel("q", id_, gain) for id_, gain in gains.items()]
    # ir-measures mixes nDCG with and without gains up when asked for both at once, so the judgements carry the powers.
    powers = [Qrel("q", id_, 2**gain - 1) for id_, gain in gains.items()]
    wanted = ir_measures.calc_aggregate([R @ k, nDCG @ k, RR], qrels, run)
    assert recall_at(ranked, gains, k) == pytest.approx(wanted[R @ k], abs=1e-9)
    assert ndcg_at(ranked, gains, k) == pytest.approx(wanted[nDCG @ k], abs=1e-9)
    assert reciprocal_rank(ranked, gains) == pytest.approx(wanted[RR], abs=1e-9)
    exponential = ir_measures.calc_aggregate([nDCG @ k], powers, run)[nDCG @ k]
    assert ndcg_at(ranked, gains, k, exponential=True) == pytest.approx(exponential, abs=1e-9)


@given(rankings, some_gains, cutoffs, st.booleans())
def test_every_value_is_from_zero_to_one_and_recall_grows_with_k(ranked, gains, k, exponential):
    assert 0 <= recall_at(ranked, gains, k) <= recall_at(ranked, gains, k + 1) <= 1
    assert 0 <= ndcg_at(ranked, gains, k, exponential) <= 1
    assert 0 <= reciprocal_rank(ranked, gains) <= 1


@given(some_gains, cutoffs, st.booleans())
def test_the_best_order_has_an_ndcg_of_one(gains, k, exponential):
    best = sorted(gains, key=lambda id_: -gains[id_])
    assert ndcg_at(best, gains, k, exponential) == pytest.approx(1)


@given(rankings, some_gains, st.integers(0, 11))
def test_putting_a_relevant_id_in_front_never_lowers_anything(ranked, gains, pick):
    gold = sorted(gains)[pick % len(gains)]
    better = [gold, *(id_ for id_ in ranked if id_ != gold)]
    first = {gold: 1.0}
    assert ndcg_at(better, first, 10) == 1 >= ndcg_at(ranked, first, 10)
    assert reciprocal_rank(better, gains) == 1 >= reciprocal_rank(ranked, gains)


@given(rankings, some_gains, cutoffs)
def test_what_the_ids_are_called_does_not_matter(ranked, gains, k):
    def renamed(id_):
        return f"other {id_}"

    other, other_gains = [renamed(id_) for id_ in ranked], {renamed(id_): gain for id_, gain in gains.items()}
    assert ndcg_at(other, other_gains, k) == ndcg_at(ranked, gains, k)
    assert recall_at(other, other_gains, k) == recall_at(ranked, gains, k)
