"""Looks over a text before it is shown: no diagnosis, reassurance, dose or promise, nothing meant for a program."""

import re

from assistant.policy.data import Policy
from assistant.policy.patterns import read_clause
from assistant.policy.words import read_words

# A line that goes on in lower case is the same sentence, of a paragraph that is broken into lines.
_SENTENCE = re.compile(r"(?<=[.!?;\u2026])\s+|\n+(?!\s*[a-z])")


def banned_output(text: str, policy: Policy) -> str:
    """Return "" or why the text must not be shown: a reason of output.toml, such as "dose" or "instructions"."""
    for ban in policy.bans:
        if any(shape.search(text) for shape in ban.shapes):
            return ban.reason
    for sentence in _SENTENCE.split(text):
        reading = read_clause(read_words(sentence, policy.vocabulary), policy.vocabulary)
        for ban in policy.bans:
            if ban.patterns.occur_in(reading) and not ban.unless.occur_in(reading):
                return ban.reason
    return ""
