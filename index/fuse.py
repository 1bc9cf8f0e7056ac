"""Make one ranking out of several; pure arithmetic."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ranking = Sequence[tuple[str, float]]


def best_rows(scores: NDArray[np.floating[Any]], limit: int) -> NDArray[np.int64]:
    """The rows of the best `limit` scores, (n,), in order; with all that score as much as the last of them.

    So whoever sorts them decides ties, not the place at which the rows were cut.
    """
    if len(scores) <= limit:
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, -limit)[-limit])


def normalised(ranking: Ranking) -> dict[str, float]:
    """Scores brought to 0..1 by the best and the worst of the ranking.

    Min-max convex fusion beat reciprocal rank fusion with this encoder and BM25 in published figures
    (mean nDCG@10 of five BEIR sets .4115 against .4049).
    """
    if not ranking:
        return {}
    low, high = min(score for _, score in ranking), max(score for _, score in ranking)
    if high == low:
        return {key: 1.0 for key, _ in ranking}
    return {key: (score - low) / (high - low) for key, score in ranking}


def weighted(parts: Sequence[tuple[float, Mapping[str, float]]]) -> list[tuple[str, float]]:
    """The weighted sum of several scores; a key missing from a part counts 0 there. Best first, ties by key."""
    total: dict[str, float] = {}
    for weight, scores in parts:
        for key, score in scores.items():
            total[key] = total.get(key, 0.0) + weight * score
    return sorted(total.items(), key=lambda row: (-row[1], row[0]))


def best_of_groups(ranking: Ranking, group_of: Mapping[str, str]) -> Ranking:
    """One entry a group, with the score of its best member; order of the ranking kept."""
    seen: dict[str, float] = {}
    for key, score in ranking:
        seen.setdefault(group_of[key], score)
    return list(seen.items())


def mean_of_groups(ranking: Ranking, group_of: Mapping[str, str], sizes: Mapping[str, int], few: int) -> Ranking:
    """One entry a group, with the mean of its best `few` members, or of all where it has not so many; best first.

    `sizes` is how many members each group has. One that is not in the ranking counts as much as the last that is.
    """
    members: dict[str, list[float]] = {}
    for key, score in ranking:
        members.setdefault(group_of[key], []).append(score)
    last = ranking[-1][1] if ranking else 0.0
    means = []
    for group, scores in members.items():
        of = min(few, sizes[group])
        means.append((group, (sum(scores[:of]) + last * (of - len(scores[:of]))) / of))
    return sorted(means, key=lambda row: -row[1])
