"""The real page, over loopback: it answers, announces a red flag, and shows nobody's markup."""

import json
import subprocess
import sys

import pytest
from fixtures_assistant import (
    EXERCISE,
    QUESTION,
    RED_FLAG,
    ROOT,
    SOFT_SIGN,
    environment,
    open_page,
    strangers,
)


@pytest.fixture(scope="module")
def page(real_index_config, tmp_path_factory):
    with open_page(real_index_config.data, tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def visitor(page):
    with page.visitor() as one:
        yield one


def test_a_question_is_answered_with_marks_and_sources(visitor):
    card, sources = visitor.ask(QUESTION)
    assert card == ""
    assert "<blockquote>" in sources
    assert [role for role, _ in visitor.said] == ["user", "assistant"]
    assert "[\\[1\\]](#src-0-1)" in visitor.said[1][1]
    assert 'id="src-0-1"' in sources


def test_a_second_question_goes_on_from_the_first(visitor):
    visitor.ask(EXERCISE)
    visitor.ask("how many reps?")
    answers = [text for role, text in visitor.said if role == "assistant"]
    assert len(answers) == 2
    assert "[\\[1\\]](#src-1-1)" in answers[1]


def test_a_red_flag_is_announced_at_once_and_has_no_sources(visitor):
    card, sources = visitor.ask(RED_FLAG)
    assert 'role="alert"' in card
    assert sources == ""


def test_a_red_flag_stays_for_the_whole_session(visitor):
    visitor.ask(RED_FLAG)
    card, sources = visitor.ask(QUESTION)
    assert 'role="alert"' in card
    assert sources == ""


def test_the_session_of_one_visitor_is_not_that_of_another(page):
    with page.visitor() as one, page.visitor() as other:
        assert 'role="alert"' in one.ask(RED_FLAG)[0]
        assert other.ask(QUESTION)[0] == ""
        assert 'role="alert"' in one.ask("thanks")[0]


def test_a_softer_sign_shows_its_card_quietly(visitor):
    card, sources = visitor.ask(SOFT_SIGN)
    assert 'role="status"' in card
    assert "<blockquote>" in sources


def test_what_a_visitor_types_is_shown_and_is_no_markup(visitor):
    visitor.ask("<img src=x onerror=alert(1)> **why** does my [neck](http://evil.example) hurt?")
    (_, typed), _ = visitor.said
    assert "<" not in typed
    assert "&lt;img src\\=x" in typed
    assert "\\[neck\\]\\(http\\:" in typed
    assert "\\*\\*why\\*\\*" in typed


def test_an_earlier_turn_is_not_changed_by_a_later_one(visitor):
    visitor.ask("why <b>does</b> my neck hurt after lifting?")
    before = visitor.said
    visitor.ask("thanks")
    assert visitor.said[:2] == before


@pytest.mark.parametrize("message", ["", "   ", "🤷", "a" * 5000, "\x00"])
def test_anything_may_be_typed(visitor, message):
    visitor.ask(message)
    assert visitor.said[-1][0] == "assistant"
    assert visitor.said[-1][1]


def test_the_page_listens_on_this_machine_and_ends_on_demand(real_index_config, tmp_path):
    with open_page(real_index_config.data, tmp_path / "home") as opened:
        pass
    assert opened.status == 0
    assert "Spotter stopped." in opened.output
    assert "Traceback" not in opened.output
    assert set(opened.hosts) <= {"127.0.0.1", "localhost", ""}
    assert strangers(opened.hosts) == []


# In a process of its own, since the page's libraries leave sockets open: what the page does with three messages when
# the search fails with an error that holds what was typed.
FAILING = """
import json, sys
from dataclasses import replace
from assistant.settings import quieten, read_settings
quieten()
from assistant.start import start
from assistant.web.page import page

def search(query):
    raise ValueError(query)

broken = replace(start(read_settings()), search=search)
(ask,) = (one.fn for one in page(broken).fns.values() if one.api_name == "ask")
talk, state, seen = [], None, []
for message in sys.argv[1:]:
    talk, card, sources, state, _ = ask(message, talk, state)
    seen.append([talk[-1]["content"], card, sources])
print(json.dumps(seen))
"""


def test_an_error_behind_the_gate_is_told_and_nothing_of_it_is_shown_or_logged(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", FAILING, "why does my lower back hurt after the zanzibar?", RED_FLAG, QUESTION],
        cwd=ROOT,
        env=environment(tmp_path / "data", tmp_path / "home"),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    (told, *nothing), (_, flagged, _), (_, latched, _) = json.loads(run.stdout)
    assert "112, 911, 999 or 000" in told
    assert nothing == ["", ""]
    assert 'role="alert"' in flagged
    assert 'role="alert"' in latched
    assert run.stderr.strip() == "A message could not be answered: ValueError"
    assert "zanzibar" not in run.stdout
