"""The overlay of an article: every place is found by its quote, and one that does not fit is refused."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.curation import CurationError, locate, mended, read_overlay, shown
from corpus.records import Mend, Span
from corpus.sources import SourceError

TEXT = """Neck pain after lifting

Rest helps. It helps a lot.

neck roll

Good for: the neck

  1. Sit down.
  2. Turn your headand hold.

Buy our pillow. It is cheap. Nobody needs it.

Move What for
Walk To loosen up
Rest To recover
"""


def overlay_of(tmp_path, toml, text=TEXT):
    (tmp_path / "curation").mkdir()
    (tmp_path / "curation" / "neck.toml").write_text(toml, encoding="utf-8")
    return read_overlay("neck", text, tmp_path)


def at(quote):
    start = TEXT.index(quote)
    return Span(start, start + len(quote))


def test_an_article_without_an_overlay_has_nothing_decided(tmp_path):
    overlay = read_overlay("neck", TEXT, tmp_path)
    assert (overlay.withheld, overlay.mends, overlay.notes, overlay.exercises, overlay.hints.headings) == ((),) * 5


def test_a_quote_is_located_where_it_stands():
    assert locate("Rest. Lift. Walk.", "Lift.", "here") == Span(6, 11)


def test_a_no_break_space_counts_as_a_space_in_a_quote():
    assert locate("48\N{NO-BREAK SPACE}hours of rest", "48 hours", "here") == Span(0, 8)
    assert locate("48 hours of rest", "48\N{NO-BREAK SPACE}hours", "here") == Span(0, 8)


@pytest.mark.parametrize(("quote", "count"), [("Sleep", 0), ("rest", 2), ("rest and sleep", 0)])
def test_a_quote_that_is_not_there_once_is_refused_with_its_count(quote, count):
    with pytest.raises(CurationError, match=rf"here: the quote '{quote}' occurs {count} times.*spotter corpus check"):
        locate("To rest, or not to rest.", quote, "here")


@given(st.text(min_size=1), st.text(), st.text())
def test_a_quote_that_was_located_is_the_quote(quote, before, after):
    text = before + quote + after
    spaced = text.replace("\N{NO-BREAK SPACE}", " ")
    wanted = quote.replace("\N{NO-BREAK SPACE}", " ")
    if spaced.count(wanted) == 1:
        span = locate(text, quote, "here")
        assert spaced[span.start : span.end] == wanted
    else:
        with pytest.raises(CurationError):
            locate(text, quote, "here")


def test_a_withheld_span_reaches_from_its_quote_to_the_end_of_the_other(tmp_path):
    toml = '[[withhold]]\nquote = "Buy our"\nto = "is cheap."\nreason = "promotion"\nwhy = "An advertisement."\n'
    (withheld,) = overlay_of(tmp_path, toml).withheld
    assert (withheld.span, withheld.reason) == (at("Buy our pillow. It is cheap."), "promotion")


def test_a_span_that_would_run_backwards_is_refused(tmp_path):
    toml = '[[withhold]]\nquote = "is cheap"\nto = "Buy our"\nreason = "promotion"\nwhy = "An advertisement."\n'
    with pytest.raises(CurationError, match=r"'Buy our' stands before 'is cheap'"):
        overlay_of(tmp_path, toml)


@pytest.mark.parametrize("quote", ["helps", "sleeps"])
@pytest.mark.parametrize(
    "row",
    [
        '[[withhold]]\nquote = "{quote}"\nreason = "promotion"\nwhy = "So."\n',
        '[[withhold]]\nquote = "Rest helps."\nto = "{quote}"\nreason = "promotion"\nwhy = "So."\n',
        '[[mend]]\nquote = "{quote}"\ntext = "{quote}[ a lot]"\nwhy = "So."\n',
        '[[note]]\nquote = "{quote}"\ntext = "N."\ntitle = "T"\npublisher = "P"\nyear = "2026"\nchecked = "no"\n',
        '[[role]]\nrole = "caution"\nquotes = ["{quote}"]\n',
        '[[heading]]\nbefore = "{quote}"\ntext = "H"\nlevel = 2\nwhy = "So."\n',
        '[[heading]]\nline = "{quote}"\ntext = "H"\nlevel = 2\nwhy = "So."\n',
        '[[level]]\nlevel = 2\nlines = ["{quote}"]\n',
        '[[table]]\nquote = "{quote}"\nto = "To recover"\nfirst = ["Move", "Walk", "Rest"]\n',
        'together = ["{quote}"]\n',
        'stands = ["{quote}"]\n',
        '[[exercise]]\nid = "e"\nname = "E"\nnames = []\nquotes = ["{quote}"]\nstate = "served"\nregions = []\n'
        'load = "stretch"\n',
    ],
)
def test_every_quote_of_an_overlay_must_occur_exactly_once(tmp_path, row, quote):
    """'helps' occurs twice, 'sleeps' never; neither is a line."""
    with pytest.raises(CurationError, match=r"curation/neck\.toml.*times"):
        overlay_of(tmp_path, row.replace("{quote}", quote))


def test_a_correction_puts_words_in_and_leaves_the_article_alone(tmp_path):
    toml = '[[mend]]\nquote = "your headand hold"\ntext = "your head[ ]and hold[ it]"\nwhy = "Glued words."\n'
    overlay = overlay_of(tmp_path, toml)
    quote = "Turn your headand hold."
    assert mended(quote, TEXT.index(quote), overlay.mends) == "Turn your head[ ]and hold[ it]."


@pytest.mark.parametrize("text", ["Sit up.", "Sit.", "Sit [right] up.", "sit down.", "Sit down.[", "[Sit] down."])
def test_a_correction_that_does_more_than_insert_is_refused(tmp_path, text):
    toml = f'[[mend]]\nquote = "Sit down."\ntext = "{text}"\nwhy = "So."\n'
    with pytest.raises(CurationError, match=r"A correction only inserts"):
        overlay_of(tmp_path, toml)


def test_two_insertions_at_one_place_keep_their_order(tmp_path):
    toml = '[[mend]]\nquote = "Sit down."\ntext = "Sit[ right][ away] down."\nwhy = "So."\n'
    overlay = overlay_of(tmp_path, toml)
    assert mended("Sit down.", TEXT.index("Sit"), overlay.mends) == "Sit[ right][ away] down."


WORDS = st.text(st.characters(exclude_characters="[]"), max_size=20)


def test_a_reply_shows_a_quote_of_two_paragraphs_on_one_line():
    assert shown("Sit down. \n\n Rest.", 0, (Mend(3, "[ right]"),)) == "Sit[ right] down. Rest."


@given(WORDS, st.lists(st.tuples(st.integers(0, 20), WORDS), max_size=5), st.integers(0, 50))
def test_what_was_put_in_can_be_taken_out_again(quote, insertions, start):
    mends = tuple(Mend(start + place, f"[{words}]") for place, words in sorted(insertions) if place <= len(quote))
    shown = mended(quote, start, mends)
    for mend in mends:
        shown = shown.replace(mend.text, "", 1)
    assert shown == quote


@given(WORDS, WORDS, WORDS)
def test_a_mend_outside_a_quote_does_not_touch_it(before, quote, after):
    text = before + quote + after
    assume(before and after)
    outside = (Mend(0, "[x]"), Mend(len(text), "[y]"))
    assert mended(quote, len(before), outside) == quote


def test_a_lost_heading_stands_before_its_quote(tmp_path):
    toml = '[[heading]]\nbefore = "Buy our"\ntext = "Shop"\nlevel = 2\nwhy = "It was lost."\n'
    (heading,) = overlay_of(tmp_path, toml).hints.headings
    assert (heading.start, heading.end, heading.by) == (at("Buy our").start, at("Buy our").start, "editor")


@pytest.mark.parametrize("before", ["our pillow", "  1. Sit down"])
def test_a_lost_heading_that_would_not_open_a_line_is_refused(tmp_path, before):
    toml = f'[[heading]]\nbefore = "{before}"\ntext = "Shop"\nlevel = 2\nwhy = "It was lost."\n'
    with pytest.raises(CurationError, match=r"does not begin a line"):
        overlay_of(tmp_path, toml)


def test_a_heading_is_the_line_even_when_a_sentence_says_the_same(tmp_path):
    text = "See neck roll below.\n\n  neck roll  \n\nTurn your head.\n"
    overlay = overlay_of(tmp_path, '[[heading]]\nline = "neck roll"\ntext = "Neck roll"\nlevel = 3\nwhy = "C."\n', text)
    (heading,) = overlay.hints.headings
    assert (text[heading.start : heading.end], heading.start) == ("neck roll", text.rindex("neck roll"))


def test_levels_leave_the_words_of_a_heading_to_the_article(tmp_path):
    (heading,) = overlay_of(tmp_path, '[[level]]\nlevel = 3\nlines = ["neck roll"]\n').hints.headings
    assert (heading.text, heading.level, heading.by) == ("neck roll", 3, "article")


def test_a_row_of_a_table_is_shown_with_its_columns_parted(tmp_path):
    toml = '[[table]]\nquote = "Move What for"\nto = "To recover"\nfirst = ["Move", "Walk", "Rest"]\n'
    overlay = overlay_of(tmp_path, toml)
    row = "Walk To loosen up"
    assert mended(row, TEXT.index(row), overlay.mends) == "Walk[:] To loosen up"


def test_a_row_of_a_table_whose_first_cell_is_not_listed_is_refused(tmp_path):
    toml = '[[table]]\nquote = "Move What for"\nto = "To recover"\nfirst = ["Move", "Rest"]\n'
    with pytest.raises(CurationError, match=r"'Walk To loosen up'"):
        overlay_of(tmp_path, toml)


def test_an_exercise_is_asked_for_by_its_name_unless_the_overlay_says_how(tmp_path):
    rows = "".join(
        f'[[exercise]]\nid = "{id_}"\nname = "{name}"\nnames = []\nsection = "Neck roll"\nstate = "served"\n'
        f'regions = []\nload = "stretch"\n{ask}\n'
        for id_, name, ask in [("a", "Neck roll", ""), ("b", "Walk", 'ask = "Is walking good?"')]
    )
    assert [one.ask for one in overlay_of(tmp_path, rows).exercises] == [
        "How do I do the neck roll?",
        "Is walking good?",
    ]


@pytest.mark.parametrize(
    "toml",
    [
        '[[withhold]]\nquote = "Buy our"\nreason = "promotion"\n',
        '[[withhold]]\nquote = ""\nreason = "promotion"\nwhy = "So."\n',
        '[[role]]\nrole = "hint"\nquotes = ["Buy our"]\n',
        '[[heading]]\ntext = "H"\nlevel = 2\nwhy = "So."\n',
        '[[heading]]\nline = "neck roll"\nbefore = "Buy our"\ntext = "H"\nlevel = 2\nwhy = "So."\n',
        '[[exercise]]\nid = "e"\nname = "E"\nnames = []\nsection = "Neck roll"\nstate = "withheld"\nregions = []\n'
        'load = "stretch"\n',
        'unknown = ["Buy our"]\n',
    ],
)
def test_an_overlay_that_breaks_its_rules_is_refused_by_name(tmp_path, toml):
    with pytest.raises(SourceError, match=r"neck\.toml"):
        overlay_of(tmp_path, toml)


@given(st.data())
def test_an_overlay_of_any_part_of_an_article_withholds_exactly_that_part(tmp_path_factory, data):
    text = "".join(f"Sentence number {number} of many.\n\n" for number in range(30))
    start = data.draw(st.integers(0, len(text) - 30))
    end = data.draw(st.integers(start + 25, len(text)))
    quote, to = text[start:end][:60], text[start:end][-60:]
    assume(text.count(quote) == text.count(to) == 1)
    folder = tmp_path_factory.mktemp("overlay")
    written = [part.replace("\n", "\\n") for part in (quote, to)]
    toml = '[[withhold]]\nquote = "{}"\nto = "{}"\nreason = "promotion"\nwhy = "So."\n'.format(*written)
    assert overlay_of(folder, toml, text).withheld[0].span == Span(start, end)


def test_every_overlay_of_the_real_corpus_belongs_to_an_article(real_corpus):
    ids = {source.id for source in real_corpus.sources}
    assert {path.stem for path in (real_corpus.folder / "curation").glob("*.toml")} <= ids
    asked_as = {path.stem for path in (real_corpus.folder / "asked_as").glob("*.jsonl")}
    assert asked_as - {"conflicts"} <= ids


def test_every_correction_of_the_real_corpus_only_inserts(real_corpus):
    for article in real_corpus.articles:
        assert all(mend.text.startswith("[") and mend.text.endswith("]") for mend in article.mends)
        for passage in article.passages:
            shown = mended(passage.text, passage.start, article.mends)
            for mend in article.mends:
                if passage.start <= mend.at <= passage.end:
                    assert mend.text in shown
            assert len(shown) == len(passage.text) + sum(
                len(mend.text) for mend in article.mends if passage.start <= mend.at <= passage.end
            )


def test_glued_words_of_the_real_corpus_are_shown_apart(real_corpus):
    article = real_corpus.by_source["back-pain-exercises"]
    (passage,) = [one for one in article.passages if "armover your headand" in one.text]
    assert "arm[ ]over your head[ ]and" in mended(passage.text, passage.start, article.mends)
