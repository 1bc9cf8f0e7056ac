"""From settings to a ready assistant; the index is opened, or built, when the first question needs it."""

from __future__ import annotations

import datetime
from functools import cache
from typing import TYPE_CHECKING

from assistant.abstain import read_decision
from assistant.answer import Assistant
from assistant.compose.plan import read_planner
from assistant.condense import read_follow_ups
from assistant.guard import guarded, only
from assistant.lines import read_lines
from assistant.policy.judge import banned_output, load_policy
from assistant.self_test import check, check_gate
from assistant.settings import Settings
from assistant.triage.gate import load_protocol
from corpus.library import Corpus, load
from index.config import Progress

if TYPE_CHECKING:
    from assistant.retrieval import Retrieval


def start(settings: Settings, progress: Progress = lambda done, total: None) -> Assistant:
    """An assembled assistant, untested; light, since neither model nor index is open yet. Raises KnownError."""
    if settings.region:
        load_protocol().shelf.numbers.require(settings.region)
    received = cache(lambda: load(settings.corpus))
    policy = cache(lambda: load_policy(authors=[article.source.author for article in received().articles]))
    corpus = cache(lambda: guarded(received(), lambda text: banned_output(text, policy())))
    opened = cache(lambda: _opened(settings, received(), progress))
    opinion = cache(lambda: opened().second_opinion(policy()))
    return Assistant(
        protocol=load_protocol,
        policy=policy,
        opinion=lambda question: opinion()(question),
        planner=cache(lambda: read_planner(corpus())),
        decision=cache(lambda: read_decision(corpus())),
        follow_ups=cache(read_follow_ups),
        corpus=corpus,
        lines=read_lines(),
        search=lambda query: only(opened().index().search(query), corpus().passages),
        index_version=lambda: opened().index().lock.fingerprint,
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


def _opened(settings: Settings, corpus: Corpus, progress: Progress) -> Retrieval:
    """Imported when the first question gets so far: an escalation and a refusal by a rule do without."""
    from assistant.retrieval import Retrieval

    return Retrieval(settings, corpus, progress)
