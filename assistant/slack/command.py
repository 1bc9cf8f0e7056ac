"""The command /spotter: what it is, what it quotes, what it keeps, and forgetting; anything else is a question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from assistant.slack.blocks import Message, Row
from assistant.slack.bot import Bot
from assistant.slack.delivery import Delivery, parts
from assistant.slack.heard import Place, team_of, typed
from assistant.slack.windows import Windows


class BesideCommand(Delivery):
    """What is for the asker's eyes goes where the command was given: the bot need not be there."""

    def __init__(self, client: WebClient, respond: Respond) -> None:
        super().__init__(client)
        self._respond = respond

    def beside(self, place: Place, message: Message) -> None:
        for part in parts(message):
            self.as_blocks(self._answer, part, response_type="ephemeral")

    def _answer(self, **message: Any) -> None:
        """The library hands an answer of Slack on without looking whether it was taken."""
        answered = self._respond(**message)
        if answered.status_code != 200:
            told = {"error": answered.body}
            raise SlackApiError("The answer to a command was not taken.", told)  # type: ignore[no-untyped-call]

    def neutral(self, place: Place, message: Message) -> None:
        self.beside(place, message)


@dataclass(frozen=True)
class Command:
    """Answers the command."""

    bot: Bot
    windows: Windows

    def run(self, ack: Ack, body: Row, client: WebClient, respond: Respond) -> None:
        """One use of it."""
        ack()
        words = typed(body.get("text") or "")
        place = _place(body)
        known: dict[str, Callable[[], str]] = {
            "": self._help,
            "help": self._help,
            "sources": self.windows.sources,
            "privacy": self.windows.privacy,
            "forget": lambda: self.bot.forget(place.owner),
        }
        if words.lower() in known:
            respond(known[words.lower()](), response_type="ephemeral")
        else:
            self.bot.answer(words, place, BesideCommand(client, respond))

    def _help(self) -> str:
        return f"{self.windows.introduction.what} {self.bot.writer.texts.say('command.help')}"


def _place(body: Row) -> Place:
    """A talk of its own: a command stands in no thread."""
    own = f"command-{body['trigger_id']}"
    return Place(team_of(body), str(body["channel_id"]), str(body["user_id"]), own, own, direct=False, command=True)
