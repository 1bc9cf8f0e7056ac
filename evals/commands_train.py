"""'spotter eval train': learn the second opinion of the gate or of the policy anew from our own messages."""

import sys
from collections import Counter

import click

from assistant.policy.judge import Policy, load_policy
from assistant.policy.second_opinion import CLASSES, FILE
from assistant.retrieval import encoder_for_build
from assistant.settings import read_settings
from assistant.start import start_service
from assistant.triage.gate import FOLDER
from assistant.triage.protocol import load as load_protocol
from assistant.triage.second_opinion import NONE
from corpus.asked_as import AskedAs
from corpus.library import load
from evals import train_coverage, train_policy
from evals.cases import read_cases
from evals.policy_figures import markdown
from evals.train import MODEL, Message, messages, train, write
from index.config import BUILT_IN_MODEL


@click.command("train")
@click.argument("what", type=click.Choice(["gate", "policy", "coverage"]), default="gate")
def train_command(what: str) -> None:
    """Learn the second opinion of the gate (or of the policy, or what is covered) anew; takes a minute or two.

    It learns from the dev split of the cases and from the asked-as questions; the same messages give the same file
    (another processor may round the last digit of a weight otherwise).
    For the policy it also prints what models that saw nothing of an author make of that author's messages.
    """
    if what == "policy":
        _train_policy()
        return
    if what == "coverage":
        _train_coverage()
        return
    learned = learned_from()
    write(train(learned))
    alarming = sum(one.alarming for one in learned)
    click.echo(f"Learned from {len(learned)} messages, {alarming} of them alarming: {MODEL}.")


def learned_from() -> list[Message]:
    """All messages that the shipped file of the gate was made from.

    Of the asked-as questions the first round: later ones tell of signs too, which must not be learned as harmless.
    """
    first = dict.fromkeys(row.question for row in _asked_as() if row.first)
    return messages(read_cases(), first, load_protocol(FOLDER, NONE))


def policy_learned_from() -> train_policy.Learned:
    """All messages that the shipped file of the policy was made from, embedded with the built-in model."""
    policy = load_policy()
    found = policy_messages(policy)
    encoder = encoder_for_build(read_settings({"SPOTTER_DATA": str(read_settings().index.data)}))()
    with click.progressbar(found, label="Embedding the messages", file=sys.stderr) as bar:
        vectors = [encoder.encode([one.text])[0] for one in bar]
    return train_policy.gathered(found, vectors, policy)


def policy_messages(policy: Policy) -> list[train_policy.Message]:
    """What `policy_learned_from` embeds, which takes the minutes."""
    return train_policy.messages(read_cases(), [row.question for row in _asked_as()], policy)


def _train_policy() -> None:
    policy, learned = load_policy(), policy_learned_from()
    table, held_out = train_policy.train(learned, policy, BUILT_IN_MODEL)
    train_policy.write(table)
    labels = Counter(one.label for one in learned.messages)
    counts = ", ".join(f"{labels[one]} {one}" for one in CLASSES)
    click.echo(f"Learned from {len(learned.messages)} messages ({counts}): {FILE}.\n")
    click.echo(markdown(learned, held_out, table, policy))


def coverage_learned_from() -> train_coverage.Learned:
    """All questions that the shipped weights of the decision whether to answer were made from."""
    assistant = start_service(read_settings())
    return train_coverage.gather(read_cases(), assistant.decision(), assistant.search)


def _train_coverage() -> None:
    learned = coverage_learned_from()
    content = train_coverage.train(learned)
    train_coverage.write(content)
    click.echo(f"Learned from {len(learned.covered)} questions, {learned.covered.sum()} of them covered.")
    click.echo(train_coverage.figures(learned, content))


def _asked_as() -> tuple[AskedAs, ...]:
    return load(read_settings({}).corpus).asked_as()
