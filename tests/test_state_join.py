"""Two turns answered at the same time: whatever either found, stands after both."""

from dataclasses import replace

import pytest
from fixtures_state import after, signs
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.conversation import Conversation
from assistant.state.join import joined, settled
from assistant.triage.gate import REMEMBERED, WEIGHED, assess, load_protocol
from assistant.triage.records import TIERS, Finding, Slot, TriageState
from assistant.triage.second_opinion import Weighed

PROTOCOL = load_protocol()
MESSAGES = (
    "my crotch has been numb since deadlifts",
    "I can't pee since my back went",
    "my groin is not numb",
    "what if my groin went numb?",
    "pain shooting down my left leg",
    "back pain and a fever",
    "my friend had chest pain last year",
    "me duele la espalda y no siento la pierna",
    "my neck hurts",
    "it also tingles",
    "no",
    "yes",
    "thanks",
)

ids = st.text(st.characters(exclude_characters="@,"), min_size=1, max_size=4)
names = st.lists(ids, max_size=4).map(tuple)
numbers = st.integers(min_value=0, max_value=50)
tiers = st.sampled_from(TIERS)
polarities = st.sampled_from(["present", "denied", "past", "unsure"])
findings = st.builds(Finding, st.sampled_from("abcdef"), polarities, st.sampled_from(["self", "other"]), numbers)
slots = st.lists(st.builds(Slot, ids, numbers, numbers), max_size=3).map(tuple)
states = st.builds(
    TriageState,
    findings=st.lists(findings, max_size=8).map(tuple),
    tier=tiers,
    pending=st.one_of(st.just(""), st.builds(lambda signs, turn: f"{','.join(signs)}@{turn}", names, numbers)),
    slots=st.lists(slots, max_size=REMEMBERED).map(tuple),
    shown=names,
    flags=st.dictionaries(ids, tiers, max_size=4).map(lambda flags: tuple(flags.items())),
    languages=st.lists(st.sampled_from(["de", "es", "fr", "pt"]), unique=True).map(tuple),
    weighed=st.lists(st.just(Weighed()), max_size=WEIGHED).map(tuple),
    turn=numbers,
)
conversations = st.builds(
    Conversation,
    id=st.just("one"),
    turn=numbers,
    triage=states,
    topics=names,
    passages=names,
    exercise=ids,
    offered=names,
    kind=ids,
)


def rank(tier):
    return TIERS.index(tier)


def counted(state):
    return {(one.flag, one.whose) for one in state.findings if one.polarity in ("present", "unsure")}


def said(message, conversation):
    """The conversation after a message, as the gate leaves it."""
    triage = assess(message, conversation.triage, PROTOCOL).state
    return replace(conversation, turn=conversation.turn + 1, triage=triage)


def talked(messages):
    conversation = Conversation(id="one")
    for message in messages:
        conversation = said(message, conversation)
    return conversation


@given(conversations, conversations)
def test_joining_never_lowers_a_tier_and_loses_no_finding_flag_or_card(stored, own):
    both = joined(stored, own).triage
    for one in (stored.triage, own.triage):
        assert rank(both.tier) >= rank(one.tier)
        assert counted(one) <= counted(both)
        assert {(f.flag, f.whose) for f in one.findings} <= {(f.flag, f.whose) for f in both.findings}
        assert all(rank(dict(both.flags)[flag]) >= rank(tier) for flag, tier in one.flags)
        assert set(one.shown) <= set(both.shown)
        assert set(one.languages) <= set(both.languages)


@given(conversations, conversations)
def test_what_is_joined_keeps_to_the_limits_and_names_nothing_twice(stored, own):
    both = joined(stored, own).triage
    assert len(both.slots) <= REMEMBERED
    assert len(both.weighed) <= WEIGHED
    for rows in (both.shown, both.languages, [flag for flag, _ in both.flags]):
        assert len(rows) == len(set(rows))
    assert [rank(tier) for _, tier in both.flags] == sorted((rank(tier) for _, tier in both.flags), reverse=True)


@given(conversations, conversations)
def test_what_is_joined_can_be_written_down_and_read_back(stored, own):
    both = joined(stored, own)
    assert Conversation.from_json(both.as_json()) == both


@given(conversations, conversations)
def test_no_turn_is_lost_and_what_a_follow_up_refers_to_is_that_of_the_later(stored, own):
    both = joined(stored, own)
    assert both.turn > max(stored.turn, own.turn)
    assert both.triage.turn > max(stored.triage.turn, own.triage.turn)
    assert replace(both, turn=0, triage=TriageState()) == replace(own, turn=0, triage=TriageState())


@given(conversations, conversations)
def test_the_questions_of_both_stay_open_for_as_many_turns_as_they_were(stored, own):
    both = joined(stored, own).triage
    asked, _, last = both.pending.partition("@")
    open_ = [one.triage for one in (own, stored) if one.triage.pending.partition("@")[0]]
    assert {sign for sign in asked.split(",") if sign} == {
        sign for one in open_ for sign in one.pending.partition("@")[0].split(",") if sign
    }
    if open_:
        assert int(last) - both.turn == max(int(one.pending.partition("@")[2]) - one.turn for one in open_)


@given(
    st.lists(st.sampled_from(MESSAGES), max_size=3),
    st.sampled_from(MESSAGES),
    st.sampled_from(MESSAGES),
    st.sampled_from(MESSAGES),
)
@settings(max_examples=60)
def test_the_gate_goes_on_from_what_is_joined_and_nothing_falls(before, one, other, then):
    base = talked(before)
    stored, own = said(one, base), said(other, base)
    both = joined(stored, own)
    assert (both.turn, both.triage.turn) == (base.turn + 2, base.turn + 2)
    now = assess(then, both.triage, PROTOCOL)
    for state in (stored.triage, own.triage):
        assert rank(now.tier) >= rank(state.tier)
        assert {flag for flag, _ in state.flags} <= set(now.flags)
    assert TriageState.from_json(now.state.as_json()) == now.state


@given(st.lists(st.sampled_from(MESSAGES), max_size=3), st.sampled_from(MESSAGES))
@settings(max_examples=60)
def test_a_turn_that_came_alone_is_kept_as_it_is(before, message):
    base = talked(before)
    own = said(message, base)
    assert settled(base, own).as_json() == own.as_json()


def test_signs_that_are_an_emergency_only_together_stop_the_next_turn():
    """Each of two parallel turns holds one half; the gate puts them together when it is asked next."""
    base = talked(["my lower back hurts"])
    for halves in (("back pain and a fever", "I inject heroin"), ("both legs are tingling", "my back pain is 10/10")):
        stored, own = said(halves[0], base), said(halves[1], base)
        after_both = assess("thanks", joined(stored, own).triage, PROTOCOL)
        in_a_row = assess("thanks", said(halves[1], stored).triage, PROTOCOL)
        assert set(after_both.flags) >= set(in_a_row.flags)
        assert rank(after_both.tier) >= rank(in_a_row.tier)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("between", [[], ["my neck hurts"]])
def test_a_question_asked_beside_another_turn_can_still_be_answered(order, between):
    base = talked(["hello"])
    stored, own = [said(one, base) for one in ("what if my groin went numb?", "thanks")][::order]
    both = joined(stored, own)
    assert both.triage.pending
    for message in between:
        both = said(message, both)
    assert rank(said("yes", both).triage.tier) >= rank("urgent")


def test_several_turns_may_be_kept_before_the_own_one():
    base = after(Conversation(id="one"), "a")
    stored = after(after(after(base, "b"), "c"), "d")
    both = settled(stored, after(base, "e"))
    assert signs(both) == set("abcde")
    assert both.turn == 5


def test_a_denial_takes_nothing_back():
    base = talked(["hello"])
    for halves in (("my groin is numb", "my groin is not numb"), ("my groin is not numb", "my groin is numb")):
        stored, own = (said(one, base) for one in halves)
        assert joined(stored, own).triage.tier == "emergency"


def test_a_first_turn_is_kept_and_a_later_one_of_what_is_gone_is_not():
    first = after(Conversation(id="one"), "a")
    assert settled(None, first) == first
    assert settled(None, after(first, "b")) is None


def test_a_turn_of_an_older_conversation_is_not_joined_to_a_younger_one():
    old = after(after(Conversation(id="one"), "a"), "b")
    young = after(Conversation(id="one"), "c")
    assert settled(young, after(old, "d")) is None
