"""'spotter slack': the bot, over a socket that it opens to Slack; and its manifest."""

from __future__ import annotations

import json
import signal
from threading import Event

import click

from assistant.commands.needed import need
from assistant.commands.progress import building
from assistant.logs import tame
from assistant.settings import Settings, read_settings
from assistant.start import start_service, talks_of
from corpus.errors import KnownError

PACKAGES = ("limits", "slack_bolt", "slack_sdk", "sqlalchemy")
GRACE = 10.0  # seconds that answers in work have when the bot is stopped


class BotError(KnownError):
    """The bot cannot be started."""


@click.group(invoke_without_command=True)
@click.pass_context
def slack(context: click.Context) -> None:
    """Answer in Slack, over a socket opened from here; docs/slack.md says how to install the app."""
    if context.invoked_subcommand is None:
        _run(read_settings())


@slack.command()
@click.option("--http", is_flag=True, help="For 'spotter web' at SPOTTER_PUBLIC_URL in place of a socket.")
def manifest(http: bool) -> None:
    """Print the manifest from which Slack makes the app."""
    from assistant.slack.manifest import manifest as made

    address = read_settings().service.public_url
    if http and not address.startswith("https://"):
        raise BotError("Over HTTP Slack has to reach this service: set SPOTTER_PUBLIC_URL to an address with https.")
    click.echo(json.dumps(made(address if http else ""), indent=2, ensure_ascii=False))


def _run(settings: Settings) -> None:
    tame()
    need(PACKAGES, "The bot", "slack")
    _need_tokens(settings)
    from assistant.feedback import Feedback
    from assistant.slack.app import client_of, known_as
    from assistant.slack.socket import connected
    from assistant.slack.start import bot_over
    from assistant.slack.work import Work

    client = client_of(settings.slack)
    name = known_as(client)  # before an index is built for nothing
    with building() as progress:
        assistant = start_service(settings, progress)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    work = Work()
    own = settings.service
    talks, feedback = talks_of(assistant, own), Feedback(own.feedback, own.feedback_texts)
    with connected(bot_over(talks, feedback, settings, client, work), settings.slack.app_token):
        click.echo(f"Spotter listens in Slack as {name}")
        stop.wait()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)  # who asks twice does not want to wait
    if not work.finish(GRACE):
        click.echo("Some answers were not finished.", err=True)
    click.echo("Spotter stopped.")


def _need_tokens(settings: Settings) -> None:
    tokens = {"SLACK_BOT_TOKEN": settings.slack.bot_token, "SLACK_APP_TOKEN": settings.slack.app_token}
    if unset := [name for name, token in tokens.items() if not token]:
        raise BotError(f"{' and '.join(unset)} must be set; docs/slack.md says where to find what.")
