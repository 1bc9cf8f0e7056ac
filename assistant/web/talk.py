"""What one visit to the page holds, and what the page shows after each message."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.api.problems import not_answered
from assistant.conversation import new_id
from assistant.html.card import card_html
from assistant.html.chat import chat_markdown
from assistant.html.panel import panel_html
from assistant.lines import Lines
from assistant.markdown import card_markdown
from assistant.render import as_typed, terminal
from assistant.reply import Reply
from assistant.state.store import StateError
from assistant.talks import NotAnswered, Talks, Visitor
from assistant.triage.records import Card

Message = dict[str, str]

_ALERT = 'role="alert"'
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Visit:
    """One conversation as its page shows it; lives in the memory of the server while the page is open."""

    id: str = field(default_factory=new_id)
    said: tuple[Message, ...] = ()  # the talk as the chat shows it
    replies: tuple[Reply | None, ...] = ()  # one for each two messages; None where something failed
    asked: tuple[str, ...] = ()  # the message of each reply as it was typed
    banner: str = ""  # the card that stands over the talk

    @property
    def last(self) -> Reply | None:
        return self.replies[-1] if self.replies else None

    @property
    def stopped(self) -> bool:
        """Whether a red flag stands: then nothing invites to another question."""
        return _ALERT in self.banner

    @property
    def to_copy(self) -> str:
        """The last reply with where its quotes stand, for pasting elsewhere."""
        return terminal(self.last) if self.last else ""


def said(message: str, visit: Visit, talks: Talks, lines: Lines, visitor: Visitor) -> Visit:
    """The visit after one more message; never raises."""
    try:
        reply = talks.say(message, visit.id, visitor)
    except NotAnswered as error:  # logged by talks
        told = "\n\n".join([*([card_markdown(error.card)] if error.card else []), lines.say("failed.ours")])
        return _with(visit, message, None, told, card_html(error.card) or visit.banner)
    return _with(visit, message, reply, chat_markdown(reply), _banner(visit, reply.card, reply.reason))


def replied(message: str, conversation_id: str, talks: Talks, visitor: Visitor) -> dict[str, Any]:
    """The reply as JSON, or the problem in the interface's form; with an id that is none a conversation begins."""
    known = conversation_id if isinstance(conversation_id, str) and _ID.fullmatch(conversation_id) else new_id()
    try:
        return talks.say(message, known, visitor).as_json()
    except NotAnswered as error:
        return not_answered(error)


def taken_up(conversation_id: str, talks: Talks) -> Visit:
    """The visit of a page that was loaded again: what was said is gone, the card of a red flag is not."""
    if not _ID.fullmatch(conversation_id or ""):
        return Visit()
    try:
        standing = talks.standing(conversation_id)
    except (StateError, NotAnswered):  # the next message is told of it
        standing = None
    return Visit(id=conversation_id, banner=card_html(standing.card) if standing else "")


def panel(visit: Visit, title: str) -> str:
    """The sources of every reply of the visit, the newest first: a mark further up leads somewhere too.

    Those of the last reply are open; a browser opens the others when a mark leads there.
    """
    return "".join(
        f"<details{' open' if reply is visit.last else ''}><summary>{title.format(turn=reply.turn + 1)}</summary>"
        f"{panel_html(reply)}</details>"
        for reply in reversed(visit.replies)
        if reply and reply.citations
    )


def _banner(visit: Visit, card: Card | None, reason: str) -> str:
    """A red flag stays over the talk in full; what is not urgent stands only over the reply that it came with."""
    banner = card_html(card)
    if visit.stopped and (reason == "latched" or _ALERT not in banner):
        return visit.banner
    return banner


def _with(visit: Visit, message: str, reply: Reply | None, told: str, banner: str) -> Visit:
    talk = (
        *visit.said,
        {"role": "user", "content": as_typed(message)},
        {"role": "assistant", "content": told},
    )
    return replace(visit, said=talk, replies=(*visit.replies, reply), asked=(*visit.asked, message), banner=banner)
