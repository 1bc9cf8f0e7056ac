"""A block that does not hold is not served, and a reply that was changed afterwards is found out."""

import copy
import json
from dataclasses import replace

import pytest
from fixtures_assistant import EXERCISE, QUESTION, SOFT_SIGN, as_read, ready, talk
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.recheck import records_in, reply_problems
from assistant.reply import QUOTING, Basis, Block, Quote
from assistant.verify import block_problem, verified
from corpus.library import load

ARTICLE = """Stiff necks

Hold the stretch for 30 seconds. Then rest for a day.

Secret: our pillow costs 5 dollars. Call us now.

Keep the chin in. Hold it 30 seconds each side.

Hold it 20 seconds.
"""
OVERLAY = """
[[withhold]]
quote = "Secret: our pillow costs 5 dollars. Call us now."
reason = "promotion"
why = "Sells something."

[[mend]]
quote = "Keep the chin in."
text = "Keep the chin[ tucked] in."
why = "Unclear without it."
"""


def served(blocks, corpus, banned):
    return verified(blocks, corpus, banned)[0]


def harmless(text):
    return ""


@pytest.fixture
def corpus(small_corpus_folder):
    return load(small_corpus_folder({"neck": ARTICLE}, overlays={"neck": OVERLAY}))


def block(words, kind="statement", text=None):
    start = ARTICLE.index(words)
    return Block(kind, words if text is None else text, (Quote("neck", start, start + len(words)),))


def test_the_exact_words_of_an_article_are_served(corpus):
    good = block("Then rest for a day.")
    assert served([good], corpus, harmless) == (good,)


def test_a_statement_that_differs_by_one_character_is_left_out(corpus):
    assert served([block("Then rest for a day.", text="Then rest for a week.")], corpus, harmless) == ()


def test_what_is_left_out_is_kept_with_its_reason(corpus):
    _, left_out = verified([Block("statement", "Rest is good."), block("Then rest for a day.")], corpus, harmless)
    assert left_out == ("a claim without a citation: Rest is good.",)


def test_a_statement_without_a_quote_is_left_out(corpus):
    kept = served([Block("statement", "Rest is good."), block("Then rest for a day.")], corpus, harmless)
    assert [one.text for one in kept] == ["Then rest for a day."]


def test_words_of_ours_in_brackets_are_shown_only_as_the_overlay_has_them(corpus):
    assert block_problem(block("Keep the chin in.", text="Keep the chin[ tucked] in."), corpus, harmless) == ""
    assert block_problem(block("Keep the chin in.", text="Keep the chin[ not] in."), corpus, harmless)
    assert block_problem(block("Keep the chin in."), corpus, harmless)


@pytest.mark.parametrize("words", ["Secret: our pillow", "Call us now.", "now.\n\nKeep the chin in."])
def test_nothing_withheld_is_quoted_not_even_in_part(corpus, words):
    assert "withheld" in block_problem(block(words), corpus, harmless)


@pytest.mark.parametrize(("start", "end"), [(-5, 4), (3, 3), (7, 2), (0, len(ARTICLE) + 1), (10**9, 10**9 + 4)])
def test_a_span_outside_the_article_is_no_quote(corpus, start, end):
    assert "outside" in block_problem(Block("step", "x", (Quote("neck", start, end),)), corpus, harmless)


def test_an_article_that_nobody_listed_cannot_be_quoted(corpus):
    assert "not an article" in block_problem(Block("step", "x", (Quote("knee", 0, 4),)), corpus, harmless)


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_an_article_that_may_not_be_cited_cannot_be_quoted(small_corpus_folder, state):
    folder = small_corpus_folder({"neck": ARTICLE, "other": "Other words."}, sources={"neck": {"state": state}})
    assert "not an article" in block_problem(block("Then rest for a day."), load(folder), harmless)


def test_a_quote_that_must_not_be_shown_is_left_out(corpus):
    assert served([block("Then rest for a day.")], corpus, lambda text: "reassurance") == ()


@pytest.mark.parametrize("kind", ["lead", "net", "nearby", "refusal", "notice"])
def test_our_own_lines_carry_no_citation(corpus, kind):
    assert block_problem(Block(kind, "Words of ours."), corpus, harmless) == ""
    assert "citation" in block_problem(block("Then rest for a day.", kind=kind), corpus, harmless)


def test_a_note_needs_something_it_rests_on(corpus):
    assert "basis" in block_problem(Block("note", "We think so."), corpus, harmless)
    basis = Basis("A guideline", "Somebody", "2020", "no")
    note = Block("note", "We think so.", basis=basis)
    assert block_problem(note, corpus, harmless) == ""
    assert "citation" in block_problem(replace(note, quotes=(Quote("neck", 0, 4),)), corpus, harmless)


def test_two_quotes_under_one_statement_may_not_give_different_numbers(corpus):
    one, same, other = (
        block(words)
        for words in ("Hold the stretch for 30 seconds.", "Hold it 30 seconds each side.", "Hold it 20 seconds.")
    )
    assert block_problem(replace(one, quotes=one.quotes + same.quotes), corpus, harmless) == ""
    assert "numbers" in block_problem(replace(one, quotes=one.quotes + other.quotes), corpus, harmless)


def test_when_no_quote_is_left_nothing_is_served(corpus):
    blocks = [Block("lead", "What the articles say:"), block("Then rest for a day.", text="Then run.")]
    assert served(blocks, corpus, harmless) == ()


def test_the_line_that_introduces_a_list_goes_with_the_list(corpus):
    article = "Signs\n\nDo these three:\n\n1. Sit down.\n\n2. Hold on.\n\nRest is fine too.\n"
    corpus = replace(corpus, articles=(replace(corpus.articles[0], text=article, withheld=(), mends=()),))

    def quoted(words, text=None):
        start = article.index(words)
        return Block("statement", text or words, (Quote("neck", start, start + len(words)),))

    intro, wrong, rest = quoted("Do these three:"), quoted("Sit down.", "Stand up."), quoted("Rest is fine too.")
    assert served([rest, intro, wrong], corpus, harmless) == (rest,)
    assert served([intro, quoted("Sit down.")], corpus, harmless) == (intro, quoted("Sit down."))


# From here on: replies of the real assistant, read from their JSON and changed by somebody.


@pytest.fixture(scope="module")
def replies(real_index_config):
    assistant = ready(real_index_config)
    asked = (QUESTION, EXERCISE, SOFT_SIGN, "heat or ice?", "my back hurts")
    rows = [as_read(talk(assistant, message)[0][0]) for message in asked]
    assert all(row["citations"] for row in rows)
    return rows


def test_a_reply_as_it_was_served_holds(replies, real_corpus):
    assert [problem for row in replies for problem in reply_problems(row, real_corpus)] == []


def other_text(draw, text):
    """The text with one character put in, taken out or exchanged."""
    place = draw(st.integers(0, len(text)))
    cut = draw(st.integers(0, 1))
    put = draw(st.text(alphabet=st.sampled_from("ab0 17.,-“not\n[]é"), max_size=2))
    return text[:place] + put + text[place + cut :]


def other_number(draw, number):
    return draw(st.sampled_from([number - 1, number + 1, number + 7, -number, 0, number * 10, number + 0.5]))


def change_quote(draw, row):
    one = draw(st.sampled_from(row["citations"]))
    one["quote"] = other_text(draw, one["quote"])


def change_offset(draw, row):
    one, key = draw(st.sampled_from(row["citations"])), draw(st.sampled_from(["start", "end"]))
    one[key] = other_number(draw, one[key])


def change_both_offsets(draw, row):
    one, shift = draw(st.sampled_from(row["citations"])), draw(st.integers(-300, 300))
    one["start"], one["end"] = one["start"] + shift, one["end"] + shift


def change_digest(draw, row):
    one, digit = draw(st.sampled_from(row["citations"])), draw(st.integers(0, 63))
    digest = one["source_sha256"]
    one["source_sha256"] = digest[:digit] + draw(st.sampled_from("0123456789abcdefA")) + digest[digit + 1 :]


def change_source(draw, row):
    names = ["neck-after-lifting", "cervical-stiffness", "back-pain-after-workout", "nobody", ""]
    draw(st.sampled_from(row["citations"]))["source_id"] = draw(st.sampled_from(names))


def change_title(draw, row):
    one = draw(st.sampled_from(row["citations"]))
    one["title"] = other_text(draw, one["title"])


def change_number_of_citation(draw, row):
    one = draw(st.sampled_from(row["citations"]))
    one["n"] = other_number(draw, one["n"])


def change_marks(draw, row):
    one = draw(st.sampled_from(row["blocks"]))
    one["citations"] = draw(st.lists(st.integers(1, len(row["citations"]) + 2), max_size=3))


def change_quoting_text(draw, row):
    one = draw(st.sampled_from([one for one in row["blocks"] if one["kind"] in QUOTING]))
    one["text"] = other_text(draw, one["text"])


def change_digit_of_statement(draw, row):
    with_digit = [one for one in row["blocks"] if one["kind"] in QUOTING and any(map(str.isdigit, one["text"]))]
    assume(with_digit)
    one = draw(st.sampled_from(with_digit))
    place = draw(st.sampled_from([at for at, sign in enumerate(one["text"]) if sign.isdigit()]))
    one["text"] = one["text"][:place] + draw(st.sampled_from("0123456789")) + one["text"][place + 1 :]


def change_statement_everywhere(draw, row):
    """The words of a statement in its block, its citation and the text, all alike."""
    one = draw(st.sampled_from([one for one in row["blocks"] if one["kind"] in QUOTING]))
    words = other_text(draw, one["text"])
    cited = next(other for other in row["citations"] if other["n"] == one["citations"][0])
    row["text"] = row["text"].replace(one["text"], words)
    one["text"] = cited["quote"] = words


def change_order_of_citations(draw, row):
    row["citations"] = draw(st.permutations(row["citations"]))


def renumber(draw, row):
    """Two citations change places, and the marks with them."""
    assume(len(row["citations"]) > 1)
    one, other = row["citations"][:2]
    one["n"], other["n"] = other["n"], one["n"]
    row["citations"][:2] = [other, one]
    for block in row["blocks"]:
        block["citations"] = [{1: 2, 2: 1}.get(n, n) for n in block["citations"]]


def drop_citation(draw, row):
    row["citations"].pop(draw(st.integers(0, len(row["citations"]) - 1)))


def repeat_citation(draw, row):
    row["citations"].append(draw(st.sampled_from(row["citations"])))


def unmark(draw, row):
    """A quote becomes a claim of ours: it loses its mark."""
    one = draw(st.sampled_from([one for one in row["blocks"] if one["kind"] in QUOTING]))
    one["kind"], one["citations"] = draw(st.sampled_from(["lead", "net", "nearby", "refusal", "notice"])), []


def change_text(draw, row):
    row["text"] = other_text(draw, row["text"])


def add_to_text(draw, row):
    row["text"] += draw(st.sampled_from([" You will be fine.", "\n\nTake 400 mg.", " [1]", "\n- Rest."]))


def change_place(draw, row):
    one, key = draw(st.sampled_from(row["blocks"])), draw(st.sampled_from(["start", "end"]))
    one[key] = other_number(draw, one[key])


def drop_basis(draw, row):
    notes = [one for one in row["blocks"] if one["kind"] == "note"]
    assume(notes)
    del draw(st.sampled_from(notes))["basis"]


CHANGES = [
    change_quote,
    change_offset,
    change_both_offsets,
    change_digest,
    change_source,
    change_title,
    change_number_of_citation,
    change_marks,
    change_quoting_text,
    change_digit_of_statement,
    change_statement_everywhere,
    change_order_of_citations,
    renumber,
    drop_citation,
    repeat_citation,
    unmark,
    change_text,
    add_to_text,
    change_place,
    drop_basis,
]


def means_the_same(row, changed):
    """Whether a change is none: the same values, or blank lines of the text more or fewer."""
    squeezed = [[line for line in one["text"].split("\n") if line.strip()] for one in (row, changed)]
    return squeezed[0] == squeezed[1] and {**row, "text": ""} == {**changed, "text": ""}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@given(data=st.data())
def test_a_reply_that_was_changed_does_not_hold(replies, real_corpus, change, data):
    row = data.draw(st.sampled_from(replies))
    changed = copy.deepcopy(row)
    change(data.draw, changed)
    assume(not means_the_same(row, changed))
    assert reply_problems(changed, real_corpus), change.__name__


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(row=JSON)
def test_a_value_that_is_no_reply_is_a_problem_and_no_crash(real_corpus, row):
    assert reply_problems(row, real_corpus) != []


def places(row, path=()):
    """The paths of everything inside a JSON value."""
    inner = row.items() if isinstance(row, dict) else enumerate(row) if isinstance(row, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


@given(data=st.data(), put=JSON)
def test_a_reply_with_anything_anywhere_is_looked_at_without_a_crash(replies, real_corpus, data, put):
    changed = copy.deepcopy(data.draw(st.sampled_from(replies)))
    *above, last = data.draw(st.sampled_from(list(places(changed))))
    holder = changed
    for key in above:
        holder = holder[key]
    holder[last] = put
    assert isinstance(reply_problems(changed, real_corpus), list)


def test_the_replies_of_a_batch_are_found_with_their_place(replies):
    lines = [
        json.dumps({"id": "a", "replies": replies[:2]}),
        "",
        json.dumps({"id": None, "line": 3, "error": "not JSON"}),
    ]
    found = records_in("\n".join(lines))
    assert [where for where, _ in found] == ["line 1, reply 1", "line 1, reply 2", "line 3"]
    assert [row for _, row in found] == [*replies[:2], None]


def test_a_single_reply_may_be_printed_over_many_lines(replies):
    assert records_in(json.dumps(replies[0], indent=2)) == [("the reply", replies[0])]


def test_separators_inside_a_string_end_no_line(replies):
    line = json.dumps({"id": "a\u2028b\u0085c", "replies": [replies[0]]}, ensure_ascii=False)
    assert len(records_in(f"{line}\n{line}\n")) == 2


@pytest.mark.parametrize("text", ["not json", "{", '{"a": 1}\nnope', "[" * 200_000])
def test_text_that_is_no_json_is_an_ordinary_error(text):
    with pytest.raises(ValueError, match=r"\w"):
        records_in(text)
