"""Compares what two texts deny: a negation must reach in the sentence what it reaches in the quote."""

from dataclasses import dataclass
from itertools import pairwise

from assistant.support.align import aligned, denied, reworded
from assistant.support.claims import Text, contrary, senses_of
from assistant.support.lexicon import lexicon
from assistant.support.words import Word

_HEADS = 2
_SOFT_REACH = 6


@dataclass(frozen=True)
class Denial:
    """A negation: where it stands and the content words it reaches, the nearest first."""

    place: int
    scope: tuple[Word, ...]
    heads: tuple[Word, ...]


def denials(text: Text, *, cancel: bool = False) -> tuple[Denial, ...]:
    """The negations of a text in order; two that cancel each other may be left out."""
    found = [word.place for word in text.words if _denies(text, word)]
    cancelled = {at for pair in pairwise(found) if cancel and _cancel(text, *pair) for at in pair}
    return tuple(_denial(text, place) for place in found if place not in cancelled)


def _denies(text: Text, word: Word) -> bool:
    """Whether a word is a negation: not "no" as an answer."""
    answer = word.text == "no" and any(after.text == "," for after in text.words[word.place + 1 : word.place + 2])
    return word.isa("negator") and not word.isa("double") and not answer


def _timed(text: Text, denial: Denial) -> bool:
    """Whether a denial holds only up to a time: "not until", "not before"."""
    after = text.words[denial.place + 1 :]
    end = next((at for at, word in enumerate(after) if word.isa("sign")), len(after))
    return any(word.isa("until", "before", "unless") for word in after[:end])


def _twice(text: Text) -> bool:
    """Whether a denial is denied: "do not avoid"."""
    return any(
        one.text == "not" and other.isa("negator") and other.place == one.place + 1
        for one, other in pairwise(word for word in text.words if _denies(text, word))
    )


def _cancel(text: Text, one: int, other: int) -> bool:
    """Whether two negations say yes together: "do not start without a warm-up"."""
    between = text.words[one + 1 : other]
    return text.words[other].text == "without" and not any(word.isa("sign") for word in between)


def _lacks(text: Text) -> tuple[Denial, ...]:
    """What a text says is missing or neglected, read as denied."""
    found = [_denial(text, word.place) for word in text.words if word.isa("absent") and not word.isa("negator")]
    return tuple(Denial(one.place, one.scope, one.heads[:1]) for one in found)


def _denial(text: Text, place: int) -> Denial:
    scope = _reached(text, place)
    return Denial(place, scope, scope[:_HEADS])


def _reached(text: Text, place: int) -> tuple[Word, ...]:
    """The content words after a place up to the end of its thought."""
    limit = int(lexicon().limits["scope_words"])
    scope: list[Word] = []
    hedges: list[Word] = []
    for word in text.words[place + 1 :]:
        if word.isa("finite") and scope:
            break
        if (
            (word.isa("stop") and (scope or word.isa("sign")))
            or (word.isa("negator") and scope)
            or len(scope) == limit
            or (word.text in (",", "and") and (scope or hedges))
        ):
            break
        if word.content and not word.isa("light"):
            (hedges if word.isa("hedge") else scope).append(word)
    found = scope or hedges
    if found and not found[0].isa("verdict"):
        return tuple(found)
    before = [word for word in reversed(text.words[:place]) if word.content and not word.isa("light", "hedge")]
    return (*found, *before[: limit - len(found)])


def _narrowed(text: Text) -> set[bool]:
    """Whether a text says "just that" (True) or "not just that" (False), where it says either."""
    return {word.isa("narrowing") for word in text.words if word.isa("narrowing", "widening")}


def negation_problem(sentence: Text, quote: Text) -> str:
    """Return "negation" or "": whether the sentence denies what the quote denies, and nothing else that it says."""
    said, printed = _narrowed(sentence), _narrowed(quote)
    if len(said) == len(printed) == 1 and said != printed:
        return "negation"  # "it is just that" for "it is not just that"
    given, timed = denials(quote), quote.has("before", "until", "after", "only")
    claimed = tuple(
        one for one in denials(sentence, cancel=not given) if given or not (timed and _timed(sentence, one))
    )
    if sentence.has("waiting", "only") or (sentence.has("after") and not sentence.has("before")):
        given = tuple(one for one in given if not _timed(quote, one))
    if any(not _allowed(denial, given, sentence, quote) for denial in claimed):
        return "negation"
    if given and _twice(sentence) and not _twice(quote):
        return "negation"
    if any(_dropped(denial, claimed, sentence, quote) for denial in given):
        return "negation"
    return "negation" if any(_lack_dropped(lack, claimed, sentence, quote) for lack in _lacks(quote)) else ""


def _allowed(denial: Denial, given: tuple[Denial, ...], sentence: Text, quote: Text) -> bool:
    """Whether the quote denies the same, says the contrary of it, or says it with a word of lack."""
    if sentence.words[denial.place].isa("than") and quote.has("than"):
        return True  # "rest instead of heat" for "rest is better than heat"
    if not denial.scope:
        return bool(given) or not sentence.content
    plain = [word for word in quote.content if word.stem == denial.heads[0].stem]
    if denial.heads[0].isa("absent") and quote.has("cause") and sentence.has("because"):
        return True
    joined = sentence.words[denial.place].text == "without" and _with(denial.heads[0], quote)
    if joined or (plain and not any(_negated(quote, word) for word in plain)):
        return False
    if denial.heads[0].isa("absent") and not plain:
        return any(quote.carries(word) for word in denial.scope[1:])
    heads = senses_of(denial.heads)
    reached = senses_of(denial.scope)
    if any(
        not heads.isdisjoint(senses_of(other.scope)) or not reached.isdisjoint(senses_of(other.heads))
        for other in given
    ):
        return True
    against = frozenset(sense for word in denial.heads for sense in contrary(word))
    exact = {word.stem for word in quote.content}
    if denial.heads[0].stem not in exact and not against.isdisjoint(exact):
        return True
    return _excused(denial, sentence, quote)


def _with(head: Word, quote: Text) -> bool:
    """Whether the quote says "with" right before a word."""
    said = [word.place for word in quote.content if word.stem == head.stem]
    return any(before.text == "with" for at in said for before in quote.words[max(0, at - 3) : at])


def _negated(text: Text, word: Word) -> bool:
    """Whether a negation reaches the word, or a word of lack stands before it."""
    reached = [
        *(other for one in denials(text) for other in one.scope),
        *(one.heads[0] for one in _lacks(text) if one.heads),
    ]
    return any(word.place == other.place for other in reached)


def _excused(denial: Denial, sentence: Text, quote: Text) -> bool:
    """Whether the quote speaks of a lack where the sentence denies."""
    heads = senses_of(denial.heads)
    first = senses_of(denial.heads[:1])
    said = [word for word in quote.content if not word.senses.isdisjoint(first)]
    said = said or [word for word in quote.content if not word.senses.isdisjoint(heads)]
    if said:
        return any(denied(quote, word) for word in said)
    near = sentence.around(denial.place, _SOFT_REACH)
    for word in quote.words:
        if (
            word.isa("soft")
            and not sentence.carries(word)
            and not (word.senses | quote.around(word.place, _SOFT_REACH)).isdisjoint(near)
        ):
            return True
    return False


def _dropped(denial: Denial, claimed: tuple[Denial, ...], sentence: Text, quote: Text) -> bool:
    """Whether the sentence says without a negation what the quote denies."""
    if not denial.heads:
        return False
    reached = senses_of(denial.scope)
    if any(not reached.isdisjoint(senses_of(other.scope)) for other in claimed):
        return False
    if quote.has("until") and sentence.has("only") and sentence.has("if", "after"):
        return False
    pairs = aligned(sentence, quote).pairs
    beside = {one.place: sentence.words[place] for place, one in pairs.items()}
    said = next((beside[word.place] for word in denial.heads if word.place in beside), None)
    return said is not None and not _softened(said, sentence)


def _lack_dropped(lack: Denial, claimed: tuple[Denial, ...], sentence: Text, quote: Text) -> bool:
    """Whether the sentence says what the quote calls missing, and has no word that may call it so too."""
    if not lack.heads or sentence.carries(quote.words[lack.place]):
        return False
    return not reworded(sentence, quote, lack.heads[0]) and _dropped(lack, claimed, sentence, quote)


def _softened(word: Word, sentence: Text) -> bool:
    """Whether a negation or a word of lack reaches the word."""
    reached = any(word.place == other.place for one in denials(sentence) for other in one.scope)
    return reached or denied(sentence, word)
