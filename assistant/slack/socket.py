"""Listen to Slack over a socket that Spotter opens: no address of this machine has to be reachable."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError

from assistant.slack.app import refused, unreachable
from assistant.slack.delivery import TROUBLE

logger = logging.getLogger(__name__)

PING = 2.0  # seconds; five times as long until a connection that broke off without a word is made anew
READERS = 20  # threads that take in what Slack sends; each hands on what takes longer


@contextmanager
def connected(app: App, app_token: str) -> Iterator[None]:
    """Connected for as long as the block runs; the library connects again by itself. Raises SlackError."""
    handler: Any = SocketModeHandler(app, app_token, ping_interval=PING, concurrency=READERS)
    try:
        try:
            handler.connect()
        except SlackApiError as error:
            raise refused("SLACK_APP_TOKEN", error) from None
        except TROUBLE as error:
            raise unreachable(error) from None
        yield
    finally:
        try:
            handler.close()
        except Exception as error:  # the library trips over a connection that is just being replaced
            logger.warning("The connection to Slack did not end properly: %s", type(error).__name__)
