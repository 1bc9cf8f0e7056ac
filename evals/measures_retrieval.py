"""How well a ranking puts what answers the question first.

A measure looks at one question: `ranked` holds ids, best first; `gains` holds what each relevant id is worth.
An id that `gains` lacks, or gives 0 or less, is not relevant. An id that is ranked twice counts once, at its first
place, and its second place is lost. None means that nothing is relevant, so that the measure does not apply.
A ranking that is empty because the case crashed scores 0.
"""

import math
from collections.abc import Iterable, Mapping, Sequence


def recall_at(ranked: Sequence[str], gains: Mapping[str, float], k: int) -> float | None:
    """Share of the relevant ids that stand among the first k, in [0, 1]; trec_eval's recall_k.

    Raises ValueError for a k below 1.
    """
    _check_cutoff(k)
    relevant = _relevant(gains)
    if not relevant:
        return None
    return len(relevant.keys() & set(ranked[:k])) / len(relevant)


def ndcg_at(ranked: Sequence[str], gains: Mapping[str, float], k: int, exponential: bool = False) -> float | None:
    """Normalised discounted cumulative gain over the first k places, in [0, 1].

    The gain at place i (from 1) counts 1/log2(i + 1), as in trec_eval's ndcg_cut (Jarvelin and Kekalainen, ACM TOIS
    20(4), 2002). The sum is divided by that of the best order of all relevant ids. Exponential gains are 2^gain - 1
    (Burges and others, ICML 2005). Raises ValueError for a k below 1.
    """
    _check_cutoff(k)
    worth = {id_: 2.0**gain - 1 if exponential else gain for id_, gain in _relevant(gains).items()}
    if not worth:
        return None
    best = _discounted(sorted(worth.values(), reverse=True)[:k])
    seen: set[str] = set()
    found = []
    for id_ in ranked[:k]:
        found.append(0.0 if id_ in seen else worth.get(id_, 0.0))
        seen.add(id_)
    return min(1.0, _discounted(found) / best)


def reciprocal_rank(ranked: Sequence[str], gains: Mapping[str, float]) -> float | None:
    """1 / place of the first relevant id, and 0 where none is ranked, in [0, 1]; trec_eval's recip_rank.

    Its mean over questions is the MRR (Voorhees, TREC-8, 1999).
    """
    relevant = _relevant(gains)
    if not relevant:
        return None
    return next((1 / place for place, id_ in enumerate(ranked, start=1) if id_ in relevant), 0.0)


def _relevant(gains: Mapping[str, float]) -> dict[str, float]:
    return {id_: gain for id_, gain in gains.items() if gain > 0}


def _discounted(gains: Iterable[float]) -> float:
    return math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def _check_cutoff(k: int) -> None:
    if k < 1:
        raise ValueError(f"A cutoff of {k} looks at nothing; it is 1 or more.")
