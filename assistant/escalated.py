"""The reply that is a card and nothing else: on a red flag, in a crisis, and when the gate itself failed."""

from assistant.conversation import Conversation
from assistant.render import lay_out
from assistant.reply import Outcome, Reply
from assistant.triage.records import TIERS, Assessment, Card


def escalated(conversation: Conversation, triage: Assessment) -> Reply:
    """The card instead of an answer; `conversation` as it stands after the turn."""
    outcome: Outcome = "crisis" if triage.outcome == "crisis" else "escalated"
    question = triage.question.text if triage.question else ""
    text, _ = lay_out(triage.card, question, ())
    return Reply(
        outcome=outcome,
        reason=triage.reason or "red_flag",
        mode=triage.mode,
        tier=triage.tier,
        flags=triage.flags,
        card=triage.card,
        question=triage.question,
        text=text,
        conversation_id=conversation.id,
        turn=conversation.turn - 1,
    )


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
