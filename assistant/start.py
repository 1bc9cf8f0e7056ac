"""From settings to a ready assistant; the index is opened, or built, when the first question needs it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from assistant.answer import Assistant
from assistant.self_test import check, check_gate
from assistant.settings import Service, Settings
from assistant.triage.gate import load_protocol
from index.config import Progress

if TYPE_CHECKING:
    from assistant.parts import Parts
    from assistant.reply import Reply
    from assistant.talks import NotAnswered, Talks, Visitor


def start(settings: Settings, progress: Progress = lambda done, total: None) -> Assistant:
    """An assembled assistant, untested; light, since neither model nor index is open yet. Raises KnownError."""
    if settings.region:
        load_protocol().shelf.numbers.require(settings.region)

    @cache
    def parts() -> Parts:
        from assistant.parts import Parts  # with the first message that gets past the gate: an escalation does without

        return Parts(settings, progress)

    return Assistant(
        protocol=load_protocol,
        policy=lambda: parts().policy,
        opinion=lambda question: parts().opinion(question),
        planner=lambda: parts().planner,
        decision=lambda: parts().decision,
        follow_ups=lambda: parts().follow_ups,
        corpus=lambda: parts().corpus,
        lines=lambda: parts().lines,
        search=lambda query: parts().search(query),
        index_version=lambda: parts().retrieval.index().lock.fingerprint,
        today=lambda: datetime.datetime.now(tz=datetime.UTC).date(),
        region=settings.region,
        model=lambda: parts().model,
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
    assistant.model()
    assistant.index_version()  # built and opened now, so that the first visitor does not wait
    check(assistant)
    return assistant


def talks_of(
    assistant: Assistant,
    settings: Service,
    said: Callable[[Visitor, Reply | NotAnswered], None] = lambda visitor, reply: None,
) -> Talks:
    """The conversations of a service; `said` is told of every reply. Raises KnownError."""
    from assistant.door import Rooms  # who asks one question in a terminal has none of these
    from assistant.state.store import open_store
    from assistant.talks import Talks

    return Talks(assistant, open_store(settings.state, settings.state_hours), Rooms(settings.rate), said)
