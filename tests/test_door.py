"""How many messages are answered at once, and how many from one visitor."""

import threading
import time

import pytest

from assistant.door import Rooms, open_door

MANY = "1000/minute"


def admitted(rooms, visitor=""):
    with rooms.for_visitor(visitor)() as place:
        return place


def test_one_person_alone_always_gets_in():
    with open_door() as place:
        assert place


def test_a_visitor_who_sends_more_than_the_rate_is_not_let_in():
    rooms = Rooms("3/minute")
    assert [admitted(rooms, "a") for _ in range(4)] == [True, True, True, False]


def test_one_visitor_does_not_use_up_the_rate_of_another():
    rooms = Rooms("1/minute")
    assert [admitted(rooms, one) for one in ("a", "b", "a")] == [True, True, False]


def test_whoever_has_no_name_is_not_counted():
    rooms = Rooms("1/minute")
    assert [admitted(rooms) for _ in range(3)] == [True, True, True]


def test_a_place_is_free_again_after_the_answer_even_after_an_error():
    rooms = Rooms(MANY, at_once=1, waiting=0)
    with pytest.raises(ValueError, match="in the answer"), rooms.for_visitor("a")():
        raise ValueError("in the answer")
    assert admitted(rooms, "b")


def test_who_waits_gets_the_place_when_it_is_free():
    rooms = Rooms(MANY, at_once=1, waiting=1, patience=5)
    waited = []
    with rooms.for_visitor("a")():
        other = threading.Thread(target=lambda: waited.append(admitted(rooms, "b")))
        other.start()
        time.sleep(0.05)
        assert waited == []
    other.join(5)
    assert waited == [True]


def test_who_waits_too_long_is_told_so():
    rooms = Rooms(MANY, at_once=1, waiting=1, patience=0.01)
    with rooms.for_visitor("a")():
        assert not admitted(rooms, "b")


def test_no_more_wait_than_there_is_room_for():
    rooms = Rooms(MANY, at_once=1, waiting=0, patience=60)
    with rooms.for_visitor("a")():
        started = time.monotonic()
        assert not admitted(rooms, "b")
        assert time.monotonic() - started < 5


def test_never_more_are_let_in_at_once_than_there_are_places():
    rooms = Rooms(MANY, at_once=3, waiting=100)
    now, most, lock = 0, 0, threading.Lock()

    def visit():
        nonlocal now, most
        with rooms.for_visitor("")() as place:
            assert place
            with lock:
                now, most = now + 1, max(most, now + 1)
            time.sleep(0.002)
            with lock:
                now -= 1

    visits = [threading.Thread(target=visit) for _ in range(30)]
    for one in visits:
        one.start()
    for one in visits:
        one.join(10)
    assert most <= 3
