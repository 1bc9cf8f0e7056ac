"""Measures of one answer against gold spans, nuggets and its own quotes, each by hand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.curation import mended
from corpus.records import Span
from evals.measures_answers import (
    citation_precision,
    citation_recall,
    gold_first,
    gold_quoted,
    in_region,
    nugget_recall,
    quote_exact,
    spans_overlap,
    statement_precision,
    without_corrections,
)
from evals.measures_wording import numbers_agree

spans = st.tuples(st.sampled_from(["neck", "back"]), st.integers(0, 30), st.integers(0, 30))
sentences = st.text(st.sampled_from("ab. "), min_size=1, max_size=8)
statements_with_quotes = st.lists(st.tuples(sentences, st.lists(sentences, max_size=3)), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (("neck", 10, 20), True),
        (("neck", 19, 30), True),  # shares character 19
        (("neck", 20, 30), False),  # the end is exclusive
        (("neck", 0, 10), False),
        (("neck", 12, 13), True),
        (("neck", 12, 12), False),  # empty
        (("back", 10, 20), False),
    ],
)
def test_spans_overlap_when_they_share_a_character_of_one_article(other, overlap):
    assert spans_overlap(("neck", 10, 20), other) is overlap


@given(spans, spans)
def test_overlap_goes_both_ways_and_is_that_of_the_set_of_characters(one, other):
    shared = one[0] == other[0] and set(range(*one[1:])) & set(range(*other[1:]))
    assert spans_overlap(one, other) is spans_overlap(other, one) is bool(shared)


def test_gold_is_quoted_when_any_citation_touches_any_gold_span():
    gold = [("neck", 0, 10), ("back", 50, 60)]
    assert gold_quoted([("neck", 90, 99), ("back", 55, 56)], gold)
    assert not gold_quoted([("neck", 90, 99)], gold)
    assert not gold_quoted([], gold)
    assert not gold_quoted([("neck", 0, 10)], [])


def test_gold_comes_first_only_when_the_first_statement_has_it():
    gold = [("neck", 0, 10)]
    assert gold_first([("neck", 5, 8)], gold)
    assert not gold_first([("neck", 20, 30)], gold)
    assert not gold_first([], gold)


def test_statement_precision_is_the_share_that_bears_on_the_question():
    bearing = [("neck", 0, 100)]
    statements = [[("neck", 5, 9)], [("back", 5, 9)], [("back", 0, 1), ("neck", 99, 120)], []]
    assert statement_precision(statements, bearing) == 2 / 4
    assert statement_precision(statements, []) == 0
    assert statement_precision([], bearing) is None


NUGGETS = [(r"hold .*30 seconds", True), (r"don't bounce", True), (r"twice a day", False), (r"\bheat\b", False)]


def test_nugget_recall_by_hand():
    text = "Hold the stretch for\n 30 seconds. Don’t bounce. Wheat is fine twice a  day."
    assert nugget_recall(text, NUGGETS, vital_only=True) == 2 / 2
    assert nugget_recall(text, NUGGETS, vital_only=False) == 3 / 4
    assert nugget_recall("Hold it for 30 seconds.", NUGGETS, vital_only=True) == 1 / 2
    assert nugget_recall("", NUGGETS, vital_only=False) == 0


def test_nugget_recall_does_not_apply_without_nuggets_of_the_kind():
    assert nugget_recall("Hold.", [], vital_only=False) is None
    assert nugget_recall("Hold.", [("hold", False)], vital_only=True) is None


def test_a_nugget_is_found_with_the_corrections_read_along_or_passed_over():
    text = "Extend your right arm[ ]over your head[ (hold)] for a while."
    assert nugget_recall(text, [("right arm over", True), ("head for a while", True)], vital_only=True) == 1


def test_a_broken_nugget_is_an_error_and_no_miss():
    with pytest.raises(re.error):
        nugget_recall("Hold.", [("(", True)], vital_only=True)


@given(st.text(max_size=40), st.text(max_size=20))
def test_more_text_never_holds_fewer_nuggets(text, more):
    plain = [("a", True), ("b", False), ("c", True)]
    before = nugget_recall(text, plain, vital_only=False)
    assert 0 <= before <= nugget_recall(f"{text}\n{more}", plain, vital_only=False) <= 1


ARTICLE = "Neck 🦴 pain. Hold it."


def quoted(quote, start, end):
    return {"quote": quote, "start": start, "end": end}


def test_a_quote_is_exact_only_character_for_character_in_its_place():
    start = ARTICLE.index("Hold")
    assert quote_exact(quoted("Hold it.", start, start + 8), ARTICLE)
    assert quote_exact(quoted("🦴", 5, 6), ARTICLE)  # code points, not bytes
    assert not quote_exact(quoted("Hold it.", start + 1, start + 9), ARTICLE)
    assert not quote_exact(quoted("hold it.", start, start + 8), ARTICLE)
    assert not quote_exact(quoted("Hold it", start, start + 8), ARTICLE)


@pytest.mark.parametrize(("start", "end", "quote"), [(3, 3, ""), (-4, -1, " it"), (14, 99, "Hold it."), (5, 4, "")])
def test_a_quote_outside_the_article_or_empty_is_not_exact(start, end, quote):
    assert not quote_exact(quoted(quote, start, end), ARTICLE)


@given(st.text(min_size=1, max_size=30), st.data())
def test_every_slice_is_an_exact_quote(article, data):
    start = data.draw(st.integers(0, len(article) - 1))
    end = data.draw(st.integers(start + 1, len(article)))
    assert quote_exact(quoted(article[start:end], start, end), article)


def test_citations_by_hand():
    statements = ["Hold for 30 seconds.", "Rest. Then move.", "Never bounce.", "Keep still."]
    quotes = [
        ["Sit down. Hold for 30 seconds."],  # supported, of use
        ["Rest.", "Then move."],  # supported only together: both of use
        ["Never ever bounce."],  # not supported
        [],  # not supported, nothing cited
    ]
    assert citation_recall(statements, quotes) == 2 / 4
    assert citation_precision(statements, quotes) == 3 / 4


def test_a_citation_that_neither_supports_nor_is_needed_lowers_precision():
    # ALCE: the second quote does not support the statement alone, and without it the first still does.
    assert citation_recall(["Hold it."], [["Hold it.", "Keep it up for a while."]]) == 1
    assert citation_precision(["Hold it."], [["Hold it.", "Keep it up for a while."]]) == 1 / 2


def test_two_quotes_that_each_support_the_statement_are_both_of_use():
    assert citation_precision(["Hold it."], [["Hold it.", "Hold it. Breathe."]]) == 1


def test_no_citation_of_an_unsupported_statement_is_of_use():
    assert citation_precision(["Hold it for 60 seconds."], [["Hold it", "for 30 seconds."]]) == 0


def test_an_answer_that_cites_nothing_has_neither_precision_nor_recall():
    assert (citation_precision(["Hold it."], [[]]), citation_recall(["Hold it."], [[]])) == (0, 0)


def test_without_statements_citations_do_not_apply():
    assert (citation_precision([], []), citation_recall([], [])) == (None, None)


def test_statements_and_quotes_of_different_number_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        citation_recall(["Hold it.", "Rest."], [["Hold it."]])


@pytest.mark.parametrize(
    ("text", "quote", "supported"),
    [
        ("Keep[ (hold)] still.", "Keep still.", True),  # a correction
        ("so add something[ ]dynamic stretch[. ]It", "so add somethingdynamic stretchIt can help.", True),
        ("Hold  it.\nRest.", "Hold it. Rest.", True),  # white space
        ("[Hold it.]", "Hold it.", False),  # nothing but a correction
        ("", "Hold it.", False),
        ("Hold for 3", "Hold for 30 seconds.", False),  # ends inside a word
        ("old it.", "Hold it.", False),
        ("hold it.", "Hold it.", False),  # exact: the case counts
        ("Hold.", "Hold.Then rest.", True),  # glued words of an article: the full stop ends the text
        ("(a) rest", "x(a) rest", True),
    ],
)
def test_support_is_exact_containment_of_whole_words(text, quote, supported):
    assert citation_recall([text], [[quote]]) == supported


def test_removing_the_corrections_of_the_real_corpus_gives_back_the_quotes(real_corpus):
    seen = 0
    for article in real_corpus.by_source.values():
        for passage in article.passages:
            shown = mended(passage.text, passage.start, article.mends)
            seen += shown != passage.text
            assert without_corrections(shown) == passage.text
            assert citation_recall([shown], [[passage.text]]) == citation_precision([shown], [[passage.text]]) == 1
            assert numbers_agree(shown, [passage.text])
    assert seen >= 10


@given(statements_with_quotes)
def test_citation_measures_are_shares(pairs):
    statements, quotes = [text for text, _ in pairs], [cited for _, cited in pairs]
    recall, precision = citation_recall(statements, quotes), citation_precision(statements, quotes)
    assert 0 <= recall <= 1
    assert 0 <= precision <= 1
    assert bool(recall) or not precision  # a citation is of use only for a supported statement


@given(statements_with_quotes)
def test_one_quote_that_is_the_statement_gives_full_marks(pairs):
    statements = [f"x{text}" for text, _ in pairs]
    quotes = [[text] for text in statements]
    assert citation_recall(statements, quotes) == citation_precision(statements, quotes) == 1


@given(statements_with_quotes, sentences)
def test_a_further_quote_at_the_end_never_lowers_recall(pairs, more):
    statements = [text for text, _ in pairs]
    before = citation_recall(statements, [cited for _, cited in pairs])
    separate = [[*cited, f". {more}"] for _, cited in pairs]
    assert citation_recall(statements, separate) >= before


def test_the_spans_of_the_corpus_and_of_the_measures_overlap_alike():
    for other in (Span(0, 5), Span(4, 9), Span(5, 9)):
        mine = spans_overlap(("neck", 0, 5), ("neck", other.start, other.end))
        assert mine is Span(0, 5).overlaps(other)


def test_a_passage_about_another_part_of_the_body_is_not_in_the_region():
    assert in_region(["neck"], [["neck", "shoulders"], ["lower back"], []]) == 2 / 3


def test_a_question_that_names_no_part_has_no_region_to_miss():
    assert in_region([], [["neck"]]) is None
    assert in_region(["neck"], []) is None
