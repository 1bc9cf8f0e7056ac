"""The data files: complete, honest about what was checked, and refused with a clear message when wrong."""

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.triage.gate import FOLDER, load_protocol
from assistant.triage.records import Card
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


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5_000], ids=["nested", "a number"])
def test_a_file_without_end_is_refused_by_name(copy: Path, text: str) -> None:
    (copy / "protocol.toml").write_text(text)
    with pytest.raises(KnownError, match=r"protocol\.toml"):
        load_protocol(copy)


def test_the_code_names_no_flag_and_no_card() -> None:
    names = {flag.id for flag in PROTOCOL.flags} | {topic for topic, _ in PROTOCOL.shelf.cards}
    for path in FOLDER.glob("*.py"):
        code = path.read_text()
        for name in names - {"general", "heart", "heat", "child", "older", "self_harm"}:
            assert f'"{name}"' not in code, (path.name, name)
