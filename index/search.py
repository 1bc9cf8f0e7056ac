"""Find the passages that answer a question: vectors and words, over the text and over asked-as questions."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index import lexical
from index.encoder import Encoder, Vectors
from index.fuse import Ranking, best_of_groups, mean_of_groups, normalised, weighted
from index.lexical import WordIndex
from index.lock import Lock
from index.store import Collection
from index.synonyms import Synonyms, read_synonyms

CANDIDATES = 200  # windows or questions taken from each ranking
COVERING = 3  # hits that a question is compared with, word by word
AGREEING = 3  # asked-as questions of a passage that have to be near for a full score


@dataclass(frozen=True)
class Weights:
    """Shares in the fused score; each pair adds up to 1. Compared in docs/decisions/0010."""

    questions: float = 0.7
    text: float = 0.3
    questions_dense: float = 0.5
    questions_words: float = 0.5
    text_dense: float = 0.6
    text_words: float = 0.4


@dataclass(frozen=True)
class Hit:
    """A passage found for a question."""

    passage_id: str
    score: float  # fused, 0..1, comparable within one search only
    text_cosine: float  # of its best window; 0.0 when it was not among the candidates
    question_cosine: float  # of its best asked-as question; 0.0 likewise


@dataclass(frozen=True)
class Found:
    """The hits of one search, best first, and the signals for deciding whether to answer at all."""

    hits: tuple[Hit, ...]
    text_cosine: float  # best over the text
    question_cosine: float  # best over asked-as questions
    coverage: float  # share of the question's words, by how rare they are, that the best hits hold; 0..1
    words: int  # different content words of the question


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


@dataclass(frozen=True)
class Side:
    """One half of an index: its vectors and its words."""

    collection: Collection
    words: WordIndex

    @classmethod
    def opened(cls, folder: Path, name: str) -> "Side":
        """The half that a build wrote under this name; raises StoreError or LexicalError."""
        return cls(Collection(folder / "chroma", name), WordIndex(folder, name))

    @cached_property
    def passage_of(self) -> dict[str, str]:
        return {id_: id_.rpartition("|")[0] for id_ in self.words.ids}

    def passage_of_row(self, row: int) -> str:
        return self.passage_of[self.words.ids[row]]

    @cached_property
    def sizes(self) -> Counter[str]:
        """How many windows or questions each passage has."""
        return Counter(self.passage_of.values())

    def near(self, vector: Vectors, candidates: int = CANDIDATES) -> Ranking:
        """Ids by their cosine, the nearest so many."""
        return [(row.id, row.cosine) for row in self.collection.near(vector, candidates)]

    def worded(self, words: Sequence[str], candidates: int = CANDIDATES) -> Ranking:
        """Ids by their BM25 score, the best so many."""
        return self.words.best(words, candidates)

    def best(self, ranking: Ranking) -> Ranking:
        """Passages by their best window or question."""
        return best_of_groups(ranking, self.passage_of)

    def agreed(self, ranking: Ranking) -> Ranking:
        """Passages by the mean of their best few questions: one that happens to be near says little."""
        return mean_of_groups(ranking, self.passage_of, self.sizes, AGREEING)


class Index:
    """A finished build, opened; `search` may be called from several threads."""

    def __init__(self, folder: Path, lock: Lock, encoder: Encoder, weights: Weights | None = None) -> None:
        self.lock = lock
        self._encoder = encoder
        self._weights = weights or Weights()
        self._synonyms = read_synonyms()
        self._text = Side.opened(folder, "passages")
        self._asked = Side.opened(folder, "questions") if lock.questions else None

    def search(self, query: str) -> Found:
        """Passages for a question, best first, with the signals for deciding whether to answer at all."""
        ready = read_query(query, self._synonyms)
        vector, words, own = self._encoder.encode([ready.text])[0], ready.words, set(ready.own)
        text_dense = self._text.best(self._text.near(vector))
        text_words = self._text.best(self._text.worded(words))
        parts = [
            (self._weights.text * self._weights.text_dense, normalised(text_dense)),
            (self._weights.text * self._weights.text_words, normalised(text_words)),
        ]
        asked_dense: Ranking = []
        if self._asked:
            near, worded = self._asked.near(vector), self._asked.worded(words)
            asked_dense = self._asked.best(near)
            parts += [
                (self._weights.questions * self._weights.questions_dense, normalised(self._asked.agreed(near))),
                (self._weights.questions * self._weights.questions_words, normalised(self._asked.agreed(worded))),
            ]
        text_cosines, asked_cosines = dict(text_dense), dict(asked_dense)
        hits = tuple(
            Hit(key, score, text_cosines.get(key, 0.0), asked_cosines.get(key, 0.0)) for key, score in weighted(parts)
        )
        return Found(
            hits=hits,
            text_cosine=max(text_cosines.values(), default=0.0),
            question_cosine=max(asked_cosines.values(), default=0.0),
            coverage=self._coverage(own, hits[:COVERING]),
            words=len(own),
        )

    def _coverage(self, words: set[str], hits: Sequence[Hit]) -> float:
        """How much of the question the hits speak of; a rare word counts more, one nobody wrote the most."""
        sides = [side for side in (self._text, self._asked) if side]
        texts = sum(len(side.words.ids) for side in sides)
        passages = {hit.passage_id for hit in hits}
        held = total = 0.0
        for word in words:
            rows = [(side, side.words.rows_with(word)) for side in sides]
            weight = math.log(1 + texts / (1 + sum(len(found) for _, found in rows)))
            total += weight
            if any(side.passage_of_row(row) in passages for side, found in rows for row in found):
                held += weight
        return held / total if total else 0.0
