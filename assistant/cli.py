"""The command 'spotter': ask in a terminal, answer a batch, check a reply, open the page, tend corpus and index.

Each command loads what it needs when it is called, by name, so that --help stays fast.
"""

import gc
import io
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

import click

from assistant.commands.lazy import LazyGroup
from corpus.errors import KnownError

# Command -> (module, function). The corpus and index commands are the one place that reaches around start.py.
COMMANDS = {
    "ask": ("assistant.commands.ask", "ask", "Ask one question, or chat when no question is given."),
    "batch": ("assistant.commands.batch", "batch", "Answer conversations from a JSON lines file into another."),
    "verify": ("assistant.commands.verify", "verify", "Check every quote of a reply or a batch output."),
    "web": ("assistant.commands.web", "web", "Open the chat page on this machine."),
    "slack": ("assistant.commands.slack", "slack", "Answer in Slack, and print the app's manifest."),
    "mcp": ("assistant.commands.mcp", "mcp", "Offer Spotter's tools over the Model Context Protocol."),
    "corpus": ("assistant.commands.corpus", "corpus", "Check and show the curated articles."),
    "index": ("assistant.commands.index", "index", "Build, describe and search the index."),
    "triage": ("assistant.commands.triage", "triage", "Explain the red-flag gate and print its protocol."),
    "eval": ("evals.commands", "eval_group", "Measure the answers, the gate and the retrieval."),
}

# What is read at the start stays: looking through it for garbage is a tenth of a cold answer.
SELDOM = (100_000, 50, 50)


@click.group(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="spotter-assistant", prog_name="spotter")
def spotter() -> None:
    """Answers about back and neck pain after training, quoted from curated articles.

    Not a person, not a clinician, and not for emergencies: for those, call your local emergency number.
    """


def main() -> None:
    """Run the command; an error, whatever it was, is one sentence on standard error and exit status 1."""
    from assistant.settings import quieten

    quieten()
    gc.set_threshold(*SELDOM)
    _ready_streams()
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(spotter.main(standalone_mode=False))  # gives back the status that a command exits with
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        _drop_output()
        sys.exit(0)
    except Exception as error:  # the outermost call: nobody who asks is shown a traceback
        _drop_output()
        click.echo(_sentence(error), err=True)
        sys.exit(1)
    finally:
        gc.freeze()  # nothing is tidied up one by one when the process ends anyway


def _ready_streams() -> None:
    """No character, and no stream that was closed before the start, ends a talk."""
    if sys.stdin is None:
        sys.stdin = io.StringIO()
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # bytes that are no text; the gate copes
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows fewer characters than the articles


def _drop_output() -> None:
    """What could not be written is not tried again at the end, where Python would complain in words of its own."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminated(number: int, frame: FrameType | None) -> None:
    """Unwind as after Ctrl-C, so that nothing half-written stays behind; a second signal ends at once."""
    signal.signal(number, signal.SIG_DFL)
    sys.exit(128 + number)


def _sentence(error: Exception) -> str:
    """What to tell of an error. The text of one that is not ours is left out: it may hold what was typed."""
    if isinstance(error, KnownError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The output'} cannot be used: {error.strerror}. Mend that, then try again."
    from assistant.triage.numbers import GENERIC_EMERGENCY

    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
    return f"Spotter failed ({where}); please report this. In an emergency call {GENERIC_EMERGENCY}."
