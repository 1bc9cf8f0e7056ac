"""Cases, replies and scores as plain values, in the shape in which the tasks of Inspect AI take them."""

from collections.abc import Iterable
from typing import Any

from evals.cases import Case
from evals.figures import Definition, values
from evals.run import Row
from evals.score import Scored


def shown(definitions: Iterable[Definition]) -> list[Definition]:
    """The figures that are a mean over cases; those of the fewest sets first, since Inspect headlines the first."""
    return sorted((one for one in definitions if one.statistic == "mean"), key=lambda one: len(one.sets))


def sample(case: Case, definitions: Iterable[Definition]) -> dict[str, Any]:
    """What is asked, what is expected, and the ids of the figures that the case counts in."""
    return {
        "id": case.id,
        "turns": list(case.turns),
        "target": target(case),
        "figures": [one.id for one in shown(definitions) if one.counts(case)],
        "metadata": {
            "set": case.set,
            "kind": case.kind,
            "split": case.split,
            "family": case.family,
            "lang": case.lang,
            "author": case.author,
            "date": case.date,
        },
    }


def target(case: Case) -> str:
    """The gold quotes of a question that the articles answer; of any other case what is expected, a line each."""
    if case.gold:
        return "\n".join(one.quote for one in case.gold)
    return "\n".join(f"{name}: {_words(value)}" for name, value in case.expect.items())


def answered(scored: Scored, row: Row, definitions: Iterable[Definition]) -> dict[str, Any]:
    """The conversation as it went, what became of its last turn, and its score in each figure that counts it."""
    case = scored.case
    turns = row.get("replies") or row.get("assessments") or []
    said = [reply["text"] for reply in row["replies"]] if "replies" in row else [_decision(turn) for turn in turns]
    last = turns[-1] if turns else {}
    return {
        "id": case.id,
        "turns": [{"user": asked, "spotter": reply} for asked, reply in zip(case.turns, said, strict=False)],
        "answer": scored.outcome or last.get("outcome") or last.get("mode", ""),
        "error": scored.error,
        "scores": {one.id: score for one in shown(definitions) for _, (score,) in values(one, [scored])},
        "measures": scored.scores,
        "metadata": {
            "outcome": last.get("outcome", ""),
            "reason": last.get("reason", ""),
            "mode": last.get("mode", ""),
            "tier": last.get("tier", ""),
            "flags": last.get("flags", []),
            "citations": [_citation(one) for one in last.get("citations", [])],
            "trace": row.get("trace", []),
        },
    }


def _decision(turn: dict[str, Any]) -> str:
    """What the gate alone decided, for a case that is run no further."""
    found = {"gate": turn["mode"], "tier": turn["tier"], "flags": turn["flags"], "card": turn["card"]}
    return "\n".join(f"{name}: {_words(value)}" for name, value in found.items())


def _citation(one: dict[str, Any]) -> dict[str, Any]:
    return {key: one[key] for key in ("n", "source_id", "start", "end", "quote")}


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
