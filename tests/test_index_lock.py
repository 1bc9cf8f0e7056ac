"""The fingerprint of an index, and which build serves."""

import json
import shutil

import pytest

from corpus.sources import CORPUS
from index.config import IndexConfig
from index.lock import (
    IndexMismatch,
    IndexMissing,
    Lock,
    current,
    fingerprint,
    make_current,
    read_lock,
    serving,
    write_lock,
)

LOCK = Lock("f", "model", "digest", 3, 4, {"neck": "abc"})
DATA = sorted(
    path.relative_to(CORPUS).as_posix()
    for pattern in ("*.toml", "articles/*.txt", "curation/*.toml", "asked_as/*.jsonl")
    for path in CORPUS.glob(pattern)
)


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(CORPUS, tmp_path / "corpus", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


@pytest.fixture
def config(tmp_path):
    config = IndexConfig(tmp_path / "data")
    config.builds.mkdir(parents=True)
    return config


def finished(config, name, lock=LOCK):
    (config.builds / name).mkdir()
    write_lock(config.builds / name, lock)
    return config.builds / name


def test_the_same_corpus_has_the_same_fingerprint_wherever_it_lies(copy):
    assert fingerprint(copy, "m") == fingerprint(CORPUS, "m") == fingerprint(copy, "m")


def test_every_kind_of_data_file_is_among_those_that_are_tried():
    assert {name.rpartition("/")[0] for name in DATA} == {"", "articles", "curation", "asked_as"}


@pytest.mark.parametrize("name", DATA)
def test_a_change_of_one_byte_in_any_data_file_changes_the_fingerprint(copy, name):
    before = fingerprint(copy, "m")
    (copy / name).write_bytes((copy / name).read_bytes() + b"\n")
    assert fingerprint(copy, "m") != before


def test_a_data_file_that_comes_goes_or_changes_its_name_changes_the_fingerprint(copy):
    prints = [fingerprint(copy, "m")]
    (copy / "asked_as" / "new.jsonl").write_text("", encoding="utf-8")
    prints.append(fingerprint(copy, "m"))
    (copy / "asked_as" / "new.jsonl").rename(copy / "asked_as" / "newer.jsonl")
    prints.append(fingerprint(copy, "m"))
    (copy / "conflicts.toml").unlink()
    prints.append(fingerprint(copy, "m"))
    assert len(set(prints)) == 4


def test_another_model_has_another_fingerprint(copy):
    assert fingerprint(copy, "one") != fingerprint(copy, "other")


def test_what_is_no_data_does_not_change_the_fingerprint(copy):
    before = fingerprint(copy, "m")
    (copy / "README.md").write_text("Notes.", encoding="utf-8")
    (copy / "curation" / "neck.toml.bak").write_text("Old.", encoding="utf-8")
    (copy / "articles" / "drafts").mkdir()
    for path in copy.rglob("*.toml"):
        path.touch()
    assert fingerprint(copy, "m") == before


def test_nothing_serves_before_the_first_build(config):
    assert current(config) is None
    with pytest.raises(IndexMissing, match="spotter index build"):
        serving(config, CORPUS)


def test_the_build_that_was_made_current_serves(config):
    make_current(config, finished(config, "one"))
    make_current(config, finished(config, "two"))
    assert current(config) == config.builds / "two"


def test_a_build_without_its_lock_does_not_serve(config):
    folder = finished(config, "one")
    make_current(config, folder)
    (folder / "lock.json").unlink()
    assert current(config) is None


@pytest.mark.parametrize("name", ["", "\n", "gone"])
def test_a_current_file_that_names_no_build_serves_nothing(config, name):
    (config.builds / "current").write_text(name, encoding="utf-8")
    assert current(config) is None


def test_a_lock_is_read_back(config):
    assert read_lock(finished(config, "one")) == LOCK


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"fingerprint": 1}', json.dumps({**LOCK.__dict__, "more": 1})])
def test_a_damaged_lock_is_refused_with_the_command_that_helps(config, content):
    folder = finished(config, "one")
    (folder / "lock.json").write_text(content, encoding="utf-8")
    with pytest.raises(IndexMismatch, match="spotter index build --fresh"):
        read_lock(folder)


def test_an_index_of_another_corpus_is_refused_with_the_command_that_helps(config, copy):
    lock = Lock(fingerprint(copy, config.model), config.model, "d", 1, 1, {})
    make_current(config, finished(config, "one", lock))
    assert serving(config, copy) == (config.builds / "one", lock)
    (copy / "conflicts.toml").unlink()
    with pytest.raises(IndexMismatch, match=r"another corpus.*Run 'spotter index build'"):
        serving(config, copy)


def test_an_index_of_another_model_is_refused(config, copy):
    make_current(config, finished(config, "one", Lock(fingerprint(copy, config.model), config.model, "d", 1, 1, {})))
    with pytest.raises(IndexMismatch):
        serving(IndexConfig(config.data, "another model"), copy)
