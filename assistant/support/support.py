"""Decides whether a sentence is carried by the words it quotes, by rules and word lists alone."""

from collections.abc import Callable

from assistant.support.align import opposite_problem
from assistant.support.claims import Text, claimed, contrary, quoted
from assistant.support.lexicon import lexicon
from assistant.support.numbers import number_problem
from assistant.support.parts import body_problem, number_swapped, side_problem, thing_problem
from assistant.support.polarity import negation_problem
from assistant.support.relations import turned
from assistant.support.scope import scope_problem
from assistant.support.strength import modality_problem
from assistant.support.words import Word

REASONS = (
    "number",
    "unit",
    "side",
    "body_part",
    "opposite",
    "negation",
    "modality",
    "scope",
    "order",
    "cause",
    "added",
    "coverage",
)


def unsupported(sentence: str, quote: str, heading: str = "") -> str:
    """Why a sentence is not carried by the words it quotes: a reason of REASONS, or "" when it is.

    The heading, a path such as "Strengthening exercises > Wall angel", may carry what the sentence names, but never
    a number, a negation or how sure it is. Any text may be given; never raises.
    """
    title, given = quoted(heading), quoted(quote)
    claim = claimed(sentence, title)
    if _same(claim, given):
        return "" if given.words else "coverage"
    if not claim.content or not given.content or _too_long(claim, given):
        return "coverage"
    checks: tuple[Callable[[], str], ...] = (
        lambda: number_problem(claim, given),
        lambda: number_swapped(claim, given),
        lambda: side_problem(claim, given, title),
        lambda: body_problem(claim, given, title),
        lambda: negation_problem(claim, given),
        lambda: opposite_problem(claim, given),
        lambda: scope_problem(claim, given),
        lambda: modality_problem(claim, given),
        lambda: turned(claim, given),
        lambda: thing_problem(claim, given, title),
        lambda: coverage_problem(claim, given, title),
    )
    return next((problem for check in checks if (problem := check())), "")


def _too_long(claim: Text, given: Text) -> bool:
    limits = lexicon().limits
    return len(claim.words) > limits["longest_sentence"] or len(given.words) > limits["longest_quote"]


def _same(claim: Text, given: Text) -> bool:
    return [word.text for word in claim.words] == [word.text for word in given.words]


def coverage_problem(claim: Text, given: Text, title: Text) -> str:
    """Return "added", "coverage" or "": whether the quote and the heading carry the words of the sentence."""
    limits = lexicon().limits
    weighed = [word for word in claim.content if word.place not in claim.named and not _plain(word)]
    new = [word for word in weighed if not carried(word, given) and not carried(word, title)]
    left = [word for word in given.content if not _plain(word) and not claim.carries(word)]
    if not new:
        return ""
    if len(new) > len(left):
        return "added"
    if len(new) > limits["new_words"] or len(new) > (1 - limits["coverage"]) * len(weighed):
        return "coverage"
    return ""


_EMPTY = (
    *(
        "plain",
        "hedge",
        "negator",
        "function",
        "if",
        "must",
        "frequent",
        "universal",
        "urgent",
        "then",
        "before",
        "after",
    ),
    *("because", "than", "unless", "until", "only", "concede", "double", "link"),
)


def _plain(word: Word) -> bool:
    """Whether a word needs no counterpart: it says nothing of its own, or another check reads it."""
    return word.isa(*_EMPTY) or bool(word.unit)


def carried(word: Word, text: Text) -> bool:
    """Whether a text has the word, in other words, or the contrary of its contrary."""
    return text.carries(word) or _kin(word, text) or not contrary(word).isdisjoint(text.senses)


def _kin(word: Word, text: Text) -> bool:
    """Whether a word of the text has the same long beginning ("stabil", "stabilis")."""
    own = max(word.senses, key=len, default="") if not word.text.isalpha() else word.text
    for other in text.content:
        length = min(len(own), len(other.text))
        if (
            length >= 5
            and other.text[:5] == own[:5]
            and own[: max(5, int(0.75 * max(len(own), len(other.text))))]
            == other.text[: max(5, int(0.75 * max(len(own), len(other.text))))]
        ):
            return True
    return False
