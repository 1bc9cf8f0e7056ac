"""Withhold what must not be shown, in case nobody did: the corpus as the assistant sees it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from corpus.check import reason_against
from corpus.library import Corpus
from corpus.records import Article, Conflict, Exercise, Passage, Withheld
from index.found import Found

_WHY = "It must not be shown, and the curation does not say what to do with it."
_STEP = "One of its steps must not be shown."


def guarded(corpus: Corpus, banned: Callable[[str], str]) -> Corpus:
    """The corpus in which every passage that must not be shown is withheld.

    An exercise that loses a step is withheld whole, and a conflict is left out once fewer than two sides remain.
    """
    whole = replace(corpus, articles=tuple(_article(one, banned) for one in corpus.articles))
    sides = tuple(_conflict(one, whole.passages) for one in corpus.conflicts)
    return replace(whole, conflicts=tuple(one for one in sides if len(one.positions) > 1))


def only(found: Found, passages: Mapping[str, Passage]) -> Found:
    """What was found without the passages that are withheld; how near it is counts those that are left."""
    hits = tuple(hit for hit in found.hits if hit.passage_id in passages)
    if len(hits) == len(found.hits):
        return found
    return replace(
        found,
        hits=hits,
        text_cosine=max((hit.text_cosine for hit in hits), default=0.0),
        question_cosine=max((hit.question_cosine for hit in hits), default=0.0),
    )


def _article(article: Article, banned: Callable[[str], str]) -> Article:
    reasons = {one.id: reason for one in article.passages if (reason := reason_against(article, one, banned))}
    if not reasons:
        return article
    broken = [one for one in article.exercises if any(step in reasons for step in one.passages)]
    reasons = {step: "unsafe" for one in broken for step in one.passages} | reasons
    gone = (Withheld(one.span, reasons[one.id], _WHY) for one in article.passages if one.id in reasons)
    return replace(
        article,
        passages=tuple(one for one in article.passages if one.id not in reasons),
        withheld=(*article.withheld, *gone),
        exercises=tuple(_withheld(one) if one in broken else one for one in article.exercises),
    )


def _withheld(exercise: Exercise) -> Exercise:
    return replace(exercise, state="withheld", reason=_STEP, passages=())


def _conflict(conflict: Conflict, passages: Mapping[str, Passage]) -> Conflict:
    return replace(conflict, positions=tuple(one for one in conflict.positions if one.passage_id in passages))
