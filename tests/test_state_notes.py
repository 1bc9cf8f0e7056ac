"""What notes promise, in memory, in a SQLite file and on a PostgreSQL server."""

import threading

import pytest
from fixtures_state import a_clock, a_place, a_server  # noqa: F401 (fixtures)

from assistant.state.notes import MemoryNotes
from assistant.state.store import StateError, open_notes

ANN, BEN = "slack T1 U1", "slack T1 U2"


@pytest.fixture
def notes(place, clock):
    one = open_notes(place, clock)
    yield one
    one.close()


@pytest.fixture
def file(tmp_path, clock):
    """Opens the notes of one file, as often as it is called."""
    opened = []

    def again():
        opened.append(open_notes(str(tmp_path / "state.db"), clock))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


def test_what_was_put_is_got_by_its_owner_alone(notes):
    notes.put(ANN, "thread", "D1:1.0", 60)
    assert notes.get(ANN, "thread") == "D1:1.0"
    assert notes.get(BEN, "thread") is None
    assert notes.get(ANN, "other") is None


def test_a_value_takes_the_place_of_the_one_before(notes):
    notes.put(ANN, "thread", "one", 60)
    notes.put(ANN, "thread", "two", 60)
    assert notes.all_of(ANN) == {"thread": "two"}


def test_a_value_is_gone_when_its_time_is_over(notes, clock):
    notes.put(ANN, "thread", "one", 60)
    clock.now += 59
    assert notes.get(ANN, "thread") == "one"
    clock.now += 1
    assert notes.get(ANN, "thread") is None
    assert notes.all_of(ANN) == {}


def test_only_the_first_claim_holds(notes):
    assert [notes.claim("", "event", 60) for _ in range(3)] == [True, False, False]
    assert notes.claim("", "another", 60)


def test_a_claim_can_be_made_again_when_its_time_is_over(notes, clock):
    assert notes.claim("", "event", 60)
    clock.now += 60
    assert notes.claim("", "event", 60)
    assert not notes.claim("", "event", 60)


def test_a_claim_is_prolonged_by_putting_it(notes, clock):
    notes.claim("", "event", 60)
    notes.put("", "event", "", 3600)
    clock.now += 600
    assert not notes.claim("", "event", 60)


def test_of_many_claims_at_once_one_holds(notes):
    won = []
    ready = threading.Barrier(8)

    def claim():
        ready.wait()
        won.append(notes.claim("", "event", 60))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(won) == [False] * 7 + [True]


def test_everything_of_an_owner_is_forgotten_and_nothing_of_another(notes):
    notes.put(ANN, "a", "1", 60)
    notes.put(ANN, "b", "2", 60)
    notes.put(BEN, "a", "3", 60)
    assert notes.forget(ANN) == 2
    assert (notes.all_of(ANN), notes.all_of(BEN)) == ({}, {"a": "3"})
    assert notes.forget(ANN) == 0


def test_notes_in_a_file_outlast_the_process_and_are_shared(file):
    one, other = file(), file()
    one.put(ANN, "thread", "D1", 60)
    assert other.get(ANN, "thread") == "D1"
    assert one.claim("", "event", 60)
    assert not other.claim("", "event", 60)


def test_no_owner_stands_in_the_file(tmp_path, file):
    file().put("slack T024BE7LH U0G9QF9C6", "thread", "D1", 60)
    assert b"U0G9QF9C6" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_what_is_over_is_swept_from_a_file(file, clock):
    file().put(ANN, "thread", "gone-for-good", 60)
    clock.now += 7200
    file().claim("", "event", 60)
    clock.now -= 7200
    assert file().get(ANN, "thread") is None


def test_memory_holds_no_more_than_so_many(clock):
    notes = MemoryNotes(clock, most=3)
    for name in "abcd":
        notes.put(ANN, name, name, 60)
    assert notes.all_of(ANN) == {"b": "b", "c": "c", "d": "d"}


def test_a_place_that_cannot_be_used_is_told(tmp_path):
    with pytest.raises(StateError, match="SPOTTER_STATE"):
        open_notes(str(tmp_path / "no" / "state.db")).get(ANN, "thread")
