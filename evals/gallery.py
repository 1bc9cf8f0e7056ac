"""The gallery: questions with their whole replies, as a page that people read."""

from collections.abc import Iterator
from pathlib import Path

from assistant.answer import Assistant, answer
from assistant.conversation import Conversation
from assistant.render import citation_lines, source_text, web_markdown
from assistant.reply import Reply, SourceLine
from corpus.sources import read_toml

QUESTIONS = Path(__file__).with_name("gallery.toml")
PAGE = Path(__file__).parent.parent / "docs" / "answers-gallery.md"
_HEAD = """# Answers, one by one

Made by `spotter eval gallery` from the questions in `evals/gallery.toml`, with no language model. A test keeps this
page equal to what Spotter says. Each reply was read before it was committed; no clinician has read them. What the
sources are stands once, at the end."""


def gallery(assistant: Assistant) -> str:
    """The page, as Markdown."""
    parts = [_HEAD]
    sources: dict[str, SourceLine] = {}
    for group in read_toml(QUESTIONS)["group"]:
        parts.append(f"## {group['title']}")
        for question in group["questions"]:
            reply = answer(question, Conversation(), assistant).reply
            sources |= {source.id: source for source in reply.sources}
            parts += [f"### {question}", _quoted("\n".join(_lines(reply)))]
    parts.append("## Sources")
    parts += [f"- {source_text(sources[id_])}" for id_ in sorted(sources)]
    return "\n\n".join(parts) + "\n"


def _lines(reply: Reply) -> Iterator[str]:
    yield web_markdown(reply)
    if reply.citations:
        yield ""
        yield from (f"- {line.strip()}" for line in citation_lines(reply.citations, reply.blocks))
    if reply.followups:
        yield f"\nYou could ask next: {' · '.join(reply.followups)}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
