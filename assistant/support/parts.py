"""Compares which body parts, sides and things two texts speak of, and which goes with which."""

from itertools import pairwise

from assistant.support.align import swapped
from assistant.support.claims import Text, carried, contrary, within
from assistant.support.numbers import Number, numbers_of
from assistant.support.words import Word


def body_problem(sentence: Text, quote: Text, heading: Text) -> str:
    """Return "body_part" or "": whether each body part is the quote's, or the heading's and in no other's place."""
    given, titled, said = _family(quote, "body:"), _family(heading, "body:"), _family(sentence, "body:")
    missing = given - said
    names = [word for word in quote.content if not word.of("body:")]
    for word in sentence.content:
        parts = word.of("body:")
        if not parts or word.place in sentence.named or not parts.isdisjoint(given) or within(word, names):
            continue
        if parts.isdisjoint(titled) or missing:
            return "body_part"
    return "body_part" if _swapped(sentence, quote, "body:") else ""


def side_problem(sentence: Text, quote: Text, heading: Text) -> str:
    """Return "side" or "": whether each direction is the quote's, and goes with the same part."""
    given, titled = _family(quote, "side:", all_words=True), _family(heading, "side:", all_words=True)
    for word in sentence.words:
        sides = word.of("side:")
        turned = any(_rival(one, other) for one in sides - given for other in given)
        if turned and word.text.startswith("to "):
            return "side"
        if not sides or word.place in sentence.named or not sides.isdisjoint(given):
            continue
        if not contrary(word).isdisjoint(given) or not _may_add(word, quote, titled):
            return "side"
    return "side" if _mispaired(sentence, quote) or _swapped(sentence, quote, "side:") else ""


def _may_add(word: Word, quote: Text, titled: frozenset[str]) -> bool:
    """Whether a direction may stand that the quote does not name: said otherwise, in the heading, or a mere "to"."""
    if quote.carries(word) or within(word, [part for part in quote.content if part.of("body:")]):
        return True
    return not word.content and (word.of("side:") <= titled or word.isa("loose"))


def _family(text: Text, family: str, *, all_words: bool = False) -> frozenset[str]:
    return frozenset(sense for word in (text.words if all_words else text.content) for sense in word.of(family))


def thing_problem(sentence: Text, quote: Text, heading: Text) -> str:
    """Return "coverage" or "": whether the sentence brings in a thing, a person or a complaint of its own."""
    for word in sentence.content:
        things = word.of("thing:")
        if things and not carried(word, quote) and not carried(word, heading):
            return "coverage"
    return ""


def _mispaired(sentence: Text, quote: Text) -> bool:
    """Whether a noun of the quote has got another side."""
    given = _pairs(quote)
    for side, noun in _pairs(sentence):
        with_noun = {one for one, other in given if other == noun}
        if with_noun and side not in with_noun and any(_rival(side, one) for one in with_noun):
            return True
    return False


def _rival(one: str, other: str) -> bool:
    return other in contrary(Word("", frozenset({one}), frozenset(), 0))


def _pairs(text: Text) -> set[tuple[str, str]]:
    """Each side with the noun right after it."""
    found: set[tuple[str, str]] = set()
    for word, after in pairwise(text.words):
        for side in word.of("side:"):
            found |= {
                (side, noun) for noun in after.of("body:") | (after.of("side:") if after.text == "side" else set())
            }
    return found


def _swapped(sentence: Text, quote: Text, family: str) -> bool:
    """Whether a word of the sentence stands where the quote has its rival, although the quote has both."""
    for word in sentence.words:
        own = word.of(family) if word.place not in sentence.named else frozenset()
        same = [one for one in quote.words if not one.senses.isdisjoint(own)]
        rivals = [one for one in quote.words if _rivals(word, one, family)]
        if same and rivals and swapped(sentence, quote, word, same, rivals):
            return True
    return False


def _rivals(word: Word, other: Word, family: str) -> bool:
    if family == "body:":
        return bool(other.of(family)) and other.of(family).isdisjoint(word.of(family))
    return not other.own.isdisjoint(contrary(word))


def number_swapped(sentence: Text, quote: Text) -> str:
    """Return "number" or "": whether a number stands where the quote has another of the same unit."""
    given = numbers_of(quote)
    for number in numbers_of(sentence):
        same = [quote.words[one.place] for one in given if _equal(one, number)]
        rivals = [quote.words[one.place] for one in given if one.fits(number) and _against(one, number)]
        if same and rivals and swapped(sentence, quote, sentence.words[number.place], same, rivals):
            return "number"
    return ""


def _equal(one: Number, other: Number) -> bool:
    return one.value == other.value and one.fits(other) and one.part == other.part


def _against(one: Number, number: Number) -> bool:
    """Whether a number of the quote may have been taken for another: not the other end of its range."""
    return one.value != number.value and {one.part, number.part} != {"low", "high"}
