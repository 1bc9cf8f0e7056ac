"""Resolve a follow-up: what 'it', 'the second one' or 'and the neck?' refers to, without a language model."""

import re
from dataclasses import dataclass
from pathlib import Path

from assistant.compose.plan import VOCABULARY, Planner
from assistant.conversation import Conversation
from assistant.words import first_of, has, plain
from corpus.sources import read_toml

_SENTENCES = re.compile(r"(?<=[.!?])\s+")  # people do not always go on with a capital letter

_WHOLE = 4  # words of a sentence that can be a whole question; "Any evidence?" is not


@dataclass(frozen=True)
class FollowUps:
    """The closed word lists that tell a follow-up."""

    openers: tuple[str, ...]
    changes: tuple[str, ...]  # how somebody says that a new subject begins
    pronouns: tuple[str, ...]
    ordinals: tuple[tuple[str, ...], ...]
    short: int  # words


@dataclass(frozen=True)
class Asked:
    """A message with what it takes over from the talk before it."""

    message: str
    context: str = ""  # topic terms that the message leaves out; "" when it stands alone
    exercise: str = ""  # id of the exercise that it refers to
    offered: tuple[str, ...] = ()  # ids of the exercises that 'those' refers to, when it is not one of them
    passages: tuple[str, ...] = ()  # ids of what was quoted before, where the answer may stand nearby
    kind: str = ""  # of the question before, when this one only names another place


def read_follow_ups(path: Path = VOCABULARY) -> FollowUps:
    rows = read_toml(path)["follow_up"]
    return FollowUps(
        openers=tuple(rows["openers"]),
        changes=tuple(rows["changes"]),
        pronouns=tuple(rows["pronouns"]),
        ordinals=tuple(tuple(row) for row in rows["ordinals"]),
        short=rows["short"],
    )


def condense(message: str, conversation: Conversation, planner: Planner, words: FollowUps) -> Asked:
    """What the message asks, given the conversation; a message that stands alone comes back as it is."""
    text = plain(message)
    if not conversation.topics and not conversation.exercise and not conversation.offered:
        return Asked(message)
    exercise = _chosen(text, conversation, words)
    if exercise:
        return Asked(message, exercise=exercise)
    if not _leans(text, message, planner, words):
        return Asked(message)
    own = planner.topics(message)
    place = planner.plan(message).regions
    # A follow-up that names another place keeps the subject and changes the place.
    kept = [term for term in conversation.topics if not (place and _is_place(term, planner)) and term not in own]
    refers = bool(first_of(text, words.pronouns)) or not own
    exercise = conversation.exercise if refers else ""
    offered = conversation.offered if refers and not exercise else ()
    name = [planner.corpus.exercises[exercise].name] if exercise in planner.corpus.exercises else []
    elsewhere = bool(own) and all(_is_place(term, planner) for term in own)
    return Asked(
        message,
        context=" ".join([*name, *kept]),
        exercise=exercise,
        offered=offered,
        passages=conversation.passages,
        kind=conversation.kind if elsewhere else "",
    )


def _leans(text: str, message: str, planner: Planner, words: FollowUps) -> bool:
    if _turns_away(text, words):
        return False
    opens = any(text.startswith(f" {opener} ") for opener in words.openers)
    short = len(text.split()) <= words.short
    return opens or not planner.topics(message) or (short and bool(first_of(text, words.pronouns)))


def _turns_away(text: str, words: FollowUps) -> bool:
    """Whether a message says itself that it begins anew: "Something else: how high should my screen be?"."""
    change = next((one for one in words.changes if text.startswith(f" {one} ")), "")
    rest = text.removeprefix(f" {change}")
    return bool(change) and len(rest.split()) >= _WHOLE and not first_of(rest, words.pronouns)


def _chosen(text: str, conversation: Conversation, words: FollowUps) -> str:
    """The exercise meant by 'the second one', of those that were listed last."""
    for place, row in enumerate(words.ordinals):
        if place < len(conversation.offered) and any(has(text, f"the {word}") for word in row):
            return conversation.offered[place]
    return ""


def _is_place(term: str, planner: Planner) -> bool:
    return bool(planner.plan(term).regions) or term == "back"


def asking(question: str, planner: Planner) -> tuple[str, ...]:
    """The sentences of a question that may be the whole of it: with a question mark, or else with a word that asks.

    Nothing for a question of one sentence. What people tell around a question hides it from a search.
    """
    sentences = [one.strip() for one in _SENTENCES.split(question) if one.strip()]
    if len(sentences) < 2:
        return ()
    marked = [one for one in sentences if one.endswith("?")]
    asked = marked or [one for one in sentences if first_of(plain(one), planner.question_words)]
    return tuple(one for one in asked if len(one.split()) >= _WHOLE)
