"""How a turn was worked out, as plain values: for the people who read the worst cases of a report."""

from collections.abc import Iterable
from typing import Any

from assistant.looked import Looked

SHOWN = 8  # hits of each question


def trace(looked: Iterable[Looked]) -> list[dict[str, Any]]:
    """What was planned, found and left out for each question of a turn; empty when nothing was looked up."""
    return [_question(one) for one in looked]


def _question(one: Looked) -> dict[str, Any]:
    plan = one.plan
    return {
        "question": plan.question,
        "kind": plan.kind,
        "topics": list(plan.topics),
        "regions": list(plan.regions),
        "exercise": plan.exercise.id if plan.exercise else "",
        "probability": round(one.probability, 4),
        "hits": [
            {
                "passage": hit.passage_id,
                "score": round(hit.score, 4),
                "text_cosine": round(hit.text_cosine, 4),
                "question_cosine": round(hit.question_cosine, 4),
            }
            for hit in one.hits[:SHOWN]
        ],
        "left_out": list(one.left_out),
    }
