"""Faults of the search and of the decision whether to answer."""

import copy
import random
from collections.abc import Callable
from dataclasses import replace

from assistant import line
from assistant.abstain import Decision
from assistant.answer import Assistant
from evals.mutations.mutation import Function, breaks, changes
from index.found import Found, Hit
from index.search import Fusion, Index

MIXED_UP = 10  # first hits that a broken sort leaves in no order


@breaks(Decision, "covered")
def answers_everything(_: Function) -> Function:
    """Whatever was found is good enough."""
    return lambda self, probability: True


@breaks(Decision, "covered")
def answers_only_when_sure(_: Function) -> Function:
    """An answer needs a probability of 0.9 that the articles cover the question."""
    return lambda self, probability: probability >= 0.9


@breaks(Decision, "covered")
def decision_turned_round(covered: Function) -> Function:
    """What is covered is declined, what is not is answered."""
    return lambda self, probability: not covered(self, probability)


@breaks(Index, "search")
def no_search_by_meaning(search: Function) -> Function:
    """Only words are ranked; the vectors are left out."""
    return _weighing(search, Fusion(questions_dense=0.0, questions_words=1.0, text_dense=0.0, text_words=1.0))


@breaks(Index, "search")
def no_search_by_words(search: Function) -> Function:
    """Only vectors are ranked; BM25 is left out."""
    return _weighing(search, Fusion(questions_dense=1.0, questions_words=0.0, text_dense=1.0, text_words=0.0))


@breaks(Index, "search")
def asked_as_questions_not_searched(search: Function) -> Function:
    """Only the text of the articles is ranked, not the questions that it was indexed under."""
    return _weighing(search, Fusion(questions=0.0, text=1.0))


@breaks(Index, "search")
def text_not_searched(search: Function) -> Function:
    """Only the questions that passages were indexed under are ranked, not their text."""
    return _weighing(search, Fusion(questions=1.0, text=0.0))


@changes
def ranking_reversed(assistant: Assistant) -> Assistant:
    """The hits come worst first."""
    return _with_hits(assistant, lambda hits: hits[::-1])


@changes
def ranking_left_unsorted(assistant: Assistant) -> Assistant:
    """The first ten hits come in no order, and in another one each time."""
    dice = random.Random(0)
    return _with_hits(assistant, lambda hits: (*dice.sample(hits[:MIXED_UP], len(hits[:MIXED_UP])), *hits[MIXED_UP:]))


@changes
def only_the_first_hit_used(assistant: Assistant) -> Assistant:
    """All hits but the first are thrown away."""
    return _with_hits(assistant, lambda hits: hits[:1])


@changes
def best_hit_lost(assistant: Assistant) -> Assistant:
    """The ranking is read from its second place on."""
    return _with_hits(assistant, lambda hits: hits[1:])


@changes
def ids_off_by_one(assistant: Assistant) -> Assistant:
    """Each hit has the id of the passage after it in the article."""
    ids = list(assistant.corpus().passages)
    after = dict(zip(ids, [*ids[1:], ids[0]], strict=True))
    return _with_hits(assistant, lambda hits: tuple(replace(hit, passage_id=after[hit.passage_id]) for hit in hits))


@changes
def an_article_missing(assistant: Assistant) -> Assistant:
    """The longest article was left out of the index."""
    longest = max(assistant.corpus().articles, key=lambda article: len(article.passages)).source.id
    return _with_hits(assistant, lambda hits: tuple(hit for hit in hits if not hit.passage_id.startswith(longest)))


@changes
def query_cut_short(assistant: Assistant) -> Assistant:
    """Only the first three words of a question are searched for."""
    return replace(assistant, search=lambda query: assistant.search(" ".join(query.split()[:3])))


@breaks(line, "_nearer")
def last_answer_not_looked_beside(_: Function) -> Function:
    """A "why?" is looked up as if nothing had been answered before."""
    return lambda hits, quoted, corpus: hits


def _with_hits(assistant: Assistant, change: Callable[[tuple[Hit, ...]], tuple[Hit, ...]]) -> Assistant:
    def search(query: str) -> Found:
        found = assistant.search(query)
        return replace(found, hits=change(found.hits))

    return replace(assistant, search=search)


def _weighing(search: Function, fusion: Fusion) -> Function:
    """The search with other shares in the fused score."""

    def weighing(self: Index, query: str) -> Found:
        other = copy.copy(self)
        other._fusion = fusion
        found: Found = search(other, query)
        return found

    return weighing
