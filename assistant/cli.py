"""The command 'spotter': ask in a terminal, answer a batch, check a reply, open the page, tend corpus and index.

Each command loads what it needs when it is called, by name, so that --help stays fast.
"""

import gc
import io
import sys

import click

from assistant.commands.lazy import LazyGroup
from corpus.errors import KnownError

# Command -> (module, function). The corpus and index commands are the one place that reaches around start.py.
COMMANDS = {
    "ask": ("assistant.commands.ask", "ask", "Ask one question, or chat when no question is given."),
    "batch": ("assistant.commands.batch", "batch", "Answer conversations from a JSON lines file into another."),
    "verify": ("assistant.commands.verify", "verify", "Check every quote of a reply or a batch output."),
    "web": ("assistant.commands.web", "web", "Open the chat page on this machine."),
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
    """Run the command; an error of ours is one sentence on standard error and exit status 1."""
    from assistant.settings import quieten

    quieten()
    gc.set_threshold(*SELDOM)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # bytes that are no text do not end a talk; the gate copes
    try:
        sys.exit(spotter.main(standalone_mode=False))  # gives back the status that a command exits with
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except KnownError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    finally:
        gc.freeze()  # nothing is tidied up one by one when the process ends anyway
