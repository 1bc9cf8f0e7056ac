"""Remember the vector of every text that was embedded, so that nothing is embedded twice."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from corpus.errors import KnownError
from index.encoder import Encoder, Vectors, encode_all

KEEP = 512  # texts between two commits: what a killed build loses at the most


class CacheError(KnownError):
    """The file of remembered vectors cannot be used."""


def embed(encoder: Encoder, texts: Sequence[str], cache: Path, progress: Callable[[int], None]) -> tuple[Vectors, int]:
    """The vectors of the texts, (n, d) float32 unit rows, and how many had to be embedded now.

    `progress` gets the number of texts done since its last call. Raises CacheError.
    """
    keys = [_key(encoder.digest, text) for text in texts]
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(cache, timeout=60)) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
            known = _known(connection, keys)
            new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            progress(len(keys) - len(new))  # a text that occurs twice is done with its first
            pending = list(new.items())
            for start in range(0, len(pending), KEEP):
                part = pending[start : start + KEEP]
                vectors = encode_all(encoder, [text for _, text in part], progress)
                rows = [(key, vector.tobytes()) for (key, _), vector in zip(part, vectors, strict=True)]
                with connection:
                    connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                known.update(rows)
    except (sqlite3.Error, OSError) as error:
        raise CacheError(
            f"The file of remembered vectors {cache} cannot be used: {error}. "
            "Free some space or delete the file, then try again."
        ) from None
    return _stacked([known[key] for key in keys], cache), len(new)


def _stacked(rows: Sequence[bytes], cache: Path) -> Vectors:
    if not rows:
        return np.zeros((0, 0), dtype=np.float32)
    try:
        return np.stack([np.frombuffer(row, dtype=np.float32) for row in rows])
    except ValueError:
        raise CacheError(
            f"The file of remembered vectors {cache} is damaged. Delete the file, then try again."
        ) from None


def _known(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    known: dict[bytes, bytes] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        marks = ",".join("?" * len(part))
        known.update(connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part))
    return known


def _key(digest: str, text: str) -> bytes:
    return hashlib.sha256(f"{digest}\n{text}".encode()).digest()
