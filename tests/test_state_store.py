"""What every store promises: one suite over memory, a SQLite file and a PostgreSQL server."""

import subprocess
import sys

import pytest
from fixtures_assistant import ROOT, ToldSearch, without_index
from fixtures_state import (
    HOUR,
    TURNS,
    a_clock,  # noqa: F401 (a fixture)
    a_place,  # noqa: F401 (a fixture)
    a_server,  # noqa: F401 (a fixture)
    after,
    at_once,
    ended,
    loaded,
    process,
    signs,
    turns,
)

from assistant.answer import answer
from assistant.conversation import Conversation
from assistant.settings import read_settings
from assistant.start import start
from assistant.state.memory import Memory
from assistant.state.sql import Sql
from assistant.state.store import StateError, open_store
from corpus.errors import KnownError
from index.found import Found

WEEK = 7 * 24
ID = "C024BE91L:1700000000.000100"


@pytest.fixture
def store(place, clock):
    one = open_store(place, 24, clock)
    yield one
    one.close()


def test_a_conversation_that_nobody_kept_is_a_new_one(store):
    found = store.load(ID)
    assert found == Conversation(id=ID)
    assert not found.restarted


def test_what_was_kept_is_loaded_as_it_was(store):
    conversation = after(
        Conversation(id=ID), "numb", "emergency", topics=("neck",), passages=("a#b.1",), exercise="x", kind="why"
    )
    assert store.keep(conversation) == conversation
    assert store.load(ID) == conversation
    again = after(conversation, "weak")
    assert store.keep(again) == again
    assert store.load(ID) == again


@pytest.mark.parametrize(
    "odd", ["", "x" * 10_000, "a'; DROP TABLE conversations; --", "\x00", "\udcff", "🦴", "%s :key"]
)
def test_any_id_may_be_used(store, odd):
    kept = store.keep(after(Conversation(id=odd), "numb"))
    assert (kept.id, store.load(odd)) == (odd, kept)
    assert store.forget(odd)


def test_any_character_of_what_is_kept_comes_back(store):
    conversation = after(Conversation(id=ID), "numb", topics=("\x00", "\udcff", "🦴", "'\"\\"))
    store.keep(conversation)
    assert store.load(ID) == conversation


def test_two_conversations_are_apart(store):
    store.keep(after(Conversation(id="one"), "numb", "emergency"))
    store.keep(after(Conversation(id="other"), "stiff"))
    assert (signs(store.load("one")), signs(store.load("other"))) == ({"numb"}, {"stiff"})


def test_what_was_forgotten_is_gone_and_forgetting_says_whether_there_was_one(store):
    store.keep(after(Conversation(id=ID), "numb"))
    assert store.forget(ID)
    assert not store.forget(ID)
    assert store.load(ID) == Conversation(id=ID)


def test_a_conversation_forgotten_while_its_answer_was_made_stays_forgotten(store):
    first = store.keep(after(Conversation(id=ID), "stiff"))
    store.forget(ID)
    late = after(first, "numb", "emergency")
    assert store.keep(late) == late
    assert store.load(ID) == Conversation(id=ID)


def test_an_answer_to_what_was_forgotten_adds_nothing_to_the_conversation_begun_since(store):
    old = store.keep(after(store.keep(after(Conversation(id=ID), "a")), "b"))
    store.forget(ID)
    new = store.keep(after(store.load(ID), "c"))
    late = after(old, "d")
    assert store.keep(late) == late
    assert store.load(ID) == new


def test_a_conversation_begun_since_loses_nothing_to_one_that_was_as_long(store):
    old = store.keep(after(Conversation(id=ID), "a"))
    store.forget(ID)
    store.keep(after(store.load(ID), "numb", "emergency"))
    store.keep(after(old, "b"))
    assert store.load(ID).triage.tier == "emergency"
    assert "numb" in signs(store.load(ID))


def test_it_expires_after_the_last_turn_and_not_before(store, clock):
    kept = store.keep(after(Conversation(id=ID), "a", "urgent"))
    clock.on(23.9)
    kept = store.keep(after(kept, "b"))
    clock.on(23.9)
    assert store.load(ID) == kept
    clock.on(0.1)
    begun = store.load(ID)
    assert (begun, begun.restarted) == (Conversation(id=ID), True)


def test_an_expired_one_is_gone_once_it_was_told(store, clock):
    store.keep(after(Conversation(id=ID), "a"))
    clock.on(24)
    assert store.load(ID).restarted
    assert not store.load(ID).restarted
    assert not store.forget(ID)


def test_a_conversation_begun_anew_is_kept_and_is_not_told_of_again(store, clock):
    store.keep(after(Conversation(id=ID), "a"))
    clock.on(24)
    kept = store.keep(after(store.load(ID), "b"))
    assert kept.restarted
    assert store.load(ID) == kept
    assert not store.load(ID).restarted


def test_a_first_turn_takes_nothing_over_from_one_that_has_expired(store, clock):
    store.keep(after(Conversation(id=ID), "a", "urgent"))
    clock.on(24)
    kept = store.keep(after(Conversation(id=ID), "b"))
    assert (signs(kept), kept.turn, kept.triage.tier) == ({"b"}, 1, "none")
    assert store.load(ID) == kept


def test_an_answer_that_took_beyond_the_end_is_kept_all_the_same(store, clock):
    first = store.keep(after(Conversation(id=ID), "a", "urgent"))
    clock.on(24)
    assert signs(store.keep(after(first, "b"))) == {"a", "b"}
    assert signs(store.load(ID)) == {"a", "b"}


def test_what_expired_more_than_a_week_ago_is_swept(store, clock):
    store.keep(after(Conversation(id="old"), "a"))
    clock.on(1)
    store.keep(after(Conversation(id="young"), "a"))
    clock.on(24 + WEEK - 0.5)
    assert store.sweep() == 1
    assert store.sweep() == 0
    assert not store.load("old").restarted
    assert store.load("young").restarted


def test_keeping_sweeps_once_an_hour(store, clock):
    store.keep(after(Conversation(id="old"), "a"))
    clock.on(24 + WEEK + 0.1)
    store.keep(after(Conversation(id="new"), "a"))
    assert store.sweep() == 0
    store.keep(after(Conversation(id="third"), "a"))
    clock.on(24 + WEEK + 0.1)
    store.keep(after(Conversation(id="fourth"), "a"))
    assert not store.load("third").restarted


def test_a_clock_that_is_set_back_expires_nothing(store, clock):
    kept = store.keep(after(Conversation(id=ID), "a"))
    clock.on(-1000)
    assert store.load(ID) == kept
    assert store.sweep() == 0


def test_a_store_that_works_passes_its_check_and_shows_nothing_of_it(store):
    store.check()
    kept = store.keep(after(Conversation(id=ID), "a"))
    store.check()
    store.check()
    assert store.load(ID) == kept
    assert store.sweep() == 0


def test_a_store_that_was_closed_opens_again(store):
    kept = store.keep(after(Conversation(id=ID), "a"))
    store.close()
    assert store.load(ID) == kept


def test_two_parallel_turns_keep_what_both_found(store):
    base = store.keep(after(Conversation(id=ID), "a"))
    one, other = after(base, "numb", "emergency"), after(base, "fever", "urgent")
    store.keep(one)
    kept = store.keep(other)
    assert signs(kept) == {"a", "numb", "fever"}
    assert (kept.turn, kept.triage.turn, kept.triage.tier) == (3, 3, "emergency")
    assert kept.triage.flags == (("numb", "emergency"), ("fever", "urgent"))
    assert store.load(ID) == kept


def test_two_parallel_first_turns_keep_what_both_found(store):
    one, other = store.load(ID), store.load(ID)
    store.keep(after(one, "a"))
    assert signs(store.keep(after(other, "b"))) == {"a", "b"}
    assert store.load(ID).turn == 2


def test_eight_threads_lose_no_finding_and_no_turn(store):
    at_once(*(lambda name=name: turns(store, ID, name, 25) for name in "abcdefgh"))
    kept = store.load(ID)
    assert signs(kept) == {f"{name}-{at}" for name in "abcdefgh" for at in range(25)}
    assert len(kept.triage.flags) == 8 * 5
    assert kept.turn == 8 * 25


def test_forgetting_beside_keeping_leaves_what_can_be_read_and_forgotten(store):
    def forget():
        for _ in range(50):
            store.forget(ID)

    at_once(*(lambda name=name: turns(store, ID, name, 25) for name in "abc"), forget)
    store.load(ID)
    store.forget(ID)
    assert store.load(ID) == Conversation(id=ID)


def test_real_turns_one_after_the_other_are_kept_as_they_are(store):
    assistant = without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))
    for message in ("what if my groin went numb?", "hello", "yes", "thanks", "me duele la espalda", "who won?"):
        own = answer(message, store.load(ID), assistant).conversation
        assert store.keep(own).as_json() == own.as_json()
        assert store.load(ID).as_json() == own.as_json()


@pytest.mark.parametrize("place", ["SQLite", "PostgreSQL"], indirect=True)
def test_four_processes_that_begin_at_once_lose_no_finding_and_no_turn(store, place):
    running = [process(TURNS, place, ID, name, 15) for name in "abcd"]
    for one in running:
        ended(one)
    found = loaded(place, ID)
    assert signs(found) == {f"{name}-{at}" for name in "abcd" for at in range(15)}
    assert found.turn == 4 * 15


@pytest.mark.parametrize("place", ["SQLite", "PostgreSQL"], indirect=True)
def test_what_one_process_kept_another_loads(store, place):
    store.keep(after(Conversation(id="another"), "b"))
    ended(process(TURNS, place, ID, "a", 1))
    assert signs(loaded(place, ID)) == {"a-0"}


# Which store the settings name


def test_nothing_set_is_memory_for_a_day():
    settings = read_settings({})
    store = open_store(settings.service.state, settings.service.state_hours)
    assert isinstance(store, Memory)


def test_a_path_is_a_file_that_is_made_with_the_first_use(tmp_path):
    store = open_store(str(tmp_path / "state.db"), 24)
    assert isinstance(store, Sql)
    assert list(tmp_path.iterdir()) == []
    store.load(ID)
    store.close()
    assert [one.name for one in tmp_path.iterdir()] == ["state.db"]


def test_the_hours_of_the_settings_hold(tmp_path, clock):
    for state in ("memory", str(tmp_path / "state.db")):
        store = open_store(state, 48, clock)
        store.keep(after(Conversation(id=ID), "a"))
        clock.now += 47 * HOUR
        assert not store.load(ID).restarted
        clock.now += HOUR
        assert store.load(ID).restarted
        store.close()


def test_memory_loads_no_library_of_databases():
    code = "import sys; from assistant.state.store import open_store; open_store('memory', 24); "
    code += "print([one for one in sys.modules if one.partition('.')[0] in ('sqlalchemy', 'psycopg', 'sqlite3')])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_database_without_its_library_is_one_sentence(tmp_path):
    code = "import sys; sys.modules['sqlalchemy'] = None\n"
    code += "from assistant.state.store import open_store, StateError\n"
    code += f"try: open_store({str(tmp_path / 'state.db')!r}, 24)\nexcept StateError as error: print(error)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "SPOTTER_STATE needs sqlalchemy; run 'make install', or pip install -e '.[web]'.\n"


def test_what_goes_wrong_is_an_error_of_ours():
    assert issubclass(StateError, KnownError)
