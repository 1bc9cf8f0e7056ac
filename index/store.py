"""Vectors in and out of Chroma; the only file that knows Chroma."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.errors import KnownError
from index.encoder import Vectors
from index.found import Near

# Denser graphs and wider searches than Chroma's defaults (16, 100, 100), with which many of the true 100 nearest are
# missed where all texts are of one subject. Of the 200 nearest of the 9,441 asked-as questions 99.9 % are found, as
# many as with a search twice as wide (98.9 % with 16, 100, 250).
_GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 500}
_LARGE = 5000
_LARGE_GRAPH = {"space": "cosine", "max_neighbors": 64, "ef_construction": 400, "ef_search": 500}
_INSERT = 2000


class StoreError(KnownError):
    """The vector store cannot be opened or written."""


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def write(folder: Path, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
    """A new collection of unit vectors, at least one; ids are unique. Raises StoreError.

    The graph is written down whole when the last vector is in it. What is left over would be put into it anew by
    every process that opens it, which takes time, and in another order, so that two searches could differ.
    """
    graph = _GRAPH if len(ids) < _LARGE else _LARGE_GRAPH
    try:
        made = _client(folder).create_collection(
            collection,
            configuration={"hnsw": {**graph, "sync_threshold": len(ids)}},
            embedding_function=None,
        )
        for start in range(0, len(ids), _INSERT):
            made.add(ids=list(ids[start : start + _INSERT]), embeddings=vectors[start : start + _INSERT])
    except Exception as error:  # Chroma raises its own types, SQLite's and Rust's
        raise StoreError(
            f"The vector store in {folder} cannot be written ({error}). Free some space, then try again."
        ) from None


def _advice(folder: Path) -> str:
    if folder.exists() and not os.access(folder, os.W_OK):  # Chroma opens its files for writing, also to search
        return "Make that folder writable, or set SPOTTER_DATA to one that is."
    return "Run 'spotter index build --fresh'."


class Collection:
    """A collection opened for searching; one may serve several threads."""

    def __init__(self, folder: Path, name: str) -> None:
        try:
            self._collection = _client(folder).get_collection(name, embedding_function=None)
            self._size = self._collection.count()
        except Exception as error:  # as above
            raise StoreError(
                f"The vector store in {folder} cannot be opened ({type(error).__name__}). {_advice(folder)}"
            ) from None
        self._folder = folder

    def near(self, vector: Vectors, limit: int) -> list[Near]:
        """The stored vectors nearest to a unit vector, (d,) float32; nearest first, ties by id."""
        if not self._size:
            return []
        try:
            found = self._collection.query(
                query_embeddings=[vector], n_results=min(limit, self._size), include=["distances"]
            )
        except Exception as error:  # as above; a graph that was cut short is noticed by the first search
            raise StoreError(
                f"The vector store in {self._folder} cannot be searched ({type(error).__name__}). "
                f"{_advice(self._folder)}"
            ) from None
        distances: Any = found["distances"]
        rows = [Near(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]
        return sorted(rows, key=lambda row: (-row.cosine, row.id))
