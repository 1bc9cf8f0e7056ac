"""Write a reply for a chat that renders Markdown: every mark a link to its source, nobody else's markup live."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Literal

from assistant.render import card_text, citation_marks
from assistant.reply import Block, Citation, Reply
from assistant.triage.records import Card

Ours = Literal["mend", "note", "ours"]  # a correction in a quote, a note of the editor, an editor's heading


@dataclass(frozen=True)
class Dialect:
    """How one chat wants it: where a mark leads to ("" is nowhere), and how words of ours are told from a quote."""

    address: Callable[[Citation], str]
    ours: Callable[[Ours, str], str] = lambda kind, words: words


# What Markdown would make something of; at the start of a line also a list or rule; and bare addresses.
_LIVE = re.compile(r"[\\`*_\[\]~|$@]")
# Sought in the whole, since a block may begin inside of one; but for where our own marks lead.
_ADDRESS = re.compile(r"(?P<own>(?<!\\)\]\([^()\s]*\))|:(?=//)|(?<=www)\.", re.IGNORECASE)
_OPENS_LINE = re.compile(r"^([^\S\n]*)(?:([-+=#])|(\d+)([.)]))", re.MULTILINE)
_LAID_OUT = re.compile(r"(- |\d{1,9}\. )?(\*{0,2})(.*?)(\2)")
_BEFORE = re.compile(r"- |\d{1,9}\. |")
_CORRECTION = re.compile(r"\[[^\[\]]*\]")


def reply_markdown(reply: Reply, dialect: Dialect) -> str:
    """The reply's text as safe Markdown."""
    text, place, parts = reply.text, 0, []
    for block in reply.blocks:
        if place <= block.start <= block.end <= len(text):
            before, words = text[place : block.start], text[block.start : block.end]
            parts += [_between(before, block, dialect), _block(words, block, reply, dialect)]
            place = block.end
    parts.append(_lines(text[place:]))
    return _readable("".join(parts))


def card_markdown(card: Card) -> str:
    """A card by itself as safe Markdown."""
    return _readable(_lines(card_text(card)))


def plain_markdown(text: str) -> str:
    """Words that are shown as they are."""
    return _readable(_plain(text))


def _readable(markdown: str) -> str:
    whole = _ADDRESS.sub(lambda found: found["own"] or f"\\{found.group()}", markdown)
    return whole.encode(errors="replace").decode()  # half a character is no text for what follows


def _between(text: str, block: Block, dialect: Dialect) -> str:
    """What stands before a block: the card, a question, and the block's heading."""
    heading = f"**{block.heading}**"
    by_editor = f"{heading} (editor's heading)\n\n"
    if block.heading and text.endswith(by_editor):
        told = dialect.ours("ours", "(editor's heading)")
        return f"{_lines(text.removesuffix(by_editor))}**{_plain(block.heading)}** {told}\n\n"
    return _lines(text)


def _block(text: str, block: Block, reply: Reply, dialect: Dialect) -> str:
    """A block as it is laid out, its marks links, and what is ours of it told apart."""
    if block.kind == "note":
        return dialect.ours("note", _plain(" ".join(text.split())))
    marks = citation_marks(block.citations)
    before = text.removesuffix(block.text + marks)
    begins = block.text.partition("\n")[0].strip()  # a mark of a list by itself would underline what stands before
    if not (block.citations and begins) or before == text or not _BEFORE.fullmatch(before):
        return _lines(text)
    marks = "".join(f" {_mark(n, reply, dialect)}" for n in block.citations)
    return before + _with_corrections(block, reply, dialect) + marks


def _mark(n: int, reply: Reply, dialect: Dialect) -> str:
    address = next((dialect.address(citation) for citation in reply.citations if citation.n == n), "")
    return f"[\\[{n}\\]]({address})" if address else f"\\[{n}\\]"


def _with_corrections(block: Block, reply: Reply, dialect: Dialect) -> str:
    """The words of a block; what the editor put into the quote looks different from it."""
    quote = next((one.quote for one in reply.citations if one.n == block.citations[0]), block.text)
    quote = re.sub(r"\s*\n\s*", " ", quote)
    parts, place, read = [], 0, 0
    for match in _CORRECTION.finditer(block.text):
        words = block.text[place : match.start()]
        read += len(words)
        if quote.startswith(match.group(), read):  # brackets of the article itself
            read += len(match.group())
            parts.append(_plain(words + match.group()))
        else:
            parts.append(_plain(words) + dialect.ours("mend", _plain(match.group())))
        place = match.end()
    return "".join([*parts, _plain(block.text[place:])])


def _lines(text: str) -> str:
    """Text laid out by us: its lists and its emphasis stay, nothing else in it is markup."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    match = _LAID_OUT.fullmatch(line)
    if line == "---" or match is None:
        return line if line == "---" else _plain(line)
    entry, stars, words, _ = match.groups()
    if not words.strip():  # a mark of a list by itself would make a heading of the line before
        return _plain(line)
    return f"{entry or ''}{stars}{_plain(words)}{stars}"


def _plain(text: str) -> str:
    """Words that are shown as they are."""
    shown = _LIVE.sub(r"\\\g<0>", escape(text, quote=False))
    return _OPENS_LINE.sub(lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or found[4]}", shown)
