"""Whether what was found is good enough to answer with."""

import json
from dataclasses import replace

import pytest
from fixtures_assistant import ready, talk

from assistant.abstain import SIGNALS, WEIGHTS, read_decision
from corpus.errors import KnownError
from evals.commands_train import coverage_learned_from
from evals.train_coverage import gather, train
from index.found import Found, Hit


@pytest.fixture(scope="module")
def decision(real_corpus):
    return read_decision(real_corpus)


def found(question, text, coverage=0.5):
    return Found((Hit("a#b.1", 1.0, text, question),), text, question, coverage, 4)


def probability(decision, *signals, question="why does my back ache", **more):
    return decision.probability(question, found(*signals, **more))


def test_nothing_found_is_not_covered(decision):
    assert not decision.covered(decision.probability("why", Found((), 0.9, 0.9, 1.0, 4)))


def test_the_nearer_and_the_better_covered_a_question_the_likelier_it_is_answered(decision):
    near, far = probability(decision, 0.8, 0.5), probability(decision, 0.4, 0.2)
    assert probability(decision, 0.8, 0.5, coverage=0.9) > near > far
    assert decision.covered(near)
    assert not decision.covered(far)


def test_an_article_without_asked_as_questions_is_judged_by_its_text(decision):
    assert decision.covered(probability(decision, 0.0, 0.7))


def test_a_question_whose_rare_words_nobody_wrote_needs_to_be_nearer(decision):
    assert not decision.covered(probability(decision, 0.55, 0.4, coverage=0.1))


def test_a_name_that_no_article_mentions_speaks_against_an_answer(decision):
    asked = [f"does {name} help a sore back" for name in ("stretching", "cupping", "cupping and a sauna")]
    known, one, two = (probability(decision, 0.8, 0.5, question=question) for question in asked)
    assert known > one > two
    assert decision.unmentioned("does cupping help a sore back") == ("cupping",)


def test_a_name_that_an_article_mentions_does_not(decision, real_corpus):
    text = real_corpus.articles[0]
    telling = replace(real_corpus, articles=(replace(text, text=f"{text.text} Cupping helps."),))
    assert "cupping" in decision.names
    assert "cupping" not in read_decision(telling).names


def test_a_reply_says_which_name_the_articles_do_not_mention(real_index_config):
    (reply,), _ = talk(ready(real_index_config), "does kinesio tape help a sore back")
    assert reply.outcome == "declined"
    assert "say nothing about “kinesio”" in reply.text


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"weights": {}, "bias": 0, "least": 0, "text": 0}'])
def test_weights_that_are_missing_or_broken_are_named(real_corpus, tmp_path, content):
    file = tmp_path / "abstain.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(KnownError, match=r"abstain\.json"):
        read_decision(real_corpus, weights=file)


@pytest.mark.long
def test_only_the_dev_split_is_learned_from(decision):
    """A search that is asked says so; a case of the test split must not be asked about."""
    from evals.cases import read_cases

    asked = []

    def search(query):
        asked.append(query)
        return found(0.5, 0.5)

    learned = gather(read_cases(), decision, search)
    unread = {case.twin or case.turns[-1] for case in read_cases() if case.split == "test"}
    read = {case.twin or case.turns[-1] for case in read_cases() if case.split == "dev"}
    assert set(asked) <= read
    assert not set(asked) & (unread - read)
    assert learned.signals.shape == (len(asked), len(SIGNALS))


@pytest.mark.long
def test_the_same_cases_give_the_same_weights(real_data):
    assert train(coverage_learned_from()) == json.loads(WEIGHTS.read_text(encoding="utf-8"))


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
