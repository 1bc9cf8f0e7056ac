"""From settings to a ready assistant; the index is opened, or built, when the first question needs it."""

import datetime
import threading
from collections.abc import Callable
from functools import cache

from assistant.abstain import read_decision
from assistant.answer import Assistant
from assistant.compose.plan import read_planner
from assistant.condense import read_follow_ups
from assistant.guard import guarded, only
from assistant.lines import read_lines
from assistant.policy.judge import Policy, banned_output, load_policy
from assistant.policy.second_opinion import Ask, Vector, load_second_opinion, silent
from assistant.self_test import check, check_gate
from assistant.settings import Settings
from assistant.triage.gate import load_protocol
from corpus.library import Corpus, load
from index.build import Progress, build
from index.encoder import Encoder
from index.lock import IndexMismatch, IndexMissing, serving
from index.recent import RecentEncoder
from index.search import Index


def start(settings: Settings, progress: Progress = lambda done, total: None) -> Assistant:
    """An assembled assistant, untested; light, since neither model nor index is open yet. Raises KnownError."""
    if settings.region:
        load_protocol().shelf.numbers.require(settings.region)
    received = cache(lambda: load(settings.corpus))
    policy = cache(lambda: load_policy(authors=[article.source.author for article in received().articles]))
    corpus = cache(lambda: guarded(received(), lambda text: banned_output(text, policy())))
    opened = _Opened(settings, received, progress)
    opinion = cache(lambda: _second_opinion(settings, policy(), opened))
    return Assistant(
        protocol=load_protocol,
        policy=policy,
        opinion=lambda question: opinion()(question),
        planner=cache(lambda: read_planner(corpus())),
        decision=cache(lambda: read_decision(corpus())),
        follow_ups=cache(read_follow_ups),
        corpus=corpus,
        lines=read_lines(),
        search=lambda query: only(opened.index().search(query), corpus().passages),
        index_version=lambda: opened.index().lock.fingerprint,
        today=lambda: datetime.datetime.now(tz=datetime.UTC).date(),
        region=settings.region,
    )


def start_command(settings: Settings, progress: Progress = lambda done, total: None) -> Assistant:
    """An assistant for a command that ends: the gate was tested, neither model nor index is open. Raises KnownError."""
    assistant = start(settings, progress)
    check_gate(assistant)
    return assistant


def start_service(settings: Settings, progress: Progress = lambda done, total: None) -> Assistant:
    """An assistant for what stays open and serves many people: the index is open, every canary came out right.

    Whatever listens (a page, a bot, an interface for programs) calls this first. Raises KnownError.
    """
    assistant = start(settings, progress)
    check_gate(assistant)  # first, since an index may take a minute to build
    assistant.index_version()  # built and opened now, so that the first visitor does not wait
    check(assistant)
    return assistant


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


def _second_opinion(settings: Settings, policy: Policy, opened: "_Opened") -> Ask:
    """Silent with any other model than the one whose vectors it learned from: the rules decide alone then."""
    learned = load_second_opinion()
    return learned.asking(opened.vector, policy.vocabulary) if learned.model == settings.index.model else silent


class _Opened:
    """The index and its encoder, opened by whoever asks first and then shared by all threads."""

    def __init__(self, settings: Settings, corpus: Callable[[], Corpus], progress: Progress) -> None:
        self._settings, self._corpus, self._progress = settings, corpus, progress
        self._lock = threading.RLock()
        self._index: Index | None = None
        self._encoder: RecentEncoder | None = None

    def index(self) -> Index:
        with self._lock:
            if self._index is None:
                self._index = open_index(self._settings, self._corpus(), self._progress, self._opened_encoder)
            return self._index

    def vector(self, text: str) -> Vector:
        """(d,) unit row; the search for the same text takes it from here and does not embed it again."""
        row: Vector = self._opened_encoder().encode([text])[0]
        return row

    def _opened_encoder(self) -> RecentEncoder:
        with self._lock:
            if self._encoder is None:
                self._encoder = RecentEncoder(encoder_for_build(self._settings)())
            return self._encoder
