"""The retrieval over the questions of the cases, in memory: as it is, and with something about it changed.

A setup is a choice of parameters; every ranking comes from the functions that a search itself uses. Texts are embedded
once (what was embedded before is remembered) and compared with a query one by one, so that no index has to be built.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from corpus.library import Corpus
from evals.cases import ANSWERED_SETS, Case
from evals.score import gains_of
from index import lexical
from index.cache import embed
from index.compared import Compared
from index.config import IndexConfig
from index.documents import Document, Pieces, passage_windows, questions, whole
from index.encoder import Encoder, Vectors
from index.found import Hit
from index.lexical import WordIndex
from index.search import Fusion, Query, Side, Signals, fused, read_query, read_signals
from index.synonyms import Synonyms, read_synonyms


@dataclass(frozen=True)
class Question:
    """What is searched for, and what should be found."""

    id: str
    family: str
    text: str
    gains: dict[str, float]  # passage id -> worth


@dataclass(frozen=True)
class Searched:
    """One question with all that a search found out about it."""

    question: Question
    vector: Vectors
    signals: Signals
    hits: tuple[Hit, ...]


Selection = Callable[[list[Document]], list[Document]]  # which of the asked-as questions there are
Reading = Callable[[str, Synonyms], Query]
Ordering = Callable[["Bench", Sequence[Searched]], list[list[str]]]


def by_score(_: "Bench", searched: Sequence[Searched]) -> list[list[str]]:
    """The passages of each question as the fusion has them."""
    return [[hit.passage_id for hit in one.hits] for one in searched]


def every(documents: list[Document]) -> list[Document]:
    """All of them."""
    return documents


@dataclass(frozen=True)
class Setup:
    """Everything that decides a ranking; without arguments, what a search does."""

    fusion: Fusion = field(default_factory=Fusion)
    pieces: Pieces = whole
    asked: Selection = every
    read: Reading = read_query
    order: Ordering = by_score


def questions_of(cases: Sequence[Case], split: str, corpus: Corpus) -> list[Question]:
    """The questions of a split that have an answer; a follow-up as what it means."""
    return [
        Question(case.id, case.family, case.twin or case.turns[-1], gains_of(case, corpus))
        for case in cases
        if case.set in ANSWERED_SETS and case.split == split and not case.corpus
    ]


class Bench:
    """A corpus and questions about it, ready for any setup; `scratch` is an empty folder for the word indexes."""

    def __init__(
        self, corpus: Corpus, questions: Sequence[Question], config: IndexConfig, encoder: Encoder, scratch: Path
    ) -> None:
        self.corpus, self.questions = corpus, questions
        self._config, self._encoder, self._scratch = config, encoder, scratch
        self._sides = 0
        # What setups share is made once.
        self._text, self._asked, self._queries = cache(self._text_of), cache(self._asked_of), cache(self._queries_of)
        self._signals = cache(self._signals_of)

    def rankings(self, setup: Setup) -> list[list[str]]:
        """Passage ids for each question, best first."""
        return setup.order(self, self.searched(setup))

    def searched(self, setup: Setup) -> list[Searched]:
        # Shares and scales come after the signals: setups that differ in nothing else share them.
        asking = Fusion(candidates=setup.fusion.candidates, agreeing=setup.fusion.agreeing)
        return [
            Searched(question, vector, signals, fused(signals, setup.fusion))
            for question, (_, vector), signals in zip(
                self.questions,
                self._queries(setup.read),
                self._signals(setup.pieces, setup.asked, setup.read, asking),
                strict=True,
            )
        ]

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The embeddings of texts, remembered for the next run."""
        return embed(self._encoder, texts, self._config.embeddings, lambda count: None)[0]

    def _signals_of(self, pieces: Pieces, asked: Selection, read: Reading, fusion: Fusion) -> list[Signals]:
        text, questions = self._text(pieces), self._asked(asked)
        return [read_signals(text, questions, query.words, vector, fusion) for query, vector in self._queries(read)]

    def _text_of(self, pieces: Pieces) -> Side:
        return self._side(passage_windows(self.corpus, self._encoder.count_tokens, pieces))

    def _asked_of(self, chosen: Selection) -> Side | None:
        documents = chosen(questions(self.corpus))
        return self._side(documents) if documents else None

    def _queries_of(self, read: Reading) -> list[tuple[Query, Vectors]]:
        synonyms = read_synonyms()
        ready = [read(question.text, synonyms) for question in self.questions]
        return list(zip(ready, self.vectors([query.text for query in ready]), strict=True))

    def _side(self, documents: Sequence[Document]) -> Side:
        self._sides += 1
        ids, texts, name = [one.id for one in documents], [one.text for one in documents], str(self._sides)
        lexical.write(self._scratch, name, ids, texts)
        return Side(Compared(ids, self.vectors(texts)), WordIndex(self._scratch, name))
