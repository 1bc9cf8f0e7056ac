"""The card on a page: announced when it must be, numbers that can be tapped, and nobody's markup."""

from dataclasses import replace

import pytest
from fixtures_html import NASTY, Page, squeezed
from hypothesis import given
from hypothesis import strategies as st

from assistant.html.card import card_html
from assistant.triage.gate import fallback_card, load_protocol
from assistant.triage.records import TIERS, Card, CardSource, Number, Translation

CARD = fallback_card()
SHELF = load_protocol().shelf
SPANISH = Translation("es", "Pida ayuda", ("Llame ya.",), "Llame al 112 o al 024.", "Revisado por un nativo.")


def dialled(html):
    return [value.removeprefix("tel:") for value in Page(html).all("href")]


def with_number(number):
    return replace(CARD, numbers=(Number("Emergency", number),))


@pytest.mark.parametrize(
    ("tier", "role"), [("emergency", "alert"), ("urgent", "alert"), ("see_clinician", "status"), ("none", "status")]
)
def test_only_an_urgent_card_is_announced_at_once(tier, role):
    page = Page(card_html(replace(CARD, tier=tier)))
    assert page.all("role") == [role]
    assert page.all("class")[0] == f"card {tier}"


def test_without_a_card_the_page_shows_none():
    assert card_html(None) == ""


@pytest.mark.parametrize("tier", TIERS[1:])
def test_every_card_is_whole_on_a_page(tier):
    for topic, written in SHELF.cards:
        card = SHELF.card(topic, max(tier, written, key=TIERS.index), "")
        words = Page(card_html(card)).words
        parts = [card.title, *card.do, *(f"{one.label}: {one.number}" for one in card.numbers), card.why, *card.avoid]
        parts += [f"{one.title} ({one.publisher}, {one.year})" for one in card.sources]
        parts += [f"Read by us {card.reviewed}; clinical review: {card.clinical_review}."]
        places = [words.index(squeezed(part)) for part in parts if part]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("number", "links"),
    [
        ("your local emergency number, for example 112, 911, 999 or 000", ["112", "911", "999", "000"]),
        ("116 123", ["116123"]),
        ("1-800-222-1222", ["18002221222"]),
        ("*4141", ["*4141"]),
        ("15", ["15"]),
        ("112, open 24 hours on 7 days", ["112"]),
        ("your doctor's surgery", []),
    ],
)
def test_every_number_of_a_line_can_be_called_and_its_words_stay(number, links):
    html = card_html(with_number(number))
    assert dialled(html) == links
    assert f"Emergency: {number}" in Page(html).words


@given(NASTY | st.text(max_size=30))
def test_whatever_a_line_says_only_digits_are_dialled_and_the_line_is_whole(number):
    html = card_html(with_number(number))
    assert all(set(one) <= set("0123456789*#+") for one in dialled(html))
    assert squeezed(number) in Page(html).words


def test_a_translation_is_marked_as_its_language_and_comes_first():
    page = Page(card_html(replace(with_number("112"), translation=SPANISH)))
    assert page.all("lang") == ["es"]
    assert page.words.index(SPANISH.title) < page.words.index(CARD.title)


def test_in_a_translation_only_numbers_of_the_card_can_be_called():
    assert dialled(card_html(replace(with_number("112"), translation=SPANISH))) == ["112", "112"]


@given(words=st.lists(NASTY, min_size=8, max_size=8))
def test_no_words_of_a_card_become_markup(words):
    title, do, label, why, avoid, source, told, tier = words
    card = Card(
        id="x",
        tier=tier,
        title=title,
        do=(do,),
        numbers=(Number(label, label),),
        why=why,
        avoid=(avoid,),
        sources=(CardSource(source, source, "2020"),),
        reviewed="2026-01-01",
        clinical_review="none",
        translation=Translation(told, told, (told,), told, told),
    )
    page = Page(card_html(card))
    assert set(page.tags) <= {"section", "div", "h2", "ul", "li", "p", "small", "hr"}
    assert {name for name, _ in page.attributes} <= {"class", "role", "lang"}
    assert all(one in page.text for one in words if one != tier)
