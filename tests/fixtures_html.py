"""What the tests of HTML share: texts that try to be markup, replies made by hand, and a reader of pages."""

from html.parser import HTMLParser

from hypothesis import strategies as st

from assistant.render import lay_out
from assistant.reply import Citation, Reply, SourceLine

PIECES = [
    "<b>",
    "</p>",
    "<img src=x onerror=a()>",
    "<!--",
    "<script>",
    "&lt;",
    "&#60;",
    "&",
    "<",
    ">",
    '"',
    "'",
    "`",
    "é",
]
PIECES += [
    "[a](http://b.c)",
    "![a](b)",
    "**",
    "_",
    "[1]",
    "[",
    "]",
    "(",
    "\\",
    "\\[",
    "\n",
    "\n\n",
    "# ",
    "- ",
    "1. ",
    "|",
    "a ",
    "b",
]
NASTY = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


def reply_with(text="", card=None, blocks=(), citations=(), sources=(), followups=()):
    return Reply(
        outcome="answered",
        reason="ok",
        mode="none",
        tier="none",
        flags=(),
        card=card,
        question=None,
        text=text,
        blocks=blocks,
        citations=citations,
        sources=sources,
        followups=followups,
        conversation_id="c",
        turn=0,
        index_version="",
        seconds=0.0,
    )


def citation(n=1, quote="Keep moving.", title="Sore backs", section="What helps"):
    return Citation(n, "back", title, section, quote, 10, 22, 10, 22, quote, "0" * 64)


def source(**facts):
    usual = {"id": "back", "title": "Sore backs", "interest": "", "quality_note": "", "url": ""}
    unknown = dict.fromkeys(("author", "about_author", "publisher", "date"), "unknown")
    return SourceLine(**(usual | unknown | facts))


class Page(HTMLParser):
    """The tags, attributes and text of a piece of HTML, as a browser would take it.

    `without`: classes whose text is left out. Text of one block never runs into that of the next.
    """

    INLINE = frozenset({"a", "b", "em", "mark", "small", "span", "strong"})
    EMPTY = frozenset({"hr", "link", "meta", "br"})

    def __init__(self, html, without=()):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.marks = []  # (id or "", text)
        self._without, self._open = set(without), []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.EMPTY:
            self._open.append((tag, dict(attrs)))
        if tag == "mark":
            self.marks.append((dict(attrs).get("id", ""), ""))
        self.text += "" if tag in self.INLINE else "\n"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)  # <hr />: a browser does not see the stroke

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag
        self.text += "" if tag in self.INLINE else "\n"

    def handle_data(self, data):
        classes = {name for _, attributes in self._open for name in (attributes.get("class") or "").split()}
        if classes & self._without:
            return
        self.text += data
        if any(tag == "mark" for tag, _ in self._open):
            id_, text = self.marks[-1]
            self.marks[-1] = (id_, text + data)

    @property
    def words(self):
        """The text with one space between words."""
        return squeezed(self.text)

    def all(self, name):
        """The values of an attribute, in order."""
        return [value for key, value in self.attributes if key == name]


def squeezed(text):
    return " ".join(text.split())


def laid_out(blocks, card=None, question="", **rest):
    """A reply whose text is laid out from its blocks."""
    text, placed = lay_out(card, question, blocks)
    return reply_with(text, card=card, blocks=placed, **rest)
