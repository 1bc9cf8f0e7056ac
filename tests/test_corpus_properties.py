"""Any article under any overlay is read without a crash, and every offset points at the words it says."""

import json
from itertools import pairwise

import pytest
from conftest import write_corpus
from hypothesis import Phase, example, find, given, settings
from hypothesis import strategies as st

from corpus.curation import Overlay, read_overlay
from corpus.library import load
from corpus.passages import cut, read_vocabulary
from corpus.records import Span, Withheld
from corpus.sections import Hints, NamedHeading, parse
from corpus.sentences import split
from corpus.sources import SourceError

VOCABULARY = read_vocabulary()
PIECES = [
    "• ", "- ", "1. ", "2) ", "  3. ", "# ", "### ", "Q: ", "A: ", " ›", "\n", "\n\n", "\r\n", "\u2028", "\x0c", "  ",
    "Rest helps. ", "It does so. ", "Do this:\n", "Hold 10 seconds. ", "neck", "Good for: the neck\n", "...", ": ", "é",
    "\N{NO-BREAK SPACE}", "\u202e", "🤷", "\x00", "[x]",
]  # fmt: skip
PAGES = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text()
SPANS = st.tuples(st.integers(0, 120), st.integers(1, 40)).map(lambda place: Span(place[0], place[0] + place[1]))
SOME_SPANS = st.lists(SPANS, max_size=3).map(tuple)


@st.composite
def curated(draw):
    """A page, and an overlay that names places on it at random."""
    page = draw(PAGES)
    starts = sorted(draw(st.sets(st.integers(0, max(len(page) - 1, 0)), max_size=3))) if page else []
    headings = tuple(
        NamedHeading(start, draw(st.sampled_from([start, min(start + 4, len(page))])), "Ours", "editor", level)
        for start, level in zip(starts, (2, 3, 1), strict=False)
    )
    withheld = draw(SOME_SPANS)
    tables = tuple((span, ("neck", "Rest")) for span in draw(st.lists(SPANS, max_size=1)))
    hints = Hints(headings, draw(st.sampled_from([(), ("Good for", "neck")])), tables, withheld)
    return page, Overlay(
        hints=hints,
        withheld=tuple(Withheld(span, "promotion", "So.") for span in withheld),
        mends=(),
        notes=(),
        roles=tuple((span, "caution") for span in draw(SOME_SPANS)),
        exercises=(),
        together=draw(SOME_SPANS),
        stands=draw(SOME_SPANS),
    )


def shown_spans(passages):
    """What of a page passages show: their own spans, and those of the lines that introduce lists."""
    leads = [Span(one.lead.start, one.lead.end) for one in passages if one.lead]
    return [one.span for one in passages] + leads


@given(curated())
def test_under_any_overlay_a_passage_is_exact_and_touches_nothing_that_is_withheld(page_and_overlay):
    page, overlay = page_and_overlay
    found = cut("neck", page, parse(page, overlay.hints), overlay, VOCABULARY)
    for one in found:
        assert one.text == page[one.start : one.end] == one.text.strip() != ""
        assert one.lead is None or one.lead.text == page[one.lead.start : one.lead.end]
    assert not any(one.span.overlaps(span) for one in overlay.withheld for span in shown_spans(found))
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert len({one.id for one in found}) == len(found)


@given(PAGES)
@example("Do this:\n\n- rest\n- lift\n\nThat is all.")
def test_every_sentence_of_a_block_is_in_a_passage_or_introduces_a_list(page):
    overlay = Overlay(Hints(), (), (), (), (), ())
    sections = parse(page)
    shown = shown_spans(cut("neck", page, sections, overlay, VOCABULARY))
    for block in (block for section in sections for block in section.blocks):
        for start, end in split(page, block.start, block.end):
            assert page[end - 1] == ":" or any(one.contains(Span(start, end)) for one in shown), page[start:end]


@given(st.text() | PAGES | st.binary(max_size=60))
@settings(max_examples=50)
def test_any_bytes_are_an_article_or_an_error_that_names_it(tmp_path_factory, text):
    folder = write_corpus(tmp_path_factory.mktemp("any") / "corpus", {"neck": text})
    article, refused = read(folder)
    assert "neck.txt" in refused or article
    if article:
        assert article.text.encode() == (text if isinstance(text, bytes) else text.encode())
        assert all(one.text == article.text[one.start : one.end] for one in article.passages)


def read(folder):
    """The article of a corpus and "", or None and why it was refused; any other error is raised."""
    try:
        (article,) = load(folder).articles
    except SourceError as error:
        return None, str(error)
    return article, ""


# Overlays

TEXT = """Neck pain

Rest helps. It helps a lot.

neck roll

Good for: the neck

  1. Sit down.
  2. Turn your headand hold.

Move What for
Walk To loosen up

Buy it. Buy it.
"""
WORDS = [
    "Rest helps.", "It helps a lot.", "neck roll", "Neck pain", "Sit down.", "Turn your headand hold.", "Buy it.", "x",
    "Turn your head[ ]and hold.", "Move What for", "Walk To loosen up", "Walk", "Move", "Good for", "the neck",
    "\n", "", "neck-roll", "caution", "served", "withheld", "mobility", "no", "[", "Rest", "\n  1. Sit", " 2.",
]  # fmt: skip
VALUES = st.recursive(
    st.sampled_from(WORDS)
    | st.integers(-2, 7)
    | st.booleans()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["quote", "text"]), inner, max_size=2),
    max_leaves=3,
)
ONE, MANY = st.sampled_from(WORDS[:-10]), st.lists(st.sampled_from(WORDS), max_size=2)
ROWS = {
    "level": {"level": st.integers(1, 6), "lines": MANY},
    "heading": {"text": ONE, "level": st.integers(1, 6), "why": ONE, "line": ONE, "before": ONE},
    "table": {"quote": ONE, "to": ONE, "first": MANY},
    "withhold": {"quote": ONE, "to": ONE, "reason": ONE, "why": ONE},
    "mend": {"quote": ONE, "text": ONE, "why": ONE},
    "note": {"quote": ONE, "to": ONE, "text": ONE, "title": ONE, "publisher": ONE, "year": ONE, "checked": ONE},
    "role": {"role": st.sampled_from(["caution", "claim"]), "quotes": MANY},
    "exercise": {
        "id": st.sampled_from(["neck-roll", "rest"]), "name": ONE, "names": MANY, "ask": ONE, "section": ONE,
        "quotes": MANY, "also": MANY, "state": st.sampled_from(["served", "withheld", "mentioned", "corrected"]),
        "reason": ONE, "regions": st.just(["neck"]), "load": st.sampled_from(["mobility", "none"]),
    },
}  # fmt: skip
OPTIONAL = {"to", "line", "before", "ask", "section", "quotes", "also", "reason"}


@st.composite
def rows(draw):
    """The rows of an overlay: of the right shape for the most part, here and there with another value."""
    found = {}
    for name in draw(st.sets(st.sampled_from(sorted(ROWS)), max_size=3)):
        row = {}
        for key, usual in ROWS[name].items():
            if key not in OPTIONAL or draw(st.booleans()):
                row[key] = draw(VALUES if draw(st.integers(0, 40)) == 0 else usual)
        found[name] = [row]
    for key in draw(st.sets(st.sampled_from(["fields", "together", "stands"]), max_size=1)):
        found[key] = draw(MANY)
    if draw(st.integers(0, 9)) == 0:
        found[draw(st.sampled_from([*ROWS, "fields", "nonsense"]))] = draw(VALUES)
    return found


def as_toml(value):
    """A value inside a table, as TOML writes it; a half of a pair is left to the reader to refuse."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, int | float) else value.isoformat()


def overlay_in(folder, content):
    """A corpus folder of one article with that overlay, as bytes or rows."""
    toml = (
        content if isinstance(content, bytes) else "\n".join(f"{k} = {as_toml(v)}" for k, v in content.items()).encode()
    )
    folder = write_corpus(folder / "corpus", {"neck": TEXT})
    (folder / "curation" / "neck.toml").write_bytes(toml)
    return folder


def refused(folder):
    """Whether the overlay was refused, with an error that names it; what was not refused holds."""
    article, why = read(folder)
    assert "neck.toml" in why or article, why
    if article:
        assert all(isinstance(value, str) for one in article.notes for value in (one.text, one.year, one.checked))
        assert all(one.text == TEXT[one.start : one.end] for one in article.passages)
    return article is None


@given(rows())
def test_any_overlay_is_applied_or_refused_with_its_name(tmp_path_factory, content):
    refused(overlay_in(tmp_path_factory.mktemp("any"), content))


@given(st.binary(max_size=80) | st.text(alphabet="[]{}=\"'#.,\n\\ abt1-:", max_size=60).map(str.encode))
def test_any_bytes_are_an_overlay_or_refused_with_its_name(tmp_path_factory, content):
    refused(overlay_in(tmp_path_factory.mktemp("any"), content))


@pytest.mark.parametrize(
    "content",
    [
        b"fields = " + b"[" * 20_000,
        b"fields = " + b"9" * 5_000,
        b"a" + b".a" * 2_000 + b" = 1",
        b"\xff",
        b"a = 2026-13-01",
    ],
    ids=["nested without end", "a number without end", "a key without end", "no text", "no day"],
)
def test_an_overlay_that_breaks_the_reader_is_refused_with_its_name(tmp_path, content):
    assert refused(overlay_in(tmp_path, content))


def test_a_date_without_quotation_marks_is_its_text(tmp_path):
    usual = b'quote = "Rest helps."\ntext = "t"\ntitle = "t"\npublisher = "p"\nyear = "2020"\n'
    toml = b"[[note]]\n" + usual + b"checked = 2026-11-21\n"
    (note,) = read_overlay("neck", TEXT, overlay_in(tmp_path, toml)).notes
    assert note.checked == "2026-11-21"


def test_a_date_in_place_of_a_quote_is_a_quote_that_is_not_there(tmp_path):
    assert refused(overlay_in(tmp_path, b"together = [2026-11-21]\n"))


@pytest.mark.parametrize("wanted", [True, False], ids=["refused", "applied"])
def test_the_overlays_that_are_tried_are_of_both_kinds(tmp_path_factory, wanted):
    """Else the property above would hold of nothing."""
    find(  # raises where there is none
        rows(),
        lambda content: refused(overlay_in(tmp_path_factory.mktemp("any"), content)) is wanted,
        settings=settings(derandomize=True, database=None, phases=[Phase.generate]),
    )
