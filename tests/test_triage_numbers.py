"""Whom to call: a number is shown in its region once it was checked, and nowhere before; the table is no fiction."""

import json
import re
import shutil
import tomllib

import phonenumbers
import pytest
from fixtures_assistant import spotter
from fixtures_html import Page
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import connects_to_emergency_number, is_emergency_number

from assistant.conversation import Conversation
from assistant.escalated import gate_failed
from assistant.html.card import card_html
from assistant.html.chat import chat_markdown
from assistant.render import terminal
from assistant.settings import read_settings
from assistant.start import start
from assistant.triage.cards import one_line, short
from assistant.triage.gate import FOLDER, assess, fallback_card, load_protocol
from assistant.triage.numbers import FILE, UnknownRegion, read_numbers
from assistant.triage.records import TIERS, TriageState
from corpus.errors import KnownError

PROTOCOL = load_protocol()
SHELF = PROTOCOL.shelf
TABLE = tomllib.loads((FOLDER / FILE).read_text(encoding="utf-8"))["region"]
LINES = [(region, kind, row) for region, rows in TABLE.items() for kind, row in rows.items()]
UNCHECKED = {row["number"] for _, _, row in LINES if row["checked"] == "no"}
# The last ones are where one of the five languages that Spotter reads is spoken.
EXPECTED = {"US", "CA", "GB", "IE", "EU", "AU", "NZ", "IN", "JP", "KR", "CN", "BR", "MX", "ZA", "IL"}
EXPECTED |= {"ES", "AR", "CO", "CL", "PE", "PT", "AO", "MZ", "FR", "BE", "CH", "LU", "DE", "AT", "LI", "SG", "KE"}
MEMBERS = ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"]
MEMBERS += ["LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"]


def numbers_in(text):
    """The numbers of the table that nobody checked and that stand in the text, apart from the generic lines."""
    for line in SHELF.numbers.generic.values():
        text = text.replace(line.number, "")
    return {one for one in UNCHECKED if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text)}


# The table


def test_the_regions_that_people_live_in_are_there():
    assert set(TABLE) >= EXPECTED


@pytest.mark.parametrize("region", sorted(TABLE))
def test_a_region_is_one_of_the_world(region):
    assert region == "EU" or region in phonenumbers.SUPPORTED_REGIONS


@pytest.mark.parametrize(("region", "kind", "row"), LINES, ids=lambda one: one if isinstance(one, str) else "")
def test_a_line_names_where_to_check_it_and_whether_somebody_did(region, kind, row):
    assert set(row) == {"number", "checked", "source"}
    assert set(row["source"]) == {"title", "publisher", "url"}
    assert row["source"]["url"] == "unknown" or row["source"]["url"].startswith("https://")
    assert row["checked"] == "no" or row["source"]["url"] != "unknown"


EMERGENCY = [(region, row["number"]) for region, kind, row in LINES if kind == "emergency"]


@pytest.mark.parametrize(("region", "number"), EMERGENCY)
def test_an_emergency_number_is_one_in_its_region(region, number):
    for country in MEMBERS if region == "EU" else [region]:
        assert is_emergency_number(number, country)
        assert connects_to_emergency_number(number, country)


@pytest.mark.parametrize(("region", "number"), [("GB", "911"), ("JP", "112"), ("US", "999"), ("NZ", "112")])
def test_the_library_would_notice_the_number_of_another_region(region, number):
    assert not is_emergency_number(number, region)


def test_no_number_is_said_to_be_checked_for_now():
    assert {row["checked"] for _, _, row in LINES} == {"no"}


# What is shown


def cards(region):
    for topic, written in SHELF.cards:
        for tier in (*TIERS[1:], written):
            yield SHELF.card(topic, tier, region)


@pytest.mark.parametrize("region", ["", "unknown", *TABLE])
def test_no_card_shows_a_number_that_nobody_checked(region):
    for card in cards(region):
        assert numbers_in(json.dumps(card.as_json())) == set(), card.id


def test_no_surface_adds_a_number_to_a_card():
    for whole in cards("GB"):
        for card in (whole, short(whole), one_line(whole)):
            reply = gate_failed(Conversation(), card)
            shown = (terminal(reply), chat_markdown(reply), Page(card_html(card)).words, reply.text)
            assert {number for text in shown for number in numbers_in(text)} == set(), card.id


def test_the_card_of_last_resort_shows_none_either():
    assert numbers_in(json.dumps(fallback_card().as_json())) == set()


def test_a_number_that_nobody_checked_would_be_noticed():
    assert numbers_in("Call 116 123 or 024.") >= {"116 123", "024"}


@given(
    st.sampled_from(sorted(TABLE)), st.sampled_from(["crushing chest pain", "I want to die", "my back pain is 10/10"])
)
@settings(max_examples=60)
def test_an_escalation_in_any_region_shows_the_generic_lines(region, message):
    card = assess(message, TriageState(), PROTOCOL, region=region).card
    assert {line.number for line in card.numbers} <= {line.number for line in SHELF.numbers.generic.values()}


@given(st.sets(st.integers(0, len(LINES) - 1)))
@settings(max_examples=40)
def test_exactly_the_checked_numbers_are_shown_each_in_its_region(tmp_path_factory, checked):
    parts = re.split(r'checked = "no"\n', (FOLDER / FILE).read_text(encoding="utf-8"))
    marks = ["2026-11-21" if at in checked else "no" for at in range(len(LINES))]
    text = parts[0] + "".join(f'checked = "{m}"\n{part}' for m, part in zip(marks, parts[1:], strict=True))
    path = tmp_path_factory.mktemp("numbers") / FILE
    path.write_text(text, encoding="utf-8")
    numbers = read_numbers(path)
    for at, (region, kind, row) in enumerate(LINES):
        shown = numbers.line(kind, region).number
        assert shown == (row["number"] if at in checked else numbers.generic[kind].number)
        assert numbers.line(kind, "").number == numbers.generic[kind].number


def test_a_checked_number_reaches_the_card_of_its_region_in_either_case_of_letters(tmp_path):
    folder = tmp_path / "triage"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    text = (folder / FILE).read_text(encoding="utf-8")
    old = '[region.GB.emergency]\nnumber = "999"\nchecked = "no"'
    assert old in text
    (folder / FILE).write_text(text.replace(old, old.replace('"no"', '"2026-11-21"')), encoding="utf-8")
    shelf = load_protocol(folder).shelf
    assert [line.number for line in shelf.card("heart", "emergency", "gb").numbers] == ["999"]
    assert "112, 911, 999" in shelf.card("heart", "emergency", "US").numbers[0].number


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('number = "999"\nchecked = "no"', 'number = "999"\nchecked = "yes"'),
        ('number = "999"\nchecked = "no"', 'number = "999"\nchecked = "21 November"'),
        ('number = "999"\nchecked = "no"', 'number = "999"'),
        ('number = "999"', 'number = "nine"'),
        ("[region.GB.emergency]", "[region.GB.ambulance]"),
        ('url = "https://www.samaritans.org" }', 'url = "" }'),
        ("[region.GB.urgent]", "[region.GB.emergency]"),
    ],
)
def test_a_line_that_is_not_whole_is_refused_by_the_name_of_the_file(tmp_path, old, new):
    text = (FOLDER / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnownError, match=FILE):
        read_numbers(tmp_path / FILE)


# The region


@pytest.mark.parametrize("region", ["", "gb", "GB", "EU", "PE"])
def test_a_region_of_the_table_or_none_starts(region):
    assert start(read_settings({"SPOTTER_REGION": region})).region == region.upper()


@pytest.mark.parametrize("region", ["UK", "XX", "england", "0"])
def test_another_region_is_refused_at_start_with_what_to_do(region):
    with pytest.raises(UnknownRegion, match=r"SPOTTER_REGION.*Leave it empty.* GB,"):
        start(read_settings({"SPOTTER_REGION": region}))


def test_another_region_ends_the_command_with_one_sentence(tmp_path):
    run = spotter("ask", "hello", data=tmp_path, home=tmp_path, SPOTTER_REGION="UK")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert "SPOTTER_REGION" in run.stderr
