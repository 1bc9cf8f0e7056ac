"""What becomes of a message on the page, and of a conversation that a page comes back to."""

import logging
import re
from typing import Any

from assistant.api.problems import not_answered
from assistant.conversation import new_id
from assistant.heard import Hear
from assistant.html.chat import chat_markdown
from assistant.html.panel import panel_html
from assistant.lines import Lines
from assistant.markdown import card_markdown
from assistant.render import as_typed
from assistant.reply import Reply
from assistant.state.store import StateError
from assistant.talks import NotAnswered, Talks, Visitor
from assistant.triage.gate import fallback_card
from assistant.triage.records import Card
from assistant.web.visit import Exchange, Visit

_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

logger = logging.getLogger(__name__)


def said(
    message: str, conversation_id: str, talks: Talks, lines: Lines, visitor: Visitor, hear: Hear = lambda block: None
) -> Exchange:
    """One more message of a conversation; whatever fails, the card that the gate wants shown, and a sentence."""
    try:
        return _answered(message, talks.say(message, conversation_id, visitor, hear=hear))
    except NotAnswered as error:  # logged by talks
        return _failed(message, error.card, lines)
    except Exception as error:  # the outermost call of this surface; nobody knows what the gate has found
        logger.error("A message could not be shown: %s", type(error).__name__)
        return _failed(message, fallback_card(), lines)


def _answered(message: str, reply: Reply) -> Exchange:
    return Exchange(as_typed(message), chat_markdown(reply), reply, panel_html(reply), message, reply.card)


def _failed(message: str, card: Card | None, lines: Lines) -> Exchange:
    told = "\n\n".join([*([card_markdown(card)] if card else []), lines.say("failed.ours")])
    return Exchange(as_typed(message), told, card=card)


def replied(message: str, conversation_id: str, talks: Talks, visitor: Visitor) -> dict[str, Any]:
    """The reply as JSON, or the problem in the interface's form; with an id that is none a conversation begins."""
    known = conversation_id if isinstance(conversation_id, str) and _ID.fullmatch(conversation_id) else new_id()
    try:
        return talks.say(message, known, visitor).as_json()
    except NotAnswered as error:
        return not_answered(error)


def taken_up(conversation_id: str, talks: Talks, visitor: Visitor) -> Visit:
    """The visit of a page that was loaded again: what was said is gone, the card of a red flag is not."""
    if not _ID.fullmatch(conversation_id or ""):
        return Visit()
    try:
        return Visit(id=conversation_id, card=talks.standing(conversation_id, visitor))
    except StateError as error:  # the next message is told of it
        logger.error("%s", error)
        return Visit(id=conversation_id)


def panel(visit: Visit, title: str) -> str:
    """The sources of every reply of the visit, the newest first: a mark further up leads somewhere too.

    Those of the last reply are open; a browser opens the others when a mark leads there.
    """
    return "".join(
        f"<details{' open' if one.reply is visit.last else ''}>"
        f"<summary>{title.format(turn=one.reply.turn + 1)}</summary>{one.sources}</details>"
        for one in reversed(visit.exchanges)
        if one.reply and one.sources
    )
