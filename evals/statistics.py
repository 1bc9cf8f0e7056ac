"""How sure a figure is: intervals, paired comparisons, and what so few cases cannot show.

Everything is deterministic: what is drawn at random comes from a numpy Generator with a fixed seed. Cases of one family
(paraphrases, turns of one conversation) stand or fall together, so families are drawn, not cases.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DRAWN_AT_ONCE = 1_000_000  # entries of a block of draws, to bound memory
_SAME = 1e-12  # sums that differ by less are one; they differ by rounding


@dataclass(frozen=True)
class Interval:
    """A figure over n cases with its bounds."""

    low: float
    point: float
    high: float
    n: int


def mean(values: Floats) -> float:
    """The mean of the rows; what `cluster_bootstrap` works out when nothing else is asked for."""
    return float(np.mean(values))


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> Interval:
    """The exact interval of a share, in [0, 1] (Clopper and Pearson, Biometrika 26, 1934).

    Two-sided: each bound leaves out (1 - level) / 2, so 0 of 300 at 0.95 gives 0 to 0.01222. It takes cases to be
    independent; where families are large, `cluster_bootstrap` is the more honest one. For n = 0 nothing is known: 0 to
    1 around 0. Raises ValueError unless 0 <= successes <= n.
    """
    from scipy.special import betaincinv  # type: ignore[import-untyped]

    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share.")
    _check_level(level)
    tail = (1 - level) / 2
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return Interval(low, successes / n if n else 0.0, high, n)


def cluster_bootstrap(
    values: Sequence[float] | Sequence[Sequence[float]] | Floats,
    clusters: Sequence[str],
    statistic: Callable[[Floats], float] = mean,
    rounds: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """The percentile interval of a statistic, by drawing whole families with replacement.

    Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13; families: Field and Welsh, JRSS B 69,
    2007. `values` has a row a case: (n,) numbers, or (n, m) for a statistic of several columns, such as the ECE of
    probability and label. `clusters` names the family of each row. Where all families agree, or there is only one, the
    interval has no width; that is a limit of the method and no certainty: use `clopper_pearson` for shares near 0 or 1.
    Raises ValueError for no rows, and for NaN or None.
    """
    _check_level(level)
    table, members = _families(values, clusters)
    rng = np.random.default_rng(seed)
    if statistic is mean and table.ndim == 1:
        sums, sizes = _sums(table, members), np.array([len(rows) for rows in members])
        blocks = [sums[draw].sum(axis=1) / sizes[draw].sum(axis=1) for draw in _draws(len(members), rounds, rng)]
        found = np.concatenate(blocks)
    else:
        draws = (draw for block in _draws(len(members), rounds, rng) for draw in block)
        found = np.array([statistic(table[np.concatenate([members[one] for one in draw])]) for draw in draws])
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(statistic(table)), float(high), len(table))


def paired_bootstrap(
    a: Sequence[float],
    b: Sequence[float],
    clusters: Sequence[str],
    rounds: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[Interval, float]:
    """The mean of b - a over the same cases with its interval, and the two-sided p value that there is no difference.

    The interval is `cluster_bootstrap` of the differences. The p value is that of a randomisation test that swaps a and
    b for whole families (Fisher; for rankings: Smucker and others, CIKM 2007), (1 + as extreme) / (1 + rounds): with
    few families it cannot get small, where a bootstrap's would. With one family it is 1. Raises ValueError as
    `cluster_bootstrap` does, and for a and b of different length.
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} values are not pairs.")
    differences = np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)
    interval = cluster_bootstrap(differences, clusters, rounds=rounds, seed=seed, level=level)
    table, members = _families(differences, clusters)
    sums = _sums(table, members)
    rng = np.random.default_rng([seed, 1])  # other draws than those of the interval
    extreme = 0
    for block in _blocks(len(sums), rounds):
        signs = 2 * rng.integers(2, size=(block, len(sums))) - 1
        extreme += int((abs(signs @ sums) >= abs(sums.sum()) - _SAME).sum())
    return interval, (1 + extreme) / (1 + rounds)


def mcnemar_exact(b: int, c: int) -> float:
    """The two-sided p value of McNemar's exact test: b cases got better, c got worse, the rest did not change.

    Twice the smaller tail of a fair coin over b + c throws, at most 1 (McNemar, Psychometrika 12, 1947). 1 when
    nothing changed. Cases count as independent. Raises ValueError for a count below 0.
    """
    if min(b, c) < 0:
        raise ValueError(f"{b} and {c} are no counts.")
    n = b + c
    tail = term = 1  # ways for 0 of n; whole numbers, so nothing is rounded
    for k in range(min(b, c)):
        term = term * (n - k) // (k + 1)
        tail += term
    return min(1.0, 2 * tail / (1 << n))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """The p values, each made to hold for all of them together; in the order given.

    The i-th smallest of m (from 0) is multiplied by m - i, is at least what the one before became, and at most 1 (Holm,
    Scandinavian Journal of Statistics 6, 1979).
    """
    adjusted: dict[str, float] = {}
    reached = 0.0
    for place, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        reached = max(reached, min(1.0, (len(p_values) - place) * p_values[name]))
        adjusted[name] = reached
    return {name: adjusted[name] for name in p_values}


def minimal_detectable_effect(n_pairs: int, discordance: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest difference of two shares, in (0, 1], that so many pairs would show with that power.

    (z(1 - alpha / 2) + z(power)) * sqrt(discordance / n), where `discordance` is the share of cases whose result
    changed: McNemar's test in the normal approximation (Connor, Biometrics 43, 1987) without its small d^2 term, which
    errs on the side of too large. A difference cannot exceed the discordance; where it would, the discordance is taken
    to be as large as the difference. 1 without pairs: nothing can be shown.
    """
    if n_pairs < 0 or not 0 <= discordance <= 1:
        raise ValueError(f"{n_pairs} pairs of which {discordance} changed cannot be.")
    if not n_pairs:
        return 1.0
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    return min(1.0, max(z * math.sqrt(discordance / n_pairs), z**2 / n_pairs))


def decided(interval_of_difference: Interval, margin: float = 0.0) -> str:
    """What the interval of a difference (new minus old, higher is better) allows to say.

    "better" when all of it is above +margin, "worse" when all of it is below -margin, else "not decided". The margin is
    the smallest difference that matters, 0 or more; raises ValueError for less.
    """
    if margin < 0:
        raise ValueError(f"A margin of {margin} is below 0.")
    if interval_of_difference.low > margin:
        return "better"
    return "worse" if interval_of_difference.high < -margin else "not decided"


def _families(
    values: Sequence[float] | Sequence[Sequence[float]] | Floats, clusters: Sequence[str]
) -> tuple[Floats, list[NDArray[np.intp]]]:
    """The values as an array, and the rows of each family, families in order of name."""
    table = np.asarray(values, dtype=np.float64)
    if not len(table) or len(table) != len(clusters):
        raise ValueError(f"{len(table)} values with {len(clusters)} families give no figure.")
    if np.isnan(table).any():
        raise ValueError("A value that does not apply has no interval. Split it off and say how many there are.")
    rows: dict[str, list[int]] = {}
    for row, family in enumerate(clusters):
        rows.setdefault(family, []).append(row)
    return table, [np.array(rows[family], dtype=np.intp) for family in sorted(rows)]


def _sums(table: Floats, members: list[NDArray[np.intp]]) -> Floats:
    return np.array([table[rows].sum() for rows in members])


def _draws(families: int, rounds: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Blocks of draws: a row a round, each as many families as there are, with replacement."""
    for block in _blocks(families, rounds):
        yield rng.integers(families, size=(block, families))


def _blocks(families: int, rounds: int) -> Iterator[int]:
    """How many rounds to draw at once, so that a block stays small; they add up to `rounds`."""
    if rounds < 1:
        raise ValueError(f"{rounds} rounds draw nothing.")
    at_once = max(1, _DRAWN_AT_ONCE // families)
    for start in range(0, rounds, at_once):
        yield min(at_once, rounds - start)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"A level of {level} is not between 0 and 1.")
