"""Reads what leads to what, what comes before what, and what beats what."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.support.claims import Text
from assistant.support.lexicon import lexicon
from assistant.support.words import Word

_FORWARD = {"aid": "aid", "cause": "cause", "then": "then", "before": "order", "than": "rank", "link": "link"}
_MEANS = frozenset({"by", "with", "through", "using", "via"})
_EXERCISES = frozenset({"exercis", "work", "train", "move"})  # stems of what "strengthening" may only name
_TIMES = frozenset({"before", "after"})
_INSIDE = frozenset("\u2014\u2013")
_MARKS = ("plain", "hedge", "if", "because", "before", "after", "then")
_BACK = {"because": "because", "if": "if", "after": "order"}


@dataclass(frozen=True)
class Relation:
    """Two ends of a text: what comes first (cause, earlier, better) and what comes second."""

    kind: str
    mark: frozenset[str]
    first: tuple[Word, ...]
    second: tuple[Word, ...]


def relations(text: Text) -> tuple[Relation, ...]:
    """The relations of a text in the order of the words that mark them."""
    found: list[Relation] = []
    for word in text.words:
        if listed_times(text, word):
            continue
        if word.isa("because", "if", "after"):
            found += _subordinate(text, word, first=True)
        elif word.isa("before"):
            found += _subordinate(text, word, first=False)
        if word.text == "to" and word.place + 1 < len(text.words) and text.words[word.place + 1].isa("purpose"):
            found += _purpose(text, word)
        for role in ("cause", "then", "than", "link"):
            if word.isa(role) and not word.isa("because", "if", "after", "before"):
                found += _joined(text, word, role)
    return tuple(found)


def listed_times(text: Text, word: Word) -> bool:
    """Whether a word is one of several times: "before, during and after workouts"."""
    if not word.isa("before", "after", "during"):
        return False
    near = [one for one in text.words[max(0, word.place - 4) : word.place + 5] if one.place != word.place]
    return any(one.isa("before", "during", "after") and not one.isa(*(_TIMES & word.roles)) for one in near)


def _subordinate(text: Text, word: Word, *, first: bool) -> list[Relation]:
    """The relation of a clause that "because", "when", "after" or "before" opens."""
    following = text.words[word.place + 1 : word.place + 2]
    if (
        not following
        or (following[0].isa("sign") and following[0].text != ":")
        or following[0].text in ("and", "or", "during")
    ):
        return []
    kind = _BACK.get(next((role for role in ("because", "if", "after") if word.isa(role)), ""), "order")
    opens = not _content(text, _start(text, word.place), word.place)
    comma = _close(text, word)
    read = _done if kind == "order" else _content
    inside = read(text, word.place + 1, comma)
    outside = read(text, comma, _end(text, word.place)) if opens else read(text, _start(text, word.place), word.place)
    if word.isa("because") and _takes_up(text, word):
        inside, outside = outside, inside
    if word.isa("if"):
        return [Relation(kind, word.senses, inside, outside), Relation("when", word.senses, inside, outside)]
    return [Relation(kind, word.senses, inside, outside) if first else Relation(kind, word.senses, outside, inside)]


def _takes_up(text: Text, word: Word) -> bool:
    """Whether the clause says what its main clause does: "stretch, because that relaxes you"."""
    after = text.words[word.place + 1 : word.place + 4]
    if not after or after[0].text not in ("that", "this", "it", "they", "doing"):
        return False
    return after[0].text in ("that", "this", "doing") or any(one.isa("cause", "aid") for one in after[1:])


def _purpose(text: Text, word: Word) -> list[Relation]:
    """The relation of "A to avoid B" and "to avoid B, A"."""
    before = _content(text, _start(text, word.place), word.place)
    end = _end(text, word.place)
    asked = word.place and text.words[word.place - 1].isa("must", "superlative", "should")
    if asked and not text.words[word.place + 1].text.endswith("ing"):
        return []
    if before:
        return [Relation("aid", word.senses, before, _content(text, word.place + 1, _turn(text, word.place)))]
    split = next((at for at in range(word.place + 2, end) if text.words[at].text in (",", "it", "you")), end)
    return [Relation("aid", word.senses, _content(text, split, end), _content(text, word.place + 1, split))]


def _joined(text: Text, word: Word, role: str) -> list[Relation]:
    """The relation of a verb or connective between its two ends; a passive verb turns it."""
    following = [one for one in text.words[word.place + 1 : word.place + 3] if one.text not in ("up", "down")][:1]
    if role == "cause" and _no_verb(text, word, following):
        return []
    before, after = _then(text, word) if role == "then" else _ends_of(text, word, role)
    if role == "cause" and any(other.text in ("by", "with", "from") for other in following):
        before, after = after, before
    if role == "than":
        before, after = (tuple(one for one in end if not one.isa("degree")) for end in (before, after))
    limit = int(lexicon().limits["list_words" if role == "then" else "side_words"])
    role = "aid" if role == "cause" and word.isa("aid") else role
    return [Relation(_FORWARD[role], word.senses, before[-limit:], after[:limit])]


def _no_verb(text: Text, word: Word, following: Sequence[Word]) -> bool:
    """Whether a word of cause is an aim ("to reduce", read elsewhere) or a mere adjective ("improved")."""
    aim = word.isa("purpose") and word.place and text.words[word.place - 1].text == "to"
    named = word.text.endswith("ing") and any(other.stem in _EXERCISES for other in following)
    past = (word.text.endswith("ed") or word.text == "made") and not any(other.text == "by" for other in following)
    return bool(aim) or named or past or _no_object(following)


def _no_object(following: Sequence[Word]) -> bool:
    """Whether nothing follows that a verb might reach: "muscle strain, poor form" has no verb."""
    after = following[0] if following else None
    return after is None or after.isa("sign", "if", "because", "before", "after") or after.text in ("and", "or")


def _ends_of(text: Text, word: Word, role: str) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """What stands before a word and after it, or in the clauses around where one side is empty."""
    start, place = _start(text, word.place), word.place
    if role == "cause":
        start = max([start, *(one.place for one in text.words[start:place] if one.isa("if", "because", "unless"))])
        start = _antecedent(text, start, place)
    helped = [one.place for one in text.words[start:place] if role == "cause" and one.stem == "help"]
    before = _content(text, start, helped[-1] if helped else place)
    after = _content(text, (helped[-1] if helped else place) + 1, _turn(text, place))
    tool = next((at for at in range(place + 2, _end(text, place)) if text.words[at].text in _MEANS), 0)
    if role == "cause" and tool and not before:
        return _content(text, tool, _turn(text, tool)), _content(text, place + 1, tool)
    return before, after


def _antecedent(text: Text, start: int, place: int) -> int:
    """Where the nearest words begin that a "that" before a verb takes up: "relax the tension that may cause this"."""
    words = text.words
    between = {"hedge", "certain", "function"}
    last = next((at for at in range(place - 1, start, -1) if words[at].roles.isdisjoint(between)), start)
    that = next((at for at in range(place - 1, last, -1) if words[at].text == "that"), 0)
    return max(start, that - 2) if that and words[that - 1].text != "," else start


def _then(text: Text, word: Word) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """What is done first and what follows, of "first A, then B" and "A, and B afterwards"."""
    place, start = word.place, _start(text, word.place)
    firsts = [one.place + 1 for one in text.words[start:place] if one.text == "first"]
    start = max([start, *(at for at in firsts if _done(text, at, place))])
    before = _done(text, start, place) or _done(text, _start(text, max(0, start - 1)), place)
    after = _done(text, place + 1, _turn(text, place))
    split = next((other.place for other in reversed(text.words[:place]) if other.text in (",", "and")), 0)
    return (before, after) if after or not split else (_done(text, start, split), _done(text, split, place))


def _start(text: Text, place: int) -> int:
    """Where the sentence of a place begins, as far back as a relation looks."""
    at, furthest = place, max(0, place - int(lexicon().limits["reach"]))
    while at > furthest and not (_ends(text.words[at - 1])):
        at -= 1
    return at


def _end(text: Text, place: int) -> int:
    """Where the sentence of a place ends, as far ahead as a relation looks."""
    at, furthest = place + 1, min(len(text.words), place + int(lexicon().limits["reach"]))
    while at < furthest and not (_ends(text.words[at])):
        at += 1
    return at


def _ends(word: Word) -> bool:
    """Whether a sign ends what a relation may reach; what a dash opens belongs to it."""
    return (word.isa("sign") and word.isa("stop") and word.text not in _INSIDE) or word.text in (
        "but",
        "although",
        "though",
    )


def _close(text: Text, word: Word) -> int:
    """Where the clause ends that a word opens: at a comma, at the next such word, or after a few words of time."""
    comma = _comma(text, word.place)
    timed = word.isa("before", "after")
    for at in range(word.place + 1, comma):
        other = text.words[at]
        if word.isa("if") and other.isa("cause", "aid") and other.text.endswith("s") and at > word.place + 2:
            return at
        if other.text in ("so", "so that") or (timed and other.isa("hedge", "if", "because", "then")):
            return at
    return comma


def _turn(text: Text, place: int) -> int:
    """Where the right end of a verb ends: at a stop or at a word that opens a clause of its own."""
    end = _end(text, place)
    for at in range(place + 2, end):
        if text.words[at].isa("because", "if", "before", "after", "unless", "until") or text.words[at].text in (
            "which",
            "although",
            "so",
            "therefore",
            "thus",
            "so that",
        ):
            return at
    return end


def _comma(text: Text, place: int) -> int:
    """The comma that ends a clause: the last one when those before it part a list, the first one otherwise."""
    end = _end(text, place)
    commas = [at for at in range(place + 2, end) if text.words[at].text == ","]
    listed = len(commas) > 1 and any(word.text in ("and", "or") for word in text.words[commas[0] : commas[-1]])
    return (commas[-1] if listed else commas[0]) if commas else end


def _done(text: Text, start: int, end: int) -> tuple[Word, ...]:
    """The content words between two places, with what is said by plain words alone: "go back", "hold"."""
    return tuple(word for word in text.words[start:end] if word.isa("step") or _counts(word))


def _content(text: Text, start: int, end: int) -> tuple[Word, ...]:
    return tuple(word for word in text.words[start:end] if _counts(word))


def _counts(word: Word) -> bool:
    return word.content and not word.isa(*_MARKS)
