"""The gate first, on every path; then the line that a question takes when the gate lets it through."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.conversation import Conversation
from assistant.door import Door, open_door
from assistant.escalated import escalated, gate_failed
from assistant.reply import Block, Reply
from assistant.triage.gate import assess, fallback_card, raise_to_card, restated
from assistant.triage.records import Assessment, Card

if TYPE_CHECKING:  # an escalation needs none of these, and shall not wait for them
    import datetime

    from assistant.abstain import Decision
    from assistant.compose.plan import Planner
    from assistant.condense import FollowUps
    from assistant.lines import Lines
    from assistant.looked import Looked
    from assistant.model.slot import Slot
    from assistant.policy.judge import Policy
    from assistant.policy.opinion import Ask
    from assistant.triage.protocol import Protocol
    from corpus.library import Corpus
    from index.found import Found

LONGEST_READ = 100_000  # characters that the gate reads; of a longer message both ends
UNREADABLE = re.compile("[\ud800-\udfff]")  # half a character, as bytes that are no text become

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assistant:
    """Everything a reply is made from; built once by start.py. Whatever the gate does not need is read when it is."""

    protocol: Callable[[], Protocol]
    policy: Callable[[], Policy]
    opinion: Ask  # the second opinion of the policy; opens the encoder when first asked
    planner: Callable[[], Planner]
    decision: Callable[[], Decision]
    follow_ups: Callable[[], FollowUps]
    corpus: Callable[[], Corpus]
    lines: Callable[[], Lines]
    search: Callable[[str], Found]
    index_version: Callable[[], str]
    today: Callable[[], datetime.date]
    region: str = ""
    model: Callable[[], Slot | None] = lambda: None  # the language model; None is none
    writes: bool = True  # whether the model may put answers into words, and not only have an opinion
    hear: Callable[[Block], None] = lambda block: None  # told of each sentence of the model that was verified
    known: dict[str, bool] = field(default_factory=dict)  # headings of the articles -> whether they get an answer


@dataclass(frozen=True)
class Turn:
    """A reply, the conversation as it stands after it, and how each of its questions was looked up."""

    reply: Reply
    conversation: Conversation
    looked: tuple[Looked, ...] = ()


@dataclass(frozen=True)
class Passed:
    """A message that may be answered, and the conversation as the gate leaves it."""

    conversation: Conversation
    triage: Assessment


def answer(message: str, conversation: Conversation, assistant: Assistant, door: Door = open_door) -> Turn:
    """Reply to one user turn. Errors of the index and the corpus are raised; the gate's never are.

    The door is asked for a place when the gate has let the message through.
    """
    started = time.perf_counter()
    turn = _answer(message, conversation, assistant, door)
    return replace(turn, reply=turn.reply.timed(time.perf_counter() - started))


def _answer(message: str, conversation: Conversation, assistant: Assistant, door: Door) -> Turn:
    gated = pass_gate(message, conversation, assistant)
    if isinstance(gated, Turn):
        return gated
    from assistant.line import followed

    return followed(message, conversation, gated, assistant, door)


def pass_gate(message: str, conversation: Conversation, assistant: Assistant) -> Turn | Passed:
    """The gate alone, which never raises: a turn with a card and nothing else, or what may go on."""
    triage = gate(message, conversation, assistant)
    after = replace(conversation, turn=conversation.turn + 1)
    if triage is None:
        return Turn(gate_failed(after, fallback_card()), after)
    after = replace(after, triage=triage.state)
    return Turn(escalated(after, triage), after) if triage.mode == "hard" else Passed(after, triage)


def pass_gate_whole(messages: Sequence[str], conversation: Conversation, assistant: Assistant) -> Turn | Passed:
    """The gate alone over one message after the other, the last of at least one being the one to be answered."""
    gated = pass_gate(messages[0], conversation, assistant)
    for message in messages[1:]:
        gated = pass_gate(message, gated.conversation, assistant)
    return gated


def suspected(message: str, before: Conversation, passed: Passed, assistant: Assistant) -> Passed:
    """What the gate makes of a message in which a language model suspects a sign; never less than without.

    The model is asked of what the gate let through without a card, and only adds one, with its question.
    """
    model = assistant.model()
    if model is None or passed.triage.mode != "none":
        return passed
    from assistant.model.second_opinion import suspects

    if not suspects(message, model):
        return passed
    raised = raise_to_card(message, before.triage, assistant.protocol(), region=assistant.region)
    return replace(passed, conversation=replace(passed.conversation, triage=raised.state), triage=raised)


def card_again(conversation: Conversation, assistant: Assistant) -> Card:
    """The card of what stands in a conversation, as whole as when it came; the general one when that fails."""
    try:
        return restated(conversation.triage, assistant.protocol(), region=assistant.region) or fallback_card()
    except Exception as error:
        logger.error("The red-flag gate failed: %s", type(error).__name__)
        return fallback_card()


def gate(message: str, conversation: Conversation, assistant: Assistant) -> Assessment | None:
    """The assessment, or None when the gate itself failed: then nothing may be answered."""
    try:
        return _assessed(message, conversation, assistant)
    except Exception as error:  # fails closed whatever it was; the message itself is never logged
        logger.error("The red-flag gate failed: %s", type(error).__name__)
        return None


def _assessed(message: str, conversation: Conversation, assistant: Assistant) -> Assessment:
    """The assessment of what can be read; with the general card at least, where that is not the whole message."""
    protocol, half = assistant.protocol(), LONGEST_READ // 2
    whole = len(message) <= LONGEST_READ
    read = message if whole else f"{message[:half]}\n{message[-half:]}"
    triage = assess(read, conversation.triage, protocol, region=assistant.region)
    if triage.card or (whole and not UNREADABLE.search(message)):
        return triage
    card = protocol.shelf.card(protocol.general_card, "emergency", assistant.region)
    return replace(triage, mode="soft", card=card)
