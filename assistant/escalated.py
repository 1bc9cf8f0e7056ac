"""The reply that is a card and nothing else: on a red flag, in a crisis, and when the gate itself failed."""

from assistant.conversation import Conversation
from assistant.render import lay_out
from assistant.reply import Outcome, Reply
from assistant.triage.records import TIERS, Assessment, Card


def card_alone(conversation: Conversation, triage: Assessment, outcome: Outcome, reason: str) -> Reply:
    """What any reply has of the gate: the card and its question; `conversation` as it stands after the turn."""
    text, _ = lay_out(triage.card, triage.question.text if triage.question else "", ())
    return Reply(
        outcome=outcome,
        reason=reason,
        mode=triage.mode,
        tier=triage.tier,
        text=text,
        flags=triage.flags,
        card=triage.card,
        question=triage.question,
        conversation_id=conversation.id,
        turn=conversation.turn - 1,
    )


def escalated(conversation: Conversation, triage: Assessment) -> Reply:
    """The card instead of an answer."""
    outcome: Outcome = "crisis" if triage.outcome == "crisis" else "escalated"
    return card_alone(conversation, triage, outcome, triage.reason or "red_flag")


def gate_failed(conversation: Conversation, card: Card) -> Reply:
    """The general card when the gate itself failed: never silence, and never an answer."""
    text, _ = lay_out(card, "", ())
    tier = conversation.triage.tier
    return Reply(
        outcome="escalated",
        reason="gate_failed",
        mode="hard",
        tier=tier if tier in TIERS else "emergency",  # a damaged state may be what the gate failed on
        card=card,
        text=text,
        conversation_id=conversation.id,
        turn=conversation.turn - 1,
    )
