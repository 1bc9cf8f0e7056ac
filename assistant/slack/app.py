"""Connect the bot to Slack's library: which event, press or command does what, each acknowledged before it is done."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from concurrent.futures import Executor

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from assistant.settings import Slack
from assistant.slack.bot import Bot
from assistant.slack.command import Command
from assistant.slack.delivery import TROUBLE, Delivery, told
from assistant.slack.heard import Place, Row, heard, team_of
from assistant.slack.reactions import Reactions
from assistant.slack.windows import REASON, Windows
from corpus.errors import KnownError

SECONDS = 15  # that a call to Slack may take
TRIES = 3  # more of a call that Slack turned away for its rate, each after the time that Slack says

logger = logging.getLogger(__name__)


class SlackError(KnownError):
    """Slack cannot be used with these settings."""


def refused(variable: str, error: Exception) -> SlackError:
    return SlackError(f"Slack does not take {variable} ({told(error)}); docs/slack.md says where to find it.")


def unreachable(error: Exception) -> SlackError:
    return SlackError(f"Slack cannot be reached ({told(error)}); see the network, and SLACK_API_URL.")


def client_of(slack: Slack) -> WebClient:
    """A client that waits when told to, and tries again when Slack cannot be reached."""
    return WebClient(
        token=slack.bot_token,
        base_url=slack.api_url or WebClient.BASE_URL,
        timeout=SECONDS,
        retry_handlers=[
            RateLimitErrorRetryHandler(max_retry_count=TRIES),
            ConnectionErrorRetryHandler(),
            ServerErrorRetryHandler(),
        ],
    )


def known_as(client: WebClient) -> str:
    """The bot's name and workspace, once Slack has taken the token. Raises SlackError."""
    try:
        found = client.auth_test()
    except SlackApiError as error:
        raise refused("SLACK_BOT_TOKEN", error) from None
    except TROUBLE as error:
        raise unreachable(error) from None
    return f"{found['user']} in {found['team']}"


def slack_app(slack: Slack, client: WebClient, work: Executor, bot: Bot, windows: Windows, reactions: Reactions) -> App:
    """The library's app with everything that the bot listens to; the work itself is done by `work`."""
    app = App(
        name="spotter",
        client=client,
        signing_secret=slack.signing_secret,
        listener_executor=work,
        token_verification_enabled=False,  # done by known_as, with an error that helps
    )
    _messages(app, bot)
    _home(app, bot, windows)
    _presses(app, bot, windows, reactions)
    app.command("/spotter")(Command(bot, windows).run)

    @app.error
    def failed(error: Exception) -> None:
        logger.error("Something from Slack could not be done: %s", told(error))

    return app


def _messages(app: App, bot: Bot) -> None:
    def hear(body: Row, client: WebClient) -> None:
        if said := heard(body):
            bot.hear(said, Delivery(client))

    app.event("message")(hear)
    app.event("app_mention")(hear)


def _home(app: App, bot: Bot, windows: Windows) -> None:
    @app.event("app_home_opened")
    def opened(event: Row, client: WebClient) -> None:
        if event.get("tab") == "home":
            client.views_publish(user_id=event["user"], view=windows.home())
            return
        prompts = [{"title": one, "message": one} for one in windows.introduction.examples]
        title = bot.writer.texts.say("prompts")
        client.assistant_threads_setSuggestedPrompts(channel_id=event["channel"], title=title, prompts=prompts)

    @app.action("forget")
    def forget(ack: Ack, body: Row, client: WebClient) -> None:
        ack()
        note = bot.forget(_owner(body))
        client.views_publish(user_id=body["user"]["id"], view=windows.home(note))


def _presses(app: App, bot: Bot, windows: Windows, reactions: Reactions) -> None:
    @app.action(re.compile(r"(answer|ask)\.\d+"))
    def choose(ack: Ack, body: Row, action: Row, client: WebClient) -> None:
        ack()
        place = _pressed_at(body)
        bot.choose(action["value"], place, f"{place.channel}:{place.ts}:{action['action_ts']}", Delivery(client))

    def opening(draw: Callable[[Row], Row]) -> Callable[..., None]:
        def opened(ack: Ack, body: Row, action: Row, client: WebClient) -> None:
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=draw(action))

        return opened

    app.action("evidence")(opening(lambda action: windows.evidence(action["value"])))
    app.action("help")(opening(lambda action: windows.help()))

    @app.action("feedback")
    def rate(ack: Ack, body: Row, action: Row, client: WebClient) -> None:
        ack()
        reaction = reactions.read(action["value"])
        thanks = reactions.rated(reaction)
        if reaction.good:
            Delivery(client).beside(_pressed_at(body), bot.writer.said(thanks))
        else:
            client.views_open(trigger_id=body["trigger_id"], view=windows.reasons(thanks, reaction.value))

    @app.view(REASON)
    def reason(ack: Ack, view: Row) -> None:
        ack()
        chosen = view["state"]["values"][REASON][REASON]["selected_option"]["value"]
        reactions.explained(view["private_metadata"], chosen)


def _pressed_at(body: Row) -> Place:
    """Where the message stands whose button was pressed; of one for a single person's eyes Slack tells no more."""
    message = body["container"]
    channel, ts = str(message["channel_id"]), str(message["message_ts"])
    thread = str(message.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or ts)
    return Place(team_of(body), channel, str(body["user"]["id"]), thread, ts, direct=channel.startswith("D"))


def _owner(body: Row) -> str:
    return Place(team_of(body), "", str(body["user"]["id"]), "", "", direct=True).owner
