"""Check the corpus as a whole, and describe an article the way a curator wants to read it."""

import datetime
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from corpus.curation import mended
from corpus.errors import KnownError
from corpus.library import Corpus
from corpus.records import Article, Passage

ENOUGH_QUESTIONS = 8
# Planted for a program rather than written for readers: no note of ours and no title excuses them.
_PLANTED = frozenset({"instructions", "contact", "markup"})
_REASONS = frozenset(
    [
        "anecdote",
        "author_data",
        "contact",
        "contradiction",
        "cure_claim",
        "diagnosis",
        "furniture",
        "imaging_procedures",
        "instructions",
        "markup",
        "medicine",
        "outdated",
        "promotion",
        "reassurance",
        "red_flags",
        "rhetoric",
        "statistic",
        "supplements",
        "traction",
        "translation",
        "unsafe",
        "unsupported",
    ]
)


class UnknownPlace(KnownError):
    """No article or passage of that name."""


@dataclass(frozen=True)
class Checked:
    """What a check found: problems that must be mended, notes to know, and a line that sums up."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    summary: str


def check(corpus: Corpus, banned: Callable[[str], str], today: datetime.date | None = None) -> Checked:
    """Check everything that loading does not already refuse.

    `banned` gives the reason why a text must not be shown, or "", as assistant/policy/output.toml names it.
    Loading has checked digests, schemas and that every quote of an overlay occurs exactly once.
    """
    day = today or datetime.datetime.now(tz=datetime.UTC).date()
    problems, notes = [], []
    asked = Counter(row.passage_id for row in corpus.asked_as())
    for source in corpus.sources:
        if not source.citable:
            notes.append(f"{source.id}: {source.state}, not in the index.")
        elif source.next_review and source.next_review < day:
            notes.append(f"{source.id}: was to be read again by {source.next_review}; answers say so.")
    for article in corpus.articles:
        problems += _article_problems(article, banned)
        few = [passage.id for passage in article.passages if asked[passage.id] < ENOUGH_QUESTIONS]
        notes += [f"{one}: {asked[one]} asked-as questions, fewer than {ENOUGH_QUESTIONS}." for one in few]
    passages, withheld = len(corpus.passages), sum(len(article.withheld) for article in corpus.articles)
    summary = (
        f"{len(corpus.articles)} articles, {passages} passages, {withheld} withheld spans, "
        f"{len(corpus.exercises)} exercises, {len(corpus.conflicts)} conflicts, {sum(asked.values())} questions: "
        f"{len(problems)} problems."
    )
    return Checked(tuple(problems), tuple(notes), summary)


def _article_problems(article: Article, banned: Callable[[str], str]) -> list[str]:
    problems = [
        f"{article.source.id}: {one.reason!r} is not a known reason for withholding."
        for one in article.withheld
        if one.reason not in _REASONS
    ]
    named = {"title": article.source.title, "author": article.source.author, "note": article.source.about_author}
    problems += [
        f"{article.source.id}: the {name} must not be shown ({reason}): {text[:80]!r}"
        for name, text in named.items()
        if (reason := banned(text)) in _PLANTED
    ]
    for passage in article.passages:
        if reason := reason_against(article, passage, banned):
            problems.append(f"{passage.id}: must not be shown ({reason}): {passage.text[:80]!r}")
    return problems


def reason_against(article: Article, passage: Passage, banned: Callable[[str], str]) -> str:
    """Why a passage must not be shown, or "": its words, its heading, the line above its list, its own brackets.

    A claim that must not stand alone may stand beside a note of ours.
    """
    reason = banned(mended(passage.text, passage.start, article.mends))
    noted = any(note.span.overlaps(passage.span) for note in article.notes)
    if reason and (not noted or reason in _PLANTED):
        return reason
    if reason := banned(passage.heading):
        return f"heading: {reason}"
    if passage.lead and (reason := banned(passage.lead.text)):
        return f"line above the list: {reason}"
    return "brackets that look like corrections of ours" if re.search(r"[\[\]]", passage.text) else ""


def described(corpus: Corpus, place: str) -> str:
    """An article with everything decided about it, or one passage 'id#section.n'; raises UnknownPlace."""
    source_id, _, _ = place.partition("#")
    article = corpus.by_source.get(source_id)
    if article is None:
        known = ", ".join(source.id for source in corpus.sources)
        raise UnknownPlace(f"There is no article {source_id!r}. The articles are: {known}.")
    if place == source_id:
        return _article(article)
    passage = corpus.passages.get(place)
    if passage is None:
        raise UnknownPlace(f"There is no passage {place!r}. Run 'spotter corpus show {source_id}' to see them.")
    questions = [row.question for row in corpus.asked_as() if row.passage_id == place]
    return "\n".join([_passage(article, passage), *(f"    asked as: {question}" for question in questions)])


def _article(article: Article) -> str:
    source = article.source
    lines = [
        f"{source.title} ({source.id})",
        f"by {source.author}, {source.date}; {source.about_author}",
        f"interest: {source.interest}",
        f"quality: {source.quality_note}",
        f"{source.state} {source.reviewed}, next {source.next_review}; clinical review: {source.clinical_review}",
    ]
    pieces: list[tuple[int, str]] = [(passage.start, _passage(article, passage)) for passage in article.passages]
    pieces += [
        (one.span.start, f"  withheld ({one.reason}), {one.span.end - one.span.start} characters: {one.why}")
        for one in article.withheld
    ]
    return "\n".join([*lines, "", *(text for _, text in sorted(pieces))])


def _passage(article: Article, passage: Passage) -> str:
    about = ", ".join((passage.role, *passage.regions, *([passage.exercise] if passage.exercise else [])))
    text = " ".join(mended(passage.text, passage.start, article.mends).split())
    lines = [f"  {passage.id} [{passage.start}:{passage.end}] ({about})"]
    if passage.lead:
        lines.append(f"    {passage.lead.text}")
    lines.append(f"    {text}")
    lines += [f"    note: {note.text}" for note in article.notes if note.span.overlaps(passage.span)]
    return "\n".join(lines)
