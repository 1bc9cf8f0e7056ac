"""Turning texts into vectors: batches, the order of rows, and the exported model itself."""

import json

import numpy as np
import pytest
from conftest import WordCountEncoder
from hypothesis import given
from hypothesis import strategies as st

from index.encoder import ModelError, ModelFolder, OnnxEncoder, batches, encode_all, read_model_folder

META = {"name": "m", "digest": "d", "onnx_sha256": "o", "max_tokens": 256, "runs_on": "onnx"}


@given(st.lists(st.integers(0, 300), max_size=200), st.integers(1, 40))
def test_batches_have_every_position_exactly_once(lengths, size):
    found = list(batches(lengths, size))
    assert sorted(position for batch in found for position in batch) == list(range(len(lengths)))
    assert all(0 < len(batch) <= size for batch in found)


@given(st.lists(st.integers(0, 300), max_size=200))
def test_batches_go_from_short_to_long(lengths):
    ordered = [lengths[position] for batch in batches(lengths, 7) for position in batch]
    assert ordered == sorted(lengths)


@given(st.lists(st.sampled_from(["neck", "back back neck", "rest a while", "lift", "hold " * 30]), max_size=80))
def test_rows_stand_in_the_order_of_the_texts(texts):
    encoder, steps = WordCountEncoder(), []
    vectors = encode_all(encoder, texts, steps.append)
    assert len(vectors) == len(texts) == len(encoder.texts) == sum(steps)
    if texts:
        np.testing.assert_array_equal(vectors, encoder.encode(texts))


def test_a_word_count_vector_can_be_worked_out_by_hand():
    vectors = WordCountEncoder("neck", "back").encode(["Neck, neck, neck and back!", "rest", "back"])
    np.testing.assert_allclose(vectors, [[3 / 10**0.5, 1 / 10**0.5, 0], [0, 0, 1], [0, 1, 0]], rtol=1e-6)


def test_the_description_of_a_model_is_read_back(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps(META), encoding="utf-8")
    assert read_model_folder(tmp_path) == ModelFolder(tmp_path, **META)


@pytest.mark.parametrize("content", [None, "", "[1]", '{"name": "m"}', json.dumps({**META, "size": 5})])
def test_a_model_that_is_missing_or_misdescribed_is_refused_with_the_command_that_helps(tmp_path, content):
    if content is not None:
        (tmp_path / "model.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="spotter index build"):
        read_model_folder(tmp_path)


@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json"])
def test_a_damaged_model_is_refused_with_the_folder_to_delete(tmp_path, real_index_config, damaged):
    (exported,) = real_index_config.models.iterdir()
    for file in exported.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / damaged).unlink()
    (tmp_path / damaged).write_bytes(b"damaged")
    with pytest.raises(ModelError, match=r"is damaged.*Delete that folder"):
        OnnxEncoder(read_model_folder(tmp_path))


def test_the_exported_model_gives_unit_rows_of_384(real_encoder):
    vectors = real_encoder.encode(["sore back", "", "neck " * 400, "Rückenschmerzen 🙂"])
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(real_encoder):
    assert len(real_encoder.encode([])) == 0


def test_a_vector_does_not_depend_on_what_else_is_encoded(real_encoder):
    texts = ["sore back", "Why does my lower back hurt the day after heavy deadlifts, and what helps?", "neck " * 90]
    together = real_encoder.encode(texts)
    alone = np.vstack([real_encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_what_stands_after_the_longest_input_of_the_model_is_cut(real_encoder):
    long = "neck " * 300
    np.testing.assert_allclose(real_encoder.encode([long + "lift"]), real_encoder.encode([long]), atol=1e-6)


def test_word_pieces_are_counted_beyond_the_longest_input_and_without_special_ones(real_encoder):
    assert real_encoder.count_tokens("neck") == 1
    assert real_encoder.count_tokens("neck " * 400) == 400
    assert real_encoder.count_tokens("") == 0


def test_near_meanings_are_nearer_than_far_ones(real_encoder):
    lay, clinical, other = real_encoder.encode(["my lower back aches", "lumbar pain", "an invoice for printer paper"])
    assert lay @ clinical > 0.4 > lay @ other
