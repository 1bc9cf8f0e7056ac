"""The manifest asks for what the bot is seen to use, and for nothing more."""

import json

import pytest
from click.testing import CliRunner
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, ROOT, ready
from fixtures_slack import METHODS, command, elements, event, mention, message, press, running

from assistant.cli import spotter
from assistant.slack.manifest import EVENTS, SCOPES, manifest


@pytest.mark.parametrize(("kind", "address"), [("socket", ""), ("http", "https://spotter.example.org")])
def test_the_manifest_in_the_documents_is_the_one_that_is_made(kind, address):
    written = json.loads((ROOT / "docs" / f"slack-manifest.{kind}.json").read_text(encoding="utf-8"))
    assert written == manifest(address)


def test_a_manifest_fits_what_slack_takes():
    made = manifest("https://spotter.example.org")
    assert len(made["display_information"]["description"]) <= 140
    assert 175 <= len(made["display_information"]["long_description"]) <= 4000
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300
    assert len(made["features"]["agent_view"]["suggested_prompts"]) <= 4
    assert "assistant_view" not in made["features"]


def test_a_socket_needs_no_address_and_http_has_it_everywhere():
    assert "url" not in json.dumps(manifest())
    assert json.dumps(manifest("https://spotter.example.org")).count("https://spotter.example.org/slack/events") == 3


def test_every_scope_is_used_and_every_use_has_its_scope(real_index_config):
    """Does everything that the bot can do with the scopes of the manifest; the Slack of the tests refuses more."""
    with running(ready(real_index_config)) as slack:
        for body in (
            message(QUESTION),
            mention(EXERCISE, "U2"),
            mention(RED_FLAG, "U3"),
            event({"type": "app_home_opened", "user": "U1", "channel": "DU1", "tab": "messages"}),
            event({"type": "app_home_opened", "user": "U1", "channel": "DU1", "tab": "home"}),
        ):
            slack.deliver("events_api", body)
        slack.until(lambda: len(slack.said()) == 5, "not all were answered")
        told = slack.said("DU1")[0]
        for action in ("help", "evidence", "feedback"):
            found = elements(told.blocks)[action]
            value = found.get("value") or found.get("negative_button", {}).get("value") or ""
            slack.deliver("interactive", press({"action_id": action, "value": value}, told))
        slack.awaited("views.open", 3)
        slack.broken_streams = 1
        slack.deliver("events_api", message(QUESTION, "U4"))
        slack.awaited("chat.update")
        command(slack, "help")
    used = {METHODS[call.method][1] for call in slack.calls if call.method in METHODS}
    heard = {"app_mentions:read", "im:history", "commands"}  # what events and the command need
    assert (used - {None}) | heard == set(SCOPES)
    methods = {method for names in SCOPES.values() for method in names if "." in method and method not in EVENTS}
    assert methods == {call.method for call in slack.calls if (METHODS.get(call.method) or ("", None))[1]}


def test_the_manifest_is_printed(monkeypatch):
    assert json.loads(CliRunner().invoke(spotter, ["slack", "manifest"]).output) == manifest()
    monkeypatch.setenv("SPOTTER_PUBLIC_URL", "https://spotter.example.org")
    printed = CliRunner().invoke(spotter, ["slack", "manifest", "--http"]).output
    assert json.loads(printed) == manifest("https://spotter.example.org")
