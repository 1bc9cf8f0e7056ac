"""Finds signs: places where the concepts of a frame stand close together in one sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.triage.lexicon import Hit

WINDOW = 9
LONGEST_HIT = 9  # words


@dataclass(frozen=True)
class Frame:
    """Concepts that make a sign when they stand together: `site & sensation / 8 ! mask`.

    `parts` are alternatives of concept names, `window` the most words between them (commas and
    sentence ends count more), `ordered` whether they come in this order, `blocked` concepts whose presence in the same
    sentence takes the frame back. `text` is the frame as it is written in the protocol.
    """

    parts: tuple[frozenset[str], ...]
    window: int
    ordered: bool
    blocked: frozenset[str]
    text: str


@dataclass(frozen=True)
class Occurrence:
    """One place where a sign stands, with the hits that make it and the frame that found them.

    `earlier` are the concepts of the frame that stood in turns before this one.
    """

    sign: str
    hits: tuple[Hit, ...]
    frame: Frame
    earlier: tuple[str, ...] = ()

    @property
    def start(self) -> int:
        """The first word."""
        return min(hit.start for hit in self.hits)

    @property
    def end(self) -> int:
        """One after the last word."""
        return max(hit.end for hit in self.hits)


def parse_frame(text: str) -> Frame:
    """Read `a|b & c / 8 ! d|e` (any order) or `a > b` (this order). Raises ValueError on anything else."""
    body, _, blocked = text.partition(" ! ")
    body, _, window = body.partition(" / ")
    ordered = " > " in body
    parts = tuple(frozenset(part.strip().split("|")) for part in body.split(" > " if ordered else " & "))
    if not all(name for part in parts for name in part):
        raise ValueError(f"an empty part in the frame {text!r}")
    return Frame(
        parts=parts,
        window=int(window) if window else WINDOW,
        ordered=ordered,
        blocked=frozenset(blocked.strip().split("|")) if blocked else frozenset(),
        text=text,
    )


def occurrences(
    sign: str, frame: Frame, hits: Mapping[str, Sequence[Hit]], cost: Sequence[int]
) -> Iterator[Occurrence]:
    """Where `frame` stands among `hits` by concept; `cost[i]` is what all boundaries before word i cost.

    Only hits within the window of a seed are looked at, so the time grows with the number of hits alone.
    """
    if any(name in hits for name in frame.blocked):
        return
    pools = [_pool(part, hits) for part in frame.parts]
    if not all(pools):
        return
    if len(pools) == 1:
        yield from (Occurrence(sign, (hit,), frame) for hit in pools[0])
        return
    starts = [[hit.start for hit in pool] for pool in pools]
    reach = frame.window + LONGEST_HIT * len(pools)
    seen: set[tuple[Hit, ...]] = set()
    for seat, pool in enumerate(pools):
        for seed in pool:
            near = [
                others[bisect_left(at, seed.start - reach) : bisect_right(at, seed.end + reach)]
                for others, at in zip(pools, starts, strict=True)
            ]
            chosen = _nearest(seed, seat, near, frame.ordered)
            if chosen and chosen not in seen and _spread(chosen, cost) <= frame.window:
                seen.add(chosen)
                yield Occurrence(sign, chosen, frame)


def _pool(part: frozenset[str], hits: Mapping[str, Sequence[Hit]]) -> list[Hit]:
    """The hits of one part of a frame, in the order of the text; one place always comes in one order."""
    pool = [hit for name in part if name in hits for hit in hits[name]]
    return sorted(pool, key=lambda hit: (hit.start, hit.end, hit.concept)) if len(part) > 1 else pool


def _nearest(seed: Hit, seat: int, pools: list[list[Hit]], ordered: bool) -> tuple[Hit, ...]:
    """For each other part the hit closest to the seed that overlaps nothing chosen so far."""
    chosen = {seat: seed}
    for other, pool in enumerate(pools):
        if other == seat:
            continue
        free = [hit for hit in pool if _fits(hit, other, chosen, ordered)]
        if not free:
            return ()
        chosen[other] = min(free, key=lambda hit: _distance(hit, seed))
    return tuple(chosen[k] for k in sorted(chosen))


def _fits(hit: Hit, seat: int, chosen: Mapping[int, Hit], ordered: bool) -> bool:
    for other, taken in chosen.items():
        if hit.start < taken.end and taken.start < hit.end:
            return False
        if ordered and (hit.start < taken.start) != (seat < other):
            return False
    return True


def _distance(one: Hit, other: Hit) -> int:
    return max(one.start - other.end, other.start - one.end)


def _spread(chosen: tuple[Hit, ...], cost: Sequence[int]) -> int:
    """Words between the first and the last hit that belong to none, plus the cost of what they cross."""
    first, last = min(hit.start for hit in chosen), max(hit.end for hit in chosen)
    inside = sum(hit.end - hit.start for hit in chosen)
    return last - first - inside + cost[last - 1] - cost[first]
