"""Run the assistant over the cases: one row a case, kept in a file, so that scoring needs no rerun."""

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.answer import Assistant, Turn, answer
from assistant.conversation import Conversation
from assistant.triage.gate import assess
from assistant.triage.records import TriageState
from evals.cases import ANSWERED_SETS, REPLY_SETS, Case
from evals.trace import trace
from index.found import Found

RANKED = 50  # passages kept of a search
ROOT = Path(__file__).parent.parent
# What a row depends on besides the index and the case.
BEHAVIOUR = ("assistant", "corpus", "index", "evals/poisoned", "evals/run.py", "evals/trace.py")

_HOLDS = {"replies", "assessments", "error"}  # a row without any of them says nothing of its case

Row = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """Rows by case id, and what they were made with."""

    version: str  # digest of the index, the code and its data
    rows: dict[str, Row]
    index: str = ""  # fingerprint of the index alone


def run(
    cases: Iterable[Case],
    assistant: Assistant,
    file: Path,
    progress: Callable[[int], None] = lambda count: None,
    others: Mapping[str, Assistant] | None = None,
) -> Run:
    """Run the cases that the file has no row for; a case that crashes gets a row with its reason.

    A file made with another index or other code is begun anew, and so is the row of a case that was changed.
    `others` are the assistants over test corpora, by the name that a case has for its corpus.
    """
    index = assistant.index_version()
    version = version_of(index, slot.name if (slot := assistant.model()) else "")
    done = read_run(file)
    rows = done.rows if done.version == version else {}
    file.parent.mkdir(parents=True, exist_ok=True)
    cut = bool(rows) and not file.read_bytes().endswith(b"\n")
    with file.open("a" if rows else "w", buffering=1, encoding="utf-8") as out:  # a killed run keeps its rows
        out.write("\n" * cut)  # so that a row is not written onto one that was cut short
        if not rows:
            out.write(json.dumps({"version": version, "index": index}) + "\n")
        for case in cases:
            if rows.get(case.id, {}).get("case") != case.digest:
                rows[case.id] = row_of(case, (others or {}).get(case.corpus, assistant))
                out.write(json.dumps(rows[case.id], ensure_ascii=False) + "\n")
            progress(1)
    return Run(version, rows, index)


def version_of(index: str, model: str = "") -> str:
    """The digest of an index, the name of a language model, and the code and data beside: what a row was made with."""
    return hashlib.sha256(f"{index}\n{model}{behaviour()}".encode()).hexdigest()


def behaviour(root: Path = ROOT) -> str:
    """The digest of all code and data that decides what the assistant says, the index apart."""
    digest = hashlib.sha256()
    for path in sorted(_files(root)):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for name in BEHAVIOUR:
        place = root / name
        found = [place] if place.is_file() else place.rglob("*")
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def read_run(file: Path) -> Run:
    """The rows of a run; a line that was cut short by a killed run is left out."""
    if not file.exists():
        return Run("", {})
    rows: dict[str, Row] = {}
    head: dict[str, str] = {}
    for line in file.read_bytes().split(b"\n"):
        try:
            row = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            continue
        if not isinstance(row, dict):
            continue
        if "version" in row:
            head = row
        if "id" in row and _HOLDS & row.keys():
            rows[row["id"]] = row
    return Run(head.get("version", ""), rows, head.get("index", ""))


def row_of(case: Case, assistant: Assistant) -> Row:
    """What the assistant says to a case. The one place of the harness that catches everything: a crash is data."""
    row = {"id": case.id, "case": case.digest}
    try:
        return row | (_replies(case, assistant) if case.set in REPLY_SETS else _assessments(case, assistant))
    except Exception as error:
        return row | {"error": f"{type(error).__name__}: {error}"}


class _Watched:
    """A search that remembers whether it was used since it was last asked."""

    def __init__(self, search: Callable[[str], Found]) -> None:
        self._search, self._used = search, False

    def __call__(self, query: str) -> Found:
        self._used = True
        return self._search(query)

    def used(self) -> bool:
        used, self._used = self._used, False
        return used


def _replies(case: Case, assistant: Assistant) -> Row:
    search = _Watched(assistant.search)
    watched = replace(assistant, search=search)
    conversation = Conversation(id=case.id)
    turns: list[Turn] = []
    searched: list[bool] = []
    for message in case.turns:
        turns.append(answer(message, conversation, watched))
        conversation = turns[-1].conversation
        searched.append(search.used())
    row: Row = {
        "replies": [turn.reply.as_json() for turn in turns],
        "searched": searched,
        "trace": trace(turns[-1].looked),
        "megabytes": _peak_memory(),
    }
    if case.twin:
        row["twin"] = answer(case.twin, Conversation(id=case.id), assistant).reply.as_json()
    if case.set in ANSWERED_SETS:
        # A follow-up is searched for as what it means; the bare words of its last turn mean nothing.
        found = assistant.search(case.twin or case.turns[-1])
        row["ranked"] = [hit.passage_id for hit in found.hits[:RANKED]]
        row["asked_cosine"] = round(found.question_cosine, 4)
    return row


def _peak_memory() -> int:
    """The most that this process has held so far, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))


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
