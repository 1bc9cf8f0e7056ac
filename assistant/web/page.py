"""The chat page: one box to type in, the card, the talk, and the quotes with their sources."""

import logging
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.answer import Assistant, Turn, answer
from assistant.conversation import Conversation
from assistant.html.card import card_html
from assistant.html.chat import reply_markdown
from assistant.html.panel import panel_html
from assistant.render import as_typed

STYLE = Path(__file__).with_name("page.css")
INTRODUCTION = """\
# Spotter
An automated assistant, not a person and not a clinician. It quotes five articles about back and neck pain after
training, and every statement carries a mark to its source. Nothing you type is stored.

In an emergency call your local emergency number, for example 112, 911, 999 or 000.
"""
EXAMPLES = (
    "Why does my lower back hurt after deadlifts?",
    "How do I do a wall angel?",
    "Is heat or ice better for a sore back?",
)

logger = logging.getLogger(__name__)


def page(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant; the conversation is kept in the session of the browser only."""
    with gr.Blocks(title="Spotter", analytics_enabled=False) as blocks:
        gr.Markdown(INTRODUCTION)
        card = gr.HTML(elem_id="card")
        chat = gr.Chatbot(label="Conversation", height=420, buttons=["copy"], allow_tags=False, latex_delimiters=[])
        box = gr.Textbox(label="Your question", placeholder=EXAMPLES[0], max_lines=4)
        with gr.Row():
            send = gr.Button("Ask", variant="primary")
            again = gr.Button("New conversation")
        gr.Examples(list(EXAMPLES), inputs=box)
        sources = gr.HTML(label="Sources", elem_id="sources")
        state = gr.State(None)

        def say(message: str, history: list[Any], conversation: Conversation | None) -> tuple[Any, ...]:
            before = conversation or Conversation()
            turn = _turn(message, before, assistant)
            said = reply_markdown(turn.reply) if turn else assistant.lines().say("failed.ours")
            talk = [
                *history,
                {"role": "user", "content": as_typed(message)},
                {"role": "assistant", "content": said},
            ]
            if turn is None:
                return talk, "", "", before, ""
            return talk, card_html(turn.reply.card), panel_html(turn.reply), turn.conversation, ""

        def restart() -> tuple[Any, ...]:
            return [], "", "", None, ""

        outputs = [chat, card, sources, state, box]
        gr.on([box.submit, send.click], say, [box, chat, state], outputs, api_name="ask")
        again.click(restart, None, outputs, api_name=False)
    return blocks


def _turn(message: str, conversation: Conversation, assistant: Assistant) -> Turn | None:
    """The turn, or None when it could not be answered: logged here, since an error may hold what was typed."""
    try:
        return answer(message, conversation, assistant)
    except Exception as error:  # the outermost call of this surface
        logger.error("A message could not be answered: %s", type(error).__name__)
        return None
