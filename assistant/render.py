"""Turn a reply into text: the only place that formats cards, blocks and citations."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from assistant.reply import Block, Citation, Reply, SourceLine
from assistant.triage.records import Card, Translation

WIDTH = 88
_NUMBERED = frozenset({"step", "volume"})
_MARKUP = re.compile(r"[\\`*_{}()\[\]#+.!|~:@/$=-]")  # everything but the entities that escaping makes


def card_text(card: Card) -> str:
    """A card as Markdown: what to do first, the numbers, why, what not to do, what it rests on."""
    lines = [*_translation(card.translation), "", "---", ""] if card.translation else []
    lines += [f"**{card.title}**", ""]
    lines += [f"- {step}" for step in card.do]
    lines += [f"- {number.label}: {number.number}" for number in card.numbers]
    if card.why:
        lines += ["", f"Why: {card.why}"]
    if card.avoid:
        lines += ["", "What not to do:", *[f"- {one}" for one in card.avoid]]
    if card.sources:
        named = "; ".join(f"{one.title} ({one.publisher}, {one.year})" for one in card.sources)
        lines += ["", f"Based on: {named}. Read by us {card.reviewed}; clinical review: {card.clinical_review}."]
    return "\n".join(lines)


def unanswered(card: Card | None, told: str) -> str:
    """What is shown where something behind the gate failed: the card that the gate wants shown, then a sentence."""
    return f"{card_text(card)}\n\n{told}" if card else told


def _translation(told: Translation) -> list[str]:
    steps = [f"- {step}" for step in (*told.do, told.numbers)]
    return [f"**{told.title}**", "", *steps, "", f"*{told.note}*"]


def lay_out(card: Card | None, question: str, blocks: Sequence[Block]) -> tuple[str, tuple[Block, ...]]:
    """The whole reply as Markdown, and the blocks with the places where they stand in it."""
    text = card_text(card) if card else ""
    if question:
        text = _after(text, "\n\n") + f"**{question}**"
    placed: list[Block] = []
    step = 0
    for place, block in enumerate(blocks):
        before = blocks[place - 1] if place else None
        step = _step(step, block, before)
        text = _after(text, "\n" if before and _continues_list(before, block) else "\n\n")
        if block.heading:
            by = " (editor's heading)" if block.heading_by == "editor" else ""
            text += f"**{block.heading}**{by}\n\n"
        start = len(text)
        text += _block(block, step)
        placed.append(replace(block, start=start, end=len(text)))
    return text, tuple(placed)


def _step(step: int, block: Block, before: Block | None) -> int:
    """The number of a step, 0 for a block that is none; a volume counts on among steps, not by itself."""
    if block.kind == "step":
        return 1 if block.heading else step + 1
    among_steps = block.kind == "volume" and before is not None and before.kind in _NUMBERED and step > 0
    return step + 1 if among_steps and not block.heading else 0


def _block(block: Block, step: int) -> str:
    marks = citation_marks(block.citations)
    if step:
        return f"{step}. {block.text}{marks}"
    if block.kind == "note" and block.basis:
        basis = block.basis
        checked = f"read {basis.checked}" if basis.checked != "no" else "not checked"
        return f"Note by the editor: {block.text} ({basis.title}, {basis.publisher}, {basis.year}; {checked})"
    if block.kind == "net":
        return f"*{block.text}*"
    listed = block.kind in ("position", "volume") or block.item
    return f"- {block.text}{marks}" if listed else f"{block.text}{marks}"


def citation_marks(citations: Sequence[int]) -> str:
    """The marks as they stand behind a block's words."""
    return "".join(f" [{n}]" for n in citations)


def _continues_list(before: Block, block: Block) -> bool:
    """Whether two blocks are entries of one list, with no blank line between them."""
    if block.heading:
        return False
    if block.kind in _NUMBERED or before.kind in _NUMBERED:
        return block.kind in _NUMBERED and before.kind in _NUMBERED
    if block.kind == "position":
        return before.kind == "position"
    return block.item and before.item


def _after(text: str, separator: str) -> str:
    return text + separator if text else text


def marks(reply: Reply) -> list[tuple[int, int, int]]:
    """Each mark of ours in the text as (number, start, end) in code points; not a "[1]" that an article printed."""
    found = []
    for block in reply.blocks:
        place = block.end
        for n in reversed(block.citations):
            before = place - len(citation_marks((n,)))
            found.append((n, before + 1, place))
            place = before
    return sorted(found, key=lambda one: one[1])


def citation_lines(citations: Sequence[Citation], blocks: Sequence[Block]) -> list[str]:
    """Where each quote stands, neighbours of one section on one line; a mended quote also as it is printed."""
    lines = []
    for group in _by_section(citations):
        first, last = group[0], group[-1]
        marks = f"[{first.n}]" if first is last else f"[{first.n}]-[{last.n}]"
        section = f", “{first.section}”" if first.section else ""
        start, end = min(one.start for one in group), max(one.end for one in group)
        lines.append(f"{marks} {first.title}{section}, characters {start}-{end}")
        shown = {n: block.text for block in blocks for n in block.citations}
        lines += [f"    [{one.n}] as printed: “{one.quote}”" for one in group if in_words(shown.get(one.n, ""))]
    return lines


def in_words(text: str) -> bool:
    """Whether the overlay put words, not only a space or a stop, into the text."""
    return re.search(r"\[[^\]]*\w[^\]]*\]", text) is not None


def _by_section(citations: Sequence[Citation]) -> list[list[Citation]]:
    groups: list[list[Citation]] = []
    for citation in citations:
        before = groups[-1][-1] if groups else None
        if before and (before.source_id, before.section) == (citation.source_id, citation.section):
            groups[-1].append(citation)
        else:
            groups.append([citation])
    return groups


def source_text(source: SourceLine) -> str:
    """What a reader should know of an article: who wrote it, when, with what interest, and our note."""
    author = "author unknown" if source.author == "unknown" else f"by {source.author}"
    date = "date unknown" if source.date == "unknown" else source.date
    about = "" if source.about_author == "unknown" else source.about_author
    facts = (f"{source.title}, {author}, {date}.", about, source.interest, source.quality_note)
    return " ".join(fact for fact in facts if fact)


def terminal(reply: Reply) -> str:
    """A reply for a terminal: the text, then where the quotes stand, the sources and what to ask next."""
    parts = [_wrapped(reply.text.replace("**", ""))]
    if reply.citations:
        places = citation_lines(reply.citations, reply.blocks)
        parts.append("Quoted from\n" + "\n".join(_hanging(line) for line in places))
        parts.append("Sources\n" + "\n".join(_hanging(f"- {source_text(source)}") for source in reply.sources))
    if reply.followups:
        parts.append("You could ask next\n" + "\n".join(f"- {one}" for one in reply.followups))
    return "\n\n".join(parts)


def _wrapped(text: str) -> str:
    return "\n".join(_hanging(line.strip("*") if line.startswith("*") else line) for line in text.split("\n"))


def _hanging(line: str) -> str:
    marker = re.match(r"\s*(?:[-\d.]+|\[\d+\](?:-\[\d+\])?)\s", line)
    indent = " " * min(marker.end() if marker else 0, 8)
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def web_markdown(reply: Reply) -> str:
    """The reply's text for a page of Markdown with no places for its marks to lead to; the chat has chat_markdown."""
    shown = escape(reply.text, quote=False)
    return shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def as_typed(message: str) -> str:
    """A user's message for a page that renders Markdown: it is shown as it was typed, with no HTML and no links."""
    whole = message.encode(errors="replace").decode()  # half a character is no text for what follows
    return _MARKUP.sub(r"\\\g<0>", escape(whole, quote=False))
