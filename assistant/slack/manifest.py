"""The manifest from which Slack makes the app: what it may do, hear and show, and nothing more."""

from __future__ import annotations

from typing import Any

from assistant.introduction import read_introduction
from assistant.slack.texts import read_texts

Row = dict[str, Any]

# Each with the methods and events that need it; a test compares them with what the bot is seen to use.
SCOPES = {
    "app_mentions:read": ("app_mention",),
    "assistant:write": (
        "assistant.threads.setStatus",
        "assistant.threads.setSuggestedPrompts",
    ),
    "chat:write": (
        "chat.postMessage",
        "chat.postEphemeral",
        "chat.update",
        "chat.startStream",
        "chat.appendStream",
        "chat.stopStream",
    ),
    "commands": ("/spotter",),
    "im:history": ("message.im",),
    "im:write": ("conversations.open",),
}
EVENTS = ("app_home_opened", "app_mention", "message.im")


def manifest(address: str = "") -> Row:
    """For a socket; with an address for HTTP at /slack/events there."""
    say = read_texts().say
    url = f"{address}/slack/events"
    command: Row = {
        "command": "/spotter",
        "description": say("manifest.command"),
        "usage_hint": say("manifest.usage"),
        "should_escape": False,
    }
    settings: Row = {
        "event_subscriptions": {"bot_events": list(EVENTS)},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not address,
        "token_rotation_enabled": False,
    }
    if address:
        command["url"] = url
        settings["event_subscriptions"]["request_url"] = url
        settings["interactivity"]["request_url"] = url
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Spotter",
            "description": say("manifest.description"),
            "long_description": say("manifest.long_description"),
        },
        "features": {
            "agent_view": {
                "agent_description": say("manifest.agent"),
                "suggested_prompts": [
                    {"title": one, "message": one}
                    for one in read_introduction(articles=0, hours=0, model=None).examples
                ],
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Spotter", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": settings,
    }
