"""'spotter eval detectors': the gate's frames and its second detector, apart and together, on the test split."""

import json
import sys

import click

from assistant.settings import read_settings
from assistant.start import start
from assistant.triage.gate import load_protocol
from evals.cases import read_cases
from evals.commands_run import RUNS
from evals.commands_train import learned_from
from evals.detectors import counted, gates, group_of, markdown, without_flag
from evals.run import version_of

FILE = RUNS / "detectors.json"


@click.command("detectors")
@click.option("--flags/--no-flags", default=True, help="Learn anew without each flag, too.", show_default=True)
def detectors_command(flags: bool) -> None:
    """What each detector of the gate finds alone, what other thresholds would bring, what is found of unknown flags.

    Takes about ten minutes, most of them for learning anew without the messages of one flag after the other.
    """
    index = start(read_settings()).index_version()
    protocol = load_protocol()
    cases = [case for case in read_cases() if case.split == "test" and case.lang == "en" and group_of(case)]
    with click.progressbar(gates(protocol).items(), label="Asking each gate", file=sys.stderr) as bar:
        by_gate = {name: counted(cases, one) for name, one in bar}
    by_flag: dict[str, dict[str, float]] = {}
    if flags:
        learned = learned_from()
        with click.progressbar(protocol.flags, label="Learning without each flag", file=sys.stderr) as bar:
            for flag in bar:
                row = without_flag(flag.id, learned, cases, protocol)
                by_flag |= {flag.id: row} if row else {}
    page = {"gates": by_gate, "flags": by_flag}
    click.echo(markdown(page))
    if flags:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(json.dumps({"version": version_of(index)} | page, indent=1), encoding="utf-8")
