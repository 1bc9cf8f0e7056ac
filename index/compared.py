"""Search a collection of moderate size by comparing every vector: exact, and quicker than any graph at that size."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import KnownError
from index.encoder import Vectors
from index.found import Near
from index.fuse import best_rows

MOST = 50_000  # vectors; 77 MB of 384 numbers each, which two cores compare in some 5 ms
_FILE = "vectors.npy"


class ComparedError(KnownError):
    """The vectors cannot be opened."""


@dataclass(frozen=True)
class Compared:
    """Unit vectors, (n, d) float32, with an id each; may be shared by threads."""

    ids: Sequence[str]
    vectors: Vectors

    def near(self, vector: Vectors, limit: int) -> list[Near]:
        """The vectors nearest to a unit vector, (d,) float32; nearest first, ties by id."""
        cosines = self.vectors @ vector
        found = [Near(self.ids[row], float(cosines[row])) for row in best_rows(cosines, limit).tolist()]
        return sorted(found, key=lambda one: (-one.cosine, one.id))[:limit]


def write(folder: Path, vectors: Vectors) -> None:
    """Keep the vectors in a folder, when they are few enough to be compared."""
    if len(vectors) <= MOST:
        np.save(folder / _FILE, vectors)


def opened(folder: Path, ids: Sequence[str]) -> Compared | None:
    """The vectors kept in a folder, mapped into memory; None when there were too many. Raises ComparedError."""
    path = folder / _FILE
    if not path.exists():
        return None
    try:
        vectors = np.load(path, mmap_mode="r")
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(path, type(error).__name__) from None
    if vectors.ndim != 2 or len(vectors) != len(ids):
        raise _damaged(path, f"{len(vectors)} vectors for {len(ids)} texts")
    return Compared(ids, vectors)


def _damaged(path: Path, what: str) -> ComparedError:
    return ComparedError(f"The vectors in {path} are damaged ({what}). Run 'spotter index build --fresh'.")
