"""'spotter ask': one question and its cited answer, or a chat in the terminal."""

import json
import textwrap

import click

from assistant.answer import Assistant, Turn, answer
from assistant.commands.progress import building
from assistant.conversation import Conversation
from assistant.introduction import read_introduction
from assistant.render import WIDTH, terminal
from assistant.settings import read_settings
from assistant.start import start_command
from corpus.errors import KnownError

HOW = "An empty line or Ctrl-D ends the chat; 'new' begins a new conversation."


@click.command()
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the whole reply as JSON.")
def ask(question: tuple[str, ...], as_json: bool) -> None:
    """Ask one question, or chat when no question is given."""
    with building() as progress:
        assistant = start_command(read_settings(), progress)
        if question:
            _one(" ".join(question), assistant, as_json)
        else:
            _chat(assistant)


def _one(question: str, assistant: Assistant, as_json: bool) -> None:
    reply = answer(question, Conversation(), assistant).reply
    click.echo(json.dumps(reply.as_json(), ensure_ascii=False, indent=2) if as_json else terminal(reply))


def _chat(assistant: Assistant) -> None:
    told = read_introduction(len(assistant.corpus().articles), 0, assistant.model())
    for line in (f"Spotter: {told.what}", told.emergency, told.stored, HOW):
        click.echo(textwrap.fill(line, WIDTH))
    conversation = Conversation()
    while True:
        try:
            message = click.prompt("\nYou", prompt_suffix="> ", default="", show_default=False)
        except click.Abort:
            return
        if not message.strip():
            return
        if message.strip().lower() == "new":
            conversation = Conversation()
            click.echo("A new conversation. What was said before is forgotten.")
            continue
        turn = _turn(message, conversation, assistant)
        conversation = turn.conversation if turn else conversation
        click.echo(f"\n{terminal(turn.reply) if turn else assistant.lines().say('failed.ours')}")


def _turn(message: str, conversation: Conversation, assistant: Assistant) -> Turn | None:
    """The turn, or None for an error that is not ours: told by its type, since its text may hold what was typed."""
    try:
        return answer(message, conversation, assistant)
    except KnownError:
        raise
    except Exception as error:
        click.echo(f"A message could not be answered: {type(error).__name__}", err=True)
        return None
