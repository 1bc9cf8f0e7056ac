"""Searching a tiny corpus of two articles, with numbers one can check by hand, and the real one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import WordCountEncoder

from corpus.library import load
from index.build import build
from index.config import IndexConfig
from index.lock import serving
from index.search import Fusion, Index

ARTICLES = {
    "neck": "Neck care\n\nHold your neck. Rest your neck and back.\n",
    "back": "Back care\n\nLift your back. Rest a day.\n",
}
ASKED = {
    "neck": [("Hold your neck", ["hold neck"])],
    "back": [("Lift your back", ["lift back", "back"]), ("Rest a day", ["rest"])],
}
HOLD, BOTH, LIFT, DAY = "neck#neck-care.1", "neck#neck-care.2", "back#back-care.1", "back#back-care.2"


@pytest.fixture
def opened(tmp_path, small_corpus_folder):
    def index(asked_as=ASKED, fusion=None):
        folder = small_corpus_folder(ARTICLES, asked_as=asked_as)
        config = IndexConfig(tmp_path / "data")
        build(load(folder), config, WordCountEncoder)
        return Index(*serving(config, folder), WordCountEncoder(), fusion)

    return index


def cosines(found):
    return {hit.passage_id: (hit.text_cosine, hit.question_cosine) for hit in found.hits}


def test_cosines_are_those_of_the_best_window_and_the_best_question(opened):
    """Windows carry 'Title > Heading'. Axes: neck, back, hold, rest, lift.

    The query "back" against: neck back-less window 'Neck > Neck care / Hold your neck' (neck 3, hold 1): 0;
    'Neck > Neck care / Rest your neck and back' (neck 3, back 1, rest 1): 1/√11;
    'Back > Back care / Lift your back' (back 3, lift 1): 3/√10; '... / Rest a day' (back 2, rest 1): 2/√5.
    Questions: hold neck 0, lift back 1/√2 and back 1 (the better one counts), rest 0.
    """
    found = opened().search("back")
    assert cosines(found) == {
        LIFT: (pytest.approx(3 / 10**0.5), pytest.approx(1)),
        DAY: (pytest.approx(2 / 5**0.5), pytest.approx(0)),
        BOTH: (pytest.approx(1 / 11**0.5), 0.0),
        HOLD: (pytest.approx(0), pytest.approx(0)),
    }
    assert (found.text_cosine, found.question_cosine) == (pytest.approx(3 / 10**0.5), pytest.approx(1))


def test_the_fused_score_is_the_weighted_sum_of_the_parts(opened):
    """With all the weight on meaning in the text the score is the cosine brought to 0..1 by the best and worst."""
    only_text = Fusion(questions=0, text=1, questions_dense=1, questions_words=0, text_dense=1, text_words=0)
    scores = {hit.passage_id: hit.score for hit in opened(fusion=only_text).search("back").hits}
    best = 3 / 10**0.5
    assert scores == {
        LIFT: pytest.approx(1),
        DAY: pytest.approx(2 / 5**0.5 / best),
        BOTH: pytest.approx(1 / 11**0.5 / best),
        HOLD: pytest.approx(0),
    }


def test_half_of_the_weight_on_questions_counts_half(opened):
    half = Fusion(questions=0.5, text=0.5, questions_dense=1, questions_words=0, text_dense=1, text_words=0)
    scores = {hit.passage_id: hit.score for hit in opened(fusion=half).search("back").hits}
    best = 3 / 10**0.5
    assert scores[LIFT] == pytest.approx(1)
    assert scores[DAY] == pytest.approx(0.5 * 2 / 5**0.5 / best)


def test_hits_come_best_first_and_each_passage_once(opened):
    hits = opened().search("rest your neck and back").hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage_id for hit in hits}) == len(hits)
    assert all(0 <= hit.score <= 1 + 1e-9 for hit in hits)


def test_the_usual_shares_of_each_pair_add_up_to_one():
    fusion = Fusion()
    assert fusion.questions + fusion.text == pytest.approx(1)
    assert fusion.questions_dense + fusion.questions_words == pytest.approx(1)
    assert fusion.text_dense + fusion.text_words == pytest.approx(1)


def test_coverage_weighs_a_word_by_how_rare_it_is(opened):
    """Of 8 texts 3 hold 'rest' (two windows, one question), none 'aeroplane'.

    ln(1 + 8/(1+3)) = ln 3 is held by the best hits, ln(1 + 8/1) = ln 9 = 2 ln 3 is not: a third.
    """
    found = opened().search("rest rest aeroplane the")
    assert (found.words, found.coverage) == (2, pytest.approx(1 / 3))


def test_a_question_whose_words_the_best_hits_hold_is_wholly_covered(opened):
    assert opened().search("lift the back").coverage == pytest.approx(1)


@pytest.mark.parametrize("query", ["", "the and it", "🙂", "?!"])
def test_a_query_without_content_words_is_covered_by_nothing(opened, query):
    found = opened().search(query)
    assert (found.words, found.coverage) == (0, 0.0)


def test_without_questions_only_the_text_counts(opened):
    found = opened(asked_as={}).search("back")
    assert found.hits[0].passage_id == LIFT
    assert found.question_cosine == 0.0
    assert all(hit.question_cosine == 0.0 for hit in found.hits)


def test_the_same_query_finds_the_same_in_several_threads(opened):
    index = opened()
    queries = ["back", "neck hold", "rest"] * 10
    expected = [index.search(query) for query in queries]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(index.search, queries)) == expected


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("is ice or a heat pack better?", "back-pain-exercises#is-heat-or-cold-better-for-back-pain"),
        ("How do I do the wall angel?", "back-pain-exercises#wall-angel"),
        ("why is my lower back sore a day after deadlifts", "back-pain-after-deadlift#"),
        ("how do I do child's pose", "back-pain-exercises#childs-pose"),
    ],
)
def test_the_real_index_finds_what_answers(real_index, query, passage):
    assert any(hit.passage_id.startswith(passage) for hit in real_index.search(query).hits[:5])


def test_every_hit_of_the_real_index_is_a_passage(real_index, real_corpus):
    for query in ("sore neck", "invoice for printer paper", "x" * 4000, ""):
        assert {hit.passage_id for hit in real_index.search(query).hits} <= real_corpus.passages.keys()


def test_a_question_on_the_subject_is_nearer_than_one_off_it(real_index):
    on, off = real_index.search("how can I ease a stiff neck"), real_index.search("how do I file my taxes in Ohio")
    assert on.question_cosine > off.question_cosine + 0.2
    assert on.coverage > off.coverage


def test_chroma_finds_the_same_where_the_vectors_are_too_many_to_be_compared(opened, monkeypatch):
    compared_one_by_one = opened().search("rest your neck and back")
    monkeypatch.setattr("index.compared.MOST", 0)
    asked_of_chroma = opened().search("rest your neck and back")
    assert [hit.passage_id for hit in asked_of_chroma.hits] == [hit.passage_id for hit in compared_one_by_one.hits]
    assert cosines(asked_of_chroma) == {
        passage: (pytest.approx(text, abs=1e-6), pytest.approx(question, abs=1e-6))
        for passage, (text, question) in cosines(compared_one_by_one).items()
    }
