"""Compares what two texts count: each number with its unit, its place in a range, and its bounds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.support.claims import Text
from assistant.support.lexicon import lexicon
from assistant.support.words import Word

_JOINS = frozenset({"to", "-", "\u2013", "\u2014", "or", "and"})
_SKIPPED = frozenset({"-", "of", "more", "a", "an", "each", "full", "other"})
_TIMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
_ORDINAL = ("third", "th")  # "the fifth week" is week 5
_REACH = 4


@dataclass(frozen=True)
class Number:
    """A number: value (times in seconds), what it counts, part of a range ("low", "high"), bound and place."""

    value: float
    unit: str
    part: str
    bound: str
    place: int
    written: float

    def fits(self, other: "Number") -> bool:
        """Whether both count the same thing: repetitions may go unnamed."""
        return self.unit == other.unit or {self.unit, other.unit} <= {"", "rep"}


def numbers_of(text: Text) -> tuple[Number, ...]:
    """The numbers of a text in order."""
    found: list[Number] = []
    words = text.words
    at = 0
    while at < len(words):
        value = _value(words, at)
        if value is None:
            at += 1
            continue
        close = _range_end(words, at)
        last = at if close is None else close
        for number in _numbers(words, at, close, value):
            found.append(_named_before(number, found, words[last + 1 : last + 2]))
        at = last + 1
    return tuple(found)


def _named_before(number: Number, found: Sequence[Number], after: Sequence[Word]) -> Number:
    """A number that goes without what it counts has that of the number before it: "ten minutes and then five"."""
    if number.unit or not found or any(word.content for word in after):
        return number
    times = found[-1].value / (found[-1].written or 1)
    return replace(number, unit=found[-1].unit, value=number.value * times)


def _value(words: Sequence[Word], at: int) -> float | None:
    """The number at a place; "a minute" and "one set" count one of a unit."""
    word = words[at]
    if word.number is not None:
        return None if at and words[at - 1].text == "no" else word.number
    if word.text not in ("a", "an", "one") or at + 1 == len(words) or (at and words[at - 1].number is not None):
        return None
    if word.text == "one" and at + 2 < len(words) and words[at + 1].text in _JOINS and words[at + 2].number is not None:
        return 1.0
    unit = words[at + 1].unit
    some = word.text != "one" and not _or_two(words, at + 2)
    counted = unit in _TIMES if some else unit and unit not in ("way", "type")
    return 1.0 if counted and not _is_rate(words, at) else None


def _or_two(words: Sequence[Word], at: int) -> bool:
    return [word.text for word in words[at : at + 2]] == ["or", "two"]


def _is_rate(words: Sequence[Word], at: int) -> bool:
    """Whether "a day" says how often: after a number, a unit or "once"."""
    before = words[at - 1] if at else None
    return before is not None and (
        (before.number is not None and before.number >= 1) or bool(before.unit) or before.text in ("once", "twice")
    )


def _range_end(words: Sequence[Word], at: int) -> int | None:
    """The place of the number that closes the range that opens at a place."""
    join = at + 1
    while (
        join < len(words)
        and join <= at + 3
        and (words[join].unit or words[join].text in ("-", "a", "an"))
        and words[join].text not in _JOINS
    ):
        join += 1
    if join + 1 < len(words) and words[join].text in _JOINS and _value(words, join + 1) is not None:
        return join + 1
    return None


def _numbers(words: Sequence[Word], at: int, close: int | None, value: float) -> list[Number]:
    if close is None:
        return [_number(words, at, value, "one", _unit(words, at), at)]
    last = _value(words, close)
    inner = next((word.unit for word in words[at + 1 : close] if word.unit), "")
    unit = _unit(words, close)
    unit = inner if inner and (not unit or unit.endswith("number")) else unit
    first_unit = inner or unit
    return [
        _number(words, at, value, "low", first_unit, close),
        _number(words, close, last if last is not None else 0.0, "high", unit, close),
    ]


def _number(words: Sequence[Word], at: int, value: float, part: str, unit: str, close: int) -> Number:
    seconds = lexicon().seconds.get(unit)
    bound = _bound(words, at, close)
    return Number(
        value if seconds is None else value * seconds, unit if seconds is None else "time", part, bound, at, value
    )


def _unit(words: Sequence[Word], at: int) -> str:
    """What the number at a place counts: the unit soon after it, or the one before it ("week 3")."""
    if words[at].text in ("twice", "thrice"):
        return "rep"
    for word in words[at + 1 : at + 1 + _REACH]:
        if word.unit:
            return f"{word.unit} number" if words[at].text.endswith(_ORDINAL) else word.unit
        if word.number is not None or (not word.content and word.text not in _SKIPPED):
            break
    for word in reversed(words[max(0, at - 3) : at]):
        if word.unit in _TIMES:
            return f"{word.unit} number"
        if word.number is None and word.text not in _JOINS:
            break
    return ""


def _bound(words: Sequence[Word], at: int, close: int) -> str:
    """Return "least", "most" or "": what stands before the number or after its unit."""
    before = " ".join(word.text for word in words[max(0, at - 3) : at])
    if before.endswith("within") and any("not" in word.text.split() for word in words[max(0, at - 6) : at]):
        return "past"
    after = " ".join(word.text for word in words[close + 1 : close + 4])
    bounds = lexicon().bounds
    if before.endswith(bounds["least_before"]) or any(sign in after for sign in bounds["least_after"]):
        return "least"
    if before.endswith(bounds["growing"]):
        return ""
    if before.endswith(bounds["most_before"]) or any(sign in after for sign in bounds["most_after"]):
        return "most"
    return ""


def number_problem(sentence: Text, quote: Text) -> str:
    """Return "number", "unit" or "": whether every number of the sentence is one of the quote, of the same things."""
    given = numbers_of(quote)
    for number in numbers_of(sentence):
        same = [one for one in given if one.value == number.value and not _of_things(one, number, quote)]
        if not any(one.fits(number) for one in same):
            return "unit" if any(one.written == number.written for one in given) else "number"
        if not any(one.fits(number) and one.part == number.part and _bounded(one.bound, number.bound) for one in same):
            return "number"
    return _unit_problem(sentence, quote)


def _of_things(given: Number, number: Number, quote: Text) -> bool:
    """Whether the quote counts things that it names ("seven small vertebrae") where the sentence counts repetitions."""
    after = quote.words[given.place + 1 : given.place + 2]
    return number.unit == "rep" and not given.unit and any(word.content and not word.unit for word in after)


def _bounded(given: str, said: str) -> bool:
    """Whether two bounds agree; "not within three days" is after three days or more."""
    return given == said or (given == "past" and said in ("", "least"))


def _unit_problem(sentence: Text, quote: Text) -> str:
    """Whether a time that nothing counts ("a few days", "twice a week", "daily") is in the quote too."""
    counted = {number.unit for number in numbers_of(quote)}
    for word in sentence.words:
        if word.unit in _TIMES and not _has_unit(quote, word.unit) and not _counted(sentence.words, word.place):
            return "unit" if counted or any(one.unit for one in quote.words) or _rates(quote) else "number"
    for rate in _rates(sentence):
        if rate not in _rates(quote):
            return "unit"
    return ""


def _has_unit(text: Text, unit: str) -> bool:
    return any(word.unit == unit for word in text.words) or any(rate == unit for rate in _rates(text))


def _counted(words: Sequence[Word], place: int) -> bool:
    return any(_value(words, at) is not None for at in range(max(0, place - 2), place))


def _rates(text: Text) -> frozenset[str]:
    """How often: the unit after "per", "each", "every" or "times a"."""
    words = text.words
    often = lexicon().rates
    found = {often[word.text] for word in words if word.text in often and word.place not in text.named}
    for before, word in pairwise(words):
        if (
            word.place not in text.named
            and word.unit in _TIMES
            and (
                before.text in ("per", "each", "every")
                or (before.text in ("a", "an") and _is_rate(words, before.place))
            )
        ):
            found.add(word.unit)
    return frozenset(found)
