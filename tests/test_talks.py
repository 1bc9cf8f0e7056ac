"""Kept conversations: what was found stays, whatever fails, and a red flag always gets its card."""

import logging
import time
from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, SOFT_SIGN, ToldSearch, ready, with_number, without_index

from assistant.conversation import Conversation
from assistant.door import Rooms
from assistant.settings import read_settings
from assistant.start import start
from assistant.state.ages import Ages
from assistant.state.memory import Memory
from assistant.state.store import StateError
from assistant.talks import RECALLED, NotAnswered, Talks, Visitor
from assistant.triage.records import TriageState
from index.found import Found

ME = Visitor("test")
AGES = Ages(24, time.time)
NOTHING = Found((), 0.0, 0.0, 0.0, 0)


@pytest.fixture
def talks(real_index_config):
    return Talks(ready(real_index_config), Memory(AGES), Rooms("1000/minute"))


@pytest.fixture(scope="module")
def empty():
    """An assistant whose search finds nothing."""
    return without_index(start(read_settings({})), ToldSearch(NOTHING))


@pytest.fixture
def failing(empty):
    """A service whose search fails with an error that holds what was searched for."""

    def search(query):
        raise ValueError(query)

    return Talks(replace(empty, search=search), Memory(AGES), Rooms("1000/minute"))


class Broken(Memory):
    """A store that cannot be used: `load`, `keep` or both."""

    def __init__(self, *broken):
        super().__init__(AGES)
        self.broken = broken

    def load(self, conversation_id):
        if "load" in self.broken:
            raise StateError("The state store cannot be read.")
        return super().load(conversation_id)

    def keep(self, conversation):
        if "keep" in self.broken:
            raise StateError("The state store cannot be written.")
        return super().keep(conversation)


def test_a_second_message_goes_on_from_the_first(talks):
    talks.say(EXERCISE, "one", ME)
    reply = talks.say("how many reps?", "one", ME)
    assert (reply.outcome, reply.turn, reply.conversation_id) == ("answered", 1, "one")


def test_a_red_flag_stands_in_its_conversation_and_in_no_other(talks):
    assert talks.say(RED_FLAG, "one", ME).mode == "hard"
    assert talks.say(QUESTION, "one", ME).reason == "latched"
    assert talks.say(QUESTION, "two", ME).outcome == "answered"


def test_a_conversation_that_is_forgotten_begins_anew(talks):
    talks.say(RED_FLAG, "one", ME)
    assert talks.forget("one")
    assert not talks.forget("one")
    reply = talks.say(QUESTION, "one", ME)
    assert (reply.outcome, reply.turn) == ("answered", 0)


def test_a_talk_that_expired_is_said_to_start_afresh(empty):
    now = [0.0]
    talks = Talks(empty, Memory(Ages(24, lambda: now[0])), Rooms("1000/minute"))
    talks.say(RED_FLAG, "one", ME)
    now[0] += 25 * 3600
    reply = talks.say("thanks", "one", ME)
    assert reply.outcome == "notice"
    assert "this starts a new conversation" in reply.text
    assert "this starts a new conversation" not in talks.say("thanks", "one", ME).text


def test_an_error_behind_the_gate_keeps_what_the_gate_found(failing, caplog):
    with pytest.raises(NotAnswered) as told:
        failing.say(SOFT_SIGN, "one", ME)
    assert told.value.card.tier == "see_clinician"
    assert failing.store.load("one").triage.tier == "see_clinician"
    assert caplog.messages == ["A message could not be answered: ValueError"]


def test_a_red_flag_gets_its_card_while_nothing_can_be_searched(failing):
    assert failing.say(RED_FLAG, "one", ME).outcome == "escalated"
    assert failing.say(QUESTION, "one", ME).reason == "latched"


def test_without_the_state_store_a_red_flag_gets_its_card_and_a_question_no_answer(empty):
    talks = Talks(empty, Broken("load", "keep"), Rooms("1000/minute"))
    assert talks.say(RED_FLAG, "one", ME).outcome == "escalated"
    with pytest.raises(NotAnswered) as told:
        talks.say("thanks", "one", ME)
    assert isinstance(told.value.__cause__, StateError)
    with pytest.raises(NotAnswered) as told:
        talks.say(SOFT_SIGN, "one", ME)
    assert told.value.card is not None


def test_what_cannot_be_kept_is_not_answered_but_a_red_flag_gets_its_card(empty):
    talks = Talks(empty, Broken("keep"), Rooms("1000/minute"))
    assert talks.say(RED_FLAG, "one", ME).outcome == "escalated"
    with pytest.raises(NotAnswered):
        talks.say("thanks", "one", ME)


def test_an_answer_is_held_back_when_a_turn_beside_it_found_an_emergency(talks):
    class Beside(Memory):
        """While a message is answered, another of the same conversation is, and is kept first."""

        def keep(self, conversation):
            if conversation.turn == 1:
                talks.assistant.protocol()
                other = Talks(talks.assistant, Memory(AGES), Rooms("9/minute"))
                other.say(RED_FLAG, conversation.id, ME)
                super().keep(other.store.load(conversation.id))
            return super().keep(conversation)

    reply = replace(talks, store=Beside(AGES)).say(QUESTION, "one", ME)
    assert (reply.mode, reply.citations) == ("hard", ())


def test_a_gate_that_fails_answers_nothing_and_the_service_goes_on(empty):
    def protocol():
        raise ValueError("damaged")

    talks = Talks(replace(empty, protocol=protocol), Memory(AGES), Rooms("1000/minute"))
    assert talks.say(QUESTION, "one", ME).reason == "gate_failed"


def test_over_the_rate_a_message_waits_but_a_red_flag_does_not(empty):
    talks = Talks(empty, Memory(AGES), Rooms("1/minute"))
    visitor = Visitor("test", "somebody")
    assert talks.say("thanks", "one", visitor).reason == "thanks"
    busy = talks.say("thanks", "one", visitor)
    assert (busy.outcome, busy.reason, busy.citations) == ("notice", "busy", ())
    assert "112, 911, 999 or 000" in busy.text
    assert talks.say(RED_FLAG, "one", visitor).outcome == "escalated"
    assert talks.say(RED_FLAG, "two", visitor).outcome == "escalated"


def test_the_numbers_of_a_card_are_those_of_where_the_visitor_is(empty):
    talks = Talks(with_number(empty, "ZZ", "10-5"), Memory(AGES), Rooms("1000/minute"))
    assert "10-5" in talks.say(RED_FLAG, "one", Visitor("test", region="ZZ")).text
    assert "10-5" not in talks.say(RED_FLAG, "two", ME).text


def test_every_reply_and_every_failure_is_counted(failing):
    seen = []
    talks = replace(failing, said=lambda visitor, told: seen.append((visitor.surface, type(told).__name__)))
    talks.say(RED_FLAG, "one", ME)
    with pytest.raises(NotAnswered):
        talks.say(QUESTION, "two", ME)
    assert seen == [("test", "Reply"), ("test", "NotAnswered")]


# A conversation that its client keeps


def test_a_replayed_talk_ends_as_the_kept_one_does(talks):
    messages = [EXERCISE, "how many reps?", "and for the neck?"]
    kept = [talks.say(one, "one", ME) for one in messages][-1]
    replayed = talks.replay(messages, ME)
    assert (replayed.text, replayed.citations, replayed.turn) == (kept.text, kept.citations, kept.turn)


def test_a_red_flag_far_back_stands_at_the_end_of_a_replayed_talk(empty):
    talks = Talks(empty, Memory(AGES), Rooms("1000/minute"))
    reply = talks.replay([RED_FLAG, *["thanks"] * (RECALLED + 5), QUESTION], ME)
    assert (reply.outcome, reply.reason) == ("escalated", "latched")


def test_only_the_newest_message_of_a_replay_counts_for_the_rate(empty):
    talks = Talks(empty, Memory(AGES), Rooms("2/minute"))
    visitor = Visitor("test", "somebody")
    assert talks.replay(["thanks"] * 5, visitor).reason == "thanks"
    assert talks.replay(["thanks"] * 5, visitor).reason == "thanks"
    assert talks.replay(["thanks"] * 5, visitor).reason == "busy"


def test_a_replay_takes_one_place_for_all_of_its_turns_and_none_for_a_red_flag(talks):
    taken = []

    class Counted(Rooms):
        def for_visitor(self, visitor):
            def door():
                taken.append(visitor)
                return super(Counted, self).for_visitor(visitor)()

            return door

    counted = replace(talks, rooms=Counted("1000/minute"))
    assert counted.replay([EXERCISE, "how many reps?", "and for the neck?"], ME).outcome == "answered"
    assert len(taken) == 1
    assert counted.replay([EXERCISE, RED_FLAG], ME).mode == "hard"
    assert len(taken) == 1


def test_a_replay_that_finds_no_place_is_told_so_and_searches_for_nothing(empty):
    def search(query):
        raise AssertionError("searched")

    talks = Talks(replace(empty, search=search), Memory(AGES), Rooms("1/hour"))
    visitor = Visitor("test", "somebody")
    assert talks.replay(["thanks"], visitor).reason == "thanks"
    assert talks.replay([QUESTION, EXERCISE, QUESTION], visitor).reason == "busy"


def test_a_replay_that_fails_shows_what_the_gate_makes_of_all_of_it(failing):
    assert failing.replay([RED_FLAG, QUESTION], ME).mode == "hard"
    with pytest.raises(NotAnswered) as told:
        failing.replay([QUESTION, SOFT_SIGN], ME)
    assert told.value.card is not None


def test_nothing_that_was_typed_is_logged(failing, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NotAnswered):
        failing.say("why does my back hurt after the zanzibar?", "one", ME)
    with pytest.raises(NotAnswered):
        failing.replay(["why does my back hurt after the zanzibar?"], ME)
    assert "zanzibar" not in caplog.text


def test_a_state_that_was_damaged_is_no_reason_for_an_answer(empty):
    class Damaged(Memory):
        def load(self, conversation_id):
            return Conversation(id=conversation_id, turn=3, triage=TriageState(tier="nonsense"))

    reply = Talks(empty, Damaged(AGES), Rooms("1000/minute")).say(QUESTION, "one", ME)
    assert reply.mode == "hard"
