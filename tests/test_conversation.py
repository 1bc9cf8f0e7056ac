"""What is kept between turns survives being written down, and holds nobody's words."""

import json

import pytest
from fixtures_assistant import EXERCISE, ready, talk
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Conversation
from assistant.triage.records import TIERS, Finding, Slot, TriageState

ids = st.text(max_size=12)
numbers = st.integers(min_value=0, max_value=10**6)
tiers = st.sampled_from(TIERS)
findings = st.builds(
    Finding, ids, st.sampled_from(["present", "denied", "past", "unsure"]), st.sampled_from(["self", "other"]), numbers
)
slots = st.lists(st.builds(Slot, ids, numbers, numbers), max_size=3).map(tuple)
states = st.builds(
    TriageState,
    findings=st.lists(findings, max_size=4).map(tuple),
    tier=tiers,
    pending=ids,
    slots=st.lists(slots, max_size=3).map(tuple),
    shown=st.lists(ids, max_size=3).map(tuple),
    flags=st.lists(st.tuples(ids, tiers), max_size=3).map(tuple),
    turn=numbers,
)
conversations = st.builds(
    Conversation,
    id=ids,
    turn=numbers,
    triage=states,
    topics=st.lists(ids, max_size=3).map(tuple),
    passages=st.lists(ids, max_size=3).map(tuple),
    exercise=ids,
    offered=st.lists(ids, max_size=3).map(tuple),
)


@given(conversations)
def test_a_conversation_written_down_and_read_back_is_the_same(conversation):
    assert Conversation.from_json(conversation.as_json()) == conversation


@given(conversations)
def test_what_is_written_down_is_plain_json(conversation):
    assert json.loads(conversation.as_json())["turn"] == conversation.turn


@pytest.mark.parametrize("text", ["", "nonsense", "{}", "[]", "5", "null", '{"turn": 1}', '{"topics": 3}'])
def test_text_that_is_no_conversation_is_refused_with_an_ordinary_error(text):
    with pytest.raises((ValueError, KeyError, TypeError)):
        Conversation.from_json(text)


def test_a_field_that_nobody_knows_is_refused():
    row = json.loads(Conversation().as_json())
    with pytest.raises(TypeError):
        Conversation.from_json(json.dumps(row | {"words": "my back hurts"}))


def test_that_a_conversation_was_begun_anew_is_not_written_down_nor_read():
    begun = Conversation(restarted=True)
    assert "restarted" not in begun.as_json()
    assert not Conversation.from_json(begun.as_json()).restarted
    with pytest.raises(TypeError):
        Conversation.from_json(json.dumps(json.loads(begun.as_json()) | {"restarted": True}))


def test_two_new_conversations_have_different_ids():
    assert Conversation().id != Conversation().id


def test_a_conversation_taken_up_from_its_json_goes_on_where_it_stopped(real_index_config):
    assistant = ready(real_index_config)
    _, conversation = talk(assistant, EXERCISE)
    taken_up = Conversation.from_json(conversation.as_json())
    assert taken_up == conversation
    assert (taken_up.turn, taken_up.exercise) == (1, "wall-angel")


def test_nothing_that_was_typed_is_kept(real_index_config):
    messages = ["why does my neck zanzibarly hurt after quuxing?", "my groin is numb, quuxing", "zanzibarly thanks"]
    _, conversation = talk(ready(real_index_config), *messages)
    assert "zanzibar" not in conversation.as_json()
    assert "quux" not in conversation.as_json()
