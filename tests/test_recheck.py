"""One character of a reply that was changed is found out, wherever the articles or the text say what it must be."""

import copy
import re
from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, SOFT_SIGN, as_read, ready, talk
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.cite import context_problem, shown_text
from assistant.recheck import reply_problems
from assistant.reply import Quote
from corpus.records import Span, Withheld

# Nothing in the articles or in the text says what these must be.
NOT_COVERED = {
    "outcome", "reason", "also_refused", "mode", "tier", "flags", "question", "followups", "conversation_id", "turn",
    "index_version", "seconds",
}  # fmt: skip
# Of a card the text shows the words; these are for programs.
NOT_COVERED_OF_CARD = {"id", "tier", "language", "also"}
# A heading by the article is printed the same whether or not its kind is; a closed list, and no words.
CLOSED = {"kind", "heading_by"}


@pytest.fixture(scope="module")
def replies(real_index_config):
    assistant = ready(real_index_config)
    asked = (QUESTION, EXERCISE, SOFT_SIGN, "heat or ice?", "should I crack my neck?", "do I need to rest completely?")
    rows = [as_read(talk(assistant, message)[0][0]) for message in asked]
    assert any("basis" in block for row in rows for block in row["blocks"])
    assert any("[withheld: " in one["context"]["text"] for row in rows for one in row["citations"])
    return rows


def leaves(row, path=()):
    """The paths of everything in a reply that is a text or a whole number and is checked."""
    if isinstance(row, dict | list):
        for key, value in row.items() if isinstance(row, dict) else enumerate(row):
            if not (
                (not path and key in NOT_COVERED) or (path == ("card",) and key in NOT_COVERED_OF_CARD) or key in CLOSED
            ):
                yield from leaves(value, (*path, key))
    elif row and not isinstance(row, bool):
        yield path


def changed_at(row, path, change):
    """The reply with what stands at the path changed."""
    other = copy.deepcopy(row)
    holder = other
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = change(holder[path[-1]])
    return other


def one_other(value):
    """A number or a text that differs in its middle."""
    if isinstance(value, int):
        return value + 1
    at = len(value) // 2
    return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]


def covered(row):
    """The reply without what nothing can be held against: blank lines of the text, reasons in placeholders."""
    row = copy.deepcopy(row)
    row["text"] = [line for line in row["text"].split("\n") if line.strip()]
    for one in row["citations"]:
        one["context"]["text"] = re.sub(r"\[withheld: [^\[\]\n]*, ", "[withheld: , ", one["context"]["text"])
    return row


def test_no_field_of_a_quote_a_mark_a_note_a_source_or_a_card_can_be_changed_unnoticed(replies, real_corpus):
    assert sum(1 for row in replies for _ in leaves(row)) > 300
    unnoticed = [
        path
        for row in replies
        for path in leaves(row)
        if not reply_problems(changed_at(row, path, one_other), real_corpus)
    ]
    assert unnoticed == []


@given(data=st.data())
def test_no_character_can_be_put_in_taken_out_or_exchanged_unnoticed(replies, real_corpus, data):
    row = data.draw(st.sampled_from(replies))
    path = data.draw(st.sampled_from(sorted(leaves(row), key=str)))
    cut, put = data.draw(st.sampled_from([(0, "x"), (1, "x"), (1, ""), (0, " "), (0, "\u200b"), (0, "1"), (1, "\n")]))

    def change(value):
        if isinstance(value, int):
            return value + data.draw(st.integers(-3, 3))
        at = data.draw(st.integers(0, len(value) - 1))
        return value[:at] + put + value[at + cut :]

    changed = changed_at(row, path, change)
    assume(covered(row) != covered(changed))
    assert reply_problems(changed, real_corpus), path


@pytest.mark.parametrize("where", ["quality_note", "interest", "author", "url", "date"])
def test_what_is_said_of_a_source_must_be_what_the_list_of_sources_says(replies, real_corpus, where):
    row = copy.deepcopy(replies[0])
    row["sources"][0][where] = "Reviewed by a clinician."
    assert reply_problems(row, real_corpus) == ["the sources are not those of the citations"]


def test_a_note_that_nobody_wrote_is_found_out_although_the_text_says_the_same(replies, real_corpus):
    row = copy.deepcopy(next(one for one in replies if any(block["kind"] == "note" for block in one["blocks"])))
    note = next(block for block in row["blocks"] if block["kind"] == "note")
    row["text"] = row["text"].replace(note["text"], note["text"][::-1])
    note["text"] = note["text"][::-1]
    assert any("no note of the articles" in one for one in reply_problems(row, real_corpus))


# The paragraph around a quote


@pytest.fixture
def article(real_corpus):
    """Ten numbered words, of which the fourth is withheld."""
    text = " ".join(f"word{number}" for number in range(10))
    span = Span(text.index("word4"), text.index("word5"))
    return replace(real_corpus.articles[0], text=text, withheld=(Withheld(span, "promotion", "So."),))


QUOTE = Quote("neck", 0, 5)


def test_a_context_as_it_is_served_holds(article):
    shown = shown_text(article, 0, len(article.text))
    assert "withheld" in shown
    assert context_problem(article, QUOTE, 0, len(article.text), shown) == ""


def test_a_context_may_withhold_more_than_the_overlay_says(article):
    more = replace(article, withheld=(*article.withheld, Withheld(Span(6, 11), "unsafe", "So.")))
    shown = shown_text(more, 0, len(article.text))
    assert context_problem(article, QUOTE, 0, len(article.text), shown) == ""


def test_a_context_that_shows_what_is_withheld_does_not_hold(article):
    assert context_problem(article, QUOTE, 0, len(article.text), article.text) == "the context shows what is withheld"


@pytest.mark.parametrize(
    "text", ["", "word0", "word0 word1 word2 word3 [withheld: promotion, 7 characters]word5 word6 word7 word8 word9"]
)
def test_a_context_with_other_words_or_another_length_does_not_hold(article, text):
    assert "the context is not" in context_problem(article, QUOTE, 0, len(article.text), text)


@pytest.mark.parametrize(("start", "end"), [(1, 20), (0, 4), (0, 10_000), (-1, 20)])
def test_a_context_that_does_not_surround_its_quote_does_not_hold(article, start, end):
    assert "is not one of 0:5" in context_problem(article, QUOTE, start, end, "word0")
