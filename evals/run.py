"""Run the assistant over the cases: one row a case, kept in a file, so that scoring needs no rerun."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer import Assistant, answer
from assistant.conversation import Conversation
from assistant.triage.gate import assess
from assistant.triage.records import TriageState
from evals.cases import ANSWERED_SETS, REPLY_SETS, Case

RANKED = 50  # passages kept of a search

Row = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """Rows by case id, and what they were made with."""

    version: str  # fingerprint of the index
    rows: dict[str, Row]


def run(
    cases: Iterable[Case], assistant: Assistant, file: Path, progress: Callable[[int], None] = lambda count: None
) -> Run:
    """Run the cases that the file has no row for; a case that crashes gets a row with its reason.

    A file made with another index is begun anew.
    """
    version = assistant.index_version()
    done = read_run(file)
    rows = done.rows if done.version == version else {}
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a" if rows else "w", encoding="utf-8") as out:
        if not rows:
            out.write(json.dumps({"version": version}) + "\n")
        for case in cases:
            if case.id not in rows:
                rows[case.id] = row_of(case, assistant)
                out.write(json.dumps(rows[case.id], ensure_ascii=False) + "\n")
            progress(1)
    return Run(version, rows)


def read_run(file: Path) -> Run:
    """The rows of a run; a line that was cut short by a killed run is left out."""
    if not file.exists():
        return Run("", {})
    rows: dict[str, Row] = {}
    version = ""
    for line in file.read_text(encoding="utf-8").split("\n"):
        try:
            row = json.loads(line) if line else {}
        except ValueError:
            continue
        version = row.get("version", version)
        if "id" in row:
            rows[row["id"]] = row
    return Run(version, rows)


def row_of(case: Case, assistant: Assistant) -> Row:
    """What the assistant says to a case. The one place of the harness that catches everything: a crash is data."""
    try:
        row = _replies(case, assistant) if case.set in REPLY_SETS else _assessments(case, assistant)
    except Exception as error:
        return {"id": case.id, "error": f"{type(error).__name__}: {error}"}
    return {"id": case.id, **row}


def _replies(case: Case, assistant: Assistant) -> Row:
    conversation = Conversation(id=case.id)
    replies = []
    for turn in case.turns:
        said = answer(turn, conversation, assistant)
        conversation = said.conversation
        replies.append(said.reply.as_json())
    row: Row = {"replies": replies}
    if case.twin:
        row["twin"] = answer(case.twin, Conversation(id=case.id), assistant).reply.as_json()
    if case.set in ANSWERED_SETS:
        # A follow-up is searched for as what it means; the bare words of its last turn mean nothing.
        row["ranked"] = _ranked(case.twin or case.turns[-1], assistant)
    return row


def _ranked(question: str, assistant: Assistant) -> list[str]:
    return [hit.passage_id for hit in assistant.search(question).hits[:RANKED]]


def _assessments(case: Case, assistant: Assistant) -> Row:
    protocol = assistant.protocol()
    state = TriageState()
    rows = []
    for turn in case.turns:
        started = time.perf_counter()
        one = assess(turn, state, protocol)
        state = one.state
        rows.append(
            {
                "mode": one.mode,
                "tier": one.tier,
                "flags": list(one.flags),
                "outcome": one.outcome,
                "card": one.card.id if one.card else "",
                "seconds": time.perf_counter() - started,
            }
        )
    return {"assessments": rows}
