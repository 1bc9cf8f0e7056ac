"""Write a reply for the chat of the page, whose marks lead to the places of `panel_html`."""

import nh3

from assistant.markdown import Dialect, reply_markdown
from assistant.reply import Reply

# The only tags of ours; the marks are Markdown links.
TAGS = {"span"}
CLASSES = {"mend", "note", "ours"}


def chat_markdown(reply: Reply) -> str:
    """The reply's text as Markdown and tags of ours, nothing else."""
    dialect = Dialect(
        address=lambda citation: f"#src-{reply.turn}-{citation.n}",
        ours=lambda kind, words: f'<span class="{kind}">{words}</span>',
    )
    return nh3.clean(
        reply_markdown(reply, dialect),
        tags=TAGS,
        attributes={},
        allowed_classes={"span": CLASSES},
        url_schemes=set(),
        link_rel=None,
    )
