"""The data files: complete, honest about what was checked, and refused with a clear message when wrong."""

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.triage.gate import FOLDER, load_protocol
from assistant.triage.records import TIERS, Card
from corpus.errors import KnownError

PROTOCOL = load_protocol()


def cards() -> Iterator[Card]:
    for (topic, tier), _ in PROTOCOL.shelf.cards.items():
        yield PROTOCOL.shelf.card(topic, tier)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the gate's data that a test may spoil."""
    folder = tmp_path / "triage"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def test_every_flag_names_a_source_and_whether_it_was_checked() -> None:
    for flag in PROTOCOL.flags:
        assert {"title", "publisher", "year", "checked"} <= set(flag.source), flag.id
        assert flag.source["checked"] in ("no", "2026-11-21"), flag.id


def test_no_flag_or_card_claims_a_clinical_review() -> None:
    rows = tomllib.loads((FOLDER / "protocol.toml").read_text())["flag"]
    assert {row["clinical_review"] for row in rows} == {"none"}
    assert {card.clinical_review for card in cards()} == {"none"}
    assert {card.reviewed for card in cards()} == {"2026-11-21"}


def test_every_card_says_what_to_do_whom_to_call_why_and_what_not_to_do() -> None:
    for card in cards():
        assert 2 <= len(card.do) <= 3 or card.tier == "see_clinician" or card.tier == "urgent", card.id
        assert card.numbers, card.id
        assert card.why, card.id
        assert card.avoid, card.id
        assert card.tier in TIERS, card.id


def test_cards_use_short_sentences() -> None:
    for card in cards():
        for line in (*card.do, card.why, *card.avoid):
            for sentence in line.split(". "):
                assert len(sentence.split()) <= 46, (card.id, sentence)


def test_no_card_reassures() -> None:
    for card in cards():
        text = " ".join((card.title, *card.do, card.why, *card.avoid)).lower()
        for word in ("you are fine", "nothing serious", "don't worry", "do not worry", "rule out", "diagnos"):
            assert word not in text or "someone to rule out" in text, (card.id, word)


def test_a_card_that_lists_signs_says_that_their_absence_proves_nothing() -> None:
    for card in cards():
        if card.id.startswith(("self_harm", "overdose")):
            continue
        assert "missing prove nothing" in card.why, card.id


def test_an_emergency_card_offers_the_emergency_line() -> None:
    for card in cards():
        if card.tier == "emergency":
            assert "Emergency" in [number.label for number in card.numbers], card.id


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("protocol.toml", 'id = "numb_saddle"', "id = ", "protocol.toml"),
        ("protocol.toml", "saddle|genital &", "sadle|genital &", "sadle"),
        ("protocol.toml", 'card = "stroke"', 'card = "strokes"', "strokes"),
        ("cards/stroke.toml", "title", "titel", "stroke.toml"),
        ("lexicon/body.toml", "(groin|", "((groin|", "body.toml"),
        ("lexicon/body.toml", "<my>", "<mine>", "mine"),
        ("emergency_numbers.toml", "[generic.emergency]", "[generic.urgency]", "emergency"),
    ],
)
def test_a_spoilt_file_is_refused_by_name(copy: Path, file: str, old: str, new: str, says: str) -> None:
    path = copy / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(KnownError, match=says):
        load_protocol(copy)


@pytest.mark.parametrize("file", ["protocol.toml", "emergency_numbers.toml", "lexicon", "cards"])
def test_a_missing_file_is_refused_by_name(copy: Path, file: str) -> None:
    path = copy / file
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(KnownError):
        load_protocol(copy)


def test_the_code_names_no_flag_and_no_card() -> None:
    names = {flag.id for flag in PROTOCOL.flags} | {topic for topic, _ in PROTOCOL.shelf.cards}
    for path in FOLDER.glob("*.py"):
        code = path.read_text()
        for name in names - {"general", "heart", "heat", "child", "older", "self_harm"}:
            assert f'"{name}"' not in code, (path.name, name)
