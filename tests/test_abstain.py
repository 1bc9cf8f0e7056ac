"""Whether what was found is good enough to answer with."""

import pytest
from fixtures_assistant import ready, talk

from assistant.abstain import DECISION, covered
from index.search import Found, Hit


def found(question, text, coverage=0.5):
    return Found((Hit("a#b.1", 1.0, text, question),), text, question, coverage, 4)


def test_nothing_found_is_not_covered():
    assert not covered(DECISION.probability(Found((), 0.9, 0.9, 1.0, 4)))


def test_the_nearer_and_the_better_covered_a_question_the_likelier_it_is_answered():
    near, far = DECISION.probability(found(0.8, 0.5)), DECISION.probability(found(0.4, 0.2))
    assert DECISION.probability(found(0.8, 0.5, coverage=0.9)) > near > far
    assert covered(DECISION.probability(found(0.8, 0.5)))
    assert not covered(DECISION.probability(found(0.4, 0.2)))


def test_an_article_without_asked_as_questions_is_judged_by_its_text():
    assert covered(DECISION.probability(found(0.0, 0.7)))


def test_a_question_whose_rare_words_nobody_wrote_needs_to_be_nearer():
    assert not covered(DECISION.probability(found(0.55, 0.4, coverage=0.1)))


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
