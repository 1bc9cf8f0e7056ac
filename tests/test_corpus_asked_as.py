"""Asked-as questions: each belongs to the passages its quote touches, and a broken line is refused."""

import pytest

from corpus.asked_as import AskedAs
from corpus.library import load
from corpus.sources import SourceError

TEXT = "Neck\n\nRest helps. It does so slowly.\n\nTo relax:\n\n• Walk a mile\n• Sleep well\n\nBuy our pillow.\n"
OVERLAY = '[[withhold]]\nquote = "Buy our pillow."\nreason = "promotion"\nwhy = "An advertisement."\n'


@pytest.fixture
def asked(small_corpus_folder):
    def read(*rows):
        folder = small_corpus_folder({"neck": TEXT}, overlays={"neck": OVERLAY}, asked_as={"neck": rows})
        return load(folder).asked_as()

    return read


def test_a_question_belongs_to_the_passage_of_its_quote(asked):
    assert asked(("It does so", ["Is it slow?"])) == (AskedAs("neck#neck.1", "Is it slow?"),)


def test_a_lead_belongs_to_every_item_of_its_list(asked):
    assert asked(("To relax:", ["How do I relax?"])) == (
        AskedAs("neck#neck.2", "How do I relax?"),
        AskedAs("neck#neck.3", "How do I relax?"),
    )


def test_a_question_that_two_rows_ask_of_a_passage_counts_once(asked):
    assert len(asked(("Rest", ["Why rest?"]), ("slowly", ["Why rest?", "How fast?"]))) == 2


@pytest.mark.parametrize("quote", ["Buy our pillow.", "our"])
def test_a_quote_that_is_withheld_is_refused_with_its_line(asked, quote):
    with pytest.raises(SourceError, match=r"neck\.jsonl, line 2.*withheld.*Drop the line"):
        asked(("Rest", ["Why rest?"]), (quote, ["What to buy?"]))


def test_a_quote_that_the_article_does_not_hold_is_refused_with_its_line(asked):
    with pytest.raises(SourceError, match=r"neck\.jsonl, line 1.*occurs 0 times"):
        asked(("Lifting helps", ["Why?"]))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json",
        b'{"quote": "Rest"}',
        b'{"questions": ["Why?"]}',
        b'["Rest", "Why?"]',
        b'{"quote": "Rest", "questions": "Why?"}',
        b'{"quote": "Rest", "questions": []}',
        b'{"quote": "Rest", "questions": [""]}',
        b'{"quote": "Rest", "questions": [3]}',
        b'{"quote": "", "questions": ["Why?"]}',
        b'{"quote": 5, "questions": ["Why?"]}',
        b'{"quote": "Rest", "questions": ["\xff"]}',
    ],
)
def test_a_line_that_is_no_quote_with_questions_is_refused_by_its_number(small_corpus_folder, line):
    folder = small_corpus_folder({"neck": TEXT})
    (folder / "asked_as" / "neck.jsonl").write_bytes(
        b'{"quote": "slowly", "questions": ["How fast?"]}\n' + line + b"\n"
    )
    with pytest.raises(SourceError, match=r"neck\.jsonl, line 2 is not a quote with questions"):
        load(folder).asked_as()


def test_an_article_without_a_file_has_no_questions(small_corpus_folder):
    assert load(small_corpus_folder({"neck": TEXT})).asked_as() == ()


def test_questions_of_an_article_that_is_not_citable_are_not_read(small_corpus_folder):
    folder = small_corpus_folder(
        {"neck": TEXT, "back": TEXT}, asked_as={"neck": [("nowhere", ["?"])]}, sources={"neck": {"state": "withdrawn"}}
    )
    assert load(folder).asked_as() == ()


def test_every_question_of_the_real_corpus_points_to_a_citable_passage(real_corpus):
    rows = real_corpus.asked_as()
    assert len(rows) > 1000
    assert {row.passage_id for row in rows} <= real_corpus.passages.keys()
    assert len(set(rows)) == len(rows)
