"""Many users of the real service: each gets their own replies, whatever the others say; and the page tells of it."""

import time
from dataclasses import replace

import pytest
from fixtures_assistant import ToldSearch, without_index
from fixtures_service import interface

from assistant.settings import read_settings
from assistant.start import start
from assistant.state.ages import Ages
from assistant.state.memory import Memory
from assistant.triage.records import TriageState
from corpus.sources import CORPUS
from evals import commands_load
from evals.load import Asked, Crowd, Load, Stop, crossed, crowd, errors, measured
from evals.load_report import BEGIN, END, broken, section
from evals.load_service import LoadFailed, opened
from evals.page import PageFailed, placed
from index.found import Found

USERS = 12
RIGHT = tuple(Asked(f"question {n}", n / 100, n % 10 == 0, opening=f"answer {n}") for n in range(1, 101))
FOUND = Load(
    busy=1.25,
    alone=Crowd(1, 2.0, RIGHT[:9]),
    warm_up=Crowd(50, 2.0, RIGHT[:20]),
    many=Crowd(50, 4.0, RIGHT),
    megabytes=(300.4, 310.4),
    stop=Stop(seconds=1.25, status=0, delivered=40, lost=0),
)


@pytest.fixture(scope="module")
def found(real_index_config):
    """A short measurement, with a red flag in the conversation of one user."""
    return measured(real_index_config.data, CORPUS, USERS, 1, lambda what: None)


def test_every_message_of_twelve_users_gets_a_reply(found):
    assert errors(found) == []
    assert len(found.many.asked) >= 3 * USERS


def test_no_reply_has_anything_of_another_conversation(found):
    assert crossed(found) == []
    flagged = [one for one in found.many.asked if one.flagged]
    assert 0 < len(flagged) < len(found.many.asked) / 2


def test_a_service_that_is_stopped_while_many_ask_loses_no_answer_and_ends_in_time(found):
    assert (found.stop.lost, found.stop.status) == (0, 0)
    assert found.stop.seconds < 10


def test_what_a_short_measurement_found_can_be_written_down(found):
    assert found.megabytes[0] > 50
    assert f"\n| {USERS} | {len(found.many.asked)} | " in section(found, "spotter eval load")


class OneForAll(Memory):
    """A store that mixes up its conversations."""

    def load(self, conversation_id):
        return replace(super().load("everybody"), id=conversation_id)

    def keep(self, conversation):
        return replace(super().keep(replace(conversation, id="everybody")), id=conversation.id)


def test_a_service_that_mixes_up_its_conversations_is_found_out():
    empty = without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))
    with interface(empty, store=OneForAll(Ages(24, time.time))) as client:
        mixed = crowd(str(client.base_url), 10, 0, [("thanks",) * 6])
    found = {one.crossed for one in mixed.asked}
    assert "the reply to another message" in found
    assert crossed(replace(FOUND, many=mixed))


def test_a_service_that_forgets_a_red_flag_is_found_out():
    empty = without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))

    class Forgetful(Memory):
        def load(self, conversation_id):
            return replace(super().load(conversation_id), triage=TriageState())

        def keep(self, conversation):
            return super().keep(replace(conversation, triage=TriageState()))

    with interface(empty, store=Forgetful(Ages(24, time.time))) as client:
        forgot = crowd(str(client.base_url), 10, 0, [("thanks",) * 6])
    assert {one.crossed for one in forgot.asked} == {"", "no card where a red flag stands"}


def test_a_service_that_does_not_start_is_said(tmp_path):
    with pytest.raises(LoadFailed, match="spotter web"), opened(tmp_path, tmp_path / "nothing"):
        pass


def test_the_section_gives_speed_and_what_must_hold():
    lines = section(FOUND, "spotter eval load --users 50").splitlines()
    assert lines[0] == "## Many at once"
    assert lines[2].startswith("Made by `spotter eval load --users 50`.")
    assert lines[3].startswith("a load average of 1.2 before")
    assert "| 1 | 9 | 4 | 50 | 86 | - | - |" in lines
    assert "| 50 | 100 | 25 | 500 | 945 | 550 | 955 |" in lines
    assert "| messages without a reply | 0 of 129 | 0 |" in lines
    assert "| resident memory after the warm-up, and at the end | 300 MB, 310 MB | + 20 MB |" in lines
    assert "| stopped while asked: replies still delivered, and lost | 40, 0 | 0 lost |" in lines


def with_one(**changed):
    """What was found, with one message of which something is different."""
    return replace(FOUND, many=replace(FOUND.many, asked=(replace(RIGHT[0], **changed), *RIGHT[1:])))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (with_one(error="busy"), "1 messages got no reply: busy."),
        (with_one(crossed="no card where a red flag stands"), "not the asker's: no card where a red flag stands."),
        (with_one(opening="something else"), "another answer to the same first question"),
        (replace(FOUND, megabytes=(300.0, 320.0)), "grew by 20 MB"),
        (replace(FOUND, stop=replace(FOUND.stop, lost=2)), "2 messages that had been accepted"),
        (replace(FOUND, stop=replace(FOUND.stop, seconds=10.5)), "ended after 10.5 s with status 0"),
        (replace(FOUND, stop=replace(FOUND.stop, status=-9)), "with status -9"),
    ],
)
def test_whatever_does_not_hold_is_said(found, said):
    (told,) = broken(found)
    assert said in told


def test_nothing_is_said_where_all_holds():
    assert broken(FOUND) == []


def test_the_section_goes_between_its_marks_and_the_rest_of_the_page_stays():
    page = f"# Speed\n\n{BEGIN}\n\nold\n\n{END}\n\n## Cold\n"
    assert placed(page, "new\n", BEGIN, END) == f"# Speed\n\n{BEGIN}\n\nnew\n\n{END}\n\n## Cold\n"
    assert placed(placed(page, "new\n", BEGIN, END), "new\n", BEGIN, END) == placed(page, "new\n", BEGIN, END)


def test_a_page_without_marks_is_not_written():
    with pytest.raises(PageFailed, match="marks"):
        placed("# Speed\n", "new\n", BEGIN, END)


def test_the_marks_stand_on_the_page_above_what_the_bench_writes():
    head = commands_load.PAGE.read_text(encoding="utf-8").partition("<!-- below: written by 'make bench' -->")[0]
    assert placed(head, "new\n", BEGIN, END) != head
