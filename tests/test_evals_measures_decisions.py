"""Measures of decisions: outcomes, forecasts, what is answered first, and tiers, each by hand and by its laws."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reply import SCHEMA
from evals.measures_decisions import (
    OUTCOMES,
    TIERS,
    Share,
    brier,
    ece,
    rates,
    risk_coverage,
    steps_apart,
    triage_step,
)
from evals.statistics import cluster_bootstrap

forecasts = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30)
scored = st.lists(st.tuples(st.none() | st.integers(-3, 3), st.booleans()), min_size=1, max_size=20)


def columns(rows):
    return [first for first, _ in rows], [second for _, second in rows]


def test_outcomes_and_tiers_are_those_of_the_schema():
    properties = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
    assert set(OUTCOMES) == set(properties["outcome"]["enum"])
    assert list(TIERS) == properties["tier"]["enum"]


def test_rates_by_hand_with_notices_and_crashes_as_classes_of_their_own():
    found = rates(["answered", "answered", "declined", "refused", "notice", None, "escalated", "answered"])
    assert {name: share.successes for name, share in found.items() if share.successes} == {
        "answered": 3,
        "declined": 1,
        "refused": 1,
        "notice": 1,
        "crashed": 1,
        "escalated": 1,
    }
    assert found["answered"].value == 3 / 8
    assert found["crisis"] == Share(0, 8)


def test_rates_of_nothing_do_not_apply():
    assert {share.value for share in rates([]).values()} == {None}


def test_an_outcome_that_no_reply_can_have_is_refused():
    with pytest.raises(ValueError, match="anwsered"):
        rates(["anwsered"])


@given(st.lists(st.none() | st.sampled_from(OUTCOMES), min_size=1))
def test_rates_add_up_to_one(outcomes):
    assert sum(share.value for share in rates(outcomes).values()) == pytest.approx(1)


def test_brier_by_hand():
    # (0.9 - 1)^2 = 0.01, (0.2 - 0)^2 = 0.04, (0.6 - 0)^2 = 0.36.
    assert brier([0.9, 0.2, 0.6], [1, 0, 0]) == pytest.approx(0.41 / 3)
    assert brier([1.0, 0.0], [1, 0]) == 0


def test_ece_by_hand():
    # Two bins of three: mean forecast 0.2 against 1/3 right, 0.8 against 2/3 right; each differs by 2/15.
    probabilities, labels = [0.1, 0.2, 0.3, 0.7, 0.8, 0.9], [0, 1, 0, 1, 0, 1]
    assert ece(probabilities, labels, bins=2) == pytest.approx(2 / 15)
    # One bin: mean forecast 0.5, half right.
    assert ece(probabilities, labels, bins=1) == pytest.approx(0)
    # A bin a case: (0.1 + 0.8 + 0.3 + 0.3 + 0.8 + 0.1) / 6.
    assert ece(probabilities, labels, bins=6) == ece(probabilities, labels, bins=99) == pytest.approx(0.4)


def test_ece_cuts_bins_of_equal_mass_not_of_equal_width():
    # All forecasts lie in the lowest fifth; of the five bins each still holds two cases.
    probabilities = [0.01, 0.01, 0.02, 0.02, 0.03, 0.03, 0.04, 0.04, 0.19, 0.19]
    labels = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    assert ece(probabilities, labels) == pytest.approx((2 * (0.01 + 0.02 + 0.03 + 0.04) + 2 * 0.81) / 10)


def test_ece_of_one_probability_for_all_is_its_distance_from_the_share():
    assert ece([0.7] * 10, [0, 0, 0, 1, 1, 1, 1, 1, 0, 0]) == pytest.approx(0.2)


def test_a_crashed_forecast_counts_as_wholly_wrong():
    assert brier([None, 1.0], [1, 1]) == ece([None, 1.0], [1, 1], bins=2) == 1 / 2
    assert brier([None], [0]) == 1


def test_forecasts_of_nothing_do_not_apply():
    assert (brier([], []), ece([], [])) == (None, None)


@pytest.mark.parametrize("measure", [brier, ece])
@pytest.mark.parametrize(("given_", "label"), [(1.2, 1), (-0.1, 0), (float("nan"), 1), (0.5, 2)])
def test_what_is_no_probability_or_label_is_refused(measure, given_, label):
    with pytest.raises(ValueError, match="from 0 to 1"):
        measure([given_], [label])


def test_no_bins_are_refused():
    with pytest.raises(ValueError, match="1 or more"):
        ece([0.5], [1], bins=0)


@given(forecasts, st.integers(1, 7), st.randoms())
def test_brier_and_ece_are_from_zero_to_one_and_order_does_not_matter(rows, bins, random):
    mixed = rows.copy()
    random.shuffle(mixed)
    for value, again in (
        (brier(*columns(rows)), brier(*columns(mixed))),
        (ece(*columns(rows), bins), ece(*columns(mixed), bins)),
    ):
        assert 0 <= value <= 1 + 1e-12
        assert value == pytest.approx(again)


@given(forecasts, st.integers(1, 7))
def test_ece_never_falls_below_the_gap_of_all_forecasts_together(rows, bins):
    probabilities, labels = columns(rows)
    gap = abs(sum(probabilities) - sum(labels)) / len(rows)
    assert ece(probabilities, labels, bins) >= gap - 1e-9


@given(st.lists(st.integers(0, 1), min_size=1))
def test_a_forecaster_who_is_always_right_scores_zero(labels):
    assert brier(labels, labels) == ece(labels, labels) == 0


def test_ece_takes_an_interval_from_the_bootstrap():
    rows = [[0.9, 1.0], [0.8, 1.0], [0.3, 0.0], [0.2, 1.0], [0.6, 0.0], [0.7, 1.0]]

    def statistic(table):
        return ece(table[:, 0].tolist(), table[:, 1].tolist())

    found = cluster_bootstrap(rows, list("abcdef"), statistic, rounds=200)
    assert found.point == pytest.approx(ece([row[0] for row in rows], [row[1] for row in rows]))
    assert 0 <= found.low < found.high <= 1


def test_risk_and_coverage_by_hand():
    # Answered from the top: right, right, wrong, right -> risks 0, 0, 1/3, 1/4.
    points, area = risk_coverage([0.9, 0.8, 0.7, 0.6], [False, False, True, False])
    assert points == [(1 / 4, 0), (2 / 4, 0), (3 / 4, 1 / 3), (1, 1 / 4)]
    assert area == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)


def test_cases_of_one_score_are_answered_together():
    points, area = risk_coverage([0.9, 0.5, 0.5, 0.5], [False, True, False, False])
    assert points == [(1 / 4, 0), (1, 1 / 4)]
    assert area == pytest.approx((0 + 3 * 1 / 4) / 4)


def test_a_crashed_case_is_an_error_that_comes_last():
    points, _ = risk_coverage([None, 0.1], [False, False])
    assert points == [(1 / 2, 0), (1, 1 / 2)]


def test_nothing_has_no_risk_and_no_coverage():
    assert risk_coverage([], []) == ([], None)


@given(scored, st.randoms())
def test_the_curve_ends_with_everything_answered_and_order_does_not_matter(rows, random):
    scores, errors = columns(rows)
    points, area = risk_coverage(scores, errors)
    wrong = sum(error or score is None for score, error in rows)
    assert points[-1] == (1, pytest.approx(wrong / len(rows)))
    assert [coverage for coverage, _ in points] == sorted({coverage for coverage, _ in points})
    assert 0 <= area <= 1
    mixed = rows.copy()
    random.shuffle(mixed)
    assert risk_coverage(*columns(mixed)) == (points, pytest.approx(area))


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_scores_that_put_every_error_last_have_the_least_area(errors):
    _, best = risk_coverage([-float(error) - place / 99 for place, error in enumerate(errors)], errors)
    _, worst = risk_coverage([float(error) + place / 99 for place, error in enumerate(errors)], errors)
    _, blind = risk_coverage([0.5] * len(errors), errors)
    assert best <= blind + 1e-9
    assert blind <= worst + 1e-9


@pytest.mark.parametrize(
    ("tier", "label", "expected"),
    [
        ("emergency", "emergency", {"under1": 0, "under2": 0}),
        ("see_clinician", "emergency", {"under1": 1, "under2": 1}),
        ("see_clinician", "urgent", {"under1": 1, "under2": 0, "over1": 0}),
        ("emergency", "urgent", {"under1": 0, "under2": 0, "over1": 1}),
        ("none", "see_clinician", {"under1": 1, "over1": 0, "over2": 0}),
        ("urgent", "none", {"over1": 1, "over2": 1}),
        ("see_clinician", "none", {"over1": 1, "over2": 0}),
        (None, "urgent", {"under1": 1, "under2": 1, "over1": 1}),
        (None, "none", {"over1": 1, "over2": 1}),
    ],
)
def test_how_many_tiers_too_low_or_too_high_by_hand(tier, label, expected):
    assert steps_apart(tier, label) == expected


def test_how_far_off_one_case_is():
    assert triage_step("emergency", "none") == 3
    assert triage_step("see_clinician", "urgent") == -1
    assert triage_step(None, "emergency") == -3
    with pytest.raises(ValueError, match="soon"):
        triage_step("soon", "none")


@given(st.sampled_from(TIERS), st.sampled_from(TIERS))
def test_a_case_is_right_too_low_or_too_high(tier, label):
    found = steps_apart(tier, label)
    wrong = [name for name, value in found.items() if value]
    assert bool(wrong) == (tier != label)
    assert not {"under1", "over1"} <= set(wrong)
    assert found.get("under2", 0) <= found.get("under1", 0)
