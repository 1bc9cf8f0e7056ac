"""Check every block against the articles before it is served; what does not hold is left out."""

import re
from collections.abc import Callable, Iterable

from assistant.cite import section_of
from assistant.reply import QUOTING, Block, Quote
from corpus.curation import shown
from corpus.library import Corpus
from corpus.records import Span

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")

# Text -> the reason why it must not be shown, or "".
Banned = Callable[[str], str]


def verified(blocks: Iterable[Block], corpus: Corpus, banned: Banned) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The blocks that hold, and why each of the others does not.

    No block at all when no quote is left, so that a lead never stands alone.
    """
    checked = [(block, block_problem(block, corpus, banned)) for block in blocks]
    kept = _without_widows([block for block, problem in checked if not problem])
    left_out = tuple(f"{problem}: {block.text}" for block, problem in checked if problem)
    return (tuple(kept) if any(block.kind in QUOTING for block in kept) else ()), left_out


def block_problem(block: Block, corpus: Corpus, banned: Banned) -> str:
    """Why a block may not be served, or "" when it may."""
    if block.kind not in QUOTING and block.quotes:
        return f"a {block.kind} with a citation"
    if block.kind == "note":
        return "" if block.basis else "a note without a basis"
    if block.kind not in QUOTING:
        return ""
    if not block.quotes:
        return "a claim without a citation"
    for quote in block.quotes:
        if problem := quote_problem(quote, corpus):
            return problem
    if (reason := banned(block.text)) and not all(_noted(quote, corpus) for quote in block.quotes):
        return f"text that must not be shown ({reason})"
    return text_problem(block.kind, block.text, block.quotes, corpus)


def _noted(quote: Quote, corpus: Corpus) -> bool:
    """Whether the overlay sets an editor's note beside the quote, so that it never stands without it."""
    span = Span(quote.start, quote.end)
    return any(note.span.overlaps(span) for note in corpus.by_source[quote.source_id].notes)


def quote_problem(quote: Quote, corpus: Corpus) -> str:
    """Why a span may not be quoted: unknown or uncitable article, outside it, or touching a withheld span."""
    article = corpus.by_source.get(quote.source_id)
    if article is None:
        return f"{quote.source_id} is not an article that may be cited"
    if not 0 <= quote.start < quote.end <= len(article.text):
        return f"{quote.start}:{quote.end} is outside {quote.source_id}"
    span = Span(quote.start, quote.end)
    if any(one.span.overlaps(span) for one in article.withheld):
        return f"{quote.source_id} {quote.start}:{quote.end} is withheld"
    return ""


def text_problem(kind: str, text: str, quotes: tuple[Quote, ...], corpus: Corpus) -> str:
    """Why the shown text is not what the quotes say.

    The text is the first quote with the overlay's [words]. A further quote says the same in other words:
    its numbers must be those of the text. What a language model has written must be carried by each quote alone.
    """
    said = [_said(quote, corpus) for quote in quotes]
    if kind == "written":
        from assistant.support.support import unsupported  # nobody else needs its word lists

        headings = [section_of(corpus.by_source[quote.source_id], quote) for quote in quotes]
        found = (unsupported(text, words, heading) for words, heading in zip(said, headings, strict=True))
        return next((f"not carried by its quote ({reason})" for reason in found if reason), "")
    if text != said[0]:
        return "the text is not the quote"
    numbers = sorted(_NUMBER.findall(text))
    if any(sorted(_NUMBER.findall(other)) != numbers for other in said[1:]):
        return "two quotes under one statement give different numbers"
    return ""


def _said(quote: Quote, corpus: Corpus) -> str:
    article = corpus.by_source[quote.source_id]
    return shown(article.text[quote.start : quote.end], quote.start, article.mends)


def _without_widows(blocks: list[Block]) -> list[Block]:
    """Leave out the line that introduces a list when nothing of the list is left."""
    kept: list[Block] = []
    for place, block in enumerate(blocks):
        after = blocks[place + 1] if place + 1 < len(blocks) else None
        introduces = block.kind == "statement" and block.text.rstrip().endswith(":")
        if introduces and (after is None or after.kind not in QUOTING):
            continue
        kept.append(block)
    return kept
