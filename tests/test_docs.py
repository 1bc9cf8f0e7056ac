"""The documents tell of files and commands that exist."""

import re
import shlex
from pathlib import Path

import click
import pytest

from assistant.cli import spotter

ROOT = Path(__file__).parent.parent
# The page about the protocol is written by a command, and a test of its own holds it.
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if page.name != "protocol.md"]
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
FOLDERS = ("assistant/", "corpus/", "docs/", "evals/", "index/", "tests/")
MADE = ("evals/runs",)  # by a command

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
CODE = re.compile(r"`([^`\n]+)`")


def coded(name):
    """What stands between backquotes on a page."""
    return CODE.findall((ROOT / name).read_text(encoding="utf-8"))


def exists(path):
    """Whether there is such a file, with the test that may be named after it, or one where a part is left open."""
    path, _, test = path.partition("::")
    if test:
        return f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")
    pattern = re.sub(r"<\w+>|\bNAME\b", "*", path.rstrip("/"))
    return path.startswith(MADE) or any(ROOT.glob(pattern))


def missing(words, command=spotter, context=None):
    """The first word that is neither a command nor a choice of one, or ""."""
    if not words or not isinstance(command, click.Group):
        return ""
    context = click.Context(command, parent=context, info_name="spotter")
    found = [one for one in (command.get_command(context, word) for word in words[0].split("|")) if one]
    if words[0].startswith("-"):
        return ""
    return missing(words[1:], found[0], context) if found else words[0]


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file(name):
    targets = LINK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert [one for one in targets if not ((ROOT / name).parent / one).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_is_named_exists(name):
    paths = [one for one in coded(name) if one.startswith(FOLDERS) and " " not in one]
    assert [one for one in paths if not exists(one)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_is_named_exists(name):
    named = [shlex.split(one)[1:] for one in coded(name) if one.startswith("spotter ")]
    assert [words for words in named if missing(words)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_target_of_make_that_is_named_exists(name):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {one.split()[1] for one in coded(name) if re.match(r"make [a-z]+", one)}
    assert named - targets == set()


@pytest.mark.parametrize(
    "title", ["Emergency and urgent: HARD", "Self-harm: the crisis card", "Ordinary messages: HARD"]
)
def test_the_figures_that_the_safety_case_points_at_stand_in_the_scorecard(title):
    newest = sorted((ROOT / "evals" / "reports").glob("*.md"))[-1]
    assert title in " ".join((ROOT / "docs" / "safety-case.md").read_text(encoding="utf-8").split())
    assert title in newest.read_text(encoding="utf-8")


def test_what_does_not_exist_is_noticed():
    assert not exists("assistant/nowhere.py")
    assert not exists("tests/test_docs.py::test_nothing")
    assert exists("tests/test_docs.py::test_what_does_not_exist_is_noticed")
    assert missing(["triage", "explode"]) == "explode"
    assert missing(["explain"]) == "explain"
    assert missing(["eval", "run|report", "--name"]) == ""


def test_the_front_page_leads_to_both_pages_about_safety():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/intended-purpose.md)" in text
    assert "(docs/safety-case.md)" in text
