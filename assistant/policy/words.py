"""Reads a message word by word, forgiving typing slips, so that the lists of the policy can be matched.

Offsets always point into the message as typed: the questions handed on must be what the user wrote.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

# Zero-width characters and combining accents belong to the word they stand in.
_INSIDE = "\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff"
_WORD = re.compile(rf"[^\W_][\w{_INSIDE}]*(?:['\u2018\u2019\u02bc`\u00b4][^\W_][\w{_INSIDE}]*)*")
_DROPPED = re.compile(rf"[{_INSIDE}'\u2018\u2019\u02bc`\u00b4_]")
_AMOUNT = re.compile(r"(\d+)(mg|mcg|ml|iu|grams?)")
_POSSESSIVE = re.compile(r"['\u2018\u2019\u02bc`\u00b4][sS]$")
_LEET = str.maketrans("013457", "oieast")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] ){2,}[^\W\d_](?!\w)")
FUZZY_FROM = 6
LONGEST_WORD = 40
_ENDINGS = ("s", "es", "ing", "ed")


@dataclass(frozen=True)
class Token:
    """One word: its plain form (lower case, no accents, no apostrophe) and where it stands as typed."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """The word lists by name, turned inside out: first word of an entry -> the entries that start with it."""

    entries: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    prefixes: Mapping[str, frozenset[str]]
    spellings: Mapping[str, tuple[str, ...]]
    masks: Mapping[str, tuple[tuple[str, ...], ...]]
    fuzzy: Mapping[str, tuple[str, ...]]
    known: frozenset[str] = field(default_factory=frozenset)


def plain(word: str) -> str:
    """Return the word as the lists spell it: NFKC, casefolded, without accents, apostrophes, zero-width."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    return _DROPPED.sub("", folded)


def has_words(message: str) -> bool:
    """Tell whether there is any letter or digit, of any script."""
    return any(unicodedata.category(sign)[0] in "LN" for sign in message)


def read_words(message: str, vocabulary: Vocabulary) -> tuple[Token, ...]:
    """Split a message into plain words, spelling variants expanded, with their place as typed."""
    tokens: list[Token] = []
    for start, end in _spans(message):
        typed = message[start:end]
        word = plain(typed.replace(" ", ""))[:LONGEST_WORD]
        for form in _forms(typed, word, vocabulary):
            tokens.append(Token(form, start, end))
    return _masked(tokens, vocabulary)


def _spans(message: str) -> list[tuple[int, int]]:
    """Where the words stand; letters typed with single spaces between them ("i g n o r e") are one word."""
    joined = {found.start(): found.end() for found in _SPACED.finditer(message)}
    spans: list[tuple[int, int]] = []
    reached = 0
    for found in _WORD.finditer(message):
        if found.start() < reached:
            continue
        reached = joined.get(found.start(), found.end())
        spans.append((found.start(), reached))
    return spans


def _forms(typed: str, word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    if not word:
        return ()
    if word in vocabulary.spellings:
        return vocabulary.spellings[word]
    amount = _AMOUNT.fullmatch(word)
    if amount:
        return amount.group(1), amount.group(2)
    if _POSSESSIVE.search(typed) and len(word) > 1:
        word = word[:-1]
    return (_known_form(word, vocabulary),)


def _known_form(word: str, vocabulary: Vocabulary) -> str:
    """Undo digits for letters and one or two slips, towards words of the lists only."""
    if word in vocabulary.known or word.isdigit():
        return word
    if any(sign.isdigit() for sign in word):
        letters = word.translate(_LEET)
        return letters if letters in vocabulary.known or letters in vocabulary.prefixes else word
    if any(word.endswith(tail) and word[: -len(tail)] in vocabulary.known for tail in _ENDINGS):
        return word
    return _nearest(word, vocabulary) if len(word) >= FUZZY_FROM else word


def _nearest(word: str, vocabulary: Vocabulary) -> str:
    """The listed word within one slip (two from nine letters on) that starts alike, else the word itself."""
    allowed = 2 if len(word) >= 9 else 1
    best, least = word, allowed + 1
    for candidate in vocabulary.fuzzy.get(word[0], ()):
        if abs(len(candidate) - len(word)) <= allowed:
            slips = OSA.distance(word, candidate, score_cutoff=allowed)
            if slips < least:
                best, least = candidate, slips
    return best


def _masked(tokens: list[Token], vocabulary: Vocabulary) -> tuple[Token, ...]:
    """Blank out turns of phrase whose words mean something else ("money back", "keep an eye on")."""
    words = tuple(token.text for token in tokens)
    for at, word in enumerate(words):
        for phrase in vocabulary.masks.get(word, ()):
            if words[at : at + len(phrase)] == phrase:
                for inside in range(at, at + len(phrase)):
                    tokens[inside] = Token("~", tokens[inside].start, tokens[inside].end)
    return tuple(tokens)
