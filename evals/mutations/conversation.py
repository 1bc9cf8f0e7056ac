"""Faults of what is kept of a conversation and of how a follow-up is resolved."""

from dataclasses import replace
from typing import Any

from assistant import answer, condense, line
from assistant.condense import Asked
from assistant.conversation import Conversation
from evals.mutations.mutation import Function, breaks


@breaks(condense, "condense")
def second_turn_ignored(_: Function) -> Function:
    """A follow-up is read as if nothing had been said before."""
    return lambda message, *rest: Asked(message)


@breaks(line, "_remember")
def nothing_remembered(_: Function) -> Function:
    """Nothing of an answered turn is kept."""
    return lambda conversation, last, assistant: conversation


@breaks(line, "_remember")
def first_topic_kept_for_ever(remember: Function) -> Function:
    """The topics of the first answered turn stay those of the whole conversation."""

    def stale(conversation: Conversation, *rest: Any) -> Any:
        kept = remember(conversation, *rest)
        return replace(kept, topics=conversation.topics or kept.topics)

    return stale


@breaks(line, "_remember")
def exercise_forgotten(remember: Function) -> Function:
    """The exercise that was explained is not kept: “it” means nothing."""
    return lambda *all_: replace(remember(*all_), exercise="")


@breaks(line, "_remember")
def listed_exercises_forgotten(remember: Function) -> Function:
    """The exercises that were listed are not kept: “the second one” means nothing."""
    return lambda *all_: replace(remember(*all_), offered=())


@breaks(condense, "_chosen")
def ordinals_off_by_one(chosen: Function) -> Function:
    """“The second one” is taken as the third, “the first one” as the second."""
    return lambda text, conversation, words: chosen(
        text, replace(conversation, offered=conversation.offered[1:]), words
    )


@breaks(condense, "_leans")
def every_message_leans(_: Function) -> Function:
    """A new question is searched together with the topics of the talk before it."""
    return lambda text, message, planner, words: True


@breaks(condense, "condense")
def context_of_another_conversation(resolved: Function) -> Function:
    """One memory is kept for all visitors: a question is read in the light of somebody else's talk."""
    last: list[Conversation] = []

    def mixed_up(message: str, conversation: Conversation, *rest: Any) -> Any:
        other = last[0] if last else conversation
        if conversation.turn:
            last[:] = [conversation]
        return resolved(message, other, *rest)

    return mixed_up


@breaks(answer, "answer")
def replies_cached_by_their_words(said: Function) -> Function:
    """A message gets the reply that the same words got before, whatever was said in between."""
    cache: dict[str, Any] = {}

    def cached(message: str, conversation: Conversation, assistant: Any) -> Any:
        key = " ".join(message.lower().split()[:4])
        if key not in cache:
            cache[key] = said(message, conversation, assistant)
        return cache[key]

    return cached
