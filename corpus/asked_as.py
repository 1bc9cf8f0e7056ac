"""Questions that passages answer, in the words of people who have not read them; for search only."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.curation import locate
from corpus.records import Article, Conflict, Passage, Span
from corpus.sources import CORPUS, SourceError


@dataclass(frozen=True)
class AskedAs:
    """A question and the passage that answers it. Never shown as a quote."""

    passage_id: str
    question: str


def read_asked_as(article: Article, folder: Path = CORPUS) -> tuple[AskedAs, ...]:
    """The asked-as questions of one article; none when it has no file.

    A row belongs to every passage that its quote touches; a list's lead-in belongs to all its items.

    Raises SourceError for a broken line, and for a quote that is not in a citable passage.
    """
    path = folder / "asked_as" / f"{article.source.id}.jsonl"
    if not path.exists():
        return ()
    found: list[AskedAs] = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        quote, questions = _row(line, f"{path}, line {number}")
        span = locate(article.text, quote, f"{path.name}, line {number}")
        answering = [one for one in article.passages if one.span.overlaps(span) or _leads(span, one)]
        if not answering:
            raise SourceError(
                f"{path}, line {number}: {quote[:60]!r} is withheld or not part of a passage. Drop the line."
            )
        found += [AskedAs(passage.id, question) for passage in answering for question in questions]
    return tuple(dict.fromkeys(found))


def read_asked_of_conflicts(conflicts: Sequence[Conflict], folder: Path = CORPUS) -> tuple[AskedAs, ...]:
    """The questions that need every side of a disagreement, each asked of all of its sides; none without a file.

    Raises SourceError for a broken line. A disagreement that the corpus does not have is passed over, as one of whose
    articles is withdrawn.
    """
    path = folder / "asked_as" / "conflicts.jsonl"
    if not path.exists():
        return ()
    sides = {one.id: [side.passage_id for side in one.positions] for one in conflicts}
    found: list[AskedAs] = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        conflict, questions = _row(line, f"{path}, line {number}", "conflict")
        found += [AskedAs(passage, question) for passage in sides.get(conflict, ()) for question in questions]
    return tuple(dict.fromkeys(found))


def _row(line: bytes, where: str, of: str = "quote") -> tuple[str, list[str]]:
    try:
        row = json.loads(line)
        quote, questions = row[of], row["questions"]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{where} is not a {of} with questions: {error}. Mend the line.") from None
    texts = [quote, *questions] if isinstance(questions, list) else []
    if not texts[1:] or not all(isinstance(text, str) and text.strip() for text in texts):
        raise SourceError(f"{where} is not a {of} with questions: both are texts and none is empty. Mend the line.")
    return quote, questions


def _leads(span: Span, passage: Passage) -> bool:
    """Whether the span is in the line that introduces the list which the passage is an item of."""
    return passage.lead is not None and Span(passage.lead.start, passage.lead.end).overlaps(span)
