"""Reads a message in further languages too, whenever a word of it is one of theirs and no English one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.triage.lexicon import Lexicon
from assistant.triage.normalise import Corrector, Splitter, plain
from assistant.triage.wordlists import ProtocolError, build_lexicon, read_toml

OTHER = "other.toml"  # the words of languages that are not read
SHORTEST = 7  # letters from which a word may be put right; shorter ones lie too near to everyday words
TELLING = 3  # letters from which a word tells a language
OUTWEIGHS = 2  # words of a language that stand against one English word
KEPT = 2  # words of a language from which the rest of the conversation is read in it too

_WORD = re.compile(r"[^\W\d_]+")
_LIGATURES = {"ß": "ss", "œ": "oe", "æ": "ae"}
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}


@dataclass(frozen=True)
class Language:
    """A language read together with English: `lexicon` and `splitter` know both.

    `words` are its own, `evidence` those of them that are no English words.
    """

    code: str
    evidence: frozenset[str]
    words: frozenset[str]
    lexicon: Lexicon
    splitter: Splitter


@dataclass(frozen=True)
class Languages:
    """The languages that are read, and danger words of those that are not.

    `unread` are words in Latin letters, `scripts` finds those in other ones, which need not stand apart.
    """

    read: tuple[Language, ...]
    evidence: frozenset[str]
    unread: frozenset[str]
    scripts: re.Pattern[str]
    english: frozenset[str]

    def spoken(self, text: str, before: Sequence[str]) -> tuple[Language, ...]:
        """The languages in which a message is read, the one it has most words of last; none for plain English.

        `text` is as `plain` gives it, `before` the codes that the conversation has kept. A language is left out when
        another one explains all its words, and more.
        """
        words = self.evidence.intersection(_WORD.findall(text))
        found = {one.code: words & one.evidence for one in self.read}
        spoken = [
            one
            for one in self.read
            if one.code in before or (found[one.code] and not any(found[one.code] < other for other in found.values()))
        ]
        return tuple(sorted(spoken, key=lambda one: len(found[one.code])))

    def of(self, text: str, before: Sequence[str]) -> tuple[Language | None, ...]:
        """In what a message is read, one after the other: None is English alone, which comes first.

        English alone is left out where a language outweighs it, since it would only miss the denials of that one.
        """
        spoken = self.spoken(text, before)
        if not spoken:
            return (None,)
        english, other = self._words(text, spoken[-1])
        return spoken if other > OUTWEIGHS * english else (None, *spoken)

    def mainly_english(self, text: str, languages: Sequence[Language | None]) -> bool:
        """Whether more words are English than of the language a message has most words of; `languages` as `of` says."""
        if languages[-1] is None:
            return True
        english, other = self._words(text, languages[-1])
        return languages[0] is None and english > other

    def _words(self, text: str, language: Language) -> tuple[int, int]:
        """How many different words are English and not the language's, and how many are the language's alone."""
        words = set(_WORD.findall(text))
        return len((words & self.english) - language.words), len(words & language.evidence)

    def named(self, code: str) -> Language | None:
        """The language of that code that is read, if any."""
        return next((one for one in self.read if one.code == code), None)

    def kept(self, text: str, before: Sequence[str]) -> tuple[str, ...]:
        """The codes of `before` and of the languages this message is written in, the last one being the latest."""
        words = set(_WORD.findall(text))
        now = [one.code for one in self.spoken(text, ()) if len(words & one.evidence) >= KEPT]
        return (*(code for code in before if code not in now), *now)

    def unreadable(self, message: str, text: str) -> bool:
        """Whether the message has a body or urgency word of a language that is not read."""
        if not self.unread.isdisjoint(_WORD.findall(text)):
            return True
        return not message.isascii() and bool(self.scripts.search(_composed(message)))


def read_languages(folder: Path, english: Lexicon) -> Languages:
    """Read every .toml file of `folder`. Raises ProtocolError (a KnownError) that names the file and the problem."""
    read = tuple(_language(path, english) for path in sorted(folder.glob("*.toml")) if path.name != OTHER)
    evidence = frozenset().union(*(one.evidence for one in read))
    unread, scripts = _unread(folder / OTHER, english.characters)
    known = evidence.union(*(one.lexicon.vocabulary for one in read))
    unread -= known | english.settled | english.contractions.keys()
    return Languages(read, evidence, unread, scripts, english.settled)


def _language(path: Path, english: Lexicon) -> Language:
    table = read_toml(path)
    spellings = dict(_spellings(table))
    try:
        own = build_lexicon([(path, _folded(table))])
        also_english = frozenset(fold(table["also_english"]["words"]).split())
        instead = frozenset(fold(table["not_english"]["words"]).split())
        everyday = frozenset(fold(table["everyday"]["words"]).split())
    except (KeyError, TypeError, AttributeError) as problem:
        raise ProtocolError(f"The file {path.name} is wrong: {problem!r}.") from problem
    contractions = {key: tuple(value.split()) for key, value in spellings.items()} | dict(own.contractions)
    words = own.vocabulary | everyday | contractions.keys()
    lexicon = _with_english(replace(own, contractions=contractions), english, instead)
    long = frozenset(word for word in own.vocabulary if len(word) >= SHORTEST)
    corrector = Corrector(long, lexicon.settled | everyday, most=1)
    return Language(
        code=path.stem,
        words=words,
        evidence=frozenset(word for word in words if len(word) >= TELLING) - english.settled - also_english,
        lexicon=lexicon,
        splitter=Splitter(lexicon.contractions, lexicon.vocabulary | everyday, lexicon.leet, corrector),
    )


def _with_english(own: Lexicon, english: Lexicon, instead: frozenset[str]) -> Lexicon:
    """Both together; a word of `instead` begins no English pattern and an own word is no English contraction."""
    by_word = {word: patterns for word, patterns in english.by_word.items() if word not in instead}
    for word, patterns in own.by_word.items():
        by_word[word] = (*by_word.get(word, ()), *patterns)
    contractions = {key: words for key, words in english.contractions.items() if key not in own.vocabulary}
    return replace(
        english,
        by_word=by_word,
        numeric=(*english.numeric, *own.numeric),
        masks=english.masks | own.masks,
        concepts=english.concepts | own.concepts,
        vocabulary=english.vocabulary | own.vocabulary,
        contractions=contractions | dict(own.contractions),
        settled=english.settled | own.vocabulary,
    )


def fold(text: str) -> str:
    """Text of a word list as messages are read: lower case, no accents, no ligatures, no sharp s."""
    for one, other in _LIGATURES.items():
        text = text.replace(one, other)
    return plain(text, {})


def _folded(value: Any) -> Any:
    if isinstance(value, dict):
        return {fold(key): _folded(entry) for key, entry in value.items()}
    return fold(value) if isinstance(value, str) else value


def _spellings(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Other ways to type a word of the lists, and the word: "ruecken" for "rücken", "heiß" for "heiss"."""
    texts = [text for part in ("classes", "concepts", "masks") for text in table.get(part, {}).values()]
    words = dict.fromkeys(_WORD.findall(" ".join(map(str, texts)).lower()))
    listed = " ".join(word for word in words if not word.isascii())  # all at once, since folding is slow
    apart = "".join(_UMLAUTS.get(letter, letter) for letter in listed)
    rows = [text.split() for text in (fold(listed), plain(listed, {}), fold(apart))]
    for word, *others in zip(*rows, strict=True):
        yield from ((typed, word) for typed in dict.fromkeys(others) if typed != word)


def _unread(path: Path, characters: Mapping[str, str]) -> tuple[frozenset[str], re.Pattern[str]]:
    """The words of languages that are not read: as `plain` leaves them, and as they stand in scripts of their own."""
    table = read_toml(path)
    try:
        words = [word for text in table["words"].values() for word in text.split()]
    except (KeyError, AttributeError) as problem:
        raise ProtocolError(f"The file {path.name} is wrong: {problem!r}.") from problem
    scripts = sorted({_composed(word) for word in words if not _latin(word)}, key=lambda word: (-len(word), word))
    latin = frozenset(plain(word, characters) for word in words if _latin(word))
    return latin, re.compile("|".join(map(re.escape, scripts)) or r"(?!)")


def _latin(word: str) -> bool:
    return all("LATIN" in unicodedata.name(letter, "") for letter in word if letter.isalpha())


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
