"""The index and its encoder, opened by whoever asks first."""

import threading
from collections.abc import Callable

from assistant.policy.judge import Policy
from assistant.policy.opinion import Ask, silent
from assistant.policy.second_opinion import Vector, load_second_opinion
from assistant.settings import Settings
from corpus.library import Corpus
from index.build import build
from index.config import Progress
from index.encoder import Encoder
from index.lock import IndexMismatch, IndexMissing, serving
from index.recent import RecentEncoder
from index.search import Index


def open_index(
    settings: Settings,
    corpus: Corpus,
    progress: Progress = lambda done, total: None,
    encoder: Callable[[], Encoder] | None = None,
) -> Index:
    """The index that fits the corpus; built first when it is missing or was built from something else.

    `encoder` gives the one to search with, where there is one already.
    """
    try:
        folder, lock = serving(settings.index, corpus.folder)
    except (IndexMissing, IndexMismatch):
        build(corpus, settings.index, encoder_for_build(settings), progress)
        folder, lock = serving(settings.index, corpus.folder)
    from index.export import open_encoder

    return Index(folder, lock, encoder() if encoder else open_encoder(settings.index))


def encoder_for_build(settings: Settings) -> Callable[[], Encoder]:
    """Opens the encoder for a build; the model is exported first when that has not been done."""

    def opened() -> Encoder:
        from index.export import ensure_model, open_encoder

        ensure_model(settings.index)
        return open_encoder(settings.index)

    return opened


class Retrieval:
    """What is opened once and then shared by all threads."""

    def __init__(self, settings: Settings, corpus: Corpus, progress: Progress) -> None:
        self._settings, self._corpus, self._progress = settings, corpus, progress
        self._lock = threading.RLock()
        self._index: Index | None = None
        self._encoder: RecentEncoder | None = None

    def index(self) -> Index:
        with self._lock:
            if self._index is None:
                self._index = open_index(self._settings, self._corpus, self._progress, self._opened_encoder)
            return self._index

    def second_opinion(self, policy: Policy) -> Ask:
        """Silent with any other model than the one whose vectors it learned from: the rules decide alone then."""
        learned = load_second_opinion()
        if learned.model != self._settings.index.model:
            return silent
        return learned.asking(self._vector, policy.vocabulary)

    def _vector(self, text: str) -> Vector:
        """(d,) unit row; the search for the same text takes it from here and does not embed it again."""
        row: Vector = self._opened_encoder().encode([text])[0]
        return row

    def _opened_encoder(self) -> RecentEncoder:
        with self._lock:
            if self._encoder is None:
                self._encoder = RecentEncoder(encoder_for_build(self._settings)())
            return self._encoder
