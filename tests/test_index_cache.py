"""The memory of vectors: each text is embedded once, also across restarts."""

import sqlite3

import numpy as np
import pytest
from conftest import WordCountEncoder

from index.cache import KEEP, CacheError, embed


def nothing(count):
    pass


def test_each_text_is_embedded_once(tmp_path):
    encoder = WordCountEncoder()
    vectors, embedded = embed(encoder, ["neck", "back", "neck"], tmp_path / "cache", nothing)
    assert (embedded, sorted(encoder.texts)) == (2, ["back", "neck"])
    np.testing.assert_array_equal(vectors, encoder.encode(["neck", "back", "neck"]))


def test_a_restart_embeds_only_what_is_new(tmp_path):
    embed(WordCountEncoder(), ["neck", "back"], tmp_path / "cache", nothing)
    encoder = WordCountEncoder()
    vectors, embedded = embed(encoder, ["rest", "back"], tmp_path / "cache", nothing)
    assert (embedded, encoder.texts) == (1, ["rest"])
    np.testing.assert_array_equal(vectors, encoder.encode(["rest", "back"]))


def test_vectors_of_another_model_are_not_taken(tmp_path):
    embed(WordCountEncoder("neck", "back"), ["neck"], tmp_path / "cache", nothing)
    vectors, embedded = embed(WordCountEncoder("back", "neck", "rest"), ["neck"], tmp_path / "cache", nothing)
    assert (embedded, vectors.tolist()) == (1, [[0, 1, 0, 0]])


def test_progress_adds_up_to_all_texts(tmp_path):
    embed(WordCountEncoder(), ["neck", "back"], tmp_path / "cache", nothing)
    steps = []
    embed(WordCountEncoder(), ["neck", "rest", "rest", "lift"], tmp_path / "cache", steps.append)
    assert steps == [2, 2]


class Interrupted(Exception):
    pass


class BreaksLate(WordCountEncoder):
    """A word counter that breaks when it has encoded enough."""

    def encode(self, texts):
        if len(self.texts) >= KEEP:
            raise Interrupted
        return super().encode(texts)


def test_a_build_that_breaks_off_keeps_what_it_had_embedded(tmp_path):
    texts = [f"neck {number}" for number in range(KEEP + 10)]
    with pytest.raises(Interrupted):
        embed(BreaksLate(), texts, tmp_path / "cache", nothing)
    _, embedded = embed(WordCountEncoder(), texts, tmp_path / "cache", nothing)
    assert embedded == 10


def test_more_texts_than_one_query_may_name_are_remembered(tmp_path):
    texts = [f"neck {number} {'back ' * (number % 7)}" for number in range(1300)]
    first, _ = embed(WordCountEncoder(), texts, tmp_path / "cache", nothing)
    again, embedded = embed(WordCountEncoder(), texts, tmp_path / "cache", nothing)
    assert embedded == 0
    np.testing.assert_array_equal(first, again)


def test_no_texts_need_no_vectors(tmp_path):
    vectors, embedded = embed(WordCountEncoder(), [], tmp_path / "cache", nothing)
    assert (len(vectors), embedded) == (0, 0)


def test_a_damaged_file_is_refused_by_name_with_what_helps(tmp_path):
    (tmp_path / "cache").write_bytes(b"not a database at all" * 100)
    with pytest.raises(CacheError, match=r"cache cannot be used.*delete the file"):
        embed(WordCountEncoder(), ["neck"], tmp_path / "cache", nothing)


def test_a_remembered_vector_of_a_wrong_size_is_refused(tmp_path):
    embed(WordCountEncoder(), ["neck", "back"], tmp_path / "cache", nothing)
    connection = sqlite3.connect(tmp_path / "cache")
    with connection:
        connection.execute("UPDATE vectors SET vector = substr(vector, 1, 7)")
    connection.close()
    with pytest.raises(CacheError, match="Delete the file"):
        embed(WordCountEncoder(), ["neck", "back"], tmp_path / "cache", nothing)
