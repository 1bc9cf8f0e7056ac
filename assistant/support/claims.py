"""A text as the checks read it: its words, what they stand for, and which of them name the thing of the heading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from assistant.support.lexicon import lexicon
from assistant.support.words import Word, read

_ENDS = frozenset(".!?")


@dataclass(frozen=True, eq=False)
class Text:
    """The words of a text in order; `named` holds the places of those that only repeat the heading's name."""

    words: tuple[Word, ...]
    named: frozenset[int] = frozenset()

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words that say something of their own."""
        return tuple(word for word in self.words if word.content)

    @cached_property
    def senses(self) -> frozenset[str]:
        """Everything that any content word may stand for."""
        return senses_of(self.content)

    @cached_property
    def texts(self) -> frozenset[str]:
        """The words as they are written."""
        return frozenset(word.text for word in self.words)

    def has(self, *roles: str) -> bool:
        """Whether any word is in one of the lists."""
        return any(word.isa(*roles) for word in self.words)

    def carries(self, word: Word) -> bool:
        """Whether a word of another text is here, in the same or in other words."""
        return not word.senses.isdisjoint(self.senses)

    def sentences(self) -> list["Text"]:
        """Each sentence of a text that has several; none of one that is a sentence itself."""
        ends = [at for at, word in enumerate(self.words) if word.isa("sign") and word.text in _ENDS]
        spans = pairwise([-1, *ends, len(self.words)])
        parts = [self._part(before + 1, end) for before, end in spans]
        whole = [part for part in parts if part.content]
        return whole if len(whole) > 1 else []

    def _part(self, start: int, end: int) -> "Text":
        words = tuple(replace(word, place=at) for at, word in enumerate(self.words[start:end]))
        return Text(words, frozenset(place - start for place in self.named if start <= place < end))

    def sentence_at(self, place: int) -> list[Word]:
        """The content words between the signs that end a thought before and after a place."""
        start, end = place, place
        while start > 0 and not (self.words[start - 1].isa("sign") and self.words[start - 1].isa("stop")):
            start -= 1
        while end < len(self.words) and not (self.words[end].isa("sign") and self.words[end].isa("stop")):
            end += 1
        return [word for word in self.words[start:end] if word.content]

    def around(self, place: int, reach: int = 4) -> frozenset[str]:
        """What the content words of the same clause within reach of a place stand for."""
        return senses_of([*self._near(place, -1, reach), *self._near(place, 1, reach)])

    def _near(self, place: int, step: int, reach: int) -> list[Word]:
        found: list[Word] = []
        at = place + step
        while 0 <= at < len(self.words) and len(found) < reach and not self.words[at].isa("stop"):
            if self.words[at].content:
                found.append(self.words[at])
            elif self.words[at].text == "," or self.words[at].text == "and":
                reach -= 1
            at += step
        return found


def senses_of(words: Iterable[Word]) -> frozenset[str]:
    """Everything that any of the words may stand for."""
    return frozenset(sense for word in words for sense in word.senses)


def overlap(words: Sequence[Word], senses: frozenset[str]) -> int:
    """How many of the words are among the senses."""
    return sum(not word.senses.isdisjoint(senses) for word in words)


def contrary(word: Word) -> frozenset[str]:
    """The stems and sides that say the contrary of a word."""
    opposites = lexicon().opposites
    found = frozenset(other for sense in word.own for other in opposites.get(sense, ()))
    _, negator, denied = word.text.rpartition("not ")
    return found | senses_of(read(denied)) if negator else found


def carried(word: Word, text: Text) -> bool:
    """Whether a text has the word, in other words, or the contrary of its contrary."""
    return text.carries(word) or not contrary(word).isdisjoint(text.senses)


def within(word: Word, others: Iterable[Word]) -> bool:
    """Whether a word is part of what the lists read as one: "neck" of "neck roll"."""
    return any(word.text in other.text.split() for other in others)


def quoted(text: str) -> Text:
    """A quote or a heading as it is compared."""
    return Text(read(text))


def claimed(sentence: str, heading: Text) -> Text:
    """A sentence as it is compared, with the places where it repeats the name of the heading."""
    words = read(sentence)
    return Text(words, frozenset(_named(words, heading)))


def _named(words: Sequence[Word], heading: Text) -> list[int]:
    """The places of two or more words in a row that stand so in the heading, a name and not only body parts."""
    following = _pairs(heading)
    spoken = [word for word in words if word.content]
    found: list[int] = []
    for one, other in pairwise(spoken):
        if (one.text, other.text) in following and not (one.of("body:") and other.of("body:")):
            found += [one.place, other.place]
    return found


def _pairs(heading: Text) -> frozenset[tuple[str, str]]:
    content = heading.content
    return frozenset((one.text, other.text) for one, other in pairwise(content))
