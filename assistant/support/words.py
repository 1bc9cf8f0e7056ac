"""Reads a text into words: what each may stand for, which list it is in, and where a thought ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.support.lexicon import Lexicon, key, lexicon, pieces, plain, stem

_REFERENCE = re.compile(r"\(\d{1,3}(?:, ?\d{1,3}){0,30}\)")
_INITIALS = re.compile(r"\b([a-z])\.(?=[a-z])")
_DENYING = frozenset({"not", "no", "less", "without", "never", "too", "more"})
_STOPS = frozenset(".!?;:()\u2014\u2013\u2026*\u2022")


@dataclass(frozen=True)
class Word:
    """A word, or words that mean one thing: its senses (groups, stem) and roles (lists); a sign has the role sign."""

    text: str
    senses: frozenset[str]
    roles: frozenset[str]
    place: int
    number: float | None = None

    def of(self, family: str) -> frozenset[str]:
        """The senses of one family: body:, thing: or side:."""
        return frozenset(sense for sense in self.senses if sense.startswith(family))

    def isa(self, *roles: str) -> bool:
        """Whether the word is in one of the lists."""
        return any(role in self.roles for role in roles)

    @property
    def unit(self) -> str:
        """The unit that the word names, or ""."""
        return next((role[5:] for role in sorted(self.roles) if role.startswith("unit:")), "")

    @property
    def stem(self) -> str:
        """The stem of the word, or the stems of its words."""
        return " ".join(stem(one) for one in self.text.split())

    @property
    def exact(self) -> frozenset[str]:
        """Its stem and, for what has a name of its own, the name."""
        if self.isa("before", "after"):
            return frozenset({"before" if self.isa("before") else "after"})
        named = frozenset(sense for sense in self.senses if ":" in sense)
        return named or frozenset({self.stem})

    @property
    def own(self) -> frozenset[str]:
        """Its stem and the names of what it stands for, without the groups."""
        return self.exact | {self.stem}

    @property
    def content(self) -> bool:
        """Whether the word says something of its own."""
        return self.number is None and not self.isa("sign", "function")


def read(text: str) -> tuple[Word, ...]:
    """The words and signs of a text in order. Any text is read; never raises."""
    lists = lexicon()
    raw = [piece for word in pieces(_cleaned(plain(text))) for piece in _undone(word, lists)]
    keys = [key(word) for word in raw]
    words: list[Word] = []
    at = 0
    while at < len(raw):
        length = _phrase(keys, at, lists)
        words.append(_word(raw[at : at + length], keys[at : at + length], len(words), lists))
        at += length
    return _settled(words, lists)


def _cleaned(text: str) -> str:
    """Without the marks of references and of the editor's brackets, whose words count."""
    text = _INITIALS.sub(r"\1", _REFERENCE.sub(" ", text))
    return text.replace("[ ", "[").replace("[", " ").replace("]", " ").replace("e.g.", "such as")


def _undone(word: str, lists: Lexicon) -> list[str]:
    """The words of a contraction; others as they are."""
    if "'" not in word or len(word) == 1:
        return [word]
    if word in lists.contractions:
        return lists.contractions[word].split()
    for ending, instead in lists.endings.items():
        if word.endswith(ending):
            return (word.removesuffix(ending) + instead).split()
    return [word.replace("'", "")]


def _phrase(keys: Sequence[str], at: int, lists: Lexicon) -> int:
    """How many words from here on are one entry of the lists; 1 when none is."""
    for length in range(min(lists.longest.get(keys[at], 1), len(keys) - at), 1, -1):
        if tuple(keys[at : at + length]) in lists.meanings and not _cut(keys[at : at + length + 1], lists):
            return length
    return 1


def _cut(keys: Sequence[str], lists: Lexicon) -> bool:
    """Whether a noun follows to which the last word belongs: "on your back muscles" is not "on your back"."""
    return keys[0] == "on" and keys[-2] == "back" and keys[-1] in lists.near["loose_back"]


def _word(raw: Sequence[str], keys: Sequence[str], place: int, lists: Lexicon) -> Word:
    text = " ".join(raw)
    if len(raw) == 1:
        if not text[0].isalnum() and text not in "%\u00b0":
            return Word(text, frozenset(), frozenset({"sign", "stop"} if text in _STOPS else {"sign"}), place)
        number = _number(text, lists)
        if number is not None:
            return Word(text, frozenset(), frozenset(), place, number)
    senses, roles = lists.meanings.get(tuple(keys)) or lists.meanings.get((stem(text),)) or (frozenset(), frozenset())
    if text.endswith("ly"):
        senses |= lists.meanings.get((stem(text),), (frozenset(), frozenset()))[0]
    return Word(text, senses | _stems(raw, senses), roles, place)


def _stems(raw: Sequence[str], senses: frozenset[str]) -> frozenset[str]:
    """The stem; for several words that name nothing and deny nothing the stem of each too."""
    stems = [stem(one) for one in raw]
    whole = frozenset({" ".join(stems)})
    if len(raw) == 1 or any(":" in sense for sense in senses) or not _DENYING.isdisjoint(raw):
        return whole
    return whole | {one for one in stems if len(one) > 3}


def _number(text: str, lists: Lexicon) -> float | None:
    if text in lists.numbers:
        return lists.numbers[text]
    return float(text.replace(",", ".")) if text[0].isdecimal() else None


def _settled(words: list[Word], lists: Lexicon) -> tuple[Word, ...]:
    """With the words that are a body part or a direction by what stands beside them."""
    found: list[Word] = []
    for at, word in enumerate(words):
        before = next((one.text for one in reversed(words[max(0, at - 2) : at]) if one.text != "-"), "")
        after = next((one for one in words[at + 1 : at + 3] if one.text != "-"), None)
        apart = [one.text for one in words[at + 2 : at + 6] if f"{word.stem} {one.text}" in lists.near["split"]]
        if apart:
            word = _word([word.stem, apart[0]], [word.stem, apart[0]], at, lists)
        if word.text == "so" and after is not None and after.isa("hedge", "degree", "frequent", "finite"):
            word = replace(word, roles=frozenset({"function"}))
        if word.text == "down" and any(one.text == "bring down" for one in found[-4:]):
            word = replace(word, senses=frozenset(), roles=frozenset({"function"}))
        if word.text in ("other", "another") and before != "the" and not _both_sides(after):
            word = replace(word, senses=frozenset())
        if word.text == "both" and not _both_sides(after):
            word = replace(word, senses=frozenset())
        found.append(_beside(word, before, after, lists))
    return tuple(found)


def _beside(word: Word, before: str, after: Word | None, lists: Lexicon) -> Word:
    if word.text in ("back", "backs"):
        return _back(word, before, after, lists)
    if word.text in ("right", "left"):
        return _right_or_left(word, before, after)
    if word.isa("ending") and after is not None and after.text.endswith("ing"):
        return replace(word, roles=word.roles | {"negator"})
    if word.text == "one" and after is not None and (after.of("body:") or after.text in ("side", "end")):
        return replace(word, senses=frozenset({"side:single"}))
    if word.isa("placing"):
        return _preposition(word, after)
    if word.text in ("up", "down", "ups", "downs") and stem(before) in lists.near["phrasal"]:
        return replace(word, senses=frozenset(), roles=frozenset({"function"}))
    return word


def _both_sides(after: Word | None) -> bool:
    """Whether "both" counts sides ("both arms") and does not merely join ("both rest and heat")."""
    return after is None or after.text == "of" or (after.content and bool(after.of("body:") or after.of("side:")))


def _back(word: Word, before: str, after: Word | None, lists: Lexicon) -> Word:
    """The back of the body, or the way back."""
    if after is not None and (after.text in ("up", "again") or "side:down" in after.senses):
        return replace(word, senses=frozenset())
    of_thing = after is not None and after.text == "of"
    body = (
        not before
        or stem(before) in lists.near["before_back"]
        or (after is not None and after.stem in lists.near["loose_back"])
    )
    if of_thing or not body:
        return replace(word, senses=frozenset({"side:backward"} if not of_thing else {"side:backward", "back"}))
    return replace(word, senses=frozenset({"body:back"}), roles=word.roles - {"function"})


def _right_or_left(word: Word, before: str, after: Word | None) -> Word:
    """A side, and neither "right after" nor "is left tense"."""
    verb = word.text == "left" and before in ("is", "are", "be", "being")
    if (verb or word.text == "right") and not _names_a_side(after, before):
        return replace(word, senses=word.senses - {f"side:{word.text}"})
    return replace(word, senses=frozenset({f"side:{word.text}"}))


def _names_a_side(after: Word | None, before: str) -> bool:
    if after is not None and (after.of("body:") or after.text in ("side", "sides", "hand", "foot")):
        return True
    return before in ("the", "to", "or", "and", "your") and (after is None or not after.content)


def _preposition(word: Word, after: Word | None) -> Word:
    """A preposition is a direction only before a part of the body or a thing."""
    if word.text == "to" or after is None or not _place(after):
        return replace(word, senses=word.senses - word.of("side:"))
    return word


def _place(after: Word) -> bool:
    return bool(after.of("body:") or after.of("thing:")) or after.isa("anchor")
