"""What an open page holds: answers that are made at the same time, a stop, a page that comes back."""

import threading
from dataclasses import replace

import pytest
from fixtures_assistant import QUESTION, RED_FLAG, ToldSearch, without_index

from assistant.answer import card_again
from assistant.conversation import Conversation, new_id
from assistant.door import Rooms
from assistant.lines import read_lines
from assistant.settings import read_settings
from assistant.start import start
from assistant.state.ages import Ages
from assistant.state.memory import Memory
from assistant.state.store import StateError
from assistant.talks import Talks, Visitor
from assistant.triage.gate import fallback_card
from assistant.web.talk import panel, said, taken_up
from assistant.web.visit import SHOWN, Tab, Visit
from index.found import Found

ME = Visitor("web")
LINES = read_lines()
NOTHING = Found((), 0.0, 0.0, 0.0, 0)


class Held:
    """A search that finds nothing, but not before it is let go."""

    def __init__(self):
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, query):
        self.begun.set()
        assert self.go.wait(20)
        return NOTHING


@pytest.fixture(scope="module")
def empty():
    """An assistant whose search finds nothing."""
    return without_index(start(read_settings({})), ToldSearch(NOTHING))


@pytest.fixture
def search():
    return Held()


@pytest.fixture
def talks(empty, search):
    return Talks(replace(empty, search=search), Memory(Ages(24)), Rooms("1000/minute"))


def ask(tab, message, talks):
    tab.hear(lambda visit: said(message, visit.id, talks, LINES, ME))


def asking(tab, message, talks):
    thread = threading.Thread(target=ask, args=(tab, message, talks))
    thread.start()
    return thread


def test_of_two_messages_in_flight_both_are_shown_and_the_red_flag_stands(talks, search):
    tab = Tab()
    waiting = asking(tab, QUESTION, talks)
    assert search.begun.wait(20)
    ask(tab, RED_FLAG, talks)
    assert tab.visit.stopped
    search.go.set()
    waiting.join(20)
    assert [one.asked for one in tab.visit.exchanges] == [RED_FLAG, QUESTION]
    assert tab.visit.exchanges[1].reply.mode == "hard"
    assert tab.visit.stopped
    assert 'role="alert"' in tab.visit.banner


def test_an_answer_that_was_stopped_is_not_shown(talks, search):
    tab = Tab()
    waiting = asking(tab, QUESTION, talks)
    assert search.begun.wait(20)
    tab.stop()
    search.go.set()
    waiting.join(20)
    assert tab.visit.exchanges == ()
    ask(tab, QUESTION, talks)
    assert len(tab.visit.exchanges) == 1


def test_a_card_is_shown_although_its_message_was_stopped(talks):
    tab = Tab()

    def stopped(visit):
        tab.stop()
        return said(RED_FLAG, visit.id, talks, LINES, ME)

    tab.hear(stopped)
    assert tab.visit.stopped
    assert "bladder" in tab.visit.exchanges[0].told


def test_what_comes_after_a_new_conversation_was_begun_is_not_shown_in_it(talks, search):
    tab = Tab()
    waiting = asking(tab, QUESTION, talks)
    assert search.begun.wait(20)
    tab.begin(Visit())
    search.go.set()
    waiting.join(20)
    assert tab.visit.exchanges == ()


def test_a_long_talk_loses_its_beginning_and_keeps_its_red_flag(talks):
    tab = Tab()
    ask(tab, RED_FLAG, talks)
    whole = tab.visit.banner
    for _ in range(SHOWN + 3):
        ask(tab, "thanks", talks)
    assert len(tab.visit.exchanges) == SHOWN
    assert tab.visit.banner == whole


def test_a_page_that_comes_back_shows_the_whole_card_and_no_word_of_the_talk(talks):
    tab = Tab()
    ask(tab, RED_FLAG, talks)
    ask(tab, "thanks", talks)
    back = taken_up(tab.visit.id, talks, ME)
    assert back.banner == tab.visit.banner
    assert back.exchanges == ()


def test_the_whole_card_is_that_of_everything_that_stands(talks):
    first = talks.say("I keep thinking about ending my life", "talk-number-one", ME)
    talks.say(RED_FLAG, "talk-number-one", ME)
    card = talks.standing("talk-number-one", ME)
    assert first.outcome == "crisis"
    assert card.do
    assert card.tier == "emergency"
    assert card.also


def test_a_page_comes_back_only_to_an_id_of_ours(talks):
    for id in ("", "x" * 36, "../../etc/passwd", new_id() + "0"):
        assert taken_up(id, talks, ME).id != id
    mine = new_id()
    assert taken_up(mine, talks, ME) == Visit(id=mine)


def test_a_tab_that_has_begun_a_talk_is_led_to_no_other(talks):
    tab = Tab()
    ask(tab, RED_FLAG, talks)
    before = tab.visit
    tab.take_up(new_id(), lambda: Visit())
    assert tab.visit is before


def test_a_page_comes_back_while_the_state_cannot_be_read(empty):
    class Unread(Memory):
        def load(self, conversation_id):
            raise StateError("The state store cannot be read.")

    mine = new_id()
    back = taken_up(mine, Talks(empty, Unread(Ages(24)), Rooms("1000/minute")), ME)
    assert back == Visit(id=mine)


def test_a_state_that_was_damaged_gets_the_general_card(empty):
    damaged = replace(Conversation(), triage=replace(Conversation().triage, tier="nonsense"))
    assert card_again(damaged, empty) == fallback_card()


def test_whatever_fails_a_card_and_a_sentence_are_shown(empty):
    class Lost(Memory):
        def load(self, conversation_id):
            raise OSError("zanzibar")

    told = said("zanzibar", new_id(), Talks(empty, Lost(Ages(24)), Rooms("1000/minute")), LINES, ME)
    assert told.card == fallback_card()
    assert LINES.say("failed.ours") in told.told
    assert "zanzibar" not in told.told


def test_a_failure_without_a_card_leaves_the_one_that_stands(empty):
    def failing(query):
        raise ValueError(query)

    talks = Talks(replace(empty, search=failing), Memory(Ages(24)), Rooms("1000/minute"))
    tab = Tab()
    ask(tab, QUESTION, talks)
    assert (tab.visit.banner, tab.visit.last) == ("", None)
    assert panel(tab.visit, "Sources {turn}") == ""


def test_a_reply_is_rated_once_in_each_way():
    tab = Tab()
    assert [tab.first(0, "good True"), tab.first(0, "good True"), tab.first(0, "good False"), tab.first(1, "why")] == [
        True,
        False,
        True,
        True,
    ]
