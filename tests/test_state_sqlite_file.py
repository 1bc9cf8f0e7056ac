"""The file of conversations: who may read it, how it comes to be, and what is noticed when it is exchanged."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from fixtures_faults import unwritable
from fixtures_state import after, at_once, sql

from assistant.conversation import Conversation
from assistant.state.sqlite_file import make_file
from assistant.state.store import StateError


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state.db"


@pytest.fixture
def store(file):
    one = sql(file)
    yield one
    one.close()


def test_the_file_and_what_lies_beside_it_are_for_its_owner_alone(store, file, tmp_path):
    before = os.umask(0)
    try:
        store.keep(after(Conversation(), "a"))
    finally:
        os.umask(before)
    assert {"state.db", "state.db-wal"} <= {one.name for one in tmp_path.iterdir()}
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}


def test_a_turn_waits_for_no_reader_and_is_on_the_disk_when_it_is_kept(store, file):
    store.keep(after(Conversation(), "a"))
    with closing(sqlite3.connect(file)) as one:
        assert one.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with store._database.connected() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


@pytest.mark.parametrize("name", ["a b?c#d%41.db", "é🦴.db", "mode=memory", "file:x"])
def test_any_name_of_a_file_is_just_its_name(tmp_path, name):
    store = sql(tmp_path / name)
    kept = store.keep(after(Conversation(), "a"))
    store.close()
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert sql_load(tmp_path / name, kept.id) == kept


def test_a_path_is_that_of_the_folder_in_which_spotter_was_started(tmp_path, monkeypatch):
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path)
    store = sql("state.db")
    monkeypatch.chdir(tmp_path / "else")
    store.check()
    store.close()
    assert (tmp_path / "state.db").exists()


def test_many_that_begin_at_once_make_one_file_and_leave_nothing_beside_it(file, tmp_path):
    stores = [sql(file) for _ in range(8)]
    at_once(*(one.check for one in stores))
    for one in stores:
        one.close()
    assert [one.name for one in tmp_path.iterdir()] == ["state.db"]


def test_a_file_that_cannot_be_finished_leaves_nothing(file, tmp_path):
    def fill(connection):
        connection.exec_driver_sql("CREATE TABLE half (it INTEGER)")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_file(file, fill)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_replaced(file, tmp_path):
    file.write_text("mine", encoding="utf-8")
    make_file(file, lambda connection: None)
    assert file.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_vanishes_is_an_error_and_no_fresh_start(store, file):
    store.keep(after(Conversation(id="one"), "numb", "emergency"))
    for name in ("state.db", "state.db-wal", "state.db-shm"):
        file.with_name(name).unlink(missing_ok=True)
    for call in (lambda: store.load("one"), lambda: store.keep(Conversation(turn=1)), store.check):
        with pytest.raises(StateError, match=r"SPOTTER_STATE cannot be opened; see that it is there"):
            call()
    assert not file.exists()


def test_a_file_put_in_its_place_is_used(store, file, tmp_path):
    first = store.keep(after(Conversation(id="one"), "a"))
    store.close()
    shutil.copy(file, tmp_path / "copy")
    store.keep(after(first, "b"))
    (tmp_path / "copy").replace(file)
    for name in ("state.db-wal", "state.db-shm"):
        file.with_name(name).unlink(missing_ok=True)
    assert store.load("one") == first


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(StateError, match=r"^The file of SPOTTER_STATE cannot be made \(No such file or directory\);"):
        sql(tmp_path / "nowhere" / "state.db").load("one")


def test_a_folder_that_may_not_be_written_is_one_sentence(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with unwritable(folder), pytest.raises(StateError, match=r"^The file of SPOTTER_STATE cannot be made \("):
        sql(folder / "state.db").load("one")


def test_a_folder_in_place_of_the_file_is_one_sentence(tmp_path):
    with pytest.raises(StateError, match="SPOTTER_STATE cannot be opened"):
        sql(tmp_path).load("one")


def sql_load(path: Path, conversation_id: str) -> Conversation:
    store = sql(path)
    try:
        return store.load(conversation_id)
    finally:
        store.close()
