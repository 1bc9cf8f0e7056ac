"""Lays the words of a sentence beside the words of its quote, each beside one, and compares what stands around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from assistant.support.claims import Text, contrary
from assistant.support.lexicon import lexicon
from assistant.support.words import Word

_REACH = 5


@dataclass(frozen=True)
class Alignment:
    """Which word of the quote each place of the sentence has beside it, those that are the same word, and the rest."""

    pairs: dict[int, Word]
    exact: frozenset[int]
    left_claim: tuple[Word, ...]
    left_quote: tuple[Word, ...]

    def beside(self, words: Iterable[Word]) -> list[Word]:
        """The words of the quote beside words of the sentence, in their order; none for what stands alone."""
        return [self.pairs[word.place] for word in words if word.place in self.pairs]


@lru_cache(maxsize=4)
def aligned(sentence: Text, quote: Text) -> Alignment:
    """The same words beside each other first, then words of one group, each word of the quote used once."""
    pairs: dict[int, Word] = {}
    free = {word.place: word for word in quote.content}
    _pair(sentence.content, free, pairs, same=True)
    exact = frozenset(pairs)
    _pair([word for word in sentence.content if word.place not in pairs], free, pairs, same=False)
    left = tuple(word for word in sentence.content if word.place not in pairs)
    return Alignment(pairs, exact, left, tuple(free.values()))


def _pair(words: Sequence[Word], free: dict[int, Word], pairs: dict[int, Word], *, same: bool) -> None:
    by_sense: dict[str, list[Word]] = {}
    for other in free.values():
        for sense in [other.stem] if same else other.senses:
            by_sense.setdefault(sense, []).append(other)
    for word in words:
        for sense in [word.stem] if same else sorted(word.senses):
            against = frozenset() if same else contrary(word)
            found = next((o for o in by_sense.get(sense, ()) if o.place in free and o.own.isdisjoint(against)), None)
            if found is not None:
                pairs[word.place] = free.pop(found.place)
                break


def reworded(sentence: Text, quote: Text, word: Word) -> bool:
    """Whether a word that the quote has not stands near what the sentence has for `word` of the quote.

    It may say what seems to be gone.
    """
    laid = aligned(sentence, quote)
    said = [place for place, other in laid.pairs.items() if other.place == word.place]
    return any(abs(new.place - place) < _REACH for place in said for new in laid.left_claim)


def _near(text: Text, place: int) -> list[tuple[Word, float]]:
    """The content words around a place in its clause, each with how near it is."""
    near: list[tuple[Word, float]] = []
    for step in (-1, 1):
        at, distance = place + step, 1.0
        while (
            0 <= at < len(text.words)
            and distance <= _REACH
            and not text.words[at].isa("apart")
            and not _stops(text.words[at])
        ):
            word = text.words[at]
            if word.text in (",", "and"):
                distance += 1
            elif word.content and not word.isa("light", "hedge"):
                near.append((word, 1 / distance))
                distance += 1
            at += step
    return near


def _stops(word: Word) -> bool:
    return word.isa("sign") and word.isa("stop") and word.text != ":"


def swapped(sentence: Text, quote: Text, word: Word, same: Sequence[Word], rivals: Sequence[Word]) -> bool:
    """Whether a word of the sentence is rather where the quote has the rivals than where it has the same."""
    most = int(lexicon().limits["rivals"])
    same, rivals = same[:most], rivals[:most]
    rivals = [one for one in rivals if not any(_listed_together(quote, one, other) for other in same)]
    if not rivals or not same:
        return False
    pairs = aligned(sentence, quote).pairs
    apart = {one.place for one in (*same, *rivals)}
    here = [(pairs[one.place].place, weight) for one, weight in _near(sentence, word.place) if one.place in pairs]
    here = [(place, weight) for place, weight in here if place not in apart]
    limits = lexicon().limits
    kept = max(_fit(here, quote, one) for one in same)
    for rival in rivals:
        other = _fit(here, quote, rival)
        if (
            other > kept * limits["clearly"]
            and other > kept + limits["margin"]
            and not _stays(sentence, quote, rival, same)
        ):
            return True
    return False


def _stays(sentence: Text, quote: Text, rival: Word, same: Sequence[Word]) -> bool:
    """Whether the sentence has the rival too, and where the quote has it."""
    pairs = aligned(sentence, quote).pairs
    for word in sentence.words:
        if rival.exact.isdisjoint(word.exact):
            continue
        here = [(pairs[one.place].place, weight) for one, weight in _near(sentence, word.place) if one.place in pairs]
        own = _fit(here, quote, rival)
        if own > 0 and own >= max(_fit(here, quote, one) for one in same):
            return True
    return False


def _fit(here: Sequence[tuple[int, float]], quote: Text, word: Word) -> float:
    """How near a word of the quote stands to the places that the words around the sentence's are beside."""
    near = {one.place: weight for one, weight in _near(quote, word.place)}
    return sum(weight * near.get(place, 0.0) for place, weight in here)


def _listed_together(quote: Text, one: Word, other: Word) -> bool:
    """Whether two words of the quote are parts of one list: "neck, shoulders and back"."""
    low, high = sorted((one.place, other.place))
    between = quote.words[low + 1 : high]
    joined = any(word.text in ("and", "or", ",", "/") for word in between)
    listed = all(not word.content or word.of("body:") for word in between) and not any(_stops(word) for word in between)
    return joined and (listed or (len(between) <= 3 and sum(word.content for word in between) <= 1))


def opposite_problem(sentence: Text, quote: Text) -> str:
    """Return "opposite" or "": whether the sentence has the contrary of a word of the quote in its place."""
    for one, other in (("over", "under"), ("under", "over")):
        if sentence.has(one) and quote.has(other) and not sentence.has(other) and not quote.has(one):
            return "opposite"
    if _grown(sentence, quote):
        return "opposite"
    words = [word for word in sentence.content if not word.of("side:") and word.place not in sentence.named]
    return "opposite" if any(_opposed(sentence, quote, word) for word in words if not word.isa("counting")) else ""


def _grown(sentence: Text, quote: Text) -> bool:
    """Whether there is more of what the quote has less of: "more strain" for "reduces strain"."""
    counted = [after for word, after in pairwise(sentence.words) if word.text == "more"]
    counted += [word for word in sentence.words if word.text.startswith("more ")]
    grown = [word for word in counted if not denied(sentence, word)]
    return any(denied(quote, word) for word in aligned(sentence, quote).beside(grown))


def _opposed(sentence: Text, quote: Text, word: Word) -> bool:
    """Whether the contrary of a word of the sentence has its place in the quote."""
    laid, against = aligned(sentence, quote), contrary(word)
    rivals = [one for one in quote.content if _rivals(word, one, against)]
    same = [one for one in quote.content if one.stem == word.stem]
    if rivals and same and swapped(sentence, quote, word, same, rivals):
        return True
    partner = laid.pairs.get(word.place)
    if word.place in laid.exact or (partner is not None and not contrary(partner).isdisjoint(against)):
        return False
    left = [one for one in rivals if one in laid.left_quote]
    return any(denied(quote, one) == denied(sentence, word) for one in left)


def _rivals(word: Word, other: Word, against: frozenset[str]) -> bool:
    """Whether one of two words is among the contraries of the other."""
    return not other.own.isdisjoint(against) or (
        "not" in other.text.split() and not word.senses.isdisjoint(contrary(other))
    )


def denied(text: Text, word: Word) -> bool:
    """Whether a negation or a word of lack stands before the word in its clause."""
    if any(other.text == "free" for other in text.words[word.place + 1 : word.place + 3]):
        return True
    joined = False
    for other in reversed(text.words[max(0, word.place - 5) : word.place]):
        if other.isa("stop", "sign", "finite"):
            return False
        if other.isa("negator", "double") or (other.isa("lack", "absent") and not joined):
            return True
        joined = joined or other.text in ("and", "or")
    return False
