"""Search by words: BM25, with the stems of English words."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import KnownError
from index.fuse import best_rows

# Lucene's parameters, the common reference (bm25s documentation).
K1, B = 1.2, 0.75


class LexicalError(KnownError):
    """The word index cannot be opened."""


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def tokens(texts: Sequence[str]) -> list[list[str]]:
    """The stemmed content words of each text, in order, English stop words left out."""
    import bm25s

    found: list[list[str]] = bm25s.tokenize(
        list(texts), stopwords="en", stemmer=_stemmer(), return_ids=False, show_progress=False
    )
    return found


def write(folder: Path, name: str, ids: Sequence[str], texts: Sequence[str]) -> None:
    """A word index over the texts, in `folder`/`name`."""
    import bm25s

    target = folder / name
    target.mkdir(parents=True)
    retriever = bm25s.BM25(method="lucene", k1=K1, b=B)
    found = tokens(texts)
    # bm25s cannot index nothing at all, which is what texts of stop words alone come to.
    retriever.index(found if any(found) else [[""] for _ in texts], show_progress=False)
    retriever.save(str(target))
    (target / "ids.json").write_text(json.dumps(list(ids)), encoding="utf-8")


class WordIndex:
    """A word index opened for searching; one may serve several threads."""

    def __init__(self, folder: Path, name: str) -> None:
        import bm25s

        try:
            self._retriever = bm25s.BM25.load(str(folder / name), mmap=True)
            self.ids: list[str] = json.loads((folder / name / "ids.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, EOFError) as error:  # numpy's for an empty file
            raise LexicalError(
                f"The word index in {folder / name} cannot be opened ({type(error).__name__}). "
                "Run 'spotter index build --fresh'."
            ) from None

    def best(self, words: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids and BM25 scores (above 0) of the texts with these stems; best first, ties by position."""
        known = [word for word in words if self.knows(word)]
        if not known:
            return []
        scores = np.asarray(self._retriever.get_scores(known))
        found = np.flatnonzero(scores)
        found = found[best_rows(scores[found], limit)]
        order = found[np.argsort(-scores[found], kind="stable")][:limit]
        return [(self.ids[place], float(scores[place])) for place in order]

    def rows_with(self, word: str) -> NDArray[np.int64]:
        """Positions in `ids` of the texts that hold the stem, in order."""
        token = self._retriever.vocab_dict.get(word)
        if token is None:
            return np.zeros(0, dtype=np.int64)
        start, end = self._retriever.scores["indptr"][token : token + 2]
        return np.asarray(self._retriever.scores["indices"][start:end], dtype=np.int64)

    def knows(self, word: str) -> bool:
        return word in self._retriever.vocab_dict
