"""Compares when and for whom two texts hold: conditions, exceptions and narrowing words must stay."""

from collections.abc import Sequence
from itertools import pairwise

from assistant.support.align import aligned, reworded
from assistant.support.claims import Text, overlap, senses_of
from assistant.support.words import Word

_KEPT = 0.5


def scope_problem(sentence: Text, quote: Text) -> str:
    """Return "scope" or "": whether the sentence holds where the quote does not."""
    if any(_new(sentence, quote, role) for role in ("unless", "until", "concede", "only")):
        return "scope"
    if _condition_lost(sentence, quote) or _widened(sentence, quote):
        return "scope"
    if _clause_lost(sentence, quote):
        return "scope"
    return ""


def _new(sentence: Text, quote: Text, role: str) -> bool:
    """Whether the sentence has a condition of a kind that the quote has not."""
    if not sentence.has(role) or quote.has(role):
        return False
    if role == "only":
        return not (quote.has("little") or (quote.has("until") and quote.has("negator"))) and not all(
            _mere(word, sentence, quote) for word in sentence.words if word.isa(role)
        )
    if role == "until" or "whether" in sentence.texts:
        inside = [one for word in sentence.words if word.isa(role) for one in _clause(sentence, word.place)]
        return not all(one.isa("plain", "negator") or quote.carries(one) for one in inside)
    return not (role == "concede" and "even" in quote.texts)


def _mere(word: Word, sentence: Text, quote: Text) -> bool:
    """Whether "only" narrows nothing: "not only", "even if only a little", "only briefly" where the quote has that."""
    after = sentence.words[word.place + 1 : word.place + 3]
    brief = any(one.isa("brief") and any(other.isa("brief") for other in quote.words) for one in after)
    called = any(one.text in ("a", "an") for one in after[:1])
    return (
        word.isa("double")
        or brief
        or called
        or any(
            one.isa("concede", "negator") or one.text == "even"
            for one in sentence.words[max(0, word.place - 4) : word.place]
        )
    )


def _condition_lost(sentence: Text, quote: Text) -> bool:
    """Whether the sentence keeps what holds under a condition and leaves the condition out."""
    said = senses_of(sentence.content)
    for word in quote.words:
        if not word.isa("if", "unless", "until", "only") or word.isa("concede", "double"):
            continue
        inside = _clause(quote, word.place)
        outside = [one for one in quote.sentence_at(word.place) if one not in inside and one.place != word.place]
        apart = [one for one in inside if one.exact.isdisjoint(_exact(outside))] or inside
        lost = (bool(apart) and not overlap(apart, said)) or (
            _numbered(quote, word.place) and not any(map(_counts, sentence.words))
        )
        if lost and not sentence.has("if") and outside and overlap(outside, said) >= max(1, len(outside) * _KEPT):
            return True
        if (
            word.isa("only", "unless", "until")
            and not lost
            and not sentence.has("only", "unless", "until", "if", "before", "negator")
        ):
            return True
    return False


def _numbered(text: Text, place: int) -> bool:
    """Whether the clause that opens at a place counts something."""
    for word in text.words[place + 1 :]:
        if word.isa("sign"):
            return False
        if _counts(word):
            return True
    return False


def _counts(word: Word) -> bool:
    return word.number is not None or bool(word.unit)


def _exact(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(sense for word in words for sense in word.exact)


def _clause(text: Text, place: int) -> list[Word]:
    """The content words from a marker to the next comma or stop."""
    found: list[Word] = []
    for word in text.words[place + 1 :]:
        if word.isa("sign") and word.text != ":" and (word.isa("stop") or word.text == ",") and found:
            break
        if word.content:
            found.append(word)
    return found


def _widened(sentence: Text, quote: Text) -> bool:
    """Whether a narrowing word of the quote is gone while what it narrows is still said."""
    laid = aligned(sentence, quote)
    beside = {word.place for word in laid.pairs.values()}
    for word, after in pairwise(quote.words):
        if not word.isa("narrow") or word.place in beside or not after.content or after.place not in beside:
            continue
        if after.isa("frequent") or reworded(sentence, quote, after):
            continue
        if not _kept(word, sentence) and not _said_otherwise(word, sentence):
            return True
    return False


def _kept(word: Word, sentence: Text) -> bool:
    """Whether the sentence says the narrowing word."""
    return any(one.text == word.text or not one.senses.isdisjoint(word.senses) for one in sentence.words)


def _said_otherwise(word: Word, sentence: Text) -> bool:
    """Whether a word of lack of the quote may stand in the sentence as a denial: "poor" as "not well"."""
    return word.isa("absent", "lack") and sentence.has("negator", "lack")


def _clause_lost(sentence: Text, quote: Text) -> bool:
    """Whether "pain that wakes you" became "pain": the noun is kept and nothing of the clause that narrows it."""
    laid = aligned(sentence, quote)
    beside = {word.place for word in laid.pairs.values()}
    for word in quote.words:
        if word.text not in ("that", "who", "which") or not word.place:
            continue
        noun = quote.words[word.place - 1]
        inside = [one for one in quote.words[word.place + 1 :] if one.content]
        if noun.isa("complaint") and noun.place in beside and _gone(inside, beside):
            return True
    return False


def _gone(words: Sequence[Word], beside: set[int]) -> bool:
    """Whether there are words and the sentence has none of them."""
    return bool(words) and not any(word.place in beside for word in words)
