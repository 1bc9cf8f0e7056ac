"""'spotter triage': say why the gate escalated or not, and print its protocol for a clinician to read."""

import json
import sys
from dataclasses import asdict

import click

from assistant.triage.decide import decide
from assistant.triage.describe import describe, describe_flag
from assistant.triage.document import document, flag_document
from assistant.triage.explain import explain, lines
from assistant.triage.gate import FOLDER, load_protocol, read_turn
from assistant.triage.records import TriageState


@click.group()
def triage() -> None:
    """Explain what the red-flag gate makes of a message, and print its protocol."""


@triage.command("explain")
@click.argument("texts", metavar="TEXT...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the explanations as JSON.")
def explain_command(texts: tuple[str, ...], as_json: bool) -> None:
    """Say which signs were read in a message, what was made of them, and why the tier is what it is.

    Several texts are several turns of one conversation; - reads them from standard input, one a line.
    """
    protocol, state, told = load_protocol(), TriageState(), []
    for text in sys.stdin.read().splitlines() if texts == ("-",) else texts:
        turn = read_turn(text, state, protocol)
        assessment = decide(turn, protocol)
        told.append(explain(text, turn, assessment, protocol))
        state = assessment.state
    if as_json:
        click.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(line for one in told for line in lines(one)))


@triage.command("list")
@click.option("--flag", "flag_id", metavar="ID", help="Only this flag.")
@click.option("--json", "as_json", is_flag=True, help="Print the flags as JSON.")
def list_command(flag_id: str | None, as_json: bool) -> None:
    """Print the protocol: flags, tiers, rules, signs, look-alikes, modifiers, cards and sources."""
    protocol = load_protocol()
    entries = (describe_flag(flag_id, protocol),) if flag_id else describe(protocol)
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=2))
    else:
        click.echo(flag_document(entries[0]) if flag_id else document(protocol, FOLDER), nl=False)
