"""Decides whether a sentence is carried by the words it quotes, by rules and word lists alone."""

from collections.abc import Callable
from itertools import groupby

from assistant.support.align import opposite_problem
from assistant.support.claims import Text, carried, claimed, contrary, quoted, within
from assistant.support.lexicon import lexicon
from assistant.support.numbers import number_problem
from assistant.support.parts import body_problem, number_swapped, side_problem, thing_problem
from assistant.support.polarity import negation_problem
from assistant.support.scope import scope_problem
from assistant.support.strength import modality_problem
from assistant.support.turned import turned
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
    return next((problem for part in [claim, *claim.sentences()] if (problem := _unsupported(part, given, title))), "")


def _unsupported(claim: Text, given: Text, title: Text) -> str:
    problem = _problem(claim, given, title)
    if problem and any(_carried_by(part, claim, title, problem) for part in given.sentences()):
        return ""
    return problem


def _carried_by(part: Text, claim: Text, title: Text, problem: str) -> bool:
    """Whether one sentence of the quote carries the claim; what another one denies it must repeat word for word.

    Where another one has it the other way round, it must have every word.
    """
    if _same(claim, part):
        return True
    whole = problem != "order" or all(carried(word, part) for word in claim.content)
    return problem != "negation" and whole and not _problem(claim, part, title)


def _problem(claim: Text, given: Text, title: Text) -> str:
    """The first reason of the checks."""
    if _same(claim, given):
        return ""
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


def _spoken(text: Text) -> list[str]:
    """The words of a text without the signs at its end."""
    said = [word.text for word in text.words]
    while said and text.words[len(said) - 1].isa("sign"):
        said.pop()
    return said or [word.text for word in text.words]


def _too_long(claim: Text, given: Text) -> bool:
    limits = lexicon().limits
    return len(claim.words) > limits["longest_sentence"] or len(given.words) > limits["longest_quote"]


def _same(claim: Text, given: Text) -> bool:
    return _spoken(claim) == _spoken(given)


def coverage_problem(claim: Text, given: Text, title: Text) -> str:
    """Return "coverage" or "": whether the quote and the heading carry most of what the sentence says."""
    limits = lexicon().limits
    weighed = [word for word in claim.content if word.place not in claim.named and not _plain(word)]
    new = [not (carried(word, given) or carried(word, title) or _part_or_way(word, given)) for word in weighed]
    weight = sum(limits["polar"] if contrary(word) else 1 for word, is_new in zip(weighed, new, strict=True) if is_new)
    allowed = min(limits["new_words"], max(1, (1 - limits["coverage"]) * len(weighed)))
    in_a_row = max((len(list(run)) for is_new, run in groupby(new) if is_new), default=0)
    alone = bool(weighed) and all(new)
    return "coverage" if alone or weight > allowed or in_a_row > limits["new_in_a_row"] else ""


def _part_or_way(word: Word, given: Text) -> bool:
    """Whether the quote has the word as part of a name, or its direction in a word that is weighed nowhere ("up")."""
    return within(word, given.words) or any(word.of("side:") & other.senses for other in given.words)


# Lists whose words need no counterpart: they say nothing of their own, or another check reads them.
_EMPTY = frozenset({"plain", "hedge", "negator", "function", "if", "must", "frequent", "universal", "urgent", "then"})
_EMPTY |= {"before", "after", "because", "than", "unless", "until", "only", "concede", "double", "link"}


def _plain(word: Word) -> bool:
    return not word.roles.isdisjoint(_EMPTY) or bool(word.unit)
