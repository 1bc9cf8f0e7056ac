"""The check of the corpus and its description for a curator."""

import datetime

import pytest

from corpus.check import ENOUGH_QUESTIONS, UnknownPlace, check, described
from corpus.library import load

TEXT = "Neck\n\nRest helps your neckand back.\n\nTo relax:\n\n• Walk a mile\n\nBuy our pillow.\n"
OVERLAY = """
[[withhold]]
quote = "Buy our pillow."
reason = "promotion"
why = "An advertisement."

[[mend]]
quote = "neckand"
text = "neck[ ]and"
why = "Glued words."

[[note]]
quote = "Walk a mile"
text = "Not for long."
title = "Back pain"
publisher = "NHS"
year = "2025"
checked = "2026-01-01"
"""
TODAY = datetime.date(2026, 6, 1)


@pytest.fixture
def corpus(small_corpus_folder):
    return load(
        small_corpus_folder(
            {"neck": TEXT, "back": TEXT},
            overlays={"neck": OVERLAY},
            asked_as={"neck": [("Rest", [f"Why rest for {day} days?" for day in range(ENOUGH_QUESTIONS)])]},
            sources={"back": {"state": "draft"}},
        )
    )


def nothing_banned(text):
    return ""


def test_a_sound_corpus_has_no_problems_and_is_summed_up(corpus):
    checked = check(corpus, nothing_banned, TODAY)
    assert checked.problems == ()
    assert checked.summary.startswith("1 articles, 2 passages, 1 withheld spans, 0 exercises, 0 conflicts, 8 questions")


def test_a_passage_with_few_questions_and_an_article_left_out_are_noted(corpus):
    assert check(corpus, nothing_banned, TODAY).notes == (
        "back: draft, not in the index.",
        "neck#neck.2: 0 asked-as questions, fewer than 8.",
    )


def test_an_article_past_its_next_review_is_noted(corpus):
    notes = check(corpus, nothing_banned, datetime.date(2027, 1, 2)).notes
    assert "neck: was to be read again by 2027-01-01; answers say so." in notes
    assert not any("read again" in note for note in check(corpus, nothing_banned, datetime.date(2027, 1, 1)).notes)


def test_a_passage_that_must_not_be_shown_is_a_problem_judged_by_what_is_shown(corpus):
    checked = check(corpus, lambda text: "glued" if "neck[ ]and" in text else "", TODAY)
    (problem,) = checked.problems
    assert problem.startswith("neck#neck.1: must not be shown (glued)")
    assert "1 problems" in checked.summary


def test_what_must_not_be_shown_may_stand_beside_a_note_of_ours(corpus):
    assert check(corpus, lambda text: "far" if "mile" in text else "", TODAY).problems == ()


@pytest.mark.parametrize("reason", ["instructions", "contact", "markup"])
def test_no_note_excuses_what_was_planted_for_a_program(corpus, reason):
    (problem,) = check(corpus, lambda text: reason if "mile" in text else "", TODAY).problems
    assert problem.startswith(f"neck#neck.2: must not be shown ({reason})")


def test_a_passage_under_a_heading_or_a_line_that_must_not_be_shown_is_a_problem(corpus):
    (under,) = check(corpus, lambda text: "told" if text == "To relax:" else "", TODAY).problems
    assert under.startswith("neck#neck.2: must not be shown (line above the list: told)")
    headed = check(corpus, lambda text: "told" if text == "Neck" else "", TODAY).problems
    assert [problem.partition(":")[0] for problem in headed] == ["neck#neck.1", "neck#neck.2"]
    assert all("(heading: told)" in problem for problem in headed)


def test_a_title_is_a_problem_when_it_was_planted_and_not_when_it_claims_something(small_corpus_folder):
    loaded = load(small_corpus_folder({"neck": "Rest helps."}, sources={"neck": {"title": "<b>Rest</b>"}}))
    (problem,) = check(loaded, lambda text: "markup" if "<b>" in text else "", TODAY).problems
    assert problem == "neck: the title must not be shown (markup): '<b>Rest</b>'"
    assert check(loaded, lambda text: "cure" if "<b>" in text else "", TODAY).problems == ()


def test_brackets_of_the_article_itself_are_a_problem_and_ours_are_not(small_corpus_folder):
    texts = {"neck": "You should [not] rest.", "back": TEXT}
    loaded = load(small_corpus_folder(texts, overlays={"back": OVERLAY}))
    (problem,) = check(loaded, nothing_banned, TODAY).problems
    assert problem.startswith("neck#start.1: must not be shown (brackets that look like corrections of ours)")


def test_an_unknown_reason_for_withholding_is_a_problem(small_corpus_folder):
    folder = small_corpus_folder({"neck": TEXT}, overlays={"neck": OVERLAY.replace('"promotion"', '"boredom"')})
    (problem,) = check(load(folder), nothing_banned, TODAY).problems
    assert "'boredom' is not a known reason" in problem


def test_an_article_is_described_with_its_passages_notes_and_gaps_in_order(corpus):
    text = described(corpus, "neck")
    marks = ["interest: None known.", "neck#neck.1", "neck[ ]and", "To relax:", "Walk a mile", "note: Not for long."]
    places = [text.index(mark) for mark in [*marks, "withheld (promotion), 15 characters: An advertisement."]]
    assert places == sorted(places)
    assert "pillow" not in text


def test_one_passage_is_described_with_its_questions(corpus):
    text = described(corpus, "neck#neck.1")
    assert "asked as: Why rest for 3 days?" in text
    assert "Walk a mile" not in text


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("knee", "There is no article 'knee'. The articles are: neck, back."),
        ("neck#neck.9", "spotter corpus show neck"),
    ],
)
def test_an_unknown_place_is_refused_with_what_there_is(corpus, place, words):
    with pytest.raises(UnknownPlace) as error:
        described(corpus, place)
    assert words in str(error.value)


def test_every_withheld_span_of_the_real_corpus_has_a_known_reason(real_corpus):
    assert not any("known reason" in problem for problem in check(real_corpus, nothing_banned, TODAY).problems)
