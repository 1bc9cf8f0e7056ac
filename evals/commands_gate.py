"""'spotter eval gate': where the gate errs and why; its two detectors apart and together, on the test split."""

import json
import sys

import click

from assistant.settings import read_settings
from assistant.start import start
from assistant.triage.gate import load_protocol
from evals import detectors, gate_errors
from evals.cases import read_cases
from evals.commands_run import RUNS, gate_page
from evals.commands_train import learned_from
from evals.run import version_of

FILE = RUNS / "gate.json"


@click.command("gate")
@click.option("--flags/--no-flags", default=True, help="Learn anew without each flag, too.", show_default=True)
def gate_command(flags: bool) -> None:
    """List what the gate gets wrong with the cause, and compare its detectors, apart and together.

    The table of detectors says what each finds alone, what other thresholds would bring, and what the second detector
    finds of flags of which it learned nothing. Takes about ten minutes, most of them for learning anew without the
    messages of one flag after the other.
    """
    index = start(read_settings()).index_version()
    protocol = load_protocol()
    cases = [case for case in read_cases() if case.lang == "en" and detectors.group_of(case)]
    errors = gate_errors.counted(gate_errors.gate_errors(cases, protocol))
    unread = [case for case in cases if case.split == "test"]
    with click.progressbar(detectors.gates(protocol).items(), label="Asking each gate", file=sys.stderr) as bar:
        by_gate = {name: detectors.counted(unread, one) for name, one in bar}
    by_flag: dict[str, dict[str, float]] = {}
    if flags:
        learned = learned_from()
        with click.progressbar(protocol.flags, label="Learning without each flag", file=sys.stderr) as bar:
            for flag in bar:
                row = detectors.without_flag(flag.id, learned, unread, protocol)
                by_flag |= {flag.id: row} if row else {}
    page = {"gates": by_gate, "flags": by_flag, "errors": errors}
    click.echo(gate_page(page))
    if flags:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(json.dumps({"version": version_of(index)} | page, indent=1), encoding="utf-8")
