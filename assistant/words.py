"""Look for whole words of a closed list in what somebody typed."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'"})


def plain(text: str) -> str:
    """Lower case, one kind of apostrophe, hyphens and punctuation as spaces, single spaces; padded with one."""
    folded = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold().replace("'", "")
    words = re.findall(r"[^\W_]+", folded)
    return f" {' '.join(words)} "


_listed = cache(plain)  # a closed list is small, and is looked through for every message


def has(plain_text: str, phrase: str) -> bool:
    """Whether the phrase stands in the text (as `plain` gives it) as whole words."""
    return _listed(phrase) in plain_text


def first_of(plain_text: str, phrases: Iterable[str]) -> str:
    """The first phrase of the list that stands in the text, or ""."""
    return next((phrase for phrase in phrases if has(plain_text, phrase)), "")
