"""'spotter slack' in a process of its own: what it says when it cannot start, and how it ends."""

import subprocess
import sys
import time

import pytest
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, Bot, strangers
from fixtures_slack import APP_TOKEN, BOT_TOKEN, Slack, command, edited, mention, message, press, readable

from assistant.slack.manifest import SCOPES

WORD = "zanzibarquux"


@pytest.fixture
def slack():
    with Slack(SCOPES).open() as opened:
        yield opened
    assert opened.complaints == []


def tokens(slack, **more):
    return {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": f"{slack.address}/api", **more}


def test_the_bot_answers_reaches_slack_alone_and_logs_nothing_that_was_said(slack, real_index_config, tmp_path):
    bot = Bot(real_index_config.data, tmp_path, **tokens(slack))
    bot.wait()
    try:
        assert "as spotter in Tests" in bot.output
        asked = message(f"{QUESTION} {WORD}", "U1")
        slack.deliver("events_api", asked)
        slack.deliver("events_api", mention(f"{RED_FLAG} {WORD}", "U2"))
        slack.until(lambda: slack.said("DU1") and slack.said("DU2"), "there was no answer")
        slack.deliver("events_api", edited(asked, f"{EXERCISE} {WORD}"))
        command(slack, f"{EXERCISE} {WORD}", "U4")
        slack.deliver("interactive", press({"action_id": "ask.0", "value": WORD}, slack.said("DU1")[0], "U1"))
        slack.answers["chat.postMessage"] = [{"ok": False, "error": "an_error_of_slack"}] * 9
        slack.deliver("events_api", message(f"{RED_FLAG} {WORD}", "U3"))
        slack.until(lambda: sum("an_error_of_slack" in str(one.answer) for one in slack.calls) >= 2, "nothing failed")
    finally:
        bot.stop()
    assert bot.status == 0
    assert "an_error_of_slack" in bot.output
    assert WORD not in bot.output
    assert "Traceback" not in bot.output
    assert strangers(bot.hosts) == []


def test_a_bot_that_is_told_to_end_finishes_what_it_answers(slack, real_index_config, tmp_path):
    bot = Bot(real_index_config.data, tmp_path, **tokens(slack))
    bot.wait()
    try:
        for n in range(5):
            slack.deliver("events_api", message(QUESTION, f"U{n}"))
        begun = time.monotonic()
        bot.terminate()
        assert time.monotonic() - begun < 10
    finally:
        bot.stop()
    assert bot.status == 0
    assert sorted(one.channel for one in slack.said()) == [f"DU{n}" for n in range(5)]
    assert all("deadlift" in readable(one) for one in slack.said())
    assert "Spotter stopped." in bot.output


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}, "SLACK_BOT_TOKEN and SLACK_APP_TOKEN must be set"),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Slack does not take SLACK_BOT_TOKEN (invalid_auth)"),
        ({"SPOTTER_SLACK_CHANNEL": "loudly"}, "SPOTTER_SLACK_CHANNEL is 'loudly'"),
        ({"SLACK_API_URL": "here"}, "SLACK_API_URL holds 'here'"),
    ],
)
def test_what_is_set_wrongly_is_told_in_a_sentence(slack, tmp_path, wrong, told):
    import os

    ran = subprocess.run(
        [sys.executable, "-m", "assistant", "slack"],
        env=os.environ | tokens(slack, SPOTTER_DATA=str(tmp_path)) | wrong,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
