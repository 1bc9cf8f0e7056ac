"""Every safety card: what to do, whom to call, why, what not to do, on what it rests; plain, and no reassurance."""

import re
import tomllib
from datetime import date

import pytest
from fixtures_html import Page

from assistant.conversation import Conversation
from assistant.escalated import gate_failed
from assistant.html.card import card_html
from assistant.render import terminal
from assistant.triage.gate import FOLDER, fallback_card, load_protocol
from evals.measures import readability, words

PROTOCOL = load_protocol()
CARDS = [PROTOCOL.shelf.card(topic, tier) for topic, tier in PROTOCOL.shelf.cards]
NAMES = [card.id for card in CARDS]
CRISIS = {PROTOCOL.crisis_card, PROTOCOL.crisis_with_emergency}
ABSENCE = "Listed signs that are missing prove nothing: you can be ill without them."
# Ages 9 to 11 are about the fourth to the sixth year of school; the grade of one short text is only a rough guide.
HARDEST = 6.0
REASSURING = re.compile(
    r"harmless|usually|\bcommon\b|probabl|unlikely|\brare|(often|normally|mostly) (gets?|is|are|goes|better)|"
    r"\b(it|you) (is|are) (fine|well|safe)|(not|do not|no need to|nothing to) (be )?worr|not serious|nothing serious|"
    r"no need|will (pass|settle|heal)|gets better|most people|rule out|diagnos",
    re.IGNORECASE,
)
DIAGNOSING = re.compile(r"\bthis is (a|an|your) |(?<!if )\byou have (a|an) |\byou are suffering", re.IGNORECASE)
every_card = pytest.mark.parametrize("card", CARDS, ids=NAMES)


def topic(card):
    return card.id.removesuffix(f"_{card.tier}")


def own(card):
    """The card's own words, one sentence or line after the other, without the line that all of them share."""
    return "\n".join([f"{card.title}.", *card.do, card.why.replace(ABSENCE, ""), *card.avoid])


@every_card
def test_a_card_has_all_its_parts(card):
    assert 2 <= len(card.do) <= 3
    assert card.numbers
    assert card.why
    assert 1 <= len(card.avoid) <= 4
    assert date.fromisoformat(card.reviewed)
    assert card.clinical_review == "none"


@every_card
def test_a_card_names_what_it_rests_on(card):
    assert card.sources
    for source in card.sources:
        assert source.title
        assert source.publisher
        assert source.year in ("current", "unknown") or re.fullmatch(r"(19|20)\d\d(-20\d\d)?", source.year)


@every_card
def test_a_card_says_what_to_do_then_the_number_then_why_then_what_not_to_do_then_its_source(card):
    parts = [card.title, card.do[0], card.numbers[0].number, card.why, "What not to do", card.avoid[0]]
    parts += [card.sources[0].title, f"Read by us {card.reviewed}; clinical review: none"]
    for text in (terminal(gate_failed(Conversation(), card)), Page(card_html(card)).text):
        text = " ".join(text.split())
        places = [text.index(part) for part in parts]
        assert places == sorted(places)


@every_card
def test_the_first_thing_to_do_says_whom_to_turn_to(card):
    turn_to = {
        "emergency": r"call|emergency department|hospital",
        "urgent": r"\btoday\b",
        "see_clinician": r"appointment|see a|tell your (midwife|doctor)",
    }
    assert re.search(turn_to[card.tier], card.do[0], re.IGNORECASE)


@every_card
def test_the_numbers_fit_the_tier(card):
    labels = [line.label for line in card.numbers]
    if card.tier == "emergency":
        assert "Emergency" in labels
    if card.tier == "urgent":
        assert labels[0] == "Same-day advice"


@every_card
def test_what_not_to_do_is_said_as_what_not_to_do(card):
    assert [line for line in card.avoid if not line.startswith("Do not ")] == []


@every_card
def test_the_reason_is_short(card):
    assert words(card.why.replace(ABSENCE, "")) <= 35


@every_card
def test_no_sentence_is_long(card):
    assert [one for one in re.split(r"[.\n]", own(card)) if words(one) > 27] == []


@every_card
def test_a_card_can_be_read_by_a_child_of_eleven(card):
    assert readability(own(card)) <= HARDEST


@every_card
def test_a_card_that_may_list_signs_says_that_their_absence_proves_nothing(card):
    assert card.why.endswith(ABSENCE) or topic(card) in CRISIS


@every_card
def test_no_card_reassures_or_names_an_illness_as_found(card):
    assert not REASSURING.search(own(card)), REASSURING.search(own(card))
    assert not DIAGNOSING.search(own(card)), DIAGNOSING.search(own(card))


@pytest.mark.parametrize(
    "text",
    ["This usually has a harmless cause.", "It often gets better.", "Back pain is common.", "No need to call."],
)
def test_reassurance_would_be_noticed(text):
    assert REASSURING.search(text)


@every_card
def test_an_emergency_card_says_not_to_drive(card):
    not_driving = topic(card) in {PROTOCOL.crisis_card, "heat"}  # the one may stay where they are, the other collapsed
    if card.tier == "emergency" and not not_driving:
        assert any("drive yourself" in line for line in card.avoid)


def test_the_card_of_last_resort_keeps_the_same_rules():
    card = fallback_card()
    assert readability(own(card)) <= HARDEST + 1
    assert "does not prove that all is well" in " ".join(card.why.split())
    assert not REASSURING.search(own(card))
    assert all(line.startswith("Do not ") for line in card.avoid)
    assert "<small>." not in card_html(card)


def test_every_card_file_has_a_date_and_a_language():
    for path in sorted((FOLDER / "cards").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert date.fromisoformat(table["reviewed"])
        assert re.fullmatch("[a-z]{2}", table["language"])


def test_every_card_can_be_reached():
    used = {(flag.card, rule.tier) for flag in PROTOCOL.flags for rule in flag.rules}
    used |= {(topic_, "emergency") for topic_ in (*CRISIS, PROTOCOL.general_card)}
    assert set(PROTOCOL.shelf.cards) == used
