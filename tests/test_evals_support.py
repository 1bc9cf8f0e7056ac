"""The labelled pairs of sentence and quote: they fit the articles, and the check meets its goal on the unseen half."""

from collections import Counter

import pytest

from corpus.curation import shown
from evals.commands_support import PAGE
from evals.support_pairs import LEAST_RIGHT, MOST_WRONG, measured, read_pairs, section

PAIRS = read_pairs()


def test_each_half_has_as_many_right_ones_as_wrong_ones():
    assert Counter((pair.half, pair.supported) for pair in PAIRS) == dict.fromkeys(
        [(half, supported) for half in ("tune", "test") for supported in (True, False)], 75
    )
    assert all(bool(pair.fault) != pair.supported for pair in PAIRS)
    assert len({pair.id for pair in PAIRS}) == len({pair.sentence for pair in PAIRS}) == 300


def test_no_passage_is_in_both_halves(real_corpus):
    halves = [{pair.passage_id for pair in PAIRS if pair.half == half} for half in ("tune", "test")]
    assert halves[0].isdisjoint(halves[1])


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.id)
def test_every_quote_stands_in_its_passage(pair, real_corpus):
    passage = real_corpus.passages[pair.passage_id]
    article = real_corpus.by_source[passage.source_id]
    assert pair.quote in shown(passage.text, passage.start, article.mends)
    assert pair.heading == passage.heading


def test_the_check_meets_its_goal_on_the_half_that_nobody_looked_at():
    half = measured(PAIRS, "test")
    assert round(half.right.point * half.right.n) >= LEAST_RIGHT
    assert round(half.wrong.point * half.wrong.n) <= MOST_WRONG


def test_the_table_in_the_docs_is_what_the_check_does_today():
    table = section([measured(PAIRS, half) for half in ("tune", "test")])
    assert table.strip() in PAGE.read_text(encoding="utf-8")
