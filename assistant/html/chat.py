"""Write a reply for a chat that renders Markdown: every mark a link to its source, nobody else's markup live."""

import re
from html import escape

import nh3

from assistant.render import citation_marks
from assistant.reply import Block, Reply

# The only tags of ours; the marks are Markdown links.
TAGS = {"span"}
CLASSES = {"mend", "note", "ours"}

# What Markdown would make something of; at the start of a line also a list or rule; and bare addresses.
_LIVE = re.compile(r"[\\`*_\[\]~|$@]")
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)  # sought in the whole: a block may begin inside of one
_OPENS_LINE = re.compile(r"^([^\S\n]*)(?:([-+=#])|(\d+)([.)]))", re.MULTILINE)
_LAID_OUT = re.compile(r"(- |\d{1,9}\. )?(\*{0,2})(.*?)(\2)")
_BEFORE = re.compile(r"- |\d{1,9}\. |")
_CORRECTION = re.compile(r"\[[^\[\]]*\]")


def reply_markdown(reply: Reply) -> str:
    """The reply's text as safe Markdown; its marks lead to the places of `panel_html`."""
    text, place, parts = reply.text, 0, []
    for block in reply.blocks:
        if place <= block.start <= block.end <= len(text):
            parts += [_between(text[place : block.start], block), _block(text[block.start : block.end], block, reply)]
            place = block.end
    parts.append(_lines(text[place:]))
    whole = _ADDRESS.sub(r"\\\g<0>", "".join(parts))
    whole = whole.encode(errors="replace").decode()  # half a character is no text for what follows
    return nh3.clean(
        whole,
        tags=TAGS,
        attributes={},
        allowed_classes={"span": CLASSES},
        url_schemes=set(),
        link_rel=None,
    )


def _between(text: str, block: Block) -> str:
    """What stands before a block: the card, a question, and the block's heading."""
    heading = f"**{block.heading}**"
    by_editor = f"{heading} (editor's heading)\n\n"
    if block.heading and text.endswith(by_editor):
        ours = '<span class="ours">(editor\'s heading)</span>'
        return f"{_lines(text.removesuffix(by_editor))}**{_plain(block.heading)}** {ours}\n\n"
    return _lines(text)


def _block(text: str, block: Block, reply: Reply) -> str:
    """A block as it is laid out, its marks links, and what is ours of it told apart."""
    if block.kind == "note":
        return f'<span class="note">{_plain(" ".join(text.split()))}</span>'
    marks = citation_marks(block.citations)
    before = text.removesuffix(block.text + marks)
    if not block.citations or before == text or not _BEFORE.fullmatch(before):
        return _lines(text)
    return before + _with_corrections(block, reply) + "".join(f" {_mark(n, reply)}" for n in block.citations)


def _mark(n: int, reply: Reply) -> str:
    known = any(citation.n == n for citation in reply.citations)
    return f"[\\[{n}\\]](#src-{reply.turn}-{n})" if known else f"\\[{n}\\]"


def _with_corrections(block: Block, reply: Reply) -> str:
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
            parts.append(f'{_plain(words)}<span class="mend">{_plain(match.group())}</span>')
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
    return f"{entry or ''}{stars}{_plain(words)}{stars}"


def _plain(text: str) -> str:
    """Words that are shown as they are."""
    shown = _LIVE.sub(r"\\\g<0>", escape(text, quote=False))
    return _OPENS_LINE.sub(lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or found[4]}", shown)
