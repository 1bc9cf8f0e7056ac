"""What a language model may write from: what the answer quotes, and what may be shown beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.compose.material import Material
from assistant.compose.statements import NEAR, fits_region, may_show
from assistant.reply import Block, Quote
from corpus.curation import shown
from corpus.records import Article, Passage, Span
from corpus.sentences import split

MOST = 8  # pieces of evidence; more of them only dilute
# Signs and when to seek help stay in the words that were read with care; nobody's own story is evidence.
NEVER = frozenset({"sign", "seek_help", "anecdote"})


@dataclass(frozen=True)
class Evidence:
    """A few whole sentences of an article, under their heading; `quotes` and `texts` are those of each sentence."""

    heading: str
    quotes: tuple[Quote, ...]
    texts: tuple[str, ...]  # as a reply shows them
    quoted: bool = False  # whether the answer without a model quotes it

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def holding(self, words: str) -> Quote | None:
        """The whole sentences in which the words stand, letter for letter but for white space; None where they do not.

        Whole, since words can be cut out of a sentence that says the opposite.
        """
        words = " ".join(words.split())
        start = self.text.find(words) if words else -1
        if start < 0:
            return None
        touched, place = [], 0
        for quote, text in zip(self.quotes, self.texts, strict=True):
            if place < start + len(words) and start < place + len(text):
                touched.append(quote)
            place += len(text) + 1
        return Quote(touched[0].source_id, touched[0].start, touched[-1].end) if touched else None


def evidence(material: Material, blocks: Iterable[Block]) -> tuple[Evidence, ...]:
    """The sentences that the blocks quote, then those of further hits that could have been quoted."""
    own = [quote for block in blocks for quote in block.quotes if _may_be(material, quote)]
    spans = list(own)
    for hit in material.hits[:NEAR]:
        passage = material.corpus.passages[hit.passage_id]
        if _further(material, passage):
            spans.append(Quote(passage.source_id, passage.start, passage.end))
    apart: list[Quote] = []
    for quote in spans:
        if not any(_overlap(quote, other) for other in apart):
            apart.append(quote)
    return tuple(_evidence(material.corpus.by_source[one.source_id], one, one in own) for one in apart[:MOST])


def _further(material: Material, passage: Passage) -> bool:
    usable = passage.stands_alone and passage.kind == "prose" and passage.role not in NEVER
    return usable and may_show(material, passage) and fits_region(material, passage)


def _may_be(material: Material, quote: Quote) -> bool:
    return not any(one.role in NEVER for one in _passages(material.corpus.by_source[quote.source_id], quote))


def _passages(article: Article, quote: Quote) -> Sequence[Passage]:
    span = Span(quote.start, quote.end)
    return [one for one in article.passages if one.span.overlaps(span)]


def _overlap(one: Quote, other: Quote) -> bool:
    return one.source_id == other.source_id and Span(one.start, one.end).overlaps(Span(other.start, other.end))


def _evidence(article: Article, quote: Quote, quoted: bool) -> Evidence:
    spans = split(article.text, quote.start, quote.end)
    return Evidence(
        heading=next((one.heading for one in _passages(article, quote)), ""),
        quotes=tuple(Quote(quote.source_id, start, end) for start, end in spans),
        texts=tuple(shown(article.text[start:end], start, article.mends) for start, end in spans),
        quoted=quoted,
    )
