"""A linear reranker over everything that is known of a hit: whether learned weights beat those set by hand.

Listwise softmax regression (after ListNet, Cao and others, ICML 2007): among the first hits of a question the gold ones
should get the probability. Cross-validated over families: no question is ranked by weights that its family taught.
"""

from collections.abc import Sequence
from random import Random

import numpy as np

from corpus.passages import regions_in
from corpus.records import Passage
from evals.retrieval import Bench, Searched, by_score
from evals.statistics import Floats
from index.fuse import Ranking, normalised

FIRST = 50  # hits that are put in a new order
FOLDS = 8
PENALTY = 0.01  # on the squares of the weights, of features with mean 0 and deviation 1
ROLES = ("instruction", "volume", "caution", "seek_help", "sign", "anecdote", "definition")  # beside claims


def reranked(bench: Bench, searched: Sequence[Searched]) -> list[list[str]]:
    """The first hits of each question by weights learned from other families, the rest behind them."""
    features = _features(bench, searched)
    gold = [np.array([hit.passage_id in one.question.gains for hit in one.hits[:FIRST]]) for one in searched]
    fold_of = _folds([one.question.family for one in searched])
    folds = [fold_of[one.question.family] for one in searched]
    rankings = by_score(bench, searched)
    for fold in range(FOLDS):
        held_out = [row for row, of in enumerate(folds) if of == fold]
        learned_from = [row for row, of in enumerate(folds) if of != fold and gold[row].any()]
        if not held_out or not learned_from:
            continue
        weights = _learned([features[row] for row in learned_from], [gold[row] for row in learned_from])
        for row in held_out:
            order = np.argsort(-(features[row] @ weights), kind="stable")
            rankings[row] = [rankings[row][place] for place in order] + rankings[row][len(order) :]
    return rankings


def _folds(families: Sequence[str]) -> dict[str, int]:
    """The fold of each family, drawn with a fixed seed."""
    names = sorted(set(families))
    Random(0).shuffle(names)
    return {name: number % FOLDS for number, name in enumerate(names)}


def _learned(features: Sequence[Floats], gold: Sequence[Floats]) -> Floats:
    """The weights under which the gold hits of the questions are likeliest, held small by the penalty."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for rows, wanted in zip(features, gold, strict=True):
            scores = rows @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            of_gold = chances[wanted].sum()
            total -= float(np.log(of_gold)) / len(features)
            slope = slope - (chances[wanted] @ rows[wanted] / of_gold - chances @ rows) / len(features)
        return total, slope

    found: Floats = minimize(loss, np.zeros(features[0].shape[1]), jac=True, method="L-BFGS-B").x
    return found


def _features(bench: Bench, searched: Sequence[Searched]) -> list[Floats]:
    """A row a hit, a column a feature, brought to mean 0 and deviation 1 over all hits; no gold is looked at."""
    headings = _heading_vectors(bench)
    tables = [_table(bench, one, headings) for one in searched]
    every = np.concatenate(tables)
    return [(table - every.mean(axis=0)) / (every.std(axis=0) + 1e-9) for table in tables]


def _table(bench: Bench, one: Searched, headings: dict[str, Floats]) -> Floats:
    passages = [bench.corpus.passages[hit.passage_id] for hit in one.hits[:FIRST]]
    signals = one.signals
    rankings: tuple[Ranking, ...] = (
        signals.text_dense,
        signals.text_words,
        signals.questions_dense,
        signals.questions_words,
        signals.best_question,
    )
    scaled = [normalised(ranking) for ranking in rankings]
    regions = set(regions_in(one.question.text, bench.corpus.vocabulary))
    return np.array(
        [
            [
                *(scores.get(passage.id, 0.0) for scores in scaled),
                float(headings[passage.id] @ one.vector),
                _agreement(regions, passage),
                *(float(passage.role == role) for role in ROLES),
            ]
            for passage in passages
        ]
    )


def _agreement(regions: set[str], passage: Passage) -> float:
    """1 where question and passage name a part of the body in common, -1 where each names others."""
    if not regions or not passage.regions:
        return 0.0
    return 1.0 if regions & set(passage.regions) else -1.0


def _heading_vectors(bench: Bench) -> dict[str, Floats]:
    corpus = bench.corpus
    texts = {one.id: one.heading or corpus.by_source[one.source_id].source.title for one in corpus.passages.values()}
    return dict(zip(texts, bench.vectors(list(texts.values())).astype(np.float64), strict=True))
