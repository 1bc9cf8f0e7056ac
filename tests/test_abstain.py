"""Whether what was found is good enough to answer with."""

import pytest
from fixtures_assistant import ready, talk

from assistant.abstain import Thresholds, covered
from index.search import Found, Hit


def found(question, text, known=1.0):
    return Found((Hit("a#b.1", 1.0, text, question),), text, question, known, 4)


def test_nothing_found_is_not_covered():
    assert not covered(Found((), 0.0, 0.0, 0.0, 0))


def test_a_question_near_to_one_that_was_asked_before_is_covered():
    limits = Thresholds()
    assert covered(found(limits.question, 0.0))
    assert not covered(found(limits.question - 0.01, 0.0))


def test_words_that_the_articles_do_not_know_are_not_covered():
    assert not covered(found(0.9, 0.9, known=0.2))


@pytest.mark.parametrize(
    "question",
    ["what does the contract law say about gym memberships", "how do I bake sourdough", "capital of mongolia?"],
)
def test_what_the_articles_do_not_cover_is_declined_or_refused_without_a_citation(question, real_index_config):
    (reply,), _ = talk(ready(real_index_config), question)
    assert reply.outcome in ("declined", "refused")
    assert reply.citations == ()


def test_a_declined_reply_is_no_dead_end(real_index_config):
    (reply,), _ = talk(ready(real_index_config), "does reading in a hammock change the shape of my spine over decades")
    if reply.outcome == "declined":
        assert any("cover nearby" in block.text for block in reply.blocks)
        assert any("ask about" in block.text for block in reply.blocks)
