"""Every measure is found under one name, and values of cases are put together without losing any."""

import inspect

import pytest

from evals import measures


def test_every_name_that_is_promised_is_there():
    assert all(hasattr(measures, name) for name in measures.__all__)


def test_every_measure_says_what_it_is():
    found = [getattr(measures, name) for name in measures.__all__]
    assert all(inspect.getdoc(one) for one in found if callable(one))


def test_a_crashed_case_counts_as_zero_in_the_mean():
    assert measures.mean_or_zero([1.0, 1.0, 0.0]) == pytest.approx(2 / 3)


def test_the_mean_of_nothing_is_zero():
    assert measures.mean_or_zero([]) == 0.0


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_the_mean_refuses_a_value_that_does_not_apply(missing):
    with pytest.raises(ValueError, match="Split them off"):
        measures.mean_or_zero([1.0, missing])
