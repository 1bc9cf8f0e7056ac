"""What comes with an answer."""

import datetime
from dataclasses import replace

from fixtures_assistant import ready, talk


def on(day, config):
    return replace(ready(config), today=lambda: day)


def test_an_article_past_its_next_review_is_cited_with_a_line_that_says_so(real_index_config):
    (reply,), _ = talk(on(datetime.date(2031, 1, 1), real_index_config), "how do I do a wall angel?")
    said = [block.text for block in reply.blocks if block.kind == "notice"]
    assert len(said) == 1
    assert "2027-11-21" in said[0]
    assert reply.outcome == "answered"


def test_an_article_that_is_not_due_needs_no_such_line(real_index_config):
    (reply,), _ = talk(on(datetime.date(2026, 12, 1), real_index_config), "how do I do a wall angel?")
    assert not any(block.kind == "notice" for block in reply.blocks)


def test_every_answer_ends_with_the_safety_line(real_index_config):
    (reply,), _ = talk(ready(real_index_config), "is walking good for lower back pain")
    assert reply.blocks[-1].kind == "net"


def test_strengthening_that_is_held_back_because_of_a_sign_says_so(real_index_config):
    _, reply = talk(ready(real_index_config), "pain shoots down my left leg", "how do I do the superman?")[0]
    assert (reply.outcome, reply.reason) == ("declined", "card")
    assert "waits until somebody has looked" in reply.text
    assert reply.citations == ()
