"""Looks over a text before it is shown: no diagnosis of the reader, no reassurance, no dose, no promise."""

import re

from assistant.policy.data import Policy
from assistant.policy.patterns import any_matches, read_clause
from assistant.policy.words import read_words

_SENTENCE = re.compile(r"(?<=[.!?;\u2026])\s+|\n+")


def banned_output(text: str, policy: Policy) -> str:
    """Return "" or why the text must not be shown: dose, medication, diagnosis, reassurance or cure."""
    for sentence in _SENTENCE.split(text):
        reading = read_clause(read_words(sentence, policy.vocabulary), policy.vocabulary)
        for ban in policy.bans:
            if any_matches(ban.patterns, reading) and not any_matches(ban.unless, reading):
                return ban.reason
    return ""
