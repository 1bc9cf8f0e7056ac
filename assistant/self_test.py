"""Known-bad and known-good messages, sent through the assembled assistant before it serves anybody."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from assistant.answer import Assistant, answer
from assistant.conversation import Conversation
from assistant.triage.gate import assess
from assistant.triage.numbers import GENERIC_EMERGENCY
from assistant.triage.protocol import Protocol
from assistant.triage.records import TriageState
from corpus.errors import KnownError

FILE = Path(__file__).with_name("canaries.toml")
_REFUSED = f"Spotter does not start. In an emergency call {GENERIC_EMERGENCY}."


class SelfTestFailed(KnownError):
    """A canary came out wrong, or the gate cannot be read; nobody may be served."""


@dataclass(frozen=True)
class Canary:
    """A conversation, and what its last turn must bring: one of `outcomes`, whatever the corpus holds."""

    id: str
    turns: tuple[str, ...]
    mode: str
    tier: str
    outcomes: tuple[str, ...]


@lru_cache(maxsize=1)
def read_canaries() -> tuple[Canary, ...]:
    """All canaries, in the order of the file. Raises SelfTestFailed when it cannot be read."""
    try:
        rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["canary"]
        return tuple(Canary(**row | {"turns": tuple(row["turns"]), "outcomes": tuple(row["outcomes"])}) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise SelfTestFailed(f"{FILE.name} cannot be read: {problem!r}. Restore it. {_REFUSED}") from problem


def check_gate(assistant: Assistant) -> None:
    """The canaries through the gate alone: needs neither the model nor the index. Raises SelfTestFailed."""
    try:
        protocol = assistant.protocol()
    except KnownError as problem:
        raise SelfTestFailed(f"{problem} {_REFUSED}") from problem
    _refuse_if(one.id for one in read_canaries() if not _gate_holds(one, protocol, assistant.region))


def check(assistant: Assistant) -> None:
    """The canaries through the gate and then through the whole line, with searches and answers.

    Raises SelfTestFailed with the ids of those that came out wrong. A KnownError of the index or the corpus says
    itself what to do, and is left as it is.
    """
    check_gate(assistant)
    own = replace(assistant, model=lambda: None)  # whatever a model says, what stands around it is to be tested
    _refuse_if(one.id for one in read_canaries() if not _line_holds(one, own))


def _refuse_if(wrong: Iterable[str]) -> None:
    if names := ", ".join(wrong):
        advice = "Restore assistant/ from the release, or undo the last change to the gate's files."
        raise SelfTestFailed(f"The self-test failed for: {names}. {advice} {_REFUSED}")


def _gate_holds(canary: Canary, protocol: Protocol, region: str) -> bool:
    state = TriageState()
    try:
        for turn in canary.turns:
            seen = assess(turn, state, protocol, region=region)
            state = seen.state
    except Exception:  # whatever it was, the gate did not do its work
        return False
    stopped = {seen.outcome} if seen.outcome else set()
    return (seen.mode, seen.tier) == (canary.mode, canary.tier) and stopped <= set(canary.outcomes)


def _line_holds(canary: Canary, assistant: Assistant) -> bool:
    conversation = Conversation()
    try:
        for message in canary.turns:
            turn = answer(message, conversation, assistant)
            conversation = turn.conversation
    except KnownError:
        raise
    except Exception:  # whatever it was, nobody would have got a reply
        return False
    reply = turn.reply
    quiet = reply.mode != "hard" or not reply.citations
    return (reply.mode, reply.tier) == (canary.mode, canary.tier) and reply.outcome in canary.outcomes and quiet
