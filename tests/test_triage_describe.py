"""The protocol in words: every flag, sign and card is in it, and docs/protocol.md is what the data says."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli import spotter
from assistant.triage.describe import UnknownFlag, describe, describe_flag, describe_sign, frame_in_words, rule_in_words
from assistant.triage.document import document, flag_document
from assistant.triage.examples import MOST, examples
from assistant.triage.gate import FOLDER, load_protocol
from assistant.triage.records import TIERS

PROTOCOL = load_protocol()
ENTRIES = {entry.id: entry for entry in describe(PROTOCOL)}
PAGE = Path(__file__).parent.parent / "docs" / "protocol.md"
LONGEST = 2_500  # lines that somebody can still find their way in


def in_words(text):
    """A rule as it is written, in words, with the ids of the signs for their meanings."""
    rule = replace(PROTOCOL.flags[0].rules[0], text=text)
    return rule_in_words(rule, {name: name for name in "abcd"})


def test_a_rule_says_and_or_and_not_when():
    assert in_words("a") == "a"
    assert in_words("a|b") == "a OR b"
    assert in_words("a|b & c") == "(a OR b) AND c"
    assert in_words("a & b ! c|d") == "a AND b, NOT when c OR d"


def test_a_rule_is_told_by_the_meaning_of_its_signs():
    rule = PROTOCOL.flag("spinal_infection").rules[-2]
    words = rule_in_words(rule, {sign.id: sign.meaning for sign in PROTOCOL.signs})
    assert words.startswith("fever or chills AND (pain in the back or neck OR ")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("leak", "leak"),
        ("a|b_c", "a or b c"),
        ("a|b & c / 8", "a or b, with c, at most 8 words between"),
        ("a > b / 3", "a, then b, at most 3 words between"),
        ("a & b ! c_d|e", "a, with b; not with c d or e"),
    ],
)
def test_a_frame_says_what_stands_with_what_and_how_close(frame, words):
    assert frame_in_words(frame) == words


def test_a_sign_says_when_it_counts():
    signs = {sign.id: describe_sign(sign) for sign in PROTOCOL.signs}
    assert signs["cancer"].notes == ("counts although it is long past",)
    assert signs["worsening"].notes == ("counts only in the turn in which it is said",)
    assert signs["old"].modifier == "age"
    assert signs["numb_saddle"].notes == ()


def test_every_sign_and_flag_has_a_meaning_in_words():
    for sign in PROTOCOL.signs:
        assert "_" not in sign.meaning, sign.id
    for entry in ENTRIES.values():
        assert entry.meaning, entry.id


def test_a_flag_has_rules_signs_cards_source_and_review():
    for entry in ENTRIES.values():
        assert entry.rules, entry.id
        assert entry.signs, entry.id
        assert {card["tier"] for card in entry.cards} == {rule.tier for rule in entry.rules}, entry.id
        assert entry.source["checked"], entry.id
        assert entry.clinical_review == "none", entry.id


def test_the_rules_of_a_flag_go_down_from_the_highest_tier():
    for entry in ENTRIES.values():
        tiers = [TIERS.index(rule.tier) for rule in entry.rules]
        assert tiers == sorted(tiers, reverse=True), entry.id


def test_a_flag_names_the_modifiers_and_look_alikes_of_its_signs():
    assert {"age", "thin bones", "steroids"} <= set(ENTRIES["fracture"].modifiers)
    assert ENTRIES["saddle_numbness"].modifiers == ()
    assert any("seat or posture" in words for words in ENTRIES["saddle_numbness"].look_alikes)


def test_a_crisis_flag_has_the_card_for_both_too():
    ids = {card["id"] for card in ENTRIES["self_harm"].cards}
    assert len(ids) == 2


def test_every_modifier_of_a_sign_is_used_by_some_flag():
    used = {name for entry in ENTRIES.values() for name in entry.modifiers}
    assert {sign.modifier for sign in PROTOCOL.signs if sign.modifier} == used


def test_examples_are_words_without_marks(tmp_path):
    (tmp_path / "words.toml").write_text(
        "[concepts]\n"
        "numb = '''\n(numb|dead~|no) !(end)\n(lost|no) (all|any)? feeling, <my> .. leg, #2-5 days, a!(b)\n'''\n"
        'fever = "(feverish)"\n',
        encoding="utf-8",
    )
    found = examples(tmp_path)
    assert found == {
        "numb": ("numb", "dead", "no", "lost feeling", "my … leg", "2 to 5 days"),
        "fever": ("feverish",),
    }


def test_every_concept_has_an_example_and_none_has_many():
    found = examples(FOLDER / "lexicon")
    assert set(found) == PROTOCOL.lexicon.concepts
    for name, words in found.items():
        assert 1 <= len(words) <= MOST, name
        assert not set("()<>#~!?") & set("".join(words)), name


def test_the_page_in_docs_is_what_the_data_says():
    assert PAGE.read_text(encoding="utf-8") == document(PROTOCOL, FOLDER), "run 'make protocol' and read the difference"


def test_the_page_can_be_read():
    lines = document(PROTOCOL, FOLDER).splitlines()
    assert len(lines) <= LONGEST
    for flag in PROTOCOL.flags:
        assert f"### Flag {flag.id}" in lines
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in lines if line.startswith("#")}
    linked = {part.partition(")")[0] for line in lines for part in line.split("](#")[1:]}
    assert linked <= headings


def test_the_page_says_that_no_clinician_has_reviewed_it_and_how_to_change_it():
    page = document(PROTOCOL, FOLDER)
    for part in ("No clinician has reviewed this protocol", "protocol.toml", "make protocol", "To propose a change"):
        assert part in page


def test_every_card_and_every_sign_is_on_the_page_in_its_own_words():
    page = document(PROTOCOL, FOLDER)
    for card in PROTOCOL.shelf.cards.values():
        for line in (card.title, *card.do, card.why, *card.avoid):
            assert line in page, card.id
    for sign in PROTOCOL.signs:
        assert f"- `{sign.id}`: {sign.meaning}" in page


def test_a_source_that_was_not_read_is_said_to_be_unchecked():
    assert "not checked" in flag_document(describe_flag("pregnancy", PROTOCOL))
    assert ", checked 2026-11-21" in flag_document(describe_flag("saddle_numbness", PROTOCOL))


def test_a_change_of_the_data_changes_the_page(tmp_path):
    folder = tmp_path / "triage"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / "protocol.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count('meaning = "a limp"') == 1
    path.write_text(text.replace('meaning = "a limp"', 'meaning = "a lopsided walk"'), encoding="utf-8")
    page = document(load_protocol(folder), folder)
    assert "a lopsided walk" in page
    assert page != document(PROTOCOL, FOLDER)


# the command


def run(*arguments):
    return CliRunner().invoke(spotter, ["triage", "list", *arguments])


def test_the_command_prints_the_page():
    assert run().stdout == document(PROTOCOL, FOLDER)


def test_one_flag_comes_with_its_cards_and_signs():
    shown = run("--flag", "new_incontinence").stdout
    assert "### Flag new_incontinence" in shown
    assert "### cauda_equina_emergency" in shown
    assert "- `leak`:" in shown
    assert "NOT when" in shown
    assert "Flag saddle_numbness" not in shown


def test_the_flags_can_be_had_as_json():
    rows = json.loads(run("--json").stdout)
    assert [row["id"] for row in rows] == [flag.id for flag in PROTOCOL.flags]
    assert [row["id"] for row in json.loads(run("--json", "--flag", "cancer").stdout)] == ["cancer"]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_unknown_flag_is_refused_with_those_that_exist(form):
    error = run("--flag", "nosuch", *form).exception
    assert isinstance(error, UnknownFlag)
    assert "saddle_numbness" in str(error)
