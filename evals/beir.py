"""How well Spotter's own retrieval finds what it should in documents of somebody else, in the BEIR layout.

The documents are indexed as the corpus is, with the same encoder, store, word index and weights, but there are no
asked-as questions to find them by. The index is a scratch index: kept for the next run, safe to delete.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from evals.beir_folder import BeirDocument, BeirFolder
from evals.measures import mean_or_zero, ndcg_at, recall_at
from index import documents as windowing
from index.build import Content, build_content
from index.cache import embed
from index.compared import ComparedError
from index.config import IndexConfig, Progress
from index.documents import LONGEST_WINDOW, Document, windows
from index.encoder import Encoder, Vectors
from index.fuse import Ranking, weighted
from index.lexical import LexicalError
from index.lock import FORMAT, IndexMismatch, current
from index.search import Fusion, Query, Side, read_query
from index.store import StoreError
from index.synonyms import read_synonyms

SCRATCH_FORMAT = 2  # raised when documents are cut or indexed in another way than before
DEPTH = 100  # documents of each ranking at the least, as far as there are so many: recall@100 looks at 100
METHODS = ("hybrid", "dense", "bm25")
MEASURES: dict[str, Callable[[list[str], dict[str, float]], float | None]] = {
    "ndcg@10": lambda ranked, gains: ndcg_at(ranked, gains, 10, exponential=True),
    "recall@10": lambda ranked, gains: recall_at(ranked, gains, 10),
    "recall@100": lambda ranked, gains: recall_at(ranked, gains, 100),
}

# Kind of query -> method -> measure -> mean over the queries; and "n", how many those are.
Table = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True)
class Scratch:
    """The documents of a folder, indexed and opened."""

    side: Side
    embedded: int  # windows that had to be embedded for it


def scratch_index(folder: BeirFolder, config: IndexConfig, encoder: Encoder, progress: Progress) -> Scratch:
    """The index of these documents under this model, from an earlier run where there is one.

    A damaged one is built anew, since nobody else will mend it. Raises what a build raises.
    """
    key = _key(folder, encoder)
    place = replace(config, place=f"beir/{key[:16]}")
    content = Content(
        fingerprint=key,
        passages=len(folder.documents),
        articles={},
        documents=lambda count_tokens: (list(document_windows(folder.documents, count_tokens)), []),
    )

    def opened(fresh: bool) -> Scratch:
        built = build_content(content, place, lambda: encoder, progress, fresh)
        serving = current(place)
        assert serving is not None  # it was made a moment ago
        return Scratch(Side.opened(serving, "passages"), built.embedded)

    try:
        return opened(fresh=False)
    except (StoreError, LexicalError, ComparedError, IndexMismatch):
        return opened(fresh=True)


def _key(folder: BeirFolder, encoder: Encoder) -> str:
    digest = hashlib.sha256(f"{FORMAT}\n{SCRATCH_FORMAT}\n{encoder.digest}\n{folder.digest}\n".encode())
    digest.update(Path(windowing.__file__).read_bytes())
    return digest.hexdigest()


def document_windows(documents: Iterable[BeirDocument], count_tokens: Callable[[str], int]) -> Iterator[Document]:
    """Each document under its title, in windows of at most LONGEST_WINDOW pieces that do not overlap.

    A title that would take more than half of a window is read as the beginning of the text instead.
    """
    count = lru_cache(maxsize=100_000)(count_tokens)  # most words of a long text come again
    for one in documents:
        title, text = one.title.strip(), one.text.strip()
        if not title or not text or count(title) > LONGEST_WINDOW // 2:
            title, text = "", f"{title} {text}".strip()
        for number, window in enumerate(windows(title, text, count)):
            yield Document(f"{one.id}|{number}", one.id, window)


def query_vectors(
    folder: BeirFolder, config: IndexConfig, encoder: Encoder, progress: Callable[[int], None]
) -> tuple[list[Query], Vectors, int]:
    """The queries made ready for search, their vectors, and how many of those had to be embedded now."""
    synonyms = read_synonyms()
    ready = [read_query(query.text, synonyms) for query in folder.queries]
    vectors, embedded = embed(encoder, [query.text for query in ready], config.embeddings, progress)
    return ready, vectors, embedded


def rankings(side: Side, query: Query, vector: Vectors) -> dict[str, list[str]]:
    """Method -> document ids, best first; a document stands where its best window stands."""
    size = len(side.words.ids)
    dense = _deep(lambda candidates: side.best(side.near(vector, candidates)), size)
    words = _deep(lambda candidates: side.best(side.worded(query.words, candidates)), size)
    found = {"hybrid": _fused(dense, words), "dense": dense, "bm25": words}
    return {method: [id_ for id_, _ in found[method]] for method in METHODS}


def _deep(ranking: Callable[[int], Ranking], size: int) -> Ranking:
    """A ranking of at least DEPTH documents; more windows are asked for until there are so many, or no more."""
    candidates = 2 * DEPTH
    while len(found := ranking(candidates)) < DEPTH and candidates < size:
        candidates *= 4
    return found


def _fused(dense: Ranking, words: Ranking) -> Ranking:
    """Both as a search for an answer fuses them, with the same shares."""
    fusion = Fusion()
    return weighted([(fusion.text_dense, fusion.scaled(dense)), (fusion.text_words, fusion.scaled(words))])


def table(folder: BeirFolder, found: Iterable[dict[str, list[str]]]) -> Table:
    """The means by kind of query, kinds in the order of the alphabet; `found` holds the rankings of each query."""
    values: dict[str, list[dict[str, dict[str, float]]]] = {}
    for query, ranked in zip(folder.queries, found, strict=True):
        scores = {method: _scores(ranked[method], query.gains) for method in METHODS}
        values.setdefault(query.kind, []).append(scores)
    return {
        kind: {
            method: {name: mean_or_zero([row[method][name] for row in rows]) for name in MEASURES} | {"n": len(rows)}
            for method in METHODS
        }
        for kind, rows in sorted(values.items())
    }


def _scores(ranked: list[str], gains: dict[str, float]) -> dict[str, float]:
    scores = {name: measure(ranked, gains) for name, measure in MEASURES.items()}
    return {name: score for name, score in scores.items() if score is not None}  # a query has a relevant document
