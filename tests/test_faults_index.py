"""An index being built, cut short, of another time or in a folder that takes no more; the gate answers still."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import WordCountEncoder
from fixtures_assistant import QUESTION, RED_FLAG, spotter
from fixtures_faults import data_of, fill, small_disk, told, unwritable

from corpus.library import load
from index.build import build
from index.config import IndexConfig
from index.lock import IndexDamaged, current, read_lock, serving
from index.search import Index

ARTICLES = {"neck": "Rest\n\nHold your neck. Lift your back.\n", "back": "Lift\n\nRest your back. Hold the rest.\n"}
ASKED = {"neck": [("Hold your neck", ["neck hold?"])], "back": [("Rest your back", ["back rest?", "lift rest?"])]}

# Builds the same corpus anew, again and again, until its input ends.
BUILDS = """
import sys, threading
from pathlib import Path
from conftest import WordCountEncoder
from corpus.library import load
from index.build import build
from index.config import IndexConfig

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set())).start()
while not ended.is_set():
    build(load(Path(sys.argv[1])), IndexConfig(Path(sys.argv[2])), WordCountEncoder, fresh=True)
    print("built", flush=True)
"""


@pytest.fixture
def folder(small_corpus_folder):
    return small_corpus_folder(ARTICLES, asked_as=ASKED)


@pytest.fixture
def config(tmp_path):
    return IndexConfig(tmp_path / "data")


@pytest.fixture
def ask(real_index_config, tmp_path):
    """Ask as a process of its own: a question, then an emergency, which gets its card whatever became of the index."""

    def asking(data, **more):
        card = spotter("ask", RED_FLAG, data=data, home=tmp_path / "home", **more)
        assert (card.returncode, card.stderr) == (0, "")
        assert "emergency" in card.stdout
        return spotter("ask", QUESTION, data=data, home=tmp_path / "home", **more)

    return asking


def refused(run, *words):
    """Whether the command ended with one sentence that holds the words, and gave no answer."""
    return (run.returncode, run.stdout) == (1, "") and told(run.stderr) and all(word in run.stderr for word in words)


def test_searches_go_on_while_other_processes_build(folder, config):
    build(load(folder), config, WordCountEncoder)
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDS, str(folder), str(config.data)],
        env={"PYTHONPATH": str(Path(__file__).parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with builder:
        reader = Index(*serving(config, folder), WordCountEncoder())
        for _ in range(2):  # the build that was opened is kept for as long as the next one serves
            assert builder.stdout.readline() == "built\n"
            opened = Index(*serving(config, folder), WordCountEncoder())
            assert opened.search("neck hold").hits[0].passage_id == "neck#rest.1"
            assert opened.search("back rest").hits[0].passage_id == "back#lift.1"
        builder.stdin.close()
        builder.stdout.read()
    assert reader.lock == read_lock(current(config))
    assert builder.returncode == 0


@pytest.mark.parametrize("free", [0, 100_000], ids=["at once", "while it writes"])
def test_a_build_on_a_full_disk_says_so_and_the_old_index_serves(folder, tmp_path, free):
    with small_disk(tmp_path / "disk", 4) as disk:
        config = IndexConfig(disk)
        build(load(folder), config, WordCountEncoder)
        before = current(config)
        filler = fill(disk, but=free)
        run = subprocess.run(
            [sys.executable, "-c", ONCE, str(folder), str(disk)],
            env={"PYTHONPATH": str(Path(__file__).parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told(run.stdout), run.stdout + run.stderr
        assert "Free some space" in run.stdout
        assert current(config) == before
        assert [path for path in config.builds.iterdir() if path.is_dir()] == [before]
        assert Index(*serving(config, folder), WordCountEncoder()).search("neck hold").hits
        filler.unlink()
        build(load(folder), config, WordCountEncoder, fresh=True)
        assert current(config) != before


ONCE = """
import sys
from pathlib import Path
from conftest import WordCountEncoder
from corpus.errors import KnownError
from corpus.library import load
from index.build import build
from index.config import IndexConfig

try:
    build(load(Path(sys.argv[1])), IndexConfig(Path(sys.argv[2])), WordCountEncoder, fresh=True)
except KnownError as error:
    print(error)
"""


def test_a_file_of_the_index_that_is_shorter_than_it_was_built_is_noticed_whichever_it_is(folder, config):
    build(load(folder), config, WordCountEncoder)
    place, lock = serving(config, folder)
    assert {Path(name).suffix for name in lock.files} >= {".bin", ".sqlite3", ".npy", ".json"}
    for name in [one for one, size in lock.files.items() if size]:
        whole = (place / name).read_bytes()
        (place / name).write_bytes(whole[:-1])
        with pytest.raises(IndexDamaged, match=r"cut short.*spotter index build --fresh"):
            serving(config, folder)
        (place / name).unlink()
        with pytest.raises(IndexDamaged, match="--fresh"):
            serving(config, folder)
        (place / name).write_bytes(whole)
    assert serving(config, folder) == (place, lock)


def test_a_build_that_says_nothing_of_its_files_serves_as_before(folder, config):
    build(load(folder), config, WordCountEncoder)
    file = current(config) / "lock.json"
    rows = json.loads(file.read_text(encoding="utf-8"))
    del rows["files"]
    file.write_text(json.dumps(rows), encoding="utf-8")
    assert serving(config, folder)[1].files == {}


@pytest.mark.long
def test_an_index_that_was_cut_short_is_one_sentence_and_what_it_advises_helps(
    real_index_config, small_corpus_folder, tmp_path, ask
):
    corpus = str(small_corpus_folder(ARTICLES, asked_as=ASKED))
    data = data_of(real_index_config, tmp_path / "data", index=False)
    command = {"data": data, "home": tmp_path / "home", "SPOTTER_CORPUS": corpus}
    assert spotter("index", "build", **command).returncode == 0
    for file in data.glob("index/*/chroma/*/data_level0.bin"):
        file.write_bytes(b"")
    assert refused(ask(data, SPOTTER_CORPUS=corpus), "cut short", "spotter index build --fresh")
    assert spotter("index", "build", "--fresh", **command).returncode == 0
    assert ask(data, SPOTTER_CORPUS=corpus).returncode == 0


@pytest.mark.parametrize("name", ["questions/data.csc.index.npy", "questions/vectors.npy"])
def test_also_a_build_that_says_nothing_of_its_files_is_one_sentence_when_it_is_cut(real_index_config, tmp_path, name):
    data = data_of(real_index_config, tmp_path / "data")
    (lock,) = data.glob("index/*/lock.json")
    lock.write_text(json.dumps(json.loads(lock.read_text(encoding="utf-8")) | {"files": {}}), encoding="utf-8")
    for file in data.glob(f"index/*/{name}"):
        file.write_bytes(b"")
    assert refused(spotter("ask", QUESTION, data=data, home=tmp_path / "home"), "spotter index build --fresh")


def test_an_index_of_a_newer_format_is_one_sentence(real_index_config, tmp_path, ask):
    data = data_of(real_index_config, tmp_path / "data")
    (lock,) = data.glob("index/*/lock.json")
    lock.write_text(json.dumps(json.loads(lock.read_text(encoding="utf-8")) | {"more": 1}), encoding="utf-8")
    assert refused(ask(data), "spotter index build --fresh")


def test_an_index_of_another_corpus_is_never_searched(real_index_config, small_corpus_folder, tmp_path):
    data = data_of(real_index_config, tmp_path / "data")
    corpus = str(small_corpus_folder(ARTICLES, asked_as=ASKED))
    command = {"data": data, "home": tmp_path / "home", "SPOTTER_CORPUS": corpus}
    found = spotter("index", "search", "deadlift", **command)
    assert found.returncode == 0
    found_in = {line.split()[1].partition("#")[0] for line in found.stdout.splitlines() if "#" in line}
    assert found_in == {"neck", "back"}


@pytest.mark.long
def test_a_data_folder_that_may_only_be_read_is_enough_to_answer_and_one_sentence_to_build(
    real_index_config, tmp_path, ask
):
    data = data_of(real_index_config, tmp_path / "data")
    with unwritable(data):
        assert ask(data).returncode == 0
        build_run = spotter("index", "build", data=data, home=tmp_path / "home")
        assert refused(build_run, "SPOTTER_DATA")
    (tmp_path / "empty").mkdir()
    with unwritable(tmp_path / "empty") as empty:
        assert refused(ask(empty), "SPOTTER_DATA")


@pytest.mark.long
@pytest.mark.parametrize("name", ["model.onnx", "model.json"])
def test_a_model_that_was_cut_short_is_exported_again(real_index_config, tmp_path, ask, name):
    data = data_of(real_index_config, tmp_path / "data")
    (data / "models").unlink()
    shutil.copytree(real_index_config.models, data / "models")
    (file,) = data.glob(f"models/*/{name}")
    whole = file.stat().st_size
    file.write_bytes(file.read_bytes()[: whole // 2])
    answered = ask(data)
    assert (answered.returncode, "[1]" in answered.stdout) == (0, True)
    assert "Traceback" not in answered.stderr
