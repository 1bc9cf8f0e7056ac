"""Real questions over all five articles and every kind of section: each gets an answer that holds.

How good the answers are is measured in evals; here each must be an answer, from the right article.
"""

import json
from pathlib import Path

import pytest
from fixtures_assistant import as_read, ready, talk

from assistant.recheck import reply_problems
from assistant.reply import QUOTING

QUESTIONS = [json.loads(line) for line in Path(__file__).with_name("questions.jsonl").read_text().splitlines()]


@pytest.fixture(params=QUESTIONS, ids=lambda row: row["question"])
def asked(request, real_index_config):
    (reply,), _ = talk(ready(real_index_config), request.param["question"])
    return request.param, reply


def test_a_real_question_is_answered_from_an_article_that_says_something_on_it(asked):
    row, reply = asked
    assert reply.outcome == "answered"
    assert reply.citations[0].source_id in row["sources"]


def test_every_quote_of_the_answer_holds(asked, real_corpus):
    _, reply = asked
    assert reply_problems(as_read(reply), real_corpus) == []


def test_the_answer_is_short_enough_to_read(asked):
    _, reply = asked
    said = [
        block for block in reply.blocks if block.kind in QUOTING and block.kind not in ("step", "volume", "position")
    ]
    assert 0 <= len(said) <= 9
    assert sum(len(block.text.split()) for block in said) <= 170


def test_no_advice_is_given_twice(asked):
    _, reply = asked
    quotes = [quote for block in reply.blocks for quote in block.quotes]
    assert len(quotes) == len(set(quotes))
