"""What every test may use: the real corpus and index, small corpora, and an encoder that counts words."""

import hashlib
import itertools
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence

import hypothesis
import numpy as np
import pytest
from filelock import FileLock

from corpus.library import load
from corpus.sources import CORPUS
from index.build import build
from index.config import IndexConfig
from index.lock import serving
from index.search import Index

# Libraries that would look for a model on the network are told not to before any of them is imported.
os.environ["HF_HUB_OFFLINE"] = "1"

# Whoever forgets to name a data folder in a test is told so, and does not build beside others who forgot.
os.environ["SPOTTER_DATA"] = f"{os.devnull}/data"

LOOPBACK = ("127.0.0.1", "::1", "localhost")

# The first example of a property often pays for an import or a regular expression; time is measured elsewhere.
hypothesis.settings.register_profile("spotter", deadline=None, max_examples=100)
hypothesis.settings.load_profile("spotter")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """No test reaches beyond this machine, whichever way pytest was started."""
    config.option.allow_hosts = ",".join(LOOPBACK)
    config.option.allow_unix_socket = True


class WordCountEncoder:
    """An encoder whose vectors can be worked out by hand: one axis a word, its entry the count of that word.

    Rows are brought to length 1. A text with none of the words lies on an axis of its own, the last one.
    `texts` keeps every text that was encoded, in order.
    """

    def __init__(self, *words: str) -> None:
        self.words = words or ("neck", "back", "hold", "rest", "lift")
        self.digest = hashlib.sha256(" ".join(self.words).encode()).hexdigest()
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]):
        self.texts += texts
        rows = np.zeros((len(texts), len(self.words) + 1), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            found = re.findall(r"\w+", text.lower())
            row[:-1] = [found.count(word) for word in self.words]
            row[-1] = 0.0 if row.any() else 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def write_corpus(
    folder,
    articles: Mapping[str, str | bytes],
    overlays: Mapping[str, str] | None = None,
    asked_as: Mapping[str, Sequence[tuple[str, Sequence[str]]]] | None = None,
    conflicts: str = "",
    sources: Mapping[str, Mapping[str, object]] | None = None,
):
    """Write a valid corpus into a folder that does not exist yet, and return the folder.

    `articles`: id -> text. `overlays`: id -> TOML. `asked_as`: id -> rows of a quote and its questions.
    `conflicts`: TOML. `sources`: id -> fields that differ from the usual ones; None leaves a field out.
    """
    for name in ("articles", "curation", "asked_as"):
        (folder / name).mkdir(parents=True)
    shutil.copy(CORPUS / "vocabulary.toml", folder)
    tables = []
    for id_, text in articles.items():
        content = text if isinstance(text, bytes) else text.encode()
        (folder / "articles" / f"{id_}.txt").write_bytes(content)
        fields = {**_usual_source(id_, content), **(sources or {}).get(id_, {})}
        rows = [f"{key} = {_toml(value)}" for key, value in fields.items() if value is not None]
        tables.append("\n".join(["[[source]]", *rows, ""]))
    (folder / "sources.toml").write_text("\n".join(tables), encoding="utf-8")
    for id_, text in (overlays or {}).items():
        (folder / "curation" / f"{id_}.toml").write_text(text, encoding="utf-8")
    for id_, pairs in (asked_as or {}).items():
        lines = [json.dumps({"quote": quote, "questions": list(questions)}) for quote, questions in pairs]
        (folder / "asked_as" / f"{id_}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    if conflicts:
        (folder / "conflicts.toml").write_text(conflicts, encoding="utf-8")
    return folder


def _usual_source(id_: str, content: bytes) -> dict[str, object]:
    return {
        "id": id_,
        "file": f"{id_}.txt",
        "sha256": hashlib.sha256(content).hexdigest(),
        "title": id_.replace("-", " ").capitalize(),
        "author": "unknown",
        "about_author": "unknown",
        "publisher": "unknown",
        "date": "unknown",
        "licence": "unknown",
        "interest": "None known.",
        "quality_note": "Written for a test.",
        "state": "reviewed",
        "reviewed": "2026-01-01",
        "next_review": "2027-01-01",
        "clinical_review": "none",
    }


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture
def small_corpus_folder(tmp_path):
    """A function that writes a small valid corpus and returns its folder; see write_corpus."""
    numbers = itertools.count(1)

    def written(articles, **rest):
        return write_corpus(tmp_path / f"corpus-{next(numbers)}", articles, **rest)

    return written


@pytest.fixture(scope="session")
def real_corpus():
    """The corpus of this repository."""
    return load()


@pytest.fixture(scope="session")
def real_index_config(tmp_path_factory, real_corpus):
    """A data folder with the real model exported and the real corpus built; about 30 s, once for all processes."""
    from index.export import ensure_model, open_encoder

    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    config = IndexConfig(shared / "data")
    with FileLock(shared / "data.lock"):
        if not config.data.exists():
            ensure_model(config)
            build(real_corpus, config, lambda: open_encoder(config))
    return config


@pytest.fixture
def real_data(real_index_config, monkeypatch):
    """The data folder of the environment is the one with the real index."""
    monkeypatch.setenv("SPOTTER_DATA", str(real_index_config.data))
    return real_index_config.data


@pytest.fixture(scope="session")
def real_encoder(real_index_config):
    """The exported model on ONNX Runtime."""
    from index.export import open_encoder

    return open_encoder(real_index_config)


@pytest.fixture(scope="session")
def real_index(real_index_config, real_corpus, real_encoder):
    """The real corpus, searched with the real model."""
    return Index(*serving(real_index_config, real_corpus.folder), real_encoder)
