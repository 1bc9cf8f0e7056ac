"""What a language model may write from, and where in it words stand."""

from dataclasses import replace

import pytest
from fixtures_assistant import QUESTION, ready
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose.compose import rewritable
from assistant.compose.evidence import MOST, NEVER, Evidence, evidence
from assistant.compose.material import Composed, Material
from assistant.reply import Block, Quote
from corpus.curation import shown

TWO = Evidence("Heading", (Quote("a", 10, 31), Quote("a", 32, 50)), ("Do not round it ever.", "Rest for two days."))


@pytest.fixture(scope="module")
def assistant(real_index_config):
    return ready(real_index_config)


def material(assistant, question, **limits):
    plan = assistant.planner().plan(question)
    return Material(plan, assistant.search(question).hits, assistant.corpus(), assistant.lines())


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("round it", (10, 31)),
        ("Rest for two days.", (32, 50)),
        ("ever. Rest", (10, 50)),
        ("  Rest   for\ntwo ", (32, 50)),
        ("rest for two days", None),
        ("Rest for three days", None),
        ("", None),
        ("   ", None),
    ],
)
def test_words_are_cited_with_the_whole_sentences_around_them(words, place):
    found = TWO.holding(words)
    assert (found and (found.start, found.end)) == place


@given(st.text(max_size=60))
def test_any_words_are_looked_for(words):
    found = TWO.holding(words)
    assert found is None or " ".join(words.split()) in TWO.text


def test_the_evidence_begins_with_what_the_answer_quotes_and_repeats_nothing(assistant):
    own = material(assistant, QUESTION)
    passage = own.corpus.passages[own.hits[2].passage_id]
    pieces = evidence(own, [own.quote(passage, "statement")])
    assert (pieces[0].quotes[0].start, pieces[0].quotes[-1].end) == (passage.start, passage.end)
    assert 1 < len(pieces) <= MOST
    assert [one.quoted for one in pieces] == [True, *[False] * (len(pieces) - 1)]
    spans = [(one.quotes[0].source_id, one.quotes[0].start, one.quotes[-1].end) for one in pieces]
    for place, (source, start, end) in enumerate(spans):
        for other, begun, ended in spans[place + 1 :]:
            assert source != other or end <= begun or ended <= start


def test_each_sentence_of_the_evidence_is_one_of_the_article_as_a_reply_shows_it(assistant):
    own = material(assistant, QUESTION)
    for piece in evidence(own, []):
        for quote, text in zip(piece.quotes, piece.texts, strict=True):
            article = own.corpus.by_source[quote.source_id]
            assert text == shown(article.text[quote.start : quote.end], quote.start, article.mends)
            assert piece.holding(text) == quote or piece.text.count(text) > 1


def test_signs_and_when_to_seek_help_are_no_evidence(assistant):
    corpus = assistant.corpus()
    for question in ("when should I see a doctor?", "is numbness a red flag?", QUESTION):
        own = material(assistant, question)
        everything = [own.quote(corpus.passages[hit.passage_id], "statement") for hit in own.hits]
        for piece in evidence(own, everything):
            for quote in piece.quotes:
                roles = {
                    one.role
                    for one in corpus.by_source[quote.source_id].passages
                    if one.start < quote.end and quote.start < one.end
                }
                assert not roles & NEVER


def test_only_plain_statements_may_be_said_in_other_words(assistant):
    plain = material(assistant, QUESTION)
    statement = Block("statement", "It is tired.", (Quote("a", 0, 12),))
    assert rewritable(plain, Composed((statement,)))
    assert not rewritable(plain, Composed())
    for other in (
        replace(statement, kind="step"),
        replace(statement, kind="position"),
        replace(statement, item=True),
        replace(statement, text="Causes are:"),
        Block("lead", "Exercises:"),
    ):
        assert not rewritable(plain, Composed((statement, other)))
    assert not rewritable(plain, Composed((statement,), exercise="wall-angel"))
    assert not rewritable(plain, Composed((statement,), offered=("wall-angel",)))
    for question in ("How do I do a wall angel?", "how many reps?", "when should I see a doctor?", "my back hurts"):
        assert not rewritable(material(assistant, question), Composed((statement,))), question
