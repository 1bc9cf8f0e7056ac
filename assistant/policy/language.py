"""Notices when a message is not in English, by a vote of small everyday words."""

import unicodedata
from collections.abc import Sequence

from assistant.policy.data import Languages
from assistant.policy.words import Token

OTHER = "other"


def other_language(message: str, tokens: Sequence[Token], languages: Languages) -> str:
    """The code of the language when it is not English, "other" when unknown, "" for English or unsure."""
    if _mostly_other_script(message):
        return OTHER
    words = [token.text for token in tokens]
    if len(words) < languages.fewest_words:
        return ""
    seen = set(words)
    votes = {code: len(seen & known) for code, known in languages.words.items()}
    english = votes.pop("en", 0)
    winner = max(votes, key=lambda code: votes[code], default="")
    if not winner or votes[winner] < languages.fewest_hits or votes[winner] <= english:
        return ""
    return winner


def _mostly_other_script(message: str) -> bool:
    letters = [sign for sign in message if sign.isalpha()]
    latin = sum("LATIN" in unicodedata.name(unicodedata.normalize("NFKC", sign)[0], "") for sign in letters)
    return bool(letters) and latin * 2 < len(letters)
