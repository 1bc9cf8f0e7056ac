"""Compares what leads to what, what comes before what, and what beats what: the two ends must not be turned round."""

from collections.abc import Sequence
from itertools import pairwise

from assistant.support.align import Alignment, aligned, denied
from assistant.support.claims import Text, overlap, senses_of
from assistant.support.relations import Relation, listed_times, relations
from assistant.support.words import Word

_CAUSES = frozenset({"cause", "aid", "because", "if", "link"})
_STEPS = frozenset({"order", "then"})
# Kinds of relation of a sentence by those of the quote with which each is compared: what helps against pain is no
# contrary of "if you have pain".
_COMPARED = {
    "cause": _CAUSES,
    "aid": _CAUSES,
    "because": _CAUSES - {"aid"},
    "if": {"if"},
    "order": _STEPS | {"when"},
    "then": _STEPS | {"when"},
    "rank": {"rank"},
    "link": {"cause", "aid", "because"},
}
_CLAUSES = frozenset({"and", "but", "while", "though"})  # part what comes "later" from what does not


def turned(sentence: Text, quote: Text) -> str:
    """Return "cause", "order" or "": whether the sentence turns a relation of the quote round."""
    if _other_time(sentence, quote):
        return "order"
    if quote.has("link") and not quote.has("cause", "because") and sentence.has("cause", "because"):
        return "cause"
    if sentence.has("compared") and not quote.has("than"):
        return "order"
    said, given, laid = relations(sentence), relations(quote), aligned(sentence, quote)
    for claim in said:
        same = [other for other in given if other.kind in _COMPARED.get(claim.kind, ()) and _meets(claim, other)]
        alike = [other for other in same if {other.kind, claim.kind} <= _STEPS or not other.mark.isdisjoint(claim.mark)]
        if same and all(_against(claim, other) for other in alike or same):
            return "cause" if claim.kind in _CAUSES else "order"
        if claim.kind == "because" and _held_off(claim, sentence, quote, laid):
            return "cause"
        if claim.kind == "then" and not any(other.kind in _STEPS for other in given) and _moved(claim, laid):
            return "order"
    return _unconfirmed(sentence, quote, said, given)


def _held_off(claim: Relation, sentence: Text, quote: Text, laid: Alignment) -> bool:
    """Whether the quote prevents all that comes of it in the claim."""
    if any(denied(sentence, word) for word in claim.second):
        return False
    prevented = [denied(quote, word) for word in laid.beside(claim.second)]
    return bool(prevented) and all(prevented)


def _moved(claim: Relation, laid: Alignment) -> bool:
    """Whether all that the claim says comes second stands before all that it says comes first, in the quote."""
    first, second = ([word.place for word in laid.beside(end)] for end in (claim.first, claim.second))
    return bool(first and second) and max(second) < min(first)


def _unconfirmed(sentence: Text, quote: Text, said: Sequence[Relation], given: Sequence[Relation]) -> str:
    """Return "cause", "order" or "": whether only the sentence says outright what causes or follows what."""
    if _outright(sentence, quote):
        causes = [one for one in said if one.kind in ("cause", "because", "if") and one.first and one.second]
        if not all(_confirmed(one, given) for one in causes):
            return "cause"
    if sentence.has("sequence") and not any(_confirmed(one, given) for one in said if one.kind in _STEPS):
        return "" if _follows(sentence, quote, given) else "order"
    return ""


def _follows(sentence: Text, quote: Text, given: Sequence[Relation]) -> bool:
    """Whether what comes "later" in the sentence comes later, or after something, in the quote too."""
    if not quote.has("sequence") and any(one.kind == "then" for one in given):
        return False  # the quote says what follows, and it is not this
    said, printed = _sequels(sentence, "sequence"), _sequels(quote, "sequence") or _sequels(quote, "after")
    return overlap(said, senses_of(printed)) > 0 if said else quote.has("after")


def _sequels(text: Text, *roles: str) -> list[Word]:
    """The content words that stand in a clause before "later", "afterwards" or "after"."""
    found: list[Word] = []
    for word in text.words:
        at = word.place - 1
        while word.isa(*roles) and at >= 0 and not text.words[at].isa("sign") and text.words[at].text not in _CLAUSES:
            found.append(text.words[at])
            at -= 1
    return [word for word in found if word.content and not word.isa("plain")]


def _outright(sentence: Text, quote: Text) -> bool:
    """Whether a sentence says in words of its own that this and nothing else is the cause: "it is X that makes Y"."""
    printed = {word.stem for word in quote.words}
    opening = [word.text for word in sentence.words[:3] if word.text != "is"]
    cleft = opening[:1] == ["it"] and opening[1:2] in (["the"], ["your"]) and "that" in sentence.texts
    return cleft or any(word.isa("outright") and word.stem not in printed for word in sentence.words)


def _confirmed(claim: Relation, given: Sequence[Relation]) -> bool:
    kinds = _STEPS if claim.kind in _STEPS else _CAUSES
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
        return _outranked(claim, given)
    if _crossed(claim, given):
        return True
    first, second = _own(given.first, given.second), _own(given.second, given.first)
    start, end = _without(claim.first, claim.second), _without(claim.second, claim.first)
    kept = overlap(start, first), overlap(end, second)
    moved = overlap(start, second), overlap(end, first)
    if min(moved) > 0 and 0 in kept:
        return True
    return sum(moved) > sum(kept) and (min(moved) > 0 or (sum(kept) == 0 and sum(moved) > 1))


def _outranked(claim: Relation, given: Relation) -> bool:
    """Whether what is better in the claim is worse in the quote, and the other way."""
    second, of_quote = claim.second[:2], given.second[:2]
    first, other = senses_of(given.first) - senses_of(of_quote), senses_of(of_quote) - senses_of(given.first)
    moved = overlap(claim.first, other) > 0 and overlap(second, first) > 0
    kept = overlap(claim.first, first) > 0 and overlap(second, other) > 0
    return moved and not kept


def _crossed(claim: Relation, given: Relation) -> bool:
    """Whether each end of the claim has words of the other end of the quote's, and none of its own."""
    one, other, first, second = map(_exact, (claim.first, claim.second, given.first, given.second))
    return bool(one & second and other & first and not one & first and not other & second)


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
    """Each word of time with what stands right after it; "before and after workouts" has it twice."""
    found: list[tuple[str, Word]] = []
    noun: Word | None = None
    for word in reversed(text.words):
        kind = next((role for role in ("before", "after", "during") if word.isa(role)), "") or _done_by(text, word)
        if not kind:
            continue
        near = text.words[word.place + 1 : word.place + (6 if listed_times(text, word) else 4)]
        following = [one for one in near if one.content and not one.isa("before", "after", "during")]
        if not near or near[0].text != "and":
            noun = following[0] if following and not following[0].isa("finite") else None
        if noun is not None:
            found.append((kind, noun))
    return found


def _done_by(text: Text, word: Word) -> str:
    """Return "after" for the "when" of "when the session is over", or ""."""
    end = text.words[word.place + 1 : word.place + 7]
    ended = word.isa("if") and any(one.isa("finite") and two.isa("ended") for one, two in pairwise(end))
    return "after" if ended else ""
