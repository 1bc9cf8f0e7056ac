"""Passages: what is cut out of sections, what stays together, and what is never among them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.curation import Overlay
from corpus.passages import LONGEST, cut, read_vocabulary, regions_in
from corpus.records import Span, Withheld
from corpus.sections import Hints, parse
from corpus.sources import SourceError

VOCABULARY = read_vocabulary()


def spans(text, *quotes):
    return tuple(Span(text.index(quote), text.index(quote) + len(quote)) for quote in quotes)


def passages(text, withheld=(), together=(), stands=(), roles=(), hints=None):
    overlay = Overlay(
        hints=hints or Hints(),
        withheld=tuple(Withheld(span, "promotion", "So.") for span in spans(text, *withheld)),
        mends=(),
        notes=(),
        roles=tuple((spans(text, quote)[0], role) for quote, role in roles),
        exercises=(),
        together=spans(text, *together),
        stands=spans(text, *stands),
    )
    return cut("neck", text, parse(text, overlay.hints), overlay, VOCABULARY)


def cuts(*args, **rest):
    return [passage.text for passage in passages(*args, **rest)]


def test_each_sentence_that_stands_alone_is_a_passage():
    assert cuts("Rest helps. Lifting hurts. Walk a lot.") == ["Rest helps.", "Lifting hurts.", "Walk a lot."]


def test_a_sentence_that_leans_goes_with_the_one_before():
    found = passages("Rest helps. It does so slowly. Lifting hurts.")
    assert [one.text for one in found] == ["Rest helps. It does so slowly.", "Lifting hurts."]
    assert all(one.stands_alone for one in found)


def test_a_passage_of_prose_has_three_sentences_at_most():
    text = "Rest helps. It works. It lasts. It heals. It ends."
    assert cuts(text) == ["Rest helps. It works. It lasts.", "It heals. It ends."]
    assert [one.stands_alone for one in passages(text)] == [True, False]


def test_a_paragraph_that_opens_with_a_leaning_sentence_does_not_stand_alone():
    first, second = passages("Rest helps.\n\nThis is why you rest.")
    assert (first.stands_alone, second.stands_alone) == (True, False)


def test_a_sentence_the_overlay_lets_stand_is_cut_off_and_stands_alone():
    text = "Rest helps. This is because it heals."
    assert [(one.text, one.stands_alone) for one in passages(text, stands=["This is because"])] == [
        ("Rest helps.", True),
        ("This is because it heals.", True),
    ]


def test_sentences_the_overlay_keeps_together_are_one_passage_however_many():
    text = "Lie down. Lift your hips. Relax. Hold it. Repeat. Then rest."
    assert cuts(text, together=["Lie down. Lift your hips. Relax. Hold it. Repeat."])[0].endswith("Repeat.")


def test_a_withheld_sentence_is_left_out_and_nothing_reaches_over_it():
    text = "Rest helps. It is cheap. It does so slowly."
    assert cuts(text, withheld=["is cheap"]) == ["Rest helps.", "It does so slowly."]


def test_a_sentence_is_withheld_when_one_character_of_it_is():
    assert cuts("Rest helps. Buy it.", withheld=["B"]) == ["Rest helps."]


def test_keeping_together_does_not_bring_back_what_is_withheld():
    text = "Lie down. Buy a pillow. Relax."
    assert cuts(text, withheld=["Buy a pillow."], together=[text]) == ["Lie down.", "Relax."]


def test_a_line_that_opens_a_list_leads_every_item_and_is_no_passage():
    found = passages("To relax:\n\n• Rest a day\n• Walk a mile\n\nThat is all.\n")
    assert [one.text for one in found] == ["Rest a day", "Walk a mile", "That is all."]
    assert [one.lead.text if one.lead else "" for one in found] == ["To relax:", "To relax:", ""]
    assert [one.stands_alone for one in found] == [False, False, False]


def test_sentences_before_the_one_that_opens_a_list_are_a_passage_of_their_own():
    text = "Rest helps. But first do this:\n\n• Walk a mile\n"
    assert [(one.text, one.lead.text if one.lead else "") for one in passages(text)] == [
        ("Rest helps.", ""),
        ("Walk a mile", "But first do this:"),
    ]


def test_a_list_without_a_lead_stands_alone():
    assert all(one.lead is None and one.stands_alone for one in passages("Rest\n\n• Walk a mile\n• Sleep well\n"))


def test_the_lead_of_one_list_does_not_lead_the_next():
    text = "To relax:\n• Rest a day\n1. Walk a mile\n2. Sleep well\n"
    assert [one.lead.text if one.lead else "" for one in passages(text)] == ["To relax:", "", ""]


def test_a_withheld_lead_leads_nothing():
    found = passages("Buy these:\n\n• Rest a day\n", withheld=["Buy these:"])
    assert [(one.text, one.lead) for one in found] == [("Rest a day", None)]


def test_the_sentences_of_an_item_stay_together():
    text = "Do it:\n1. Sit down. Breathe in. Breathe out. Stand up.\n"
    assert cuts(text) == ["Sit down. Breathe in. Breathe out. Stand up."]


def test_the_header_of_a_table_is_no_passage_and_a_row_does_not_stand_alone():
    text = "Move What for\nWalk To loosen up\nRest To recover\n"
    hints = Hints(tables=((Span(0, len(text)), ("Move", "Walk", "Rest")),))
    found = passages(text, hints=hints)
    assert [(one.text, one.kind, one.stands_alone) for one in found] == [
        ("Walk To loosen up", "row", False),
        ("Rest To recover", "row", False),
    ]


@pytest.mark.parametrize(
    ("item", "role"),
    [
        ("Hold for 10 seconds", "volume"),
        ("Perform 2-3 sets", "volume"),
        ("Repeat it twice", "volume"),
        ("Do 5 more times", "volume"),
        ("Repeat 10 – 15 reps", "volume"),
        ("Bend your knees 90 degrees", "instruction"),
        ("Sit down", "instruction"),
    ],
)
def test_an_item_says_how_or_how_much(item, role):
    assert passages(f"Do it:\n1. {item}\n")[0].role == role


def test_prose_is_a_claim_unless_the_overlay_says_otherwise():
    found = passages("Rest helps. See a doctor.", roles=[("See a doctor.", "seek_help")])
    assert [one.role for one in found] == ["claim", "seek_help"]


def test_ids_name_the_source_the_section_and_the_place():
    text = "Rest\n\nIt helps. Walk too.\n\nLift\n\nLater.\n"
    assert [one.id for one in passages(text)] == ["neck#rest.1", "neck#rest.2", "neck#lift.1"]


def test_the_heading_leaves_out_the_title_and_says_whose_it_is():
    (found,) = passages("# Neck\n\n## Rest\n\n### How long\n\nA day.\n")
    assert (found.heading, found.heading_by) == ("Rest > How long", "article")


def test_a_field_says_which_regions_a_whole_section_is_for():
    text = "Rest\n\nGood for: lower back\n\n1. Move your neck.\n2. Stand up.\n"
    assert {one.regions for one in passages(text, hints=Hints(fields=("Good for",)))} == {("lower back",)}


def test_a_passage_that_names_no_region_has_those_of_its_heading():
    assert [one.regions for one in passages("Neck pain\n\nRest helps.\n")] == [("neck",)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my traps hurt", ("neck", "shoulders", "upper back")),
        ("Cervical discs", ("neck",)),
        ("between the shoulder blades", ("shoulders", "upper back")),
        ("Mid-back and lumbar pain", ("middle back", "lower back")),
        ("chest and hips", ("chest", "hips")),
        ("hamstrings", ("legs",)),
        ("trapped", ()),
        ("necklace", ()),
        ("", ()),
    ],
)
def test_regions_are_found_as_whole_words(text, expected):
    assert regions_in(text, VOCABULARY) == expected


def test_regions_come_in_the_order_of_the_vocabulary():
    order = [region for region, _ in VOCABULARY.regions]
    found = regions_in("legs, core, hips, chest, low back, mid back, upper back, traps and neck", VOCABULARY)
    assert list(found) == order


def test_a_vocabulary_without_its_lists_is_refused_by_name(tmp_path):
    (tmp_path / "vocabulary.toml").write_text("volume_units = ['reps']\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"vocabulary\.toml.*required"):
        read_vocabulary(tmp_path)


LINES = st.lists(
    st.sampled_from(
        [
            "Rest helps.",
            "It is so.",
            "This too!",
            "Buy it now.",
            "Do this:",
            "• Sit down.",
            "1. Hold 10 seconds. Stop.",
            "Rest and lift",
            "Q: Why?",
            "A: Because.",
            "",
            "Then neck rolls. But slowly. And often. So be it.",
            "- ...",
        ]
    ),
    max_size=12,
).map("\n".join)


@given(LINES, st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40)), max_size=3))
def test_no_passage_and_no_lead_touches_a_withheld_span(text, places):
    withheld = tuple(Withheld(Span(start, start + size), "promotion", "So.") for start, size in places)
    hints = Hints(skip=tuple(one.span for one in withheld))
    overlay = Overlay(hints, withheld, (), (), (), ())
    for passage in cut("neck", text, parse(text, hints), overlay, VOCABULARY):
        shown = [passage.span] + ([Span(passage.lead.start, passage.lead.end)] if passage.lead else [])
        assert not any(one.span.overlaps(span) for one in withheld for span in shown)


@given(LINES)
def test_passages_are_exact_in_order_and_have_ids_of_their_own(text):
    found = passages(text)
    assert all(one.text == text[one.start : one.end] == one.text.strip() for one in found)
    assert all(one.lead.text == text[one.lead.start : one.lead.end] for one in found if one.lead)
    edges = [edge for one in found for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert len({one.id for one in found}) == len(found)


@given(LINES)
def test_a_passage_of_prose_is_never_longer_than_three_sentences(text):
    assert all(len(re.findall(r"[.!?]", one.text)) <= LONGEST for one in passages(text) if one.kind == "prose")
