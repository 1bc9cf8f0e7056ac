"""What is kept of a conversation between turns: findings, ids and topic terms; never anybody's words."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from assistant.triage.records import TriageState

ID = r"[A-Za-z0-9_.:-]{8,128}"  # shape of the ids that callers may choose


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Conversation:
    """A small value; `Conversation()` begins a new one."""

    id: str = field(default_factory=new_id)
    turn: int = 0  # user turns so far
    triage: TriageState = field(default_factory=TriageState)
    topics: tuple[str, ...] = ()  # terms of the closed vocabulary in the last answered turn
    passages: tuple[str, ...] = ()  # ids quoted in the last answer
    exercise: str = ""  # id of the exercise last explained
    offered: tuple[str, ...] = ()  # ids of the exercises last listed, in order
    kind: str = ""  # of the last answered question, of a closed list
    restarted: bool = field(default=False, compare=False)  # begun anew, since an earlier one of this id has expired

    def as_json(self) -> str:
        rows: dict[str, Any] = vars(self) | {"triage": self.triage.as_json()}
        del rows["restarted"]  # it tells how this turn began, and nothing of what is kept
        return json.dumps(rows)

    @classmethod
    def from_json(cls, text: str) -> "Conversation":
        """Raises ValueError, KeyError or TypeError for text that `as_json` did not write."""
        rows = json.loads(text)
        for key in ("topics", "passages", "offered"):
            rows[key] = tuple(rows[key])
        return cls(**(rows | {"triage": TriageState.from_json(rows["triage"])}), restarted=False)
