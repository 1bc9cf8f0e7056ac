"""A language model in the slot, over the wire: whatever it says or not, what is served is verified or the articles'."""

import json
import re
import threading
import time
from dataclasses import replace

import pytest
from fixtures_assistant import QUESTION, RED_FLAG
from fixtures_model import (
    cut,
    drip,
    empty,
    endless,
    half,
    html,
    mutters,
    refusal,
    says,
    serving,
    slow,
    status,
    truncated,
)
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import answer
from assistant.conversation import Conversation
from assistant.door import Rooms
from assistant.model.slot import LONGEST, OPEN
from assistant.recheck import reply_problems
from assistant.reply import schema_problem
from assistant.settings import read_settings
from assistant.start import start
from assistant.state.ages import Ages
from assistant.state.memory import Memory
from assistant.talks import Talks, Visitor
from evals.scripted_model import LIES, said

EVIDENCE = re.compile(r"^(\d+)\. \[[^\n]*\]\n([^\n]+)$", re.MULTILINE)
SECONDS = 2
HARMLESS = says('{"suspected": false}')


def kind(body):
    return "answer" if "<evidence>" in body["messages"][-1]["content"] else "opinion"


class Talking:
    """An assistant with a model behind a server; a script of the test's for its answers."""

    def __init__(self, server, config):
        self.server = server
        environment = {
            "SPOTTER_DATA": str(config.data),
            "SPOTTER_MODEL": "openai:scripted",
            "SPOTTER_MODEL_URL": server.address,
            "SPOTTER_MODEL_SECONDS": str(SECONDS),
        }
        self.assistant = start(read_settings(environment))

    def ask(self, behaviour, message=QUESTION, conversation=None):
        self.server.script["answer"] = behaviour
        turn = answer(message, conversation or Conversation(), self.assistant)
        row = turn.reply.as_json()
        assert schema_problem(row) == ""
        assert reply_problems(row, self.assistant.corpus()) == []
        return turn.reply


@pytest.fixture(scope="module")
def talking(real_index_config):
    with serving(opinion=HARMLESS) as server:
        server.kind = kind
        yield Talking(server, real_index_config)


@pytest.fixture(scope="module")
def plain(real_index_config):
    """The answer without a model."""
    without = start(read_settings({"SPOTTER_DATA": str(real_index_config.data)}))
    return answer(QUESTION, Conversation(), without).reply


def true(messages, least=2):
    """Sentences of the evidence, word for word, with their places."""
    found = [(int(n), text) for n, text in EVIDENCE.findall(messages[-1]["content"]) if "[" not in text]
    return [{"text": text, "evidence": [{"id": n, "quote": text}]} for n, text in found][:least]


def as_json(sentences):
    return json.dumps({"sentences": sentences}, ensure_ascii=False)


def telling(*more):
    """True sentences, and others that are made of the first of them."""
    return lambda messages: says(as_json([*true(messages), *(change(true(messages)[0]) for change in more)]))


def written(reply):
    return [block.text for block in reply.blocks if block.kind == "written"]


def quoted(reply):
    return [(block.kind, block.text) for block in reply.blocks if block.citations]


def test_a_true_answer_is_served_in_the_words_of_the_model_each_sentence_with_its_quote(talking):
    reply = talking.ask(telling())
    assert len(written(reply)) == 2
    assert reply.blocks[0].kind == "lead"
    assert "language model" in reply.blocks[0].text
    (use,) = reply.model
    assert (use.name, use.written, use.reason, use.dropped) == ("openai:scripted", True, "", ())
    assert re.fullmatch("answer@[0-9a-f]{12}", use.prompt)
    for block in reply.blocks:
        for n in block.citations:
            assert reply.citations[n - 1].quote


def test_the_words_may_differ_from_those_of_the_quote(talking):
    def rephrased(messages):
        n, text = next((n, text) for n, text in EVIDENCE.findall(messages[-1]["content"]) if "weak core" in text)
        told = "Lower back pain after a workout can be caused by muscle strain or weak core muscles."
        return says(as_json([{"text": told, "evidence": [{"id": int(n), "quote": text}]}]))

    assert written(talking.ask(rephrased)) == [
        "Lower back pain after a workout can be caused by muscle strain or weak core muscles."
    ]


@pytest.mark.parametrize("lie", range(len(LIES)))
def test_of_a_sentence_that_must_not_be_served_only_the_reason_is_kept(talking, lie):
    wrong = []

    def change(row):
        wrong.append(LIES[lie](row))
        return wrong[-1]

    reply = talking.ask(telling(change))
    assert len(written(reply)) == 2
    assert wrong[0]["text"] not in written(reply) or written(reply).count(wrong[0]["text"]) == 1
    (use,) = reply.model
    assert len(use.dropped) == 1
    assert wrong[0]["text"] not in json.dumps(use.as_json())


def test_a_sentence_that_is_said_twice_is_served_once(talking):
    reply = talking.ask(telling(lambda row: row))
    assert len(written(reply)) == 2
    assert reply.model[0].dropped == ("repeated",)


def test_words_cut_out_of_a_denial_carry_nothing(talking):
    """The quote is exact, and the sentence around it says the opposite."""

    def cut_out(messages):
        content = messages[-1]["content"]
        n = next(n for n, text in EVIDENCE.findall(content) if "not a deciding factor" in text)
        told = "Poor posture is a deciding factor."
        row = {"text": told, "evidence": [{"id": int(n), "quote": "a deciding factor"}]}
        return says(as_json([*true(messages), row]))

    reply = talking.ask(cut_out)
    assert "Poor posture is a deciding factor." not in written(reply)
    assert len(reply.model[0].dropped) == 1


FAILING = {
    "half of it": (lambda messages: half(as_json(true(messages))), "invalid"),
    "nothing": (lambda messages: empty(), "invalid"),
    "no sentences": (lambda messages: says('{"sentences": []}'), "empty"),
    "prose": (lambda messages: says("You have a slipped disc. Take 400 mg of ibuprofen."), "invalid"),
    "another shape": (lambda messages: says('{"sentences": [{"words": 1}]}'), "invalid"),
    "an endless stream": (lambda messages: endless("more and more "), "too_long"),
    "an endless stream of brackets": (lambda messages: endless('{"sentences": [' + "[" * 60), "too_long"),
    "silence": (lambda messages: slow(30, as_json(true(messages))), "timed_out"),
    "a murmur that says nothing": (lambda messages: mutters(30, as_json(true(messages))), "timed_out"),
    "a drip": (lambda messages: drip(as_json(true(messages)), 0.5), "timed_out"),
    "429": (lambda messages: status(429, None, {"Retry-After": "30"}), "rate_limited"),
    "500": (lambda messages: status(500), "failed"),
    "401": (lambda messages: status(401), "failed"),
    "a cut": (lambda messages: cut(as_json(true(messages))), "failed"),
    "a reset": (lambda messages: cut(as_json(true(messages)), "reset"), "failed"),
    "a quiet cut": (lambda messages: cut(as_json(true(messages)), "quiet"), "invalid"),
    "a refusal": (lambda messages: refusal("I cannot help with that."), "invalid"),
    "a page": (lambda messages: html("<p>Log in</p>"), "failed"),
    "a stop at its length": (lambda messages: truncated(as_json(true(messages))[:60]), "failed"),
    "uncited": (lambda messages: says(as_json([row | {"evidence": []} for row in true(messages)])), "unsupported"),
}


@pytest.mark.parametrize("failure", FAILING)
def test_where_the_model_fails_the_quotes_are_served_and_a_line_says_so(talking, plain, failure):
    behaviour, reason = FAILING[failure]
    begun = time.monotonic()
    reply = talking.ask(behaviour)
    assert time.monotonic() - begun < SECONDS + 5
    assert quoted(reply) == quoted(plain)
    assert "language model gave no answer" in reply.text
    assert (reply.model[0].written, reply.model[0].reason) == (False, reason)


def test_where_most_of_it_does_not_hold_nothing_of_it_is_trusted(talking, plain):
    wrong = [LIES[0], LIES[1], LIES[5]]
    reply = talking.ask(telling(*wrong))
    assert written(reply) == []
    assert quoted(reply) == quoted(plain)
    assert (reply.model[0].reason, len(reply.model[0].dropped)) == ("unsupported", 3)


def test_an_answer_between_the_marks_of_a_block_of_code_is_read(talking):
    reply = talking.ask(lambda messages: says(f"```json\n{as_json(true(messages))}\n```"))
    assert len(written(reply)) == 2


NESTED = st.recursive(st.none() | st.text(max_size=20), st.lists, max_leaves=20)


@given(text=st.text(max_size=300) | NESTED.map(json.dumps))
def test_whatever_it_says_a_reply_comes_that_holds(talking, text):
    assert talking.ask(says(text)).outcome == "answered"


def test_a_red_flag_is_never_sent(talking):
    before = len(talking.server.requests)
    reply = talking.ask(telling(), RED_FLAG)
    assert reply.mode == "hard"
    crisis = talking.ask(telling(), "I want to end my life")
    assert crisis.outcome == "crisis"
    latched = answer(RED_FLAG, Conversation(), talking.assistant).conversation
    assert talking.ask(telling(), QUESTION, latched).reason == "latched"
    assert len(talking.server.requests) == before


def test_personal_data_is_masked_before_it_is_sent(talking):
    talking.server.requests.clear()
    talking.ask(telling(), f"My name is Zanzibar Smith, mail zan@example.org or +44 20 7946 0958. {QUESTION}")
    assert talking.server.requests
    for request in talking.server.requests:
        sent = json.dumps(request.body)
        assert "deadlifts" in sent
        assert not re.search("Zanzibar|example.org|7946", sent)


def test_exercises_amounts_disagreements_and_when_to_seek_help_stay_in_the_articles_words(talking):
    questions = [
        "How do I do a wall angel?",
        "How many reps of the cat cow?",
        "Should I use heat or ice?",
        "When should I see a doctor about my back?",
        "Which stretches help my lower back?",
    ]
    for question in questions:
        reply = talking.ask(telling(), question)
        assert written(reply) == [], question
        assert reply.model == (), question


def test_a_suspicion_of_the_model_adds_the_card_and_its_question_and_takes_nothing_away(talking):
    talking.server.script["opinion"] = says('{"suspected": true}')
    try:
        reply = talking.ask(telling())
        assert (reply.mode, reply.outcome) == ("soft", "answered")
        assert reply.card
        assert reply.question
        after = answer(QUESTION, Conversation(), talking.assistant).conversation
        assert answer("yes", after, talking.assistant).reply.mode == "hard"
    finally:
        talking.server.script["opinion"] = HARMLESS


@pytest.mark.parametrize("opinion", [says("nonsense"), empty(), status(500), says('{"suspected": "maybe"}')])
def test_an_opinion_that_cannot_be_read_changes_nothing(talking, opinion):
    talking.server.script["opinion"] = opinion
    try:
        assert talking.ask(telling()).mode == "none"
    finally:
        talking.server.script["opinion"] = HARMLESS


def test_of_a_talk_that_is_gone_through_again_only_the_newest_message_is_answered_by_the_model(talking):
    talks = Talks(talking.assistant, Memory(Ages(24)), Rooms("1000/minute"))
    talking.server.script["answer"] = telling()
    talking.server.requests.clear()
    reply = talks.replay([QUESTION, "why is my neck stiff?", "thanks", QUESTION], Visitor("test"))
    assert written(reply)
    assert (len(talking.server.of("answer")), len(talking.server.of("opinion"))) == (1, 2)


def test_a_yes_to_the_question_that_a_suspicion_brought_counts_in_a_talk_that_is_gone_through_again(talking):
    talks = Talks(talking.assistant, Memory(Ages(24)), Rooms("1000/minute"))
    talking.server.script |= {"answer": telling(), "opinion": says('{"suspected": true}')}
    try:
        assert talks.replay([QUESTION], Visitor("test")).mode == "soft"
        assert talks.replay([QUESTION, "yes"], Visitor("test")).mode == "hard"
    finally:
        talking.server.script["opinion"] = HARMLESS


def test_servers_that_never_end_hold_up_a_bounded_number_of_answers(real_index_config, plain):
    replies = []
    with serving(opinion=HARMLESS, answer=lambda messages: mutters(20, "{}")) as server:
        server.kind = kind
        stuck = Talking(server, real_index_config).assistant
        threads = [
            threading.Thread(target=lambda: replies.append(answer(QUESTION, Conversation(), stuck).reply))
            for _ in range(OPEN + 4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert [quoted(reply) for reply in replies] == [quoted(plain)] * (OPEN + 4)
    assert {reply.model[0].reason for reply in replies} <= {"timed_out", "busy"}
    assert max(len(server.of("answer")), 1) <= OPEN


def test_each_sentence_is_heard_as_soon_as_it_holds_and_none_that_does_not(talking):
    heard = []
    listening = replace(talking.assistant, hear=lambda block: heard.append((block.text, time.monotonic())))
    talking.server.script["answer"] = lambda messages: drip(
        as_json([*true(messages), LIES[5](true(messages)[0])]), 0.01
    )
    reply = answer(QUESTION, Conversation(), listening).reply
    assert [text for text, _ in heard] == written(reply)
    assert heard[1][1] - heard[0][1] > 0.05


def test_the_script_of_the_harness_says_what_it_is_asked_for():
    told = json.loads(said([("system", ""), ("human", "<evidence>\n1. [A]\nRest for 2 days.\n</evidence>")]))
    assert told["sentences"][0] == {"text": "Rest for 2 days.", "evidence": [{"id": 1, "quote": "Rest for 2 days."}]}
    assert len(told["sentences"]) == 2
    assert len(said([("human", "x" * LONGEST)])) < 100
