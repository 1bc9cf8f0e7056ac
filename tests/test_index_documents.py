"""What is embedded and searched: windows under their heading, and questions that point to a passage."""

import pytest

from corpus.library import load
from index.documents import LONGEST_WINDOW, Document, passage_windows, questions

TEXT = "# Neck pain\n\n## Rest\n\nRest helps.\n\nTo relax:\n\n• Walk a mile\n"


def words(text):
    return len(text.split())


@pytest.fixture
def corpus(small_corpus_folder):
    asked = [("Rest helps", ["Why rest?", "Is rest good?"]), ("To relax", ["How do I relax?"])]
    return load(small_corpus_folder({"neck": TEXT}, asked_as={"neck": asked}, sources={"neck": {"title": "Sore neck"}}))


def test_a_passage_is_searched_under_its_title_and_heading_with_its_lead(corpus):
    assert passage_windows(corpus, words) == [
        Document("neck#rest.1|0", "neck#rest.1", "Sore neck > Rest\nRest helps."),
        Document("neck#rest.2|0", "neck#rest.2", "Sore neck > Rest\nTo relax: Walk a mile"),
    ]


def test_a_question_is_a_document_that_points_to_its_passage(corpus):
    assert questions(corpus) == [
        Document("neck#rest.1|q0", "neck#rest.1", "Why rest?"),
        Document("neck#rest.1|q1", "neck#rest.1", "Is rest good?"),
        Document("neck#rest.2|q2", "neck#rest.2", "How do I relax?"),
    ]


@pytest.fixture
def long_corpus(small_corpus_folder):
    numbers = " ".join(f"word{number}" for number in range(500))
    return load(small_corpus_folder({"neck": f"Rest\n\nSentence of {numbers} words.\n"}))


def test_a_long_passage_is_cut_into_windows_that_lose_no_word(long_corpus):
    found = passage_windows(long_corpus, words)
    (passage,) = long_corpus.passages.values()
    assert [one.id for one in found] == [f"{passage.id}|{number}" for number in range(3)]
    assert all(words(one.text) <= LONGEST_WINDOW for one in found)
    header, *_ = found[0].text.splitlines()
    assert " ".join(one.text.removeprefix(f"{header}\n") for one in found) == passage.text


def test_a_word_longer_than_a_window_still_has_one(long_corpus):
    found = passage_windows(long_corpus, lambda text: 300 * words(text))
    assert len(found) == 503


def test_no_window_of_the_real_corpus_is_longer_than_the_model_reads(real_corpus, real_encoder):
    found = passage_windows(real_corpus, real_encoder.count_tokens)
    assert {one.passage_id for one in found} == real_corpus.passages.keys()
    assert len({one.id for one in found}) == len(found)
    assert all(real_encoder.count_tokens(one.text) <= LONGEST_WINDOW for one in found)


def test_no_question_of_the_real_corpus_is_longer_than_the_model_reads(real_corpus, real_encoder):
    assert all(real_encoder.count_tokens(one.text) <= LONGEST_WINDOW for one in questions(real_corpus))
