"""The labelled pairs of sentence and quote: they fit the articles, and the check meets its goal on the unseen half."""

from collections import Counter

import pytest

from corpus.curation import shown
from evals.commands_support import PAGE
from evals.support_pairs import PARTS, UNSEEN, measured, read_pairs, section

PAIRS = read_pairs()


def test_the_first_part_and_the_unseen_ones_have_as_many_right_ones_as_wrong_ones():
    counts = Counter((pair.part, pair.supported) for pair in PAIRS)
    both = [(part, supported) for part in ("tune", *UNSEEN) for supported in (True, False)]
    assert {key: counts[key] for key in both} == dict.fromkeys(both, 75)
    assert {pair.part for pair in PAIRS} == set(PARTS)
    assert all(bool(pair.fault) != pair.supported for pair in PAIRS)
    assert len({pair.id for pair in PAIRS}) == len({pair.sentence for pair in PAIRS}) == len(PAIRS)


def test_no_part_that_was_tuned_on_has_a_passage_of_the_unseen_ones_but_the_last():
    unseen = {pair.passage_id for pair in PAIRS if pair.part in UNSEEN}
    assert unseen.isdisjoint(pair.passage_id for pair in PAIRS if pair.part not in ("tune_4", *UNSEEN))
    assert unseen > {pair.passage_id for pair in PAIRS if pair.part == "tune_4"}  # a test once; the README says why


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.id)
def test_every_quote_stands_in_its_passage(pair, real_corpus):
    passage = real_corpus.passages[pair.passage_id]
    article = real_corpus.by_source[passage.source_id]
    text = shown(passage.text, passage.start, article.mends)
    assert pair.quote in text or (passage.lead and pair.quote in f"{passage.lead.text} {text}")
    assert pair.heading == passage.heading


@pytest.mark.parametrize("part", UNSEEN)
def test_the_check_meets_its_goal_on_what_nobody_looked_at(part):
    assert measured(PAIRS, part).meets_goal


def test_the_table_in_the_docs_is_what_the_check_does_today():
    table = section([measured(PAIRS, part) for part in PARTS])
    assert table.strip() in PAGE.read_text(encoding="utf-8")
