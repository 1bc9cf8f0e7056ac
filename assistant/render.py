"""Turn a reply into text: the only place that formats cards, blocks and citations."""

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from assistant.reply import Block, Citation, Reply
from assistant.triage.records import Card

WIDTH = 88
_NUMBERED = frozenset({"step", "volume"})


def card_text(card: Card) -> str:
    """A card as Markdown: what to do first, the numbers, why, what not to do, what it rests on."""
    lines = [f"**{card.title}**", ""]
    lines += [f"- {step}" for step in card.do]
    lines += [f"- {number.label}: {number.number}" for number in card.numbers]
    if card.why:
        lines += ["", f"Why: {card.why}"]
    if card.avoid:
        lines += ["", "Do not:", *[f"- {one}" for one in card.avoid]]
    if card.sources:
        named = "; ".join(f"{one.title} ({one.publisher}, {one.year})" for one in card.sources)
        lines += ["", f"Based on: {named}. Read by us {card.reviewed}; clinical review: {card.clinical_review}."]
    return "\n".join(lines)


def lay_out(card: Card | None, question: str, blocks: Sequence[Block]) -> tuple[str, tuple[Block, ...]]:
    """The whole reply as Markdown, and the blocks with the places where they stand in it."""
    text = card_text(card) if card else ""
    if question:
        text = _after(text, "\n\n") + f"**{question}**"
    placed: list[Block] = []
    step = 0
    for place, block in enumerate(blocks):
        before = blocks[place - 1] if place else None
        step = step + 1 if block.kind in _NUMBERED and not block.heading else int(block.kind in _NUMBERED)
        text = _after(text, "\n" if before and _continues_list(before, block) else "\n\n")
        if block.heading:
            by = " (editor's heading)" if block.heading_by == "editor" else ""
            text += f"**{block.heading}**{by}\n\n"
        start = len(text)
        text += _block(block, step)
        placed.append(replace(block, start=start, end=len(text)))
    return text, tuple(placed)


def _block(block: Block, step: int) -> str:
    marks = "".join(f" [{n}]" for n in block.citations)
    if block.kind in _NUMBERED:
        return f"{step}. {block.text}{marks}"
    if block.kind == "note" and block.basis:
        basis = block.basis
        checked = f"read {basis.checked}" if basis.checked != "no" else "not checked"
        return f"Note by the editor: {block.text} ({basis.title}, {basis.publisher}, {basis.year}; {checked})"
    if block.kind == "net":
        return f"*{block.text}*"
    listed = block.kind == "position" or block.item
    return f"- {block.text}{marks}" if listed else f"{block.text}{marks}"


def _continues_list(before: Block, block: Block) -> bool:
    """Whether two blocks are entries of one list, with no blank line between them."""
    if block.heading:
        return False
    if block.kind in _NUMBERED:
        return before.kind in _NUMBERED
    return block.item and before.item and before.kind not in _NUMBERED


def _after(text: str, separator: str) -> str:
    return text + separator if text else text


def citation_line(citation: Citation) -> str:
    """A citation as one line: the words, the article, the section."""
    section = f", “{citation.section}”" if citation.section else ""
    quote = " ".join(citation.quote.split())
    return f"[{citation.n}] “{quote}” ({citation.title}{section}, characters {citation.start}-{citation.end})"


def source_text(reply: Reply) -> list[str]:
    """What a reader should know of each article cited, a line each."""
    lines = []
    for source in reply.sources:
        about = "" if source.about_author == "unknown" else f" {source.about_author}"
        lines.append(
            f"{source.title}, by {source.author}, {source.date}.{about} {source.interest} {source.quality_note}"
        )
    return lines


def terminal(reply: Reply) -> str:
    """A reply for a terminal: the text, then the quotes, the sources and what to ask next."""
    parts = [_wrapped(reply.text.replace("**", ""))]
    if reply.citations:
        parts.append("Quotes\n" + "\n".join(_hanging(citation_line(one)) for one in reply.citations))
        parts.append("Sources\n" + "\n".join(_hanging(f"- {line}") for line in source_text(reply)))
    if reply.followups:
        parts.append("You could ask next\n" + "\n".join(f"- {one}" for one in reply.followups))
    return "\n\n".join(parts)


def _wrapped(text: str) -> str:
    return "\n".join(_hanging(line.strip("*") if line.startswith("*") else line) for line in text.split("\n"))


def _hanging(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip("-0123456789.[] "))) if line[:1] in "-[0123456789" else ""
    return textwrap.fill(line, WIDTH, subsequent_indent=indent[:4], break_long_words=False, break_on_hyphens=False)


def web_markdown(reply: Reply) -> str:
    """The reply's text for a page that renders Markdown: no HTML of users or articles gets through."""
    return escape(reply.text, quote=False).replace("[", "\\[").replace("]", "\\]")
