"""What stands in the database: nobody's words, no id, and never a fresh start in place of what cannot be read."""

import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace

import pytest
from fixtures_assistant import RED_FLAG, ToldSearch, without_index
from fixtures_state import a_clock, after, signs, sql  # noqa: F401 (a fixture)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answer import answer
from assistant.conversation import Conversation
from assistant.settings import read_settings
from assistant.start import start
from assistant.state.store import StateError
from index.found import Found

CANARY = "zanzibarquux"
ID = f"T02{CANARY}:C024BE91L"
FIELDS = st.sampled_from(["turn", "triage", "topics", "passages", "offered", "id"])
MESSAGES = (
    f"why does my lower back hurt after the {CANARY}?",
    f"{RED_FLAG} {CANARY}",
    f"what if my {CANARY} groin went numb?",
    CANARY,
    f"yes {CANARY}",
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state.db"


@pytest.fixture
def store(file, clock):
    one = sql(file, clock)
    yield one
    one.close()


def change(file, statement, *values):
    with closing(sqlite3.connect(file)) as plain:
        plain.execute(statement, values)
        plain.commit()


def rows(file):
    with closing(sqlite3.connect(file)) as plain:
        return plain.execute("SELECT * FROM conversations").fetchall()


def test_neither_what_was_typed_nor_the_id_is_at_rest(store, tmp_path):
    assistant = without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))
    for message in MESSAGES:
        kept = store.keep(answer(message, store.load(ID), assistant).conversation)
        files = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
        assert {"state.db", "state.db-wal"} <= files.keys()
        for content in files.values():
            assert CANARY.encode() not in content.lower()
            assert b"C024BE91L" not in content
    assert kept.triage.tier == "emergency"
    assert b"numb" in files["state.db-wal"]  # a finding, so that what is looked through is what was kept


def test_what_is_deleted_or_replaced_does_not_linger_under_its_key(store, file):
    store.keep(after(Conversation(id=ID), "a"))
    store.keep(after(store.load(ID), "b"))
    assert len(rows(file)) == 1
    store.forget(ID)
    assert rows(file) == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nonsense",
        "{}",
        "[]",
        "null",
        '{"turn": 1}',
        "[" * 100_000,
        b"\xff\xfe",
        Conversation(turn=2).as_json(),
        json.dumps(json.loads(Conversation(turn=1).as_json()) | {"words": "my back"}),
        json.dumps(json.loads(Conversation(turn=1).as_json()) | {"triage": "{}"}),
        Conversation(turn=1).as_json().replace("none", "fine"),
        Conversation(turn=1).as_json().replace('\\"flags\\": []', '\\"flags\\": [[\\"a\\", \\"fine\\"]]'),
        Conversation(turn=1).as_json().replace('\\"flags\\": []', '\\"flags\\": [[\\"a\\"]]'),
        Conversation(turn=1).as_json().replace('\\"pending\\": \\"\\"', '\\"pending\\": \\"numb@soon\\"'),
    ],
)
def test_a_row_that_cannot_be_read_is_an_error_and_no_fresh_start_and_can_be_forgotten(store, file, clock, body):
    first = store.keep(after(Conversation(id=ID), "numb", "emergency"))
    change(file, "UPDATE conversations SET body = CAST(? AS TEXT)", body)
    for call in (lambda: store.load(ID), lambda: store.keep(after(first, "b"))):
        with pytest.raises(StateError, match=r"^(What SPOTTER_STATE keeps|The file of SPOTTER_STATE)[^\n]*\.$"):
            call()
    assert store.forget(ID)
    assert store.load(ID) == Conversation(id=ID)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner),
    max_leaves=8,
).map(json.dumps)


@given(st.text(st.characters(exclude_categories=("Cs",))) | anything)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_stands_in_a_row_is_an_error_of_ours_or_a_conversation(store, file, body):
    store.forget(ID)
    store.keep(Conversation(id=ID, turn=1))
    change(file, "UPDATE conversations SET body = ?", body)
    with suppress(StateError):
        assert store.load(ID).id == ID


def test_a_row_that_cannot_be_read_and_has_expired_is_begun_anew(store, file, clock):
    store.keep(after(Conversation(id=ID), "a"))
    change(file, "UPDATE conversations SET body = 'nonsense'")
    clock.on(24)
    kept = store.keep(after(Conversation(id=ID), "b"))
    assert signs(store.load(ID)) == signs(kept) == {"b"}


def between(store, happens):
    """Let something happen when the store next reads the clock, which it does between look and change."""
    pending, read = [happens], store._ages.now

    def now():
        if pending:
            pending.pop()()
        return read()

    store._ages.now = now


def test_a_turn_kept_between_look_and_change_is_joined(store, file):
    base = store.keep(after(Conversation(id=ID), "a"))
    between(store, lambda: sql(file).keep(after(base, "numb", "emergency")))
    kept = store.keep(after(base, "b"))
    assert signs(kept) == {"a", "b", "numb"}
    assert kept.turn == 3


def test_a_first_turn_kept_between_look_and_change_is_joined(store, file, clock):
    store.check()
    between(store, lambda: sql(file, clock).keep(after(Conversation(id=ID), "numb")))
    assert signs(store.keep(after(Conversation(id=ID), "b"))) == {"b", "numb"}


def test_a_conversation_forgotten_between_look_and_change_stays_forgotten(store, file):
    base = store.keep(after(Conversation(id=ID), "a"))
    between(store, lambda: sql(file).forget(ID))
    store.keep(after(base, "b"))
    assert rows(file) == []


def test_one_forgotten_and_begun_anew_between_look_and_change_loses_nothing(store, file):
    """The row looks as before, with as many changes; only its random version tells it from the one that was read."""
    base = store.keep(after(Conversation(id=ID), "a"))

    def anew():
        other = sql(file)
        other.forget(ID)
        other.keep(after(Conversation(id=ID), "numb", "emergency"))

    between(store, anew)
    store.keep(after(base, "b"))
    assert "numb" in signs(store.load(ID))


def test_one_that_expired_and_went_on_between_look_and_change_is_not_deleted(store, file, clock):
    base = store.keep(after(Conversation(id=ID), "a"))
    clock.on(24)
    between_read = sql(file, clock)
    between(store, lambda: between_read.keep(after(base, "numb", "emergency")))
    assert signs(store.load(ID)) == {"a", "numb"}
    between_read.close()


def test_a_turn_is_kept_even_if_what_is_left_over_cannot_be_swept(store, file, clock):
    change_trigger = "CREATE TRIGGER no BEFORE DELETE ON conversations BEGIN SELECT RAISE(ABORT, 'no'); END"
    store.keep(after(Conversation(id="old"), "a"))
    change(file, change_trigger)
    clock.on(24 + 7 * 24 + 1)
    kept = store.keep(after(Conversation(id=ID), "a"))
    assert store.load(ID) == kept
    assert len(rows(file)) == 2


def test_a_turn_that_never_gets_its_chance_is_told(store, file, monkeypatch):
    base = store.keep(after(Conversation(id=ID), "a"))
    monkeypatch.setattr("assistant.state.sql.LONGEST", 0.2)
    read, other = store._ages.now, sql(file)

    def always():
        other.keep(after(base, "x"))
        return read()

    store._ages.now = always
    with pytest.raises(StateError, match="at once; try again"):
        store.keep(after(base, "b"))
    other.close()


def test_a_row_of_a_turn_with_a_restart_does_not_repeat_it(store):
    kept = store.keep(replace(after(Conversation(id=ID), "a"), restarted=True))
    assert kept.restarted
    assert not store.load(ID).restarted
