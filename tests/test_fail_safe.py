"""Whatever fails in the gate, and whatever bytes come in: a card and no answer, and no word of it in the log."""

import logging
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from fixtures_assistant import QUESTION, RED_FLAG, ROOT, ToldSearch, as_read, environment, talk, without_index
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import LONGEST_READ, answer
from assistant.conversation import Conversation
from assistant.reply import schema_problem
from assistant.settings import read_settings
from assistant.start import start
from assistant.triage.gate import FOLDER, fallback_card, load_protocol
from assistant.triage.records import Finding, Slot, TriageState
from index.found import Found

PROTOCOL = load_protocol()
TYPED = "my quux hurts since the zanzibar workout"
CHAT = 'import sys; from assistant.cli import main; sys.argv = ["spotter", "ask"]; main()'


@pytest.fixture(scope="module")
def assistant():
    """The assistant with a search that finds nothing: these tests need no index."""
    return without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))


def protocol_from(folder, file, spoil):
    """A loader of the gate's data as they are, but for one file."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    spoil(folder / file)
    return lambda: load_protocol(folder)


def emptied(path):
    path.write_text("", encoding="utf-8")


def cut_off(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def not_text(path):
    path.write_bytes(b"\xff\xfe\x00" + path.read_bytes())


def is_failure(reply):
    return (
        (reply.outcome, reply.reason, reply.mode) == ("escalated", "gate_failed", "hard")
        and reply.card == fallback_card()
        and (reply.blocks, reply.citations, reply.followups) == ((), (), ())
        and schema_problem(as_read(reply)) == ""
    )


# A gate that fails


@pytest.mark.parametrize("spoil", [emptied, cut_off, not_text, lambda path: path.unlink()])
@pytest.mark.parametrize(
    "file",
    ["protocol.toml", "cards/heart.toml", "lexicon/body.toml", "emergency_numbers.toml", "second_opinion.json"],
)
def test_a_data_file_that_cannot_be_read_shows_the_card_of_last_resort(assistant, tmp_path, caplog, file, spoil):
    broken = replace(assistant, protocol=protocol_from(tmp_path / "triage", file, spoil))
    replies, _ = talk(broken, TYPED, RED_FLAG)
    assert [is_failure(reply) for reply in replies] == [True, True]
    assert {record.getMessage() for record in caplog.records} == {"The red-flag gate failed: ProtocolError"}


class Telling:
    """A part of the gate that fails and puts what it was given into its error, as libraries do."""

    def __getattr__(self, name):
        def failing(*given):
            raise ValueError(f"{name} cannot work on {given!r}")

        return failing


STEPS = {
    "normalising": replace(PROTOCOL, lexicon=replace(PROTOCOL.lexicon, characters=Telling())),
    "splitting": replace(PROTOCOL, splitter=Telling()),
    "finding words": replace(PROTOCOL, lexicon=replace(PROTOCOL.lexicon, by_word=Telling())),
    "finding signs": replace(PROTOCOL, frames_by_concept=Telling()),
    "the second detector": replace(PROTOCOL, second_opinion=Telling()),
    "choosing a card": replace(PROTOCOL, shelf=Telling()),
    "a card that is gone": replace(PROTOCOL, shelf=replace(PROTOCOL.shelf, cards={})),
}


@pytest.mark.parametrize("step", STEPS)
def test_an_error_in_any_step_shows_the_card_and_its_text_is_not_logged(assistant, caplog, capfd, step):
    broken = replace(assistant, protocol=lambda: STEPS[step])
    with caplog.at_level(logging.DEBUG):
        (reply,), _ = talk(broken, f"my lower back is stiff und ich kann die Arme – {TYPED}, {RED_FLAG}")
    assert is_failure(reply)
    (record,) = caplog.records
    assert record.getMessage().startswith("The red-flag gate failed: ")
    assert (record.exc_info, record.exc_text, record.stack_info) == (None, None, None)
    said = repr(vars(record)) + "".join(capfd.readouterr())
    assert "quux" not in said
    assert "zanzibar" not in said


STATES = [
    TriageState(tier="zanzibar"),
    TriageState(flags=(("zanzibar", "urgent"),), tier="urgent"),
    TriageState(flags=(("cardiac", "zanzibar"),)),
    TriageState(pending="numb_saddle@zanzibar"),
    TriageState(weighed=("zanzibar", 1)),
    TriageState(findings=("zanzibar",)),
    TriageState(slots=(("zanzibar",),)),
    TriageState(turn="zanzibar"),
]


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_is_damaged_shows_the_card_and_is_no_fresh_start(assistant, state):
    turn = answer(QUESTION, Conversation(triage=state), assistant)
    again = answer(QUESTION, turn.conversation, assistant)
    assert is_failure(turn.reply)
    assert is_failure(again.reply)


def test_a_state_with_signs_that_the_protocol_no_longer_has_is_read_as_far_as_it_goes(assistant):
    state = TriageState(
        findings=(Finding("zanzibar", "present", "self", 0), Finding("numb_saddle", "present", "self", 0)),
        slots=((Slot("zanzibar", 1, 1),),),
        shown=("zanzibar",),
    )
    assert answer("thanks", Conversation(triage=state), assistant).reply.tier == "emergency"


@pytest.mark.parametrize("message", [None, 5, b"my back hurts", [QUESTION]])
def test_what_is_no_text_at_all_shows_the_card(assistant, message):
    assert is_failure(answer(message, Conversation(), assistant).reply)


# A message that cannot be read whole


PIECES = [
    "\ud800",
    "\udcff",
    "\x00",
    "\x1b[2J",
    "\u202e",
    "\ufeff",
    "\x85",
    "e\u0301" * 40,
    "🤷",
    "\U0010ffff",
    ")" * 90,
]


@given(st.lists(st.sampled_from(PIECES), max_size=4), st.lists(st.sampled_from(PIECES), max_size=4))
def test_no_odd_character_hides_a_red_flag_beside_it(assistant, before, after):
    (reply,), _ = talk(assistant, f"{''.join(before)} {RED_FLAG} {''.join(after)}")
    assert (reply.mode, reply.tier, reply.reason) == ("hard", "emergency", "red_flag")


@pytest.mark.parametrize("message", ["\udcff\udcfe", "hello \ud800", f"\udcff {QUESTION}", "\ud83d"])
def test_a_message_of_which_a_part_is_no_text_brings_the_general_card(assistant, message):
    (reply,), _ = talk(assistant, message)
    assert (reply.mode, reply.tier, reply.card.id) == ("soft", "none", "general_emergency")
    assert schema_problem(as_read(reply)) == ""


@pytest.mark.parametrize("message", ["", "  ", "\x00", "thanks\x00", "🤷", "é", QUESTION])
def test_what_can_be_read_whole_brings_none(assistant, message):
    assert talk(assistant, message)[0][0].card is None


@pytest.mark.long
def test_ten_million_characters_are_read_from_both_ends_and_bring_the_general_card(assistant):
    long = "how do I stretch my back? " * 400_000
    replies = [talk(assistant, text)[0][0] for text in (long, f"{RED_FLAG}. {long}", f"{long} {RED_FLAG}")]
    assert [reply.mode for reply in replies] == ["soft", "hard", "hard"]
    assert (replies[0].card.id, replies[0].reason) == ("general_emergency", "too_long")


def test_the_longest_message_that_is_read_whole_brings_no_card(assistant):
    (reply,), _ = talk(assistant, "a" * LONGEST_READ)
    assert (reply.mode, reply.reason) == ("none", "too_long")


@pytest.mark.parametrize("line", [b"my \xff crotch is numb", b"\xff\xfe", "I can't pee, és".encode("latin-1")])
def test_a_chat_is_not_ended_by_bytes_that_are_no_text(tmp_path, line):
    run = subprocess.run(
        [sys.executable, "-c", CHAT],
        cwd=ROOT,
        env=environment(tmp_path, tmp_path, PYTHONIOENCODING="utf-8:strict"),
        input=line + b"\n\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"112, 911, 999 or 000" in run.stdout.partition(b"You> ")[2]
