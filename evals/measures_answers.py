"""How good one answer is: does it quote what answers the question, exactly, without saying more.

Everything is worked out from plain values of a reply's JSON; see assistant/reply.schema.json. Spans are (source id,
start, end), code points of the article as received, end exclusive. None means that the measure does not apply: there
is nothing to be right or wrong about. A case that crashed has no reply; whoever scores it enters 0, not None.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Span = tuple[str, int, int]

_CORRECTION = re.compile(r"\[[^\]]*\]")


def spans_overlap(one: Span, other: Span) -> bool:
    """Whether two spans share at least one character; an empty span shares none."""
    same = one[0] == other[0]
    return same and max(one[1], other[1]) < min(one[2], other[2])


def gold_quoted(citation_spans: Iterable[Span], gold_spans: Sequence[Span]) -> bool:
    """Whether anything that is cited overlaps a gold span. Without gold it is False: ask it of answerable cases."""
    return any(spans_overlap(cited, gold) for cited in citation_spans for gold in gold_spans)


def gold_first(first_statement_spans: Iterable[Span], gold_spans: Sequence[Span]) -> bool:
    """Whether the first statement quotes a gold span; a reader who stops there has the answer."""
    return gold_quoted(first_statement_spans, gold_spans)


def statement_precision(statement_spans: Sequence[Sequence[Span]], bearing_spans: Sequence[Span]) -> float | None:
    """Share of the statements with a quote that overlaps a span that bears on the question, in [0, 1].

    A statement without a quote bears on nothing. None for an answer without statements.
    """
    if not statement_spans:
        return None
    return sum(gold_quoted(spans, bearing_spans) for spans in statement_spans) / len(statement_spans)


def in_region(asked: Sequence[str], quoted: Sequence[Sequence[str]]) -> float | None:
    """Share of the quoted passages that are about a part of the body that was asked about, or about none, in [0, 1].

    None where the question names no part or nothing is quoted.
    """
    if not asked or not quoted:
        return None
    return sum(not regions or bool(set(regions) & set(asked)) for regions in quoted) / len(quoted)


def nugget_recall(text: str, nuggets: Sequence[tuple[str, bool]], vital_only: bool) -> float | None:
    """Share of the nuggets that the text holds, in [0, 1]; None where there are none of that kind.

    A nugget is (pattern, vital). It is held when its regular expression is found in the text, whatever the case, with
    apostrophes made straight and runs of white space made one space; the editor's corrections may be read along or
    passed over. All weigh the same, as in the strict "All" and "Vital" scores of the TREC 2024 RAG track
    (arXiv:2504.15068), with patterns in place of its judge. Raises re.error for a broken pattern.
    """
    patterns = [pattern for pattern, vital in nuggets if vital or not vital_only]
    if not patterns:
        return None
    readings = [_one_spaced(_straight(reading)) for reading in (as_read(text), without_corrections(text))]
    held = [any(re.search(_straight(pattern), reading, re.IGNORECASE) for reading in readings) for pattern in patterns]
    return sum(held) / len(held)


def quote_exact(citation: Mapping[str, Any], article_text: str) -> bool:
    """Whether the citation's quote is article[start:end], character for character, and not empty."""
    start, end = citation["start"], citation["end"]
    return bool(0 <= start < end <= len(article_text) and article_text[start:end] == citation["quote"])


def citation_recall(statements: Sequence[str], quotes: Sequence[Sequence[str]]) -> float | None:
    """Share of the statements that their own quotes support, in [0, 1]; None for an answer without statements.

    The definition is ALCE's (arXiv:2305.14627) with exact containment for entailment: a statement is
    supported when its text, corrections in [brackets] removed, stands whole in the concatenation of its quotes in the
    order cited. Runs of white space count as one space, quotes are joined by one space, and the text does not
    begin or end inside a word of the quote. A statement without a quote, or without text, is not supported.
    `quotes` holds those of each statement; raises ValueError when the two are not of one length.
    """
    if not statements:
        return None
    return sum(supported(text, cited) for text, cited in zip(statements, quotes, strict=True)) / len(statements)


def citation_precision(statements: Sequence[str], quotes: Sequence[Sequence[str]]) -> float | None:
    """Share of all citations that are of use, in [0, 1]; None for an answer without statements, 0 without citations.

    The definition is ALCE's (arXiv:2305.14627), supported as in `citation_recall`: a citation is of use
    when its statement is supported, and the citation either supports it alone or cannot be left out. So a second
    quote that says the same in other words counts against precision: containment cannot see that it agrees.
    """
    if not statements:
        return None
    useful = [
        _of_use(place, text, cited)
        for text, cited in zip(statements, quotes, strict=True)
        for place in range(len(cited))
    ]
    return sum(useful) / len(useful) if useful else 0.0


def _of_use(place: int, text: str, cited: Sequence[str]) -> bool:
    if not supported(text, cited):
        return False
    others = [quote for other, quote in enumerate(cited) if other != place]
    return supported(text, [cited[place]]) or not supported(text, others)


def supported(text: str, quotes: Sequence[str]) -> bool:
    """Whether the text, corrections removed, stands whole in its quotes; see `citation_recall`."""
    claim = _one_spaced(without_corrections(text))
    if not claim:
        return False
    before = r"(?<!\w)" if claim[0].isalnum() else ""
    after = r"(?!\w)" if claim[-1].isalnum() else ""
    return bool(re.search(before + re.escape(claim) + after, _one_spaced(" ".join(quotes))))


def without_corrections(text: str) -> str:
    """The text without the editor's corrections in [brackets]: the words of the article again."""
    return _CORRECTION.sub("", text)


def as_read(text: str) -> str:
    """The text with the corrections in it and their brackets gone, as a reader takes it in."""
    return text.replace("[", "").replace("]", "")


def corrections(text: str) -> list[str]:
    """The editor's corrections in a text, without their brackets."""
    return [found[1:-1] for found in _CORRECTION.findall(text)]


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def _straight(text: str) -> str:
    return text.replace("’", "'").replace("‘", "'")
