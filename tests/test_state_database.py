"""The database that SPOTTER_STATE names: what is understood, what is refused, and that no sentence tells a secret."""

import sqlite3
import time
from contextlib import closing

import pytest
from fixtures_assistant import free_port
from fixtures_faults import told
from fixtures_state import PASSWORD, a_server, after, at_once, sql  # noqa: F401 (a fixture)

from assistant.conversation import Conversation
from assistant.state.database import FORMAT, open_database
from assistant.state.store import StateError, open_store

SECRET = "hunter2quux"


def refused(call, *secrets):
    """The sentence with which a call fails."""
    with pytest.raises(StateError) as caught:
        call()
    sentence = str(caught.value)
    assert told(f"{sentence}\n"), sentence
    assert "SPOTTER_STATE" in sentence
    for one in (PASSWORD, SECRET, "SELECT", "INSERT", "UPDATE", "CREATE", "sqlalche.me", *secrets):
        assert one not in sentence
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return sentence


def test_a_url_of_sqlite_is_the_file_it_names(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/state.db", 24)
    store.check()
    store.close()
    assert (tmp_path / "state.db").exists()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///state.db?timeout=5", "sqlite+aiosqlite:///a"]
)
def test_a_url_of_sqlite_that_says_more_than_a_file_is_refused(url):
    assert "give the path of its file" in refused(lambda: open_database(url))


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://me:{SECRET}@here/state",
        f"nosuch://me:{SECRET}@here/state",
        f"postgresql://me:{SECRET}@here:port/state",
        f"://{SECRET}",
        f"redis://:{SECRET}@here",
    ],
)
def test_a_url_that_is_none_is_refused_without_its_password(url):
    assert "postgresql://user:password@host/name" in refused(lambda: open_database(url))


@pytest.mark.parametrize(
    ("url", "driver"),
    [("mysql://me:{}@here/state", "MySQLdb"), ("postgresql+psycopg2://me:{}@here/state", "psycopg2")],
)
def test_a_driver_that_is_not_installed_is_named_with_the_command_that_helps(url, driver):
    sentence = refused(lambda: open_database(url.format(SECRET)))
    assert driver in sentence
    assert "pip install -e '.[postgres]'" in sentence


def test_a_database_of_another_format_is_not_touched(tmp_path):
    file = tmp_path / "state.db"
    store = sql(file)
    store.keep(after(Conversation(id="one"), "a"))
    store.close()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute("UPDATE conversations_format SET format = ?", (FORMAT + 1,))
        plain.commit()
    other = sql(file)
    for call in (lambda: other.load("one"), lambda: other.keep(Conversation(turn=1)), other.check, other.sweep):
        assert f"format {FORMAT + 1}, not {FORMAT}" in refused(call)
    other.close()
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT count(*) FROM conversations").fetchone() == (1,)


def test_a_file_of_another_program_gets_no_tables_of_ours(tmp_path):
    file = tmp_path / "photos.db"
    with closing(sqlite3.connect(file)) as plain:
        plain.execute("CREATE TABLE photos (name TEXT)")
    store = sql(file)
    refused(lambda: store.load("one"))
    store.close()
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]


# A server


def test_many_that_begin_at_once_make_the_tables_of_a_server_once(server):
    url = server.url(server.new())
    stores = [sql(url) for _ in range(8)]
    at_once(*(one.check for one in stores))
    for one in stores:
        one.check()
        one.close()


def test_a_server_that_is_not_there_is_told_soon_and_without_its_password():
    url = f"postgresql://me:{SECRET}@127.0.0.1:{free_port()}/state"
    store = open_store(url, 24)
    started = time.monotonic()
    for call in (lambda: store.load("one"), lambda: store.keep(Conversation(turn=1)), store.check):
        assert "cannot be used (OperationalError)" in refused(call, "127.0.0.1")
    assert time.monotonic() - started < 20
    store.close()


def test_a_wrong_password_is_not_repeated(server):
    store = sql(server.url(server.new(), SECRET))
    refused(lambda: store.load("one"), "spotter")
    store.close()


def test_a_table_that_was_taken_away_is_one_sentence(server):
    database = server.new()
    store = sql(server.url(database))
    store.keep(after(Conversation(id="one"), "a"))
    with server.connect(database) as connection:
        connection.execute("DROP TABLE conversations")
    for call in (lambda: store.load("one"), lambda: store.keep(Conversation(turn=1)), store.check):
        assert "(UndefinedTable)" in refused(call)
    store.close()


def test_a_lock_on_a_server_is_not_waited_for_for_long(server):
    database = server.new()
    store = sql(server.url(database), patience=1)
    first = store.keep(after(Conversation(id="one"), "a"))
    with server.connect(database) as other, other.transaction():
        other.execute("SELECT * FROM conversations FOR UPDATE")
        assert store.load("one") == first
        started = time.monotonic()
        refused(lambda: store.keep(after(first, "b")))
        assert time.monotonic() - started < 10
    assert store.keep(after(first, "b")).turn == 2
    store.close()


def test_a_database_that_may_only_be_read_is_told_by_the_check(server):
    database = server.new()
    store = sql(server.url(database))
    store.check()
    with server.connect("postgres") as connection:
        connection.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    store.close()
    assert store.load("one") == Conversation(id="one")
    assert "(ReadOnlySqlTransaction)" in refused(store.check)
    store.close()


def test_a_server_that_was_started_anew_is_connected_to_anew(server):
    store = sql(server.url(server.new()))
    first = store.keep(after(Conversation(id="one"), "a"))
    server.stop()
    try:
        for call in (lambda: store.load("one"), lambda: store.keep(after(first, "b")), store.check):
            refused(call)
    finally:
        server.start()
    assert store.load("one") == first
    assert store.keep(after(first, "b")).turn == 2
    store.close()
