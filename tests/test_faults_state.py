"""The file of conversations locked, read-only, cut short, scribbled over, on a full disk, or its writer killed."""

import os
import re
import shutil
import sqlite3
from contextlib import closing

import pytest
from fixtures_faults import fill, small_disk, told, unwritable
from fixtures_state import after, loaded, process, signs, sql

from assistant.conversation import Conversation
from assistant.state.store import StateError

ID = "one"

# Holds the lock of a file until its input ends.
LOCKS = """
import sqlite3, sys
one = sqlite3.connect(sys.argv[1], isolation_level=None)
one.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""

# Keeps one turn after the other and says the number of each when it is kept.
KEEPS = """
import sys
from fixtures_state import after, sql
store = sql(sys.argv[1])
while True:
    kept = store.keep(after(store.load(sys.argv[2]), f"sign-{store.load(sys.argv[2]).turn}"))
    print(kept.turn, flush=True)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state.db"


@pytest.fixture
def first(file):
    """What was kept before the trouble began."""
    return kept_in(file, after(Conversation(id=ID), "numb", "emergency"))


def kept_in(file, conversation):
    store = sql(file)
    kept = store.keep(conversation)
    store.close()
    return kept


def refused(call, *words):
    """Whether a call fails with one sentence of ours that names the setting and holds the words."""
    with pytest.raises(StateError) as caught:
        call()
    sentence = str(caught.value)
    assert told(f"{sentence}\n"), sentence
    assert all(word in sentence for word in ("SPOTTER_STATE", *words)), sentence
    assert not re.search("SELECT|INSERT|UPDATE|conversations|sqlite3", sentence), sentence
    return True


def test_a_file_locked_by_another_program_is_one_sentence_and_reading_goes_on(file, first):
    store = sql(file, patience=0.3)
    locker = process(LOCKS, file, stdin=-1)
    with locker:
        assert locker.stdout.readline() == "locked\n"
        assert store.load(ID) == first
        assert refused(lambda: store.keep(after(first, "b")), "locked by another program")
        assert refused(lambda: store.forget(ID), "locked")
        assert refused(store.check, "locked")
        locker.stdin.close()
    assert store.keep(after(first, "b")).turn == 2
    store.close()


def test_a_file_that_may_only_be_read_is_one_sentence(file, first, tmp_path):
    store = sql(file)
    assert store.load(ID) == first
    store.close()
    with unwritable(tmp_path):
        other = sql(file)
        assert refused(lambda: other.keep(after(first, "b")))
        assert refused(other.check)
        other.close()
    assert loaded(file, ID) == first


@pytest.mark.parametrize("left", [0, 1, 50, 100, 512, 4096, 5000, 8192])
def test_a_file_that_was_cut_short_is_one_sentence_and_no_fresh_start(file, first, left):
    assert file.stat().st_size > left
    os.truncate(file, left)
    for call in (
        lambda: loaded(file, ID),
        lambda: kept_in(file, after(first, "b")),
        lambda: kept_in(file, Conversation(turn=1)),
    ):
        assert refused(call)
    assert file.stat().st_size == left


@pytest.mark.parametrize(
    ("start", "content"),
    [(0, b"\0" * 4096), (0, b"no database at all"), (16, b"\xff" * 80), (4096, b"\xff" * 4096), (8192, b"\x05" * 2048)],
    ids=["zeros", "words", "header", "a table", "an index"],
)
def test_a_file_that_was_scribbled_over_is_one_sentence_or_what_was_kept_and_no_fresh_start(
    file, first, start, content
):
    with file.open("r+b") as opened:
        opened.seek(start)
        opened.write(content)
    try:
        assert loaded(file, ID) == first
    except StateError:
        assert refused(lambda: loaded(file, ID))


def test_a_log_that_was_scribbled_over_never_shows_a_half_turn(file, first):
    """SQLite leaves out what it cannot check in its log: an earlier turn stands, or none is read at all."""
    writer = process(KEEPS, file, ID)
    with writer:
        while int(writer.stdout.readline()) < 5:
            pass
        writer.kill()
    log = file.with_name("state.db-wal")
    size = log.stat().st_size
    with log.open("r+b") as opened:
        opened.seek(size // 2)
        opened.write(os.urandom(size // 4))
    kept = loaded(file, ID)
    assert "numb" in signs(kept)
    assert len(kept.triage.findings) == kept.turn


def test_a_full_disk_is_one_sentence_and_what_was_kept_is_whole(tmp_path):
    with small_disk(tmp_path / "disk", 1) as disk:
        file = disk / "state.db"
        first = kept_in(file, after(Conversation(id=ID), "numb", "emergency"))
        store = sql(file)
        store.check()
        filler = fill(disk)
        assert refused(lambda: [store.keep(large(number)) for number in range(100)], "free some space")
        assert store.load(ID) == first
        assert refused(lambda: sql(disk / "another.db").load(ID))
        filler.unlink()
        assert store.keep(after(first, "b")).turn == 2
        store.close()
        assert signs(loaded(file, ID)) == {"numb", "b"}


def large(number):
    return after(Conversation(id=str(number)), "x" * 20_000)


def test_a_start_on_a_full_disk_is_one_sentence_and_what_was_kept_is_whole(tmp_path):
    with small_disk(tmp_path / "disk", 1) as disk:
        file = disk / "state.db"
        first = kept_in(file, after(Conversation(id=ID), "numb", "emergency"))
        filler = fill(disk)
        assert refused(lambda: kept_in(file, after(first, "b")))
        filler.unlink()
        assert loaded(file, ID) == first


def test_a_writer_that_is_killed_leaves_every_turn_that_it_kept(file, first):
    kept = first.turn
    for turn in range(5):
        writer = process(KEEPS, file, ID)
        with writer:
            lines = [int(writer.stdout.readline()) for _ in range(3 + turn * 7)]
            writer.kill()
            lines += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        now = loaded(file, ID)
        assert lines[-1] <= now.turn <= lines[-1] + 1
        assert lines == list(range(kept + 1, lines[-1] + 1))
        assert signs(now) == {"numb"} | {f"sign-{number}" for number in range(1, now.turn)}
        assert now.triage.tier == "emergency"
        kept = now.turn
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_first_use_that_is_killed_leaves_no_half_file(tmp_path):
    """Killed again and again while the file is made: it is whole, or not there."""
    for number in range(8):
        folder = tmp_path / str(number)
        folder.mkdir()
        file = folder / "state.db"
        writer = process(MAKES, file)
        with writer:
            assert writer.stdout.readline() == "now\n"
            seen(folder, number)
            writer.kill()
        kept = kept_in(file, after(Conversation(id=ID), "a"))
        assert loaded(file, ID) == kept
        shutil.rmtree(folder)


# Says when it begins, then makes the file.
MAKES = """
import sys
from fixtures_state import sql
store = sql(sys.argv[1])
print("now", flush=True)
store.check()
sys.stdin.read()
"""


def seen(folder, number):
    """Wait for a moment that is another one each time: from the first file that appears on."""
    if number:
        while not list(folder.iterdir()):
            pass
    for _ in range(number * 400):
        pass
