"""'spotter batch': conversations from a JSON lines file, a line of replies each."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from assistant.answer import Assistant, answer
from assistant.commands.progress import building
from assistant.conversation import Conversation
from assistant.settings import read_settings
from assistant.start import start_command
from assistant.triage.gate import note_question
from corpus.errors import KnownError


class BatchError(KnownError):
    """The input cannot be read, or the output cannot be written."""


@click.command()
@click.argument("source", metavar="IN.jsonl", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT.jsonl", type=click.Path(path_type=Path))
@click.pass_context
def batch(ctx: click.Context, source: Path, target: Path) -> None:
    """Answer conversations from a JSON lines file into another.

    A line is {"id": "...", "turns": [...]}; a turn is a string or {"role": "user" or "assistant", "content":
    "..."}. An assistant turn stands for what was said at that point and gets no reply. A broken line gives a
    line with its error, the rest is done, and the exit status is 1.
    """
    try:
        lines = source.read_bytes().splitlines()
    except OSError as error:
        raise BatchError(f"{source} cannot be read: {error.strerror}. Give a JSON lines file.") from None
    scratch = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    broken = 0
    try:
        with building() as progress, scratch.open("w", encoding="utf-8", errors="backslashreplace") as file:
            assistant = start_command(read_settings(), progress)
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    row = _answered(line, number, assistant)
                    broken += "error" in row
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        scratch.replace(target)
    except OSError as error:
        raise BatchError(f"{target} cannot be written: {error.strerror}. Choose another place.") from None
    finally:
        scratch.unlink(missing_ok=True)
    if broken:
        given = sum(bool(line.strip()) for line in lines)
        click.echo(f"{broken} of {given} lines could not be answered; see their 'error'.", err=True)
        ctx.exit(1)


def _answered(line: bytes, number: int, assistant: Assistant) -> dict[str, Any]:
    try:
        row = _checked(line)
    except ValueError as error:
        return {"id": None, "line": number, "error": str(error)}
    conversation = Conversation()
    replies = []
    for role, content in row["turns"]:
        if role == "assistant":
            conversation = replace(conversation, triage=note_question(conversation.triage, content))
            continue
        try:
            turn = answer(content, conversation, assistant)
        except KnownError:
            raise
        except Exception as error:  # its text is left out, since it may hold what was typed
            return {"id": row["id"], "line": number, "error": f"could not be answered: {type(error).__name__}"}
        conversation = turn.conversation
        replies.append(turn.reply.as_json())
    return {"id": row["id"], "replies": replies}


def _checked(line: bytes) -> dict[str, Any]:
    """A line as id and (role, content) turns; raises ValueError that says what is wrong with it."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not isinstance(row.get("turns"), list):
        raise ValueError('not an object with a text "id" and a list "turns"')
    return {"id": row["id"], "turns": [_turn(turn) for turn in row["turns"]]}


def _turn(turn: Any) -> tuple[str, str]:
    if isinstance(turn, str):
        return "user", turn
    if isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str):
        return turn["role"], turn["content"]
    raise ValueError('a turn is neither a text nor {"role": "user" or "assistant", "content": "..."}')
