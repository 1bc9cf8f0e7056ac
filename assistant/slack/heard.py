"""What somebody said to the bot, read from an event: their words as they typed them, and where they said them."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from slack_bolt.request.internals import extract_enterprise_id, extract_team_id

Row = dict[str, Any]

# Kinds of messages that hold somebody's own words; None is an ordinary one.
SPOKEN = {None, "file_share", "me_message", "thread_broadcast"}
# What Slack writes in angle brackets; those that somebody typed are escaped, or in a command stand as they are.
_TOKEN = re.compile(r"<((?:[@#][A-Z0-9]+|!(?:here|channel|everyone|(?:subteam|date)\^)|https?:|mailto:|tel:)[^<>]*)>")
_MADE = ("@", "#", "!")  # a person, a channel, a broadcast
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass(frozen=True)
class Place:
    """Where something was said; `thread` is the time stamp of the message that began the thread, `ts` its own."""

    team: str
    channel: str
    user: str
    thread: str
    ts: str
    direct: bool  # in the private messages of one person with the bot
    shared: bool = False  # in a channel that another organisation reads too
    command: bool = False  # by the command, which stands in no thread and may be given where the bot is not

    @property
    def talk(self) -> str:
        """The id of the conversation, one person's in one thread; it tells nobody whose."""
        whole = f"{self.team} {self.channel} {self.thread} {self.user}"
        return f"slack:{hashlib.sha256(whole.encode()).hexdigest()}"

    @property
    def owner(self) -> str:
        """Who may have everything of theirs forgotten."""
        return f"slack {self.team} {self.user}"


@dataclass(frozen=True)
class Heard:
    """One message, or what became of one when somebody `changed` it; `edited` also where a mention was added later."""

    place: Place
    text: str
    event: str  # id under which it is delivered, and delivered again
    changed: bool = False
    edited: bool = False


def heard(body: Row) -> Heard | None:
    """What an event tells the bot; None for what is not said to it: other bots, deletions, people among themselves."""
    event = body.get("event") or {}
    private = event.get("type") == "message" and event.get("channel_type") == "im"
    if not private and event.get("type") != "app_mention":
        return None
    changed = event.get("subtype") == "message_changed"
    message = (event.get("message") or {}) if changed else event
    if changed and _words(message) == _words(event.get("previous_message") or {}):
        return None  # a preview was added, or the like
    if message.get("subtype") not in SPOKEN or message.get("bot_id") or not message.get("user"):
        return None
    event_id, edited = str(body.get("event_id") or ""), bool(message.get("edited"))
    return Heard(_place(body, event, message), typed(_words(message)), event_id, changed, edited)


def team_of(body: Row) -> str:
    """The workspace; the organisation where Slack tells no workspace."""
    return extract_team_id(body) or extract_enterprise_id(body) or ""


def typed(text: str) -> str:
    """A text of Slack as somebody typed it: no escapes, links as their words, nobody's name."""
    shown = _TOKEN.sub(lambda token: _label(token[1]), text)
    for escaped, character in _ESCAPED:
        shown = shown.replace(escaped, character)
    return shown.strip()


def _place(body: Row, event: Row, message: Row) -> Place:
    channel, ts = str(event["channel"]), str(message["ts"])
    return Place(
        team=team_of(body),
        channel=channel,
        user=str(message["user"]),
        thread=str(message.get("thread_ts") or ts),
        ts=ts,
        direct=event.get("channel_type") == "im" or channel.startswith("D"),
        shared=bool(body.get("is_ext_shared_channel")),
    )


def _words(message: Row) -> str:
    """The text, with that of messages that somebody passes on."""
    passed_on = [one.get("text") for one in message.get("attachments") or () if one.get("is_share")]
    return "\n".join(text for text in (message.get("text"), *passed_on) if isinstance(text, str) and text)


def _label(token: str) -> str:
    target, _, label = token.partition("|")
    if target.startswith(_MADE):
        return "" if target.startswith("@") else label
    return label or target.removeprefix("mailto:").removeprefix("tel:")
