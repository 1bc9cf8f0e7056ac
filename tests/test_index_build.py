"""Building: whole or not at all, one builder at a time, and nothing embedded twice."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import WordCountEncoder, write_corpus
from filelock import FileLock

from corpus.errors import KnownError
from corpus.library import load
from index.build import BuildFailed, IndexBusy, build
from index.config import IndexConfig
from index.lock import IndexMismatch, current, fingerprint, serving
from index.search import Index

ARTICLES = {"neck": "Rest\n\nHold your neck. Lift your back.\n", "back": "Lift\n\nRest your back. Hold the rest.\n"}
ASKED = {"neck": [("Hold your neck", ["neck hold?"])], "back": [("Rest your back", ["back rest?", "lift rest?"])]}

# A builder in a process of its own. It says when it has reached the point it is told to, and then works no more:
# "embedding" is the first text; "writing" goes on, slowly enough to be caught while it writes.
BUILDER = """
import sys, time
from pathlib import Path
from conftest import WordCountEncoder
from corpus.library import load
from index.build import build
from index.config import IndexConfig

class Waits(WordCountEncoder):
    def encode(self, texts):
        print("embedding", flush=True)
        if sys.argv[3] == "embedding":
            time.sleep(600)
        return super().encode(texts)

print(build(load(Path(sys.argv[1])), IndexConfig(Path(sys.argv[2])), Waits).embedded, flush=True)
"""


@pytest.fixture
def config(tmp_path):
    return IndexConfig(tmp_path / "data")


@pytest.fixture
def folder(small_corpus_folder):
    return small_corpus_folder(ARTICLES, asked_as=ASKED)


def builds(config):
    return sorted(path for path in config.builds.iterdir() if path.is_dir())


def builder(folder, config, until):
    return subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(folder), str(config.data), until],
        env={"PYTHONPATH": str(Path(__file__).parent)},
        stdout=subprocess.PIPE,
        text=True,
    )


def waited_for(condition):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.001)
    raise AssertionError("what was waited for did not come")


def first_hit(config, folder, query="neck hold"):
    return Index(*serving(config, folder), WordCountEncoder()).search(query).hits[0].passage_id


def rewrite(folder, articles):
    """Another corpus in the same folder, as after an edit."""
    shutil.rmtree(folder)
    return load(write_corpus(folder, articles, asked_as=ASKED))


def test_a_build_serves_and_says_what_it_holds(folder, config):
    corpus, encoder = load(folder), WordCountEncoder()
    built = build(corpus, config, lambda: encoder)
    assert (built.reused, built.embedded, len(encoder.texts)) == (False, 7, 7)
    assert (built.lock.passages, built.lock.questions) == (4, 3)
    assert built.lock.model_digest == encoder.digest
    assert built.lock.articles == {article.source.id: article.source.sha256 for article in corpus.articles}
    assert serving(config, folder)[1] == built.lock
    assert first_hit(config, folder) == "neck#rest.1"


def test_an_unchanged_corpus_is_not_built_again_and_no_model_is_opened(folder, config):
    build(load(folder), config, WordCountEncoder)

    def never():
        raise AssertionError("the model was opened")

    built = build(load(folder), config, never)
    assert (built.reused, built.embedded) == (True, 0)


def test_a_fresh_build_of_an_unchanged_corpus_embeds_nothing(folder, config):
    build(load(folder), config, WordCountEncoder)
    encoder = WordCountEncoder()
    built = build(load(folder), config, lambda: encoder, fresh=True)
    assert (built.reused, built.embedded, encoder.texts) == (False, 0, [])


def test_a_changed_article_embeds_only_its_own_texts(folder, config):
    build(load(folder), config, WordCountEncoder)
    corpus = rewrite(folder, {**ARTICLES, "back": "Lift\n\nRest your back. Hold your legs.\n"})
    encoder = WordCountEncoder()
    assert build(corpus, config, lambda: encoder).embedded == 1
    assert encoder.texts == ["Back > Lift\nHold your legs."]


def test_progress_ends_when_every_text_is_done(folder, config):
    steps = []
    build(load(folder), config, WordCountEncoder, lambda done, total: steps.append((done, total)))
    assert steps[-1] == (7, 7)
    assert steps == sorted(steps)


def test_the_build_before_is_kept_for_those_who_still_read_it_and_older_ones_are_swept(folder, config):
    first = build(load(folder), config, WordCountEncoder).lock
    reader = Index(*serving(config, folder), WordCountEncoder())
    oldest = builds(config)[0]
    build(load(folder), config, WordCountEncoder, fresh=True)
    assert reader.search("neck hold").hits[0].passage_id == "neck#rest.1"
    assert oldest in builds(config)
    build(load(folder), config, WordCountEncoder, fresh=True)
    assert oldest not in builds(config)
    assert len(builds(config)) == 2
    assert serving(config, folder)[1] == first


def test_a_corpus_without_questions_is_searched_by_its_text(small_corpus_folder, config):
    folder = small_corpus_folder(ARTICLES)
    assert build(load(folder), config, WordCountEncoder).lock.questions == 0
    assert first_hit(config, folder) == "neck#rest.1"


def test_a_corpus_that_nothing_can_be_cited_from_is_refused_and_the_old_index_stays(
    folder, config, small_corpus_folder
):
    build(load(folder), config, WordCountEncoder)
    before = current(config)
    empty = small_corpus_folder({"neck": ARTICLES["neck"]}, sources={"neck": {"state": "draft"}})
    with pytest.raises(BuildFailed, match="nothing to index"):
        build(load(empty), config, WordCountEncoder)
    assert current(config) == before


def test_a_folder_that_cannot_be_written_is_named_with_what_helps(folder, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(BuildFailed, match=r"cannot be written to .*file.*SPOTTER_DATA"):
        build(load(folder), IndexConfig(tmp_path / "file"), WordCountEncoder)


def test_a_damaged_lock_asks_for_a_fresh_build_and_a_fresh_build_mends_it(folder, config):
    build(load(folder), config, WordCountEncoder)
    (current(config) / "lock.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexMismatch, match="--fresh"):
        build(load(folder), config, WordCountEncoder)
    build(load(folder), config, WordCountEncoder, fresh=True)
    assert first_hit(config, folder) == "neck#rest.1"


class Broken(KnownError):
    pass


class BreaksOnce(WordCountEncoder):
    """A word counter whose digest, the last thing a build asks for, fails once when the texts are encoded."""

    broke = False

    @property
    def digest(self):
        if self.texts and not self.broke:
            self.broke = True
            raise Broken
        return self._digest

    @digest.setter
    def digest(self, value):
        self._digest = value


def test_a_build_that_failed_after_it_wrote_can_be_tried_again_in_the_same_process(folder, config):
    encoder = BreaksOnce()
    with pytest.raises(Broken):
        build(load(folder), config, lambda: encoder)
    assert current(config) is None
    build(load(folder), config, lambda: encoder)
    assert first_hit(config, folder) == "neck#rest.1"
    assert len(builds(config)) == 1


def test_a_second_builder_is_told_to_wait_and_the_first_is_not_disturbed(folder, config):
    config.builds.mkdir(parents=True)
    with FileLock(config.builds / "building.lock"), pytest.raises(IndexBusy, match="Wait for it"):
        build(load(folder), config, WordCountEncoder)
    assert not build(load(folder), config, WordCountEncoder).reused


def test_two_threads_cannot_build_at_once(folder, config):
    corpus, inside, go_on = load(folder), threading.Event(), threading.Event()

    def slow():
        inside.set()
        assert go_on.wait(60)
        return WordCountEncoder()

    thread = threading.Thread(target=build, args=(corpus, config, slow))
    thread.start()
    assert inside.wait(60)
    with pytest.raises(IndexBusy):
        build(corpus, config, WordCountEncoder)
    go_on.set()
    thread.join(60)
    assert first_hit(config, folder) == "neck#rest.1"


def test_two_processes_cannot_build_at_once(folder, config):
    with builder(folder, config, "embedding") as process:
        assert process.stdout.readline() == "embedding\n"
        with pytest.raises(IndexBusy):
            build(load(folder), config, WordCountEncoder)
        process.kill()
    assert build(load(folder), config, WordCountEncoder).embedded == 7


@pytest.mark.parametrize("moment", ["embedding", "writing"])
def test_a_build_that_is_killed_leaves_the_old_index_serving_and_the_next_build_clears_up(folder, config, moment):
    old = load(folder)
    build(old, config, WordCountEncoder)
    before, lock = serving(config, folder)
    corpus = rewrite(
        folder,
        {**ARTICLES, "neck": "Rest\n\nHold your neck twice. Lift nothing.\n"}
        | {f"more-{number}": f"Hold\n\nRest number {number}.\n" for number in range(5)},
    )
    with builder(folder, config, moment) as process:
        assert process.stdout.readline() == "embedding\n"
        if moment == "writing":
            waited_for(lambda: list(config.builds.glob(f"{fingerprint(folder, config.model)[:16]}-*/chroma/*")))
        process.kill()
    assert process.returncode == -signal.SIGKILL
    (unfinished,) = set(builds(config)) - {before}
    assert not (unfinished / "lock.json").exists()

    assert current(config) == before
    assert Index(before, lock, WordCountEncoder()).search("neck hold").hits[0].passage_id == "neck#rest.1"
    with pytest.raises(IndexMismatch, match="spotter index build"):
        serving(config, folder)

    build(corpus, config, WordCountEncoder)
    assert first_hit(config, folder) == "neck#rest.1"
    assert set(builds(config)) == {before, current(config)}


def test_a_build_in_another_process_serves_here(folder, config):
    with builder(folder, config, "the end") as process:
        assert process.stdout.read().splitlines()[-1] == "7"
    assert first_hit(config, folder) == "neck#rest.1"


def test_a_withheld_span_is_in_nothing_that_is_built(small_corpus_folder, config):
    text = "Rest\n\nHold your neck. Buy our pillow today. Lift your back.\n"
    overlay = '[[withhold]]\nquote = "Buy our pillow today."\nreason = "promotion"\nwhy = "So."\n'
    encoder = WordCountEncoder()
    build(load(small_corpus_folder({"neck": text}, overlays={"neck": overlay})), config, lambda: encoder)
    assert not any("pillow" in one for one in encoder.texts)
    for path in config.data.rglob("*"):
        assert path.is_dir() or b"pillow" not in path.read_bytes()
