"""Compares what leads to what, what comes before what, and what beats what: the two ends must not be turned round."""

from collections.abc import Sequence

from assistant.support.claims import Text, overlap, senses_of
from assistant.support.relations import Relation, listed_times, relations
from assistant.support.words import Word

# Kinds of relation of a sentence by those of the quote with which each is compared: what helps against pain is no
# contrary of "if you have pain".
_COMPARED = {
    "cause": {"cause", "aid", "because", "if", "link"},
    "aid": {"cause", "aid", "because", "if", "link"},
    "because": {"cause", "because", "if", "link"},
    "if": {"if"},
    "order": {"order", "when"},
    "rank": {"rank"},
    "link": {"cause", "aid", "because"},
}


def turned(sentence: Text, quote: Text) -> str:
    """Return "cause", "order" or "": whether the sentence turns a relation of the quote round."""
    if _other_time(sentence, quote):
        return "order"
    if quote.has("link") and not quote.has("cause", "because") and sentence.has("cause", "because"):
        return "cause"
    said, given = relations(sentence), relations(quote)
    for claim in said:
        same = [other for other in given if other.kind in _COMPARED.get(claim.kind, ()) and _meets(claim, other)]
        alike = [
            other for other in same if other.kind == claim.kind == "order" or not other.mark.isdisjoint(claim.mark)
        ]
        if same and all(_against(claim, other) for other in alike or same):
            return "order" if claim.kind == "order" else "cause"
    return _unconfirmed(sentence, said, given)


def _unconfirmed(sentence: Text, said: Sequence[Relation], given: Sequence[Relation]) -> str:
    """Return "cause", "order" or "": whether only the sentence says outright what causes or follows what."""
    if sentence.has("outright"):
        causes = [one for one in said if one.kind in ("cause", "because") and one.first and one.second]
        if not all(_confirmed(one, given) for one in causes):
            return "cause"
    if sentence.has("sequence") and not any(_confirmed(one, given) for one in said if one.kind == "order"):
        return "order"
    return ""


def _confirmed(claim: Relation, given: Sequence[Relation]) -> bool:
    kinds = {"order"} if claim.kind == "order" else _COMPARED[claim.kind]
    return any(one.kind in kinds and _meets(claim, one) and not _against(claim, one) for one in given)


def _meets(claim: Relation, given: Relation) -> bool:
    """Whether both ends of the claim are spoken of by the quote's relation."""
    both = senses_of(given.first) | senses_of(given.second)
    words = (*claim.first, *claim.second)
    parted = overlap(words, _own(given.first, given.second)) > 0 and overlap(words, _own(given.second, given.first)) > 0
    return parted and overlap(claim.first, both) > 0 and overlap(claim.second, both) > 0


def _against(claim: Relation, given: Relation) -> bool:
    """Whether the ends fit better crosswise, by the words that only one end has."""
    if claim.kind == "rank":
        one, first = _exact(claim.first), _exact(given.first)
        other, second = _exact(claim.second[:2]), _exact(given.second[:2])
        return bool(one & (second - first) and (other - one) & first)
    first, second = _own(given.first, given.second), _own(given.second, given.first)
    start, end = _without(claim.first, claim.second), _without(claim.second, claim.first)
    kept = overlap(start, first), overlap(end, second)
    moved = overlap(start, second), overlap(end, first)
    if min(moved) > 0 and 0 in kept:
        return True
    return sum(moved) > sum(kept) and (min(moved) > 0 or (sum(kept) == 0 and sum(moved) > 1))


def _exact(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(sense for word in words for sense in word.exact)


def _own(words: Sequence[Word], others: Sequence[Word]) -> frozenset[str]:
    return senses_of(words) - senses_of(others)


def _without(words: Sequence[Word], others: Sequence[Word]) -> list[Word]:
    there = senses_of(others)
    return [word for word in words if word.senses.isdisjoint(there)]


def _other_time(sentence: Text, quote: Text) -> bool:
    """Whether "during exercise" became "after exercise", or the other way."""
    given = _times(quote)
    for time, noun in _times(sentence):
        kinds = {kind for kind, other in given if not other.senses.isdisjoint(noun.senses)}
        if kinds and time not in kinds:
            return True
    return False


def _times(text: Text) -> list[tuple[str, Word]]:
    """Each word of time with what stands right after it."""
    found: list[tuple[str, Word]] = []
    for word in text.words:
        kind = next((role for role in ("before", "after", "during") if word.isa(role)), "")
        reach = 6 if listed_times(text, word) else 4
        near = text.words[word.place + 1 : word.place + reach]
        following = [one for one in near if one.content and not one.isa("before", "after", "during")]
        if kind and following:
            found.append((kind, following[0]))
    return found
