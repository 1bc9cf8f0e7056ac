"""Bring messages to Slack: streamed or whole, and not lost because one way of sending fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.blocks import MarkdownBlock

from assistant.slack.blocks import LONGEST_MARKDOWN, Message, escaped, shortened
from assistant.slack.heard import Place

# Whatever the client raises when Slack refuses a call, cannot be reached, or says something that is none of its own.
TROUBLE = (SlackClientError, OSError, ValueError, HTTPException)
BLOCKS_REFUSED = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long")
LONGEST_CHANGED = 1_000  # characters of the text with which a message is changed; Slack takes 4,000 bytes
BUFFER = 256  # characters of a stream that are sent together
PLAIN = {"unfurl_links": False, "unfurl_media": False}

logger = logging.getLogger(__name__)


def told(error: Exception) -> str:
    """An error by its kind: its text may hold what was sent."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error") or type(error).__name__)
    return type(error).__name__


class Delivery:
    """Sends messages with the client of one workspace. What fails is raised as one of TROUBLE."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def working(self, place: Place, status: str, *loading: str) -> None:
        """Show in a thread of private messages that somebody is at it; never raises, since nothing hangs on it."""
        try:
            self._client.assistant_threads_setStatus(
                channel_id=place.channel, thread_ts=place.thread, status=status, loading_messages=list(loading)
            )
        except TROUBLE as error:
            logger.warning("A status could not be shown: %s", told(error))

    def private_channel(self, user: str) -> str:
        """Where the bot and one person talk alone."""
        return str(self._client.conversations_open(users=user)["channel"]["id"])

    def whole(self, channel: str, thread: str, message: Message, *, plain_to_see: bool = False) -> str:
        """All of it in one message, or in several under the first where one cannot hold it; the first's time stamp.

        `plain_to_see` shows what stands in a thread outside of it too.
        """
        first, *rest = parts(message)
        where: dict[str, Any] = {"channel": channel, "thread_ts": thread or None, **PLAIN}
        if plain_to_see and thread:
            where["reply_broadcast"] = True
        ts = str(self.as_blocks(self._client.chat_postMessage, first, **where)["ts"])
        for part in rest:
            self.as_blocks(self._client.chat_postMessage, part, channel=channel, thread_ts=thread or ts, **PLAIN)
        return ts

    def beside(self, place: Place, message: Message) -> None:
        """For one person's eyes, where they asked; a thread that has begun is where they look."""
        thread = place.thread if place.thread != place.ts else None
        for part in parts(message):
            self.as_blocks(
                self._client.chat_postEphemeral, part, channel=place.channel, user=place.user, thread_ts=thread
            )

    def neutral(self, place: Place, message: Message) -> None:
        """For all to see, where somebody asked."""
        self.whole(place.channel, place.thread, message)

    def streamed(self, place: Place, message: Message) -> None:
        """Piece by piece; whole where a stream cannot begin, and put right where one breaks off."""
        if len(message.markdown) > LONGEST_MARKDOWN:
            self.whole(place.channel, place.thread, message)
            return
        stream = self._client.chat_stream(
            channel=place.channel,
            thread_ts=place.thread,
            recipient_team_id=place.team,
            recipient_user_id=place.user,
            buffer_size=BUFFER,
            task_display_mode="timeline",
        )
        try:
            if message.chips:
                stream.append(chunks=message.chips)
            for piece in message.pieces:
                stream.append(markdown_text=piece)
            stream.stop(blocks=message.tail)
        except TROUBLE as error:
            logger.warning("A stream broke off: %s", told(error))
            self._put_right(place, stream.ts, message)

    def _put_right(self, place: Place, ts: str | None, message: Message) -> None:
        """The full text in place of what a broken stream left; as a new message where that cannot be changed."""
        if ts:
            try:
                text = shortened(message.text, LONGEST_CHANGED)  # for where no blocks are shown, such as a notification
                blocks = [*_words(message), *message.tail]
                self._client.chat_update(channel=place.channel, ts=ts, text=text, blocks=blocks)
                return
            except TROUBLE as error:
                logger.warning("A message could not be put right: %s", told(error))
        self.whole(place.channel, place.thread, message)

    def as_blocks(self, call: Any, message: Message, **where: Any) -> Any:
        """Call with the blocks of a message; again with fewer, then with none, where Slack does not take them."""
        words = _words(message)
        for blocks in ([*words, *message.tail], words) if words else ():
            try:
                return call(text=message.text, blocks=blocks, **where)
            except SlackApiError as error:
                if error.response.get("error") not in BLOCKS_REFUSED:
                    raise
                logger.error("Slack did not take the blocks of a message")
        return call(text=message.text, **where)


def _words(message: Message) -> list[dict[str, Any]]:
    return [MarkdownBlock(text=message.markdown).to_dict()] if message.pieces else []


def parts(message: Message) -> Iterator[Message]:
    """Messages that each fit; what stands under the words stands under the last."""
    if len(message.markdown) <= LONGEST_MARKDOWN:
        yield message
        return
    kept: list[str] = []
    for piece in message.pieces:
        if kept and len("".join(kept)) + len(piece) > LONGEST_MARKDOWN:
            yield Message(tuple(kept), escaped("".join(kept)))
            kept = []
        kept.append(piece)
    yield Message(tuple(kept), escaped("".join(kept)), tail=message.tail)
