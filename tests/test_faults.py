"""Odd messages, endless talks and broken files of ours: a reply or one sentence, and the gate answers to the end."""

import gc
import json
import shutil
import subprocess
import sys
import time
import tracemalloc
import unicodedata

import pytest
from fixtures_assistant import (
    EXERCISE,
    QUESTION,
    RED_FLAG,
    ROOT,
    ToldSearch,
    as_read,
    code_copied,
    environment,
    ready,
    spotter,
    talk,
    without_index,
)
from fixtures_faults import told

from assistant.answer import answer
from assistant.conversation import Conversation
from assistant.render import terminal, web_markdown
from assistant.reply import schema_problem
from assistant.settings import read_settings
from assistant.start import start
from corpus.sources import CORPUS
from index.found import Found

# Messages that nobody types, and that somebody sends.

ODD = {
    "100,000 characters": QUESTION + " really" * 14_000,
    "one word of 100,000 characters": "a" * 100_000,
    "100,000 brackets": "(" * 50_000 + ")" * 50_000,
    "nested brackets": "[{(" * 30_000 + QUESTION,
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85\x9b2J" + QUESTION,
    "turned around": f"\u202e{QUESTION}\u202c \u2066{QUESTION}\u2069 \u200f\u061c",
    "no characters to see": "\u200b\u200d\ufeff\u2060" * 1000 + QUESTION,
    "bytes that are no text": f"\udcff\udc80 {QUESTION} \udce2\udca8",
    "marks upon marks": "z" + "\u0301" * 20_000 + QUESTION,
    "every plane": "".join(chr(0x1F300 + n) for n in range(500)) + QUESTION,
}
# What a terminal obeys or what turns a line around; a reply holds none of it, whatever was typed.
OBEYED = ("Cc", "Cf", "Cs")


@pytest.mark.parametrize("name", ODD)
def test_a_message_that_nobody_types_gets_a_reply_with_nothing_of_it(real_index_config, name):
    (reply, again), _ = talk(ready(real_index_config), ODD[name], QUESTION)
    assert schema_problem(as_read(reply)) == ""
    assert again.outcome == "answered"
    for shown in (terminal(reply), web_markdown(reply), json.dumps(reply.as_json(), ensure_ascii=False)):
        assert [one for one in shown if unicodedata.category(one) in OBEYED and one not in "\n\xad"] == []


@pytest.mark.parametrize("name", ODD)
def test_no_such_message_hides_a_red_flag(real_index_config, name):
    for message in (f"{RED_FLAG}. {ODD[name]}", f"{ODD[name]}. {RED_FLAG}"):
        (reply,), _ = talk(ready(real_index_config), message)
        assert (reply.mode, reply.tier) == ("hard", "emergency")


def test_a_chat_takes_all_of_it_line_by_line(real_index_config, tmp_path):
    lines = [message.replace("\n", " ").encode(errors="surrogateescape") for message in ODD.values()]
    run = subprocess.run(
        [sys.executable, "-m", "assistant", "ask"],
        cwd=ROOT,
        env=environment(real_index_config.data, tmp_path / "home"),
        input=b"\n".join([*lines, RED_FLAG.encode(), b""]),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.count(b"You> ") >= len(lines)
    assert b"This needs an emergency department now" in run.stdout


# A talk without an end

CHATTER = [
    "thanks",
    "who won the world cup",
    "is my leg numb?",
    "no",
    "my friend had chest pain last year",
    EXERCISE,
    "how many reps?",
]


@pytest.mark.parametrize("turns", [500, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_talk_that_never_ends_takes_no_more_room_or_time_with_each_turn(turns):
    search = ToldSearch(Found((), 0.0, 0.0, 0.0, 0))
    assistant = without_index(start(read_settings({})), search)
    conversation = Conversation()

    def on(count):
        nonlocal conversation
        started = time.perf_counter()
        for number in range(count):
            conversation = answer(CHATTER[number % len(CHATTER)], conversation, assistant).conversation
        taken = time.perf_counter() - started
        search.queries.clear()  # the double keeps what it was asked
        gc.collect()  # what a turn leaves in circles waits for the collector, more of it the longer it waits
        return taken

    on(200)  # whatever is kept once is kept now
    tracemalloc.start()
    early, small, held = on(100), len(conversation.as_json()), tracemalloc.get_traced_memory()[0]
    on(turns - 400)
    late, large, holds = on(100), len(conversation.as_json()), tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert large < small + 500
    assert holds < held + 500_000
    assert late < early * 4 + 1


def test_a_red_flag_stands_however_long_the_talk_goes_on():
    assistant = without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))
    replies, _ = talk(assistant, RED_FLAG, *CHATTER * 30, QUESTION)
    assert {(reply.mode, reply.tier) for reply in replies} == {("hard", "emergency")}


# Files of ours that are broken


@pytest.fixture
def copied(tmp_path):
    """A copy of the articles with all that we wrote about them."""
    return shutil.copytree(CORPUS, tmp_path / "corpus", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    "name",
    [
        "curation/back-pain-exercises.toml",
        "articles/back-pain-exercises.txt",
        pytest.param("sources.toml", marks=pytest.mark.long),
        pytest.param("conflicts.toml", marks=pytest.mark.long),
    ],
)
def test_a_corpus_with_a_file_cut_short_answers_nothing_but_an_emergency(real_index_config, tmp_path, copied, name):
    cut(copied / name)
    place = {"data": real_index_config.data, "home": tmp_path / "home", "SPOTTER_CORPUS": str(copied)}
    run = spotter("ask", QUESTION, **place)
    assert (run.returncode, run.stdout) == (1, "")
    assert told(run.stderr), run.stderr
    assert name.rpartition("/")[2] in run.stderr
    card = spotter("ask", RED_FLAG, **place)
    assert (card.returncode, card.stderr) == (0, "")
    assert "This needs an emergency department now" in card.stdout


def test_an_overlay_that_withholds_what_is_not_there_is_one_sentence(real_index_config, tmp_path, copied):
    overlay = copied / "curation" / "back-pain-exercises.toml"
    more = '\n[[withhold]]\nquote = "words that stand nowhere"\nreason = "promotion"\nwhy = "So."\n'
    overlay.write_text(overlay.read_text(encoding="utf-8") + more, encoding="utf-8")
    for command in (["ask", QUESTION], ["corpus", "check"], ["index", "build"]):
        run = spotter(*command, data=real_index_config.data, home=tmp_path / "home", SPOTTER_CORPUS=str(copied))
        assert (run.returncode, run.stdout) == (1, "")
        assert told(run.stderr), run.stderr


@pytest.mark.parametrize("name", ["triage/cards/cauda_equina.toml", "triage/lexicon/body.toml", "canaries.toml"])
def test_a_broken_file_of_the_gate_refuses_everybody_and_says_whom_to_call(real_index_config, tmp_path, name):
    code = code_copied(tmp_path / "code")
    cut(code / "assistant" / name)
    run = spotter("ask", RED_FLAG, code=code, data=real_index_config.data, home=tmp_path / "home")
    assert (run.returncode, run.stdout) == (1, "")
    assert told(run.stderr), run.stderr
    assert "112, 911, 999 or 000" in run.stderr
