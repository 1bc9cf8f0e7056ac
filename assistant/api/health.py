"""Whether the service is alive and ready, and counts of what it said; never what anybody asked."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from assistant.api.problems import described, problem, respond
from assistant.feedback import Rating
from assistant.reply import Reply
from assistant.talks import NotAnswered, Talks, Visitor
from corpus.errors import KnownError

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # of answers, for the histogram


class Counts:
    """Counters with labels of closed lists only."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._replies = Counter(
            "spotter_replies",
            "Replies by surface, outcome and reason.",
            ["surface", "outcome", "reason"],
            registry=self.registry,
        )
        self._flags = Counter(
            "spotter_red_flags", "Replies that carry a safety card, by its tier.", ["tier"], registry=self.registry
        )
        self._failed = Counter(
            "spotter_not_answered", "Messages that something failed on.", ["surface"], registry=self.registry
        )
        self._seconds = Histogram(
            "spotter_reply_seconds", "Time inside the assistant.", buckets=SECONDS, registry=self.registry
        )

        self._ratings = Counter(
            "spotter_ratings", "What people thought of replies.", ["surface", "rating"], registry=self.registry
        )

    def rated(self, rating: Rating) -> None:
        """Count one thumb."""
        self._ratings.labels(rating.surface, "good" if rating.good else "bad").inc()

    def said(self, visitor: Visitor, reply: Reply | NotAnswered) -> None:
        """Count one reply, or a message without one."""
        if isinstance(reply, NotAnswered):
            self._failed.labels(visitor.surface).inc()
            return
        self._replies.labels(visitor.surface, reply.outcome, reply.reason).inc()
        self._seconds.observe(reply.seconds)
        if reply.card:
            self._flags.labels(reply.card.tier).inc()


def routes(talks: Talks, counts: Counts) -> APIRouter:
    """Liveness, readiness and metrics."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="Whether the process answers")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Whether questions can be answered", responses=described(503))
    def ready() -> JSONResponse:
        checks: dict[str, Callable[[], object]] = {
            "gate": talks.assistant.protocol,
            "articles": talks.assistant.corpus,
            "index": talks.assistant.index_version,
            "state": talks.store.check,
        }
        rows: dict[str, Any] = {name: _checked(check) for name, check in checks.items()}
        if all(told == "ok" for told in rows.values()):
            return JSONResponse({"status": "ready", "index_version": talks.assistant.index_version(), "checks": rows})
        return respond(problem(503, "Not ready", "One of the checks failed.", checks=rows))

    @router.get("/metrics", summary="Counts for Prometheus", response_class=PlainTextResponse)
    def metrics() -> Response:
        return Response(generate_latest(counts.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _checked(check: Callable[[], object]) -> str:
    try:
        check()
    except KnownError as error:
        return str(error)
    except Exception as error:  # told by its type, as everywhere
        return type(error).__name__
    return "ok"
