"""Conversations in memory; what every store promises is in test_state_store.py."""

from fixtures_state import Clock, after, at_once, memory, turns

from assistant.conversation import Conversation


def kept(store, *ids):
    return [one for one in ids if store.load(one).turn]


def test_of_too_many_the_ones_longest_untouched_go_first():
    store = memory(most=3)
    for one in "abc":
        store.keep(after(Conversation(id=one), "x"))
    store.keep(after(store.load("a"), "y"))
    store.keep(after(Conversation(id="d"), "x"))
    assert kept(store, *"abcd") == ["a", "c", "d"]


def test_a_conversation_that_is_only_read_is_not_touched():
    store = memory(most=2)
    for one in "ab":
        store.keep(after(Conversation(id=one), "x"))
    store.load("a")
    store.keep(after(Conversation(id="c"), "x"))
    assert kept(store, *"abc") == ["b", "c"]


def test_many_threads_with_a_conversation_each_keep_to_the_limit():
    store = memory(most=10)
    at_once(*(lambda name=name: turns(store, name, name, 1) for name in map(str, range(30))))
    assert len(kept(store, *map(str, range(30)))) == 10


def test_a_hundred_thousand_are_swept_at_once():
    clock = Clock()
    store = memory(clock)
    for number in range(100_000):
        store.keep(Conversation(id=str(number), turn=1))
    clock.on(24 + 7 * 24 + 1)
    assert store.sweep() == 100_000
