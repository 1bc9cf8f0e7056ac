"""The nouns of every layer: they are values that cannot be changed, and ranges are half open."""

import dataclasses
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import records
from corpus.records import Span

SPANS = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))
RECORDS = [one for _, one in inspect.getmembers(records, dataclasses.is_dataclass)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_cannot_be_changed_and_has_no_list_inside(record):
    assert record.__dataclass_params__.frozen
    assert not any("list[" in str(field.type) or "dict[" in str(field.type) for field in dataclasses.fields(record))


@given(SPANS, SPANS)
def test_two_spans_overlap_when_they_share_a_character(one, other):
    shared = set(range(one.start, one.end)) & set(range(other.start, other.end))
    assert one.overlaps(other) == other.overlaps(one) == bool(shared)


@given(SPANS, SPANS)
def test_a_span_contains_another_when_it_has_all_its_characters(one, other):
    assert one.contains(other) == (set(range(other.start, other.end)) <= set(range(one.start, one.end)))


def test_spans_that_only_touch_do_not_overlap():
    assert not Span(0, 5).overlaps(Span(5, 9))
