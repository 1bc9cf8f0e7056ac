"""Make one ranking out of several; pure arithmetic."""

from collections.abc import Mapping, Sequence

Ranking = Sequence[tuple[str, float]]


def normalised(ranking: Ranking, first: int) -> dict[str, float]:
    """Scores of the first entries brought to 0..1 by their minimum and maximum; the rest is left out.

    Min-max convex fusion beat reciprocal rank fusion with this encoder and BM25 in published figures
    (mean nDCG@10 of five BEIR sets .4115 against .4049).
    """
    head = list(ranking[:first])
    if not head:
        return {}
    low, high = min(score for _, score in head), max(score for _, score in head)
    if high == low:
        return {key: 1.0 for key, _ in head}
    return {key: (score - low) / (high - low) for key, score in head}


def weighted(parts: Sequence[tuple[float, Mapping[str, float]]]) -> list[tuple[str, float]]:
    """The weighted sum of several scores; a key missing from a part counts 0 there. Best first, ties by key."""
    total: dict[str, float] = {}
    for weight, scores in parts:
        for key, score in scores.items():
            total[key] = total.get(key, 0.0) + weight * score
    return sorted(total.items(), key=lambda row: (-row[1], row[0]))


def best_of_groups(ranking: Ranking, group_of: Mapping[str, str]) -> list[tuple[str, float]]:
    """One entry a group, with the score of its best member; order of the ranking kept."""
    seen: dict[str, float] = {}
    for key, score in ranking:
        seen.setdefault(group_of[key], score)
    return list(seen.items())
