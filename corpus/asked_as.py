"""Questions that passages answer, in the words of people who have not read them; for search only."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.curation import locate
from corpus.records import Article, Conflict, Passage, Span
from corpus.sources import CORPUS, SourceError


@dataclass(frozen=True)
class AskedAs:
    """A question and the passage that answers it. Never shown as a quote."""

    passage_id: str
    question: str
    first: bool = field(default=True, compare=False)  # of the first round; the gate's detector learned of these alone


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
        quote, questions, more = _row(line, f"{path}, line {number}")
        span = locate(article.text, quote, f"{path.name}, line {number}")
        answering = [one for one in article.passages if one.span.overlaps(span) or _leads(span, one)]
        if not answering:
            raise SourceError(
                f"{path}, line {number}: {quote[:60]!r} is withheld or not part of a passage. Drop the line."
            )
        found += [AskedAs(passage.id, question) for passage in answering for question in questions]
        found += [AskedAs(passage.id, question, first=False) for passage in answering for question in more]
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
        conflict, questions, more = _row(line, f"{path}, line {number}", "conflict")
        asked = [(question, True) for question in questions] + [(question, False) for question in more]
        found += [AskedAs(passage, question, first) for passage in sides.get(conflict, ()) for question, first in asked]
    return tuple(dict.fromkeys(found))


def _row(line: bytes, where: str, of: str = "quote") -> tuple[str, list[str], list[str]]:
    """What is asked about, its questions, and those of later rounds; there is at least one."""
    try:
        row = json.loads(line)
        about, questions, more = row[of], row.get("questions", []), row.get("more", [])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{where} is not a {of} with questions: {error}. Mend the line.") from None
    lists = isinstance(questions, list) and isinstance(more, list)
    texts = [about, *questions, *more] if lists else []
    if not texts[1:] or not all(isinstance(text, str) and text.strip() for text in texts):
        raise SourceError(f"{where} is not a {of} with questions: both are texts and none is empty. Mend the line.")
    return about, questions, more


def _leads(span: Span, passage: Passage) -> bool:
    """Whether the span is in the line that introduces the list which the passage is an item of."""
    return passage.lead is not None and Span(passage.lead.start, passage.lead.end).overlaps(span)
