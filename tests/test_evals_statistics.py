"""Intervals, p values and verdicts: by hand, against scipy, by their laws, and the same twice."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evals.statistics import (
    Interval,
    clopper_pearson,
    cluster_bootstrap,
    decided,
    holm,
    mcnemar_exact,
    mean,
    minimal_detectable_effect,
    paired_bootstrap,
)

shares = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
families = st.lists(st.tuples(st.floats(-1, 1), st.sampled_from("abcd")), min_size=1, max_size=20)


def test_clopper_pearson_by_hand():
    # None of n: the upper bound solves (1 - p)^n = 0.025; all of n mirrors it.
    none = clopper_pearson(0, 300)
    assert none == Interval(0, 0, pytest.approx(1 - 0.025 ** (1 / 300)), 300)
    assert none.high == pytest.approx(0.01222, abs=5e-6)
    assert clopper_pearson(300, 300).low == pytest.approx(0.025 ** (1 / 300))
    # The one-sided bound at 95 % is the two-sided one at 90 %: 0.00994.
    assert clopper_pearson(0, 300, level=0.9).high == pytest.approx(1 - 0.05 ** (1 / 300))
    # One of two: the bounds solve 1 - (1 - p)^2 = 0.025 and 1 - p^2 = 0.025.
    one = clopper_pearson(1, 2)
    assert (one.low, one.high) == pytest.approx((1 - math.sqrt(0.975), math.sqrt(0.975)))


@given(shares, st.sampled_from([0.9, 0.95, 0.99]))
def test_clopper_pearson_agrees_with_scipy(share, level):
    wanted = stats.binomtest(*share).proportion_ci(level, method="exact")
    found = clopper_pearson(*share, level=level)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert 0 <= found.low <= found.point <= found.high <= 1


@given(shares)
def test_clopper_pearson_mirrors_successes_and_failures(share):
    successes, n = share
    one, other = clopper_pearson(successes, n), clopper_pearson(n - successes, n)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)


def test_nothing_is_known_of_no_cases():
    assert clopper_pearson(0, 0) == Interval(0, 0, 1, 0)


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3), (1, 0)])
def test_what_is_no_share_is_refused(successes, n):
    with pytest.raises(ValueError, match="no share"):
        clopper_pearson(successes, n)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_what_is_no_level_is_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        clopper_pearson(1, 2, level)
    with pytest.raises(ValueError, match="between 0 and 1"):
        cluster_bootstrap([1.0], ["a"], level=level)


def test_the_bootstrap_draws_families_by_hand():
    # Two families whose means are 0 and 1: a draw of two is 0, 1/2 or 1 with chances 1/4, 1/2, 1/4, so that the
    # middle half of the draws spans 0 or 1/2 to 1/2 or 1, and 95 % of them all of it.
    values, clusters = [0, 0, 0, 1, 1, 1], ["a", "a", "a", "b", "b", "b"]
    assert cluster_bootstrap(values, clusters) == Interval(0, 1 / 2, 1, 6)
    # Cases drawn one by one would lie closer together.
    assert cluster_bootstrap(values, list("abcdef")).low > 0


def test_the_bootstrap_weighs_families_by_their_size():
    # Family b holds three of the four cases: the mean of one draw of each is 3/4, not 1/2.
    found = cluster_bootstrap([0, 1, 1, 1], ["a", "b", "b", "b"])
    assert found == Interval(0, 3 / 4, 1, 4)


def test_the_bootstrap_of_many_single_cases_is_close_to_the_normal_interval():
    values = [0.0, 1.0] * 200
    found = cluster_bootstrap(values, [str(row) for row in range(400)])
    assert (found.low, found.high) == pytest.approx((0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.006)


def test_the_bootstrap_gives_the_same_twice_and_in_any_order():
    values, clusters = [0.1, 0.9, 0.4, 0.8, 0.3], list("aabcd")
    once = cluster_bootstrap(values, clusters, rounds=500)
    assert cluster_bootstrap(values, clusters, rounds=500) == once
    assert cluster_bootstrap(values, clusters, rounds=500, seed=1) != once


def test_the_order_of_the_rows_changes_nothing():
    values = [(row * row % 17) / 17 for row in range(40)]
    clusters = [f"family {row // 3}" for row in range(40)]
    nothing = [0.4] * 40
    once, p = paired_bootstrap(nothing, values, clusters, rounds=301)
    turned, q = paired_bootstrap(nothing, values[::-1], clusters[::-1], rounds=301)
    assert (turned.low, turned.point, turned.high) == pytest.approx((once.low, once.point, once.high), abs=1e-9)
    assert p == q


def test_sums_that_differ_by_rounding_only_are_as_extreme():
    # 0.1 + 0.2 + 0.3 - 0.6 is not 0 in floating point: every sign pattern is as extreme as a sum of nothing.
    assert paired_bootstrap([0.0] * 4, [0.1, 0.2, 0.3, -0.6], list("abcd"))[1] == 1
    # All of one sign: both patterns that keep it count, whichever way the sum was rounded.
    _, p = paired_bootstrap([0.0] * 3, [0.1, 0.2, 0.3], list("abc"), rounds=20_000)
    assert p == pytest.approx(2 / 8, abs=0.01)


def test_the_short_way_for_the_mean_gives_what_the_long_way_gives():
    values, clusters = [0.1, 0.9, 0.4, 0.8, 0.3], list("aabcd")
    short = cluster_bootstrap(values, clusters, rounds=300)
    long = cluster_bootstrap(values, clusters, lambda table: float(table.mean()), rounds=300)
    assert (short.low, short.point, short.high) == pytest.approx((long.low, long.point, long.high))


def test_blocks_of_draws_do_not_change_the_figure(monkeypatch):
    values, clusters = [float(row % 7) for row in range(90)], [str(row // 2) for row in range(90)]
    whole = cluster_bootstrap(values, clusters), paired_bootstrap([0.0] * 90, values, clusters)
    monkeypatch.setattr("evals.statistics._DRAWN_AT_ONCE", 1000)
    assert (cluster_bootstrap(values, clusters), paired_bootstrap([0.0] * 90, values, clusters)) == whole


def test_another_statistic_may_be_asked_for():
    found = cluster_bootstrap([1, 2, 3, 4, 100], list("abcde"), lambda table: float(np.median(table)), rounds=300)
    assert found.point == 3
    assert 1 <= found.low <= 3 <= found.high <= 100


@settings(max_examples=50)
@given(families)
def test_the_interval_lies_within_the_families_and_around_the_figure(rows):
    values, clusters = [value for value, _ in rows], [family for _, family in rows]
    found = cluster_bootstrap(values, clusters, rounds=200)
    means = [mean(np.array([value for value, own in rows if own == family])) for family in set(clusters)]
    assert found.n == len(rows)
    assert found.point == pytest.approx(sum(values) / len(values))
    assert min(means) - 1e-9 <= found.low <= found.high <= max(means) + 1e-9


@settings(max_examples=50)
@given(families, st.sampled_from([0.5, 2.0]), st.integers(-2, 2))
def test_the_interval_moves_and_stretches_with_the_values(rows, factor, shift):
    values, clusters = [value for value, _ in rows], [family for _, family in rows]
    plain = cluster_bootstrap(values, clusters, rounds=200)
    moved = cluster_bootstrap([factor * value + shift for value in values], clusters, rounds=200)
    wanted = [factor * bound + shift for bound in (plain.low, plain.point, plain.high)]
    assert [moved.low, moved.point, moved.high] == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [float("nan")], [None]])
def test_the_bootstrap_refuses_nothing_and_what_does_not_apply(values):
    with pytest.raises(ValueError, match=r"give no figure|does not apply"):
        cluster_bootstrap(values, ["a"] * min(len(values), 1))
    with pytest.raises(ValueError, match="draw nothing"):
        cluster_bootstrap([1.0], ["a"], rounds=0)


def test_a_paired_difference_by_hand():
    # Better by 1/2 in each of ten families: no draw can be anything else, and only the two of 2^10 sign patterns that
    # keep all signs alike are as extreme, so p is near 2/1024.
    before, after = [0.0] * 10, [0.5] * 10
    interval, p = paired_bootstrap(before, after, list("abcdefghij"), rounds=20_000)
    assert interval == Interval(0.5, 0.5, 0.5, 10)
    assert p == pytest.approx(2 / 1024, abs=0.001)


def test_few_families_never_give_a_small_p():
    # Three families: 2 of 8 sign patterns, however clear the difference. One family: nothing can be told.
    _, p = paired_bootstrap([0.0] * 30, [1.0] * 30, ["a", "b", "c"] * 10)
    assert p == pytest.approx(1 / 4, abs=0.03)
    assert paired_bootstrap([0.0] * 30, [1.0] * 30, ["a"] * 30)[1] == 1


def test_p_is_never_zero():
    # None of the 100 random patterns over 40 families is as extreme as the one observed, which itself counts as one.
    assert paired_bootstrap([0.0] * 40, [1.0] * 40, [str(row) for row in range(40)], rounds=100)[1] == 1 / 101


def test_no_difference_is_no_difference():
    assert paired_bootstrap([0.3, 0.7], [0.3, 0.7], ["a", "b"]) == (Interval(0, 0, 0, 2), 1)


def test_pairs_of_different_number_are_refused():
    with pytest.raises(ValueError, match="not pairs"):
        paired_bootstrap([1.0], [1.0, 2.0], ["a", "b"])


@settings(max_examples=50)
@given(families)
def test_exchanging_the_two_runs_turns_the_sign_and_keeps_p(rows):
    values, clusters = [value for value, _ in rows], [family for _, family in rows]
    nothing = [0.0] * len(values)
    one, p = paired_bootstrap(nothing, values, clusters, rounds=200)
    other, q = paired_bootstrap(values, nothing, clusters, rounds=200)
    assert one.point == pytest.approx(-other.point)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)
    assert 0 < p == q <= 1


def test_about_one_in_twenty_comparisons_of_equals_falls_below_five_percent():
    rng = np.random.default_rng(7)
    clusters = [str(row) for row in range(30)]
    found = [paired_bootstrap(*rng.normal(size=(2, 30)), clusters, rounds=400)[1] for _ in range(300)]
    assert 0.02 <= sum(p <= 0.05 for p in found) / 300 <= 0.09


def test_mcnemar_by_hand():
    assert mcnemar_exact(0, 0) == 1
    assert mcnemar_exact(0, 5) == 2 / 32  # five tails of five, both ways
    assert mcnemar_exact(1, 9) == 2 * (1 + 10) / 1024
    assert mcnemar_exact(4, 4) == 1
    with pytest.raises(ValueError, match="no counts"):
        mcnemar_exact(-1, 2)


@given(st.integers(0, 80), st.integers(0, 80))
def test_mcnemar_is_the_binomial_test_and_takes_either_order(b, c):
    wanted = stats.binomtest(b, b + c).pvalue if b + c else 1.0
    assert mcnemar_exact(b, c) == mcnemar_exact(c, b) == pytest.approx(wanted)


def test_mcnemar_holds_for_thousands_of_changes():
    assert mcnemar_exact(3000, 3000) == 1
    assert 0 <= mcnemar_exact(2000, 3000) < 1e-40


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.04, times 4, 3, 2, 1: 0.04, 0.06, 0.06, 0.04; never falling: the last is 0.06 too.
    adjusted = holm({"c": 0.03, "a": 0.01, "d": 0.04, "b": 0.02})
    assert list(adjusted) == ["c", "a", "d", "b"]
    assert adjusted == pytest.approx({"a": 0.04, "b": 0.06, "c": 0.06, "d": 0.06})
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1, "b": 1}
    assert holm({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8))
def test_holm_never_lowers_a_p_value_keeps_their_order_and_is_below_bonferroni(p_values):
    adjusted = holm(p_values)
    for name, p in p_values.items():
        assert p <= adjusted[name] <= min(1, p * len(p_values)) + 1e-12
    ordered = sorted(p_values, key=p_values.get)
    assert [adjusted[name] for name in ordered] == sorted(adjusted.values())


def test_the_minimal_detectable_effect_by_hand():
    # z(0.975) + z(0.8) = 1.959964 + 0.841621 = 2.801585; squared 7.848880; 314 pairs at 10 % show 5 points, 872 show 3.
    assert minimal_detectable_effect(314, 0.1) == pytest.approx(0.05, abs=5e-5)
    assert minimal_detectable_effect(872, 0.1) == pytest.approx(0.03, abs=5e-5)
    # 20 pairs: 2.8016 * sqrt(0.1 / 20) = 0.198 is more than ever changes; with discordance d, d = 7.8489 / 20.
    assert minimal_detectable_effect(20, 0.1) == pytest.approx(7.84888 / 20, abs=1e-5)
    assert minimal_detectable_effect(100, 0.0) == pytest.approx(0.0784888, abs=1e-6)


@pytest.mark.parametrize("n_pairs", [0, 1, 7])
def test_so_few_pairs_show_nothing_short_of_everything(n_pairs):
    assert minimal_detectable_effect(n_pairs, 0.5) == 1


@given(st.integers(0, 5000), st.floats(0, 1), st.floats(0.5, 0.95))
def test_more_pairs_and_less_power_show_smaller_effects(n_pairs, discordance, power):
    found = minimal_detectable_effect(n_pairs, discordance, power)
    assert 0 < minimal_detectable_effect(n_pairs + 1, discordance, power) <= found <= 1
    assert found <= minimal_detectable_effect(n_pairs, discordance, min(0.99, power + 0.04))
    assert minimal_detectable_effect(n_pairs, discordance / 2, power) <= found


def test_the_power_that_is_promised_is_reached():
    # 200 pairs of which 20 % change: mcnemar_exact is below 0.05 in about 80 of 100 experiments, a little less than in
    # the normal approximation, since it is exact.
    effect = minimal_detectable_effect(200, 0.2)
    rng = np.random.default_rng(3)
    draws = rng.multinomial(200, [(0.2 + effect) / 2, (0.2 - effect) / 2, 0.8], size=2000)
    power = sum(mcnemar_exact(int(b), int(c)) < 0.05 for b, c, _ in draws) / 2000
    assert 0.72 <= power <= 0.9


@pytest.mark.parametrize(("n_pairs", "discordance"), [(-1, 0.1), (10, 1.1), (10, -0.1)])
def test_pairs_that_cannot_be_are_refused(n_pairs, discordance):
    with pytest.raises(ValueError, match="cannot be"):
        minimal_detectable_effect(n_pairs, discordance)


@pytest.mark.parametrize(
    ("low", "high", "margin", "verdict"),
    [
        (0.01, 0.05, 0.0, "better"),
        (-0.05, -0.01, 0.0, "worse"),
        (-0.01, 0.05, 0.0, "not decided"),
        (0.0, 0.05, 0.0, "not decided"),  # touches
        (-0.05, 0.0, 0.0, "not decided"),
        (0.0, 0.0, 0.0, "not decided"),
        (0.01, 0.05, 0.02, "not decided"),
        (0.03, 0.05, 0.02, "better"),
        (-0.05, -0.03, 0.02, "worse"),
    ],
)
def test_a_verdict_by_hand(low, high, margin, verdict):
    assert decided(Interval(low, (low + high) / 2, high, 10), margin) == verdict


def test_a_margin_below_zero_is_refused():
    with pytest.raises(ValueError, match="below 0"):
        decided(Interval(0, 0, 0, 1), -0.1)
