"""'spotter eval train': learn the gate's second opinion anew from our own messages."""

import click

from assistant.settings import read_settings
from assistant.triage.gate import FOLDER
from assistant.triage.protocol import load as load_protocol
from assistant.triage.second_opinion import NONE
from corpus.asked_as import read_asked_as
from corpus.library import load
from evals.cases import read_cases
from evals.train import MODEL, Message, messages, train, write


@click.command("train")
def train_command() -> None:
    """Learn the gate's second detector anew; takes about a minute.

    It learns from the dev split of the cases and from the asked-as questions; the same messages give the same file.
    """
    learned = learned_from()
    write(train(learned))
    alarming = sum(one.alarming for one in learned)
    click.echo(f"Learned from {len(learned)} messages, {alarming} of them alarming: {MODEL}.")


def learned_from() -> list[Message]:
    """All messages that the shipped file was made from."""
    corpus = load(read_settings({}).corpus)
    asked_as = dict.fromkeys(row.question for article in corpus.articles for row in read_asked_as(article))
    return messages(read_cases(), asked_as, load_protocol(FOLDER, NONE))
