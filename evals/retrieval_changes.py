"""What else the retrieval could do: pieces, queries and orders that stand beside the ones a search uses."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from corpus.library import Corpus
from corpus.records import Passage
from corpus.sentences import split
from evals.retrieval import Bench, Ordering, Searched
from index.documents import Document, whole
from index.fuse import Ranking
from index.search import Query, read_query
from index.synonyms import Synonyms

RANK_CONSTANT = 60  # Cormack, Clarke and Buettcher, SIGIR 2009

# How scores are scaled.


def by_place(ranking: Ranking) -> dict[str, float]:
    """Reciprocal rank: what the scores are does not matter, only their order."""
    return {key: 1 / (RANK_CONSTANT + place) for place, (key, _) in enumerate(ranking, start=1)}


def by_the_best(ranking: Ranking) -> dict[str, float]:
    """The best becomes 1, and 0 stays 0."""
    return {key: score / ranking[0][1] for key, score in ranking} if ranking and ranking[0][1] > 0 else {}


def by_deviation(ranking: Ranking) -> dict[str, float]:
    """How many standard deviations above the lowest."""
    if not ranking:
        return {}
    scores = [score for _, score in ranking]
    mean = math.fsum(scores) / len(scores)
    deviation = math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / len(scores))
    return {key: (score - min(scores)) / (deviation or 1.0) for key, score in ranking}


# What is embedded and searched by words for a passage.


def without_header(corpus: Corpus, passage: Passage) -> list[tuple[str, str]]:
    return [("", text) for _, text in whole(corpus, passage)]


def under_its_heading(corpus: Corpus, passage: Passage) -> list[tuple[str, str]]:
    """The heading without the title of the article."""
    return [(passage.heading, text) for _, text in whole(corpus, passage)]


def by_sentence(corpus: Corpus, passage: Passage) -> list[tuple[str, str]]:
    """Each sentence by itself, after the line that introduces its list."""
    return [
        (header, f"{text.removesuffix(passage.text)}{passage.text[start:end]}")
        for header, text in whole(corpus, passage)
        for start, end in split(passage.text)
    ]


def after_a_sentence(corpus: Corpus, passage: Passage) -> list[tuple[str, str]]:
    """The passage after the last sentence of the one before it under the same heading."""
    before: Passage | None = None
    for one in corpus.by_source[passage.source_id].passages:
        if one.id == passage.id:
            break
        before = one
    if before is None or before.section_id != passage.section_id:
        return whole(corpus, passage)
    start, end = split(before.text)[-1]
    return [(header, f"{before.text[start:end]} {text}") for header, text in whole(corpus, passage)]


# Which asked-as questions there are.


def a_share(share: float) -> Callable[[list[Document]], list[Document]]:
    """So many of them, drawn at random with a fixed seed."""
    return lambda documents: Random(0).sample(documents, round(share * len(documents)))


# How a query is read.


def without_synonyms(query: str, synonyms: Synonyms) -> Query:
    return read_query(query, replace(synonyms, rows=()))


def without_meanings(query: str, synonyms: Synonyms) -> Query:
    return read_query(query, replace(synonyms, unknown={}))


# What comes after the fusion.


def weighed(section: float, only_questions: bool = True) -> Ordering:
    """The order after a bonus for what stands under the heading of the best hit.

    The bonus is a share of the best score; `only_questions` gives it only where that heading is a question.
    """

    def order(bench: Bench, searched: Sequence[Searched]) -> list[list[str]]:
        return [_weighed(bench, one, section, only_questions) for one in searched]

    return order


def _weighed(bench: Bench, one: Searched, section: float, only_questions: bool) -> list[str]:
    passages = bench.corpus.passages
    scores = {hit.passage_id: hit.score for hit in one.hits}
    best = passages[one.hits[0].passage_id]
    sections = bench.corpus.by_source[best.source_id].sections
    if not only_questions or any(one.question for one in sections if one.id == best.section_id):
        bonus = section * scores[best.id]
        place = (best.source_id, best.section_id)
        scores = {
            key: score + bonus if (passages[key].source_id, passages[key].section_id) == place else score
            for key, score in scores.items()
        }
    return sorted(scores, key=lambda key: (-scores[key], key))
