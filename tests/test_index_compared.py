"""Comparing every vector: exactly the nearest, in a stable order, and errors that say what helps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import compared
from index.compared import Compared, ComparedError


def unit(*rows):
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


AXES = st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(1, 2)), min_size=1, max_size=12)


@given(rows=AXES, limit=st.integers(1, 15))
def test_the_nearest_come_first_and_ties_by_id(rows, limit):
    vectors, query = unit(*rows), unit([1, 1, 1])[0]
    ids = [f"{number:02}" for number in reversed(range(len(rows)))]
    found = [(one.id, one.cosine) for one in Compared(ids, vectors).near(query, limit)]
    cosines = [float(one) for one in vectors @ query]
    assert found == sorted(zip(ids, cosines, strict=True), key=lambda pair: (-pair[1], pair[0]))[:limit]


def test_what_is_kept_is_opened_as_it_was(tmp_path):
    compared.write(tmp_path, unit([1, 0], [0, 1]))
    assert [one.id for one in compared.opened(tmp_path, ["a", "b"]).near(unit([0, 1])[0], 1)] == ["b"]


def test_too_many_vectors_are_left_to_chroma(tmp_path, monkeypatch):
    monkeypatch.setattr(compared, "MOST", 1)
    compared.write(tmp_path, unit([1, 0], [0, 1]))
    assert compared.opened(tmp_path, ["a", "b"]) is None


def _cut_short(path):
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("spoil", [_cut_short, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"x")])
def test_damaged_vectors_are_named_with_the_command_that_helps(tmp_path, spoil):
    compared.write(tmp_path, unit([1, 0], [0, 1]))
    spoil(tmp_path / "vectors.npy")
    with pytest.raises(ComparedError, match=r"vectors\.npy.*spotter index build --fresh"):
        compared.opened(tmp_path, ["a", "b"])


def test_vectors_of_other_texts_are_refused(tmp_path):
    compared.write(tmp_path, unit([1, 0], [0, 1]))
    with pytest.raises(ComparedError, match="2 vectors for 3 texts"):
        compared.opened(tmp_path, ["a", "b", "c"])
