"""The files of the policy: they fit together, and a mistake in one is named."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.policy.judge import REASONS, load_policy
from assistant.policy.patterns import matches, parse_pattern, parse_patterns, read_clause
from assistant.policy.words import read_words
from corpus.errors import KnownError
from evals.cases import read_cases

FOLDER = Path("assistant/policy")
POLICY = load_policy()


@pytest.fixture
def copied(tmp_path):
    source = Path(__file__).parent.parent / FOLDER
    return Path(shutil.copytree(source, tmp_path / "policy"))


def found(pattern, message):
    reading = read_clause(read_words(message, POLICY.vocabulary), POLICY.vocabulary)
    return parse_patterns([pattern]).occur_in(reading)


def test_every_reason_that_is_refused_or_noticed_has_a_text():
    assert {line.reason for line in POLICY.lines.values()} == REASONS - {"sources"}


def test_every_rule_has_an_id_of_its_own():
    ids = [rule.id for rule in POLICY.rules]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["lines", "rules", "words", "words_refused", "clauses", "languages", "output"])
def test_a_missing_file_is_named(copied, name):
    (copied / f"{name}.toml").unlink()
    with pytest.raises(KnownError, match=f"{name}.toml"):
        load_policy(copied)


@pytest.mark.parametrize("name", ["lines", "rules", "words", "words_refused", "clauses", "languages", "output"])
def test_a_broken_file_is_named(copied, name):
    (copied / f"{name}.toml").write_text("this is = = no toml", encoding="utf-8")
    with pytest.raises(KnownError, match=f"{name}.toml"):
        load_policy(copied)


def test_a_rule_that_speaks_of_an_unknown_list_is_refused(copied):
    path = copied / "rules.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"{imaging}"', '"{pictures}"'), encoding="utf-8")
    with pytest.raises(KnownError, match="pictures"):
        load_policy(copied)


def test_a_shape_that_is_no_regular_expression_is_refused(copied):
    path = copied / "output.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("'!\\['", "'!['"), encoding="utf-8")
    with pytest.raises(KnownError, match=r"output\.toml"):
        load_policy(copied)


def test_a_rule_with_an_unknown_reason_is_refused(copied):
    path = copied / "rules.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('reason = "product"', 'reason = "shop"'), encoding="utf-8")
    with pytest.raises(KnownError, match=r"rules\.toml"):
        load_policy(copied)


@pytest.mark.parametrize(
    ("pattern", "message", "expected"),
    [
        ("do i have", "well do i have it", True),
        ("^ do i", "well do i", False),
        ("have it $", "do i have it", True),
        ("do .. it", "do you think that it", True),
        ("do .. it", "do one two three four five it", False),
        ("a|the disc", "the disc", True),
        ("is it the? disc", "is it disc", True),
        ("stretch*", "stretching", True),
        ("# sets", "3 sets", True),
        ("{site} {symptom}", "shoulder blade pain", True),
    ],
)
def test_a_pattern_means_what_the_handbook_of_patterns_says(pattern, message, expected):
    assert found(pattern, message) is expected


def test_an_empty_part_of_a_pattern_is_refused():
    with pytest.raises(ValueError, match="empty"):
        parse_pattern("do || have")


WORDS = sorted(POLICY.vocabulary.known | {"my", "back", "hurts", "should", "i", "take", "what", "is"})


@given(words=st.lists(st.sampled_from(WORDS), max_size=12))
def test_looking_for_the_rarest_part_first_finds_what_walking_over_all_patterns_finds(words):
    reading = read_clause(read_words(" ".join(words), POLICY.vocabulary), POLICY.vocabulary)
    for rule in POLICY.rules:
        assert rule.patterns.occur_in(reading) == any(matches(one, reading) for one in rule.patterns.all)


@pytest.mark.long
def test_every_pattern_is_found_in_the_messages_that_it_is_looked_for_in():
    """Real messages, since random words seldom make a pattern whole."""
    found = 0
    for message in [case.turns[-1] for case in read_cases() if case.set == "policy"]:
        reading = read_clause(read_words(message, POLICY.vocabulary), POLICY.vocabulary)
        for rule in POLICY.rules:
            walked = any(matches(one, reading) for one in rule.patterns.all)
            assert rule.patterns.occur_in(reading) == walked
            found += walked
    assert found > 500
