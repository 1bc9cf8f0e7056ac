"""The components of the page, in the order in which they stand, and what it says of itself."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from assistant.answer import LONGEST_READ
from assistant.introduction import Introduction
from assistant.web.visit import Tab
from corpus.sources import read_toml

FOLDER = Path(__file__).parent
NEXT = 3  # follow-up questions of a reply
OPTIONS = 4  # answers of a closed question


@dataclass(frozen=True)
class Texts:
    """What stands on the page: the labels of page.toml, and what every surface says."""

    own: dict[str, str]
    feedback: dict[str, str]
    introduction: Introduction


def read_texts(introduction: Introduction) -> Texts:
    rows = read_toml(FOLDER / "page.toml")
    return Texts({name: text for name, text in rows.items() if isinstance(text, str)}, rows["feedback"], introduction)


class Parts:
    """The components, made in the order in which they stand on the page."""

    def __init__(self, texts: Texts, regions: list[str], consent: bool) -> None:
        own, told = texts.own, texts.introduction
        self.tab = gr.State(Tab())  # never sent to the browser
        _shown(
            f'<header id="what"><h1>{own["title"]}</h1><p>{told.what} {told.covers}</p>'
            f"<p>{told.privacy} <strong>{told.emergency}</strong></p></header>"
        )
        self.banner = _shown(elem_id="banner")
        self._talk(own)
        self._rating(texts, consent)
        self._invitations(own)
        self._box(own)
        with gr.Column(elem_id="examples") as self.examples_group:
            _shown(f"<h2>{own['examples']}</h2>")
            self.examples = [gr.Button(one) for one in told.examples]
        self.panel = _shown(elem_id="sources")
        self.region = gr.Radio(
            [(own["anywhere"], ""), *regions], value="", label=own["region"], visible=bool(regions), elem_id="region"
        )
        self.to_copy = gr.Textbox(elem_id="to-copy", visible="hidden", show_label=False, container=False)
        self.id = gr.Textbox(elem_id="conversation-id", visible="hidden", show_label=False, container=False)

    def _talk(self, own: dict[str, str]) -> None:
        self.chat = gr.Chatbot(
            label=own["conversation"],
            elem_id="chat",
            height="auto",
            min_height=120,
            buttons=["copy"],
            allow_tags=False,
            latex_delimiters=[],
            feedback_options=("Like", "Dislike"),
            group_consecutive_messages=False,
        )

    def _rating(self, texts: Texts, consent: bool) -> None:
        words = texts.feedback
        with gr.Column(visible=False, elem_id="rating") as self.rating:
            self.reason = gr.Radio(list(texts.introduction.reasons), label=words["title"])
            self.consent = gr.Checkbox(label=words["consent"], visible=consent)
            self.rate = gr.Button(words["send"])
        self.rated = _shown(elem_id="rated")

    def _invitations(self, own: dict[str, str]) -> None:
        with gr.Column(visible=False, elem_id="options") as self.asking:
            self.question = _shown()
            with gr.Row():
                self.options = [gr.Button(visible=False) for _ in range(OPTIONS)]
        with gr.Column(visible=False, elem_id="next") as self.inviting:
            _shown(f"<h2>{own['next']}</h2>")
            self.next = [gr.Button(visible=False) for _ in range(NEXT)]

    def _box(self, own: dict[str, str]) -> None:
        self.box = gr.Textbox(
            label=own["question"],
            placeholder=own["placeholder"],
            elem_id="question",
            max_lines=6,
            max_length=LONGEST_READ,  # a box that cuts a long story off would hide what stands at its end
            submit_btn=False,
        )
        with gr.Row(elem_id="actions"):
            self.send = gr.Button(own["send"], variant="primary", size="sm")
            self.stop = gr.Button(own["stop"], size="sm")
            self.restart = gr.Button(own["restart"], size="sm")
            self.copy = gr.Button(own["copy"], size="sm")


def _shown(html: str = "", elem_id: str | None = None) -> gr.HTML:
    return gr.HTML(html, elem_id=elem_id, js_on_load=None)
