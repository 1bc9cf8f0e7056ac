"""Find the passages that answer a question: vectors and words, over the text and over asked-as questions."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index import compared, lexical
from index.encoder import Encoder, Vectors
from index.found import Found, Hit, Near
from index.fuse import Ranking, best_of_groups, mean_of_groups, normalised, weighted
from index.lexical import WordIndex
from index.lock import Lock
from index.store import Collection
from index.synonyms import Synonyms, read_synonyms

COVERING = 3  # hits that a question is compared with, word by word


@dataclass(frozen=True)
class Fusion:
    """How several rankings become one; each pair of shares adds up to 1. Compared in docs/decisions/0010."""

    questions: float = 0.7
    text: float = 0.3
    questions_dense: float = 0.5
    questions_words: float = 0.5
    text_dense: float = 0.6
    text_words: float = 0.4
    candidates: int = 200  # windows or questions taken from each ranking
    agreeing: int = 3  # asked-as questions of a passage that have to be near for a full score
    scaled: Callable[[Ranking], dict[str, float]] = normalised


@dataclass(frozen=True)
class Query:
    """A query made ready for both kinds of search."""

    text: str  # for the encoder: what was typed, with the meaning of unknown words after it
    own: list[str]  # stems of the text
    others: list[str]  # stems of other words for the same

    @property
    def words(self) -> list[str]:
        return [*self.own, *self.others]


def read_query(query: str, synonyms: Synonyms) -> Query:
    text = synonyms.spelled_out(query)
    own, others = lexical.tokens([text, synonyms.others(query)])
    return Query(text, own, others)


class Neighbours(Protocol):
    """Vectors that can be asked for those nearest to another: Compared, or a Collection of Chroma."""

    def near(self, vector: Vectors, limit: int) -> list[Near]:
        """Nearest first, ties by id."""


@dataclass(frozen=True)
class Side:
    """One half of an index: its vectors and its words."""

    collection: Neighbours
    words: WordIndex

    @classmethod
    def opened(cls, folder: Path, name: str) -> "Side":
        """The half that a build wrote under this name; raises KnownError.

        Chroma is asked where the vectors are too many to be compared one by one.
        """
        words = WordIndex(folder, name)
        return cls(compared.opened(folder / name, words.ids) or Collection(folder / "chroma", name), words)

    @cached_property
    def passage_of(self) -> dict[str, str]:
        return {id_: id_.rpartition("|")[0] for id_ in self.words.ids}

    @cached_property
    def rows_of(self) -> dict[str, list[int]]:
        """Positions in `words.ids` of each passage's windows or questions."""
        rows: dict[str, list[int]] = {}
        for row, passage_id in enumerate(self.passage_of.values()):
            rows.setdefault(passage_id, []).append(row)
        return rows

    def rows_of_all(self, passage_ids: Iterable[str]) -> NDArray[np.int64]:
        """(n,) positions in `words.ids` of what belongs to any of the passages."""
        return np.array([row for one in passage_ids for row in self.rows_of.get(one, ())], dtype=np.int64)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many windows or questions each passage has."""
        return {passage_id: len(rows) for passage_id, rows in self.rows_of.items()}

    def near(self, vector: Vectors, candidates: int) -> Ranking:
        """Ids by their cosine, the nearest so many."""
        return [(row.id, row.cosine) for row in self.collection.near(vector, candidates)]

    def worded(self, words: Sequence[str], candidates: int) -> Ranking:
        """Ids by their BM25 score, the best so many."""
        return self.words.best(words, candidates)

    def best(self, ranking: Ranking) -> Ranking:
        """Passages by their best window or question."""
        return best_of_groups(ranking, self.passage_of)

    def agreed(self, ranking: Ranking, few: int) -> Ranking:
        """Passages by the mean of their best few questions: one that happens to be near says little."""
        return mean_of_groups(ranking, self.passage_of, self.sizes, few)


@dataclass(frozen=True)
class Signals:
    """What each part of a search says of the passages, best first; nothing of questions where there are none."""

    text_dense: Ranking
    text_words: Ranking
    questions_dense: Ranking = ()
    questions_words: Ranking = ()
    best_question: Ranking = ()  # the cosine of the best one alone: for the decision whether to answer


def read_signals(text: Side, asked: Side | None, words: Sequence[str], vector: Vectors, fusion: Fusion) -> Signals:
    """Ask both halves of an index, by meaning and by words."""
    text_dense = text.best(text.near(vector, fusion.candidates))
    text_words = text.best(text.worded(words, fusion.candidates))
    if asked is None:
        return Signals(text_dense, text_words)
    near, worded = asked.near(vector, fusion.candidates), asked.worded(words, fusion.candidates)
    return Signals(
        text_dense,
        text_words,
        questions_dense=asked.agreed(near, fusion.agreeing),
        questions_words=asked.agreed(worded, fusion.agreeing),
        best_question=asked.best(near),
    )


def fused(signals: Signals, fusion: Fusion) -> tuple[Hit, ...]:
    """The passages that any part found, best first."""
    scores = weighted(
        [
            (fusion.text * fusion.text_dense, fusion.scaled(signals.text_dense)),
            (fusion.text * fusion.text_words, fusion.scaled(signals.text_words)),
            (fusion.questions * fusion.questions_dense, fusion.scaled(signals.questions_dense)),
            (fusion.questions * fusion.questions_words, fusion.scaled(signals.questions_words)),
        ]
    )
    text, asked = dict(signals.text_dense), dict(signals.best_question)
    return tuple(Hit(key, score, text.get(key, 0.0), asked.get(key, 0.0)) for key, score in scores)


def _shared(rows: NDArray[np.int64], others: NDArray[np.int64]) -> bool:
    """Whether a row stands in both; `others` is sorted."""
    places = np.searchsorted(others, rows)
    return bool(np.any(np.take(others, places, mode="clip") == rows)) if len(others) and len(rows) else False


def _highest(ranking: Ranking) -> float:
    return max((score for _, score in ranking), default=0.0)


class Index:
    """A finished build, opened; `search` may be called from several threads."""

    def __init__(self, folder: Path, lock: Lock, encoder: Encoder, fusion: Fusion | None = None) -> None:
        self.lock = lock
        self._encoder = encoder
        self._fusion = fusion or Fusion()
        self._synonyms = read_synonyms()
        self._text = Side.opened(folder, "passages")
        self._asked = Side.opened(folder, "questions") if lock.questions else None

    def search(self, query: str) -> Found:
        """Passages for a question, best first, with the signals for deciding whether to answer at all."""
        ready = read_query(query, self._synonyms)
        vector, own = self._encoder.encode([ready.text])[0], set(ready.own)
        signals = read_signals(self._text, self._asked, ready.words, vector, self._fusion)
        hits = fused(signals, self._fusion)
        return Found(
            hits=hits,
            text_cosine=_highest(signals.text_dense),
            question_cosine=_highest(signals.best_question),
            coverage=self._coverage(own, hits[:COVERING]),
            words=len(own),
        )

    def _coverage(self, words: set[str], hits: Sequence[Hit]) -> float:
        """How much of the question the hits speak of; a rare word counts more, one nobody wrote the most."""
        sides = [side for side in (self._text, self._asked) if side]
        texts = sum(len(side.words.ids) for side in sides)
        rows_of_hits = [side.rows_of_all(hit.passage_id for hit in hits) for side in sides]
        held = total = 0.0
        for word in words:
            rows = [side.words.rows_with(word) for side in sides]
            weight = math.log(1 + texts / (1 + sum(map(len, rows))))
            total += weight
            if any(_shared(own, found) for own, found in zip(rows_of_hits, rows, strict=True)):
                held += weight
        return held / total if total else 0.0
