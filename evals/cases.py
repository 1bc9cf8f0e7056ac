"""Read and check the cases: what was asked, what a good reply holds, and who wrote it when."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

from corpus.curation import locate
from corpus.errors import KnownError
from corpus.library import Corpus
from corpus.records import Span
from corpus.sources import SourceError

CASES = Path(__file__).with_name("cases")
SCHEMA = Path(__file__).with_name("schema.json")

# Sets whose replies are composed; the others are decided by the gate alone.
ANSWERED_SETS = frozenset({"answerable", "conflict", "followup"})
REPLY_SETS = ANSWERED_SETS | {"policy", "unanswerable", "off_topic", "injection", "ordinary", "line", "poisoned"}


class CaseError(KnownError):
    """A file of cases is broken, or not the one whose digest is written down."""


@dataclass(frozen=True)
class QuotedSpan:
    """A span of an article, by its words."""

    source: str
    quote: str


@dataclass(frozen=True)
class Nugget:
    """A fact that a good answer holds, as a pattern over its text; vital ones it must hold (TREC's terms)."""

    id: str
    vital: bool
    pattern: str


@dataclass(frozen=True)
class Case:
    """One conversation whose last turn is scored; see schema.json."""

    id: str
    set: str
    family: str  # cases that paraphrase one another; what is resampled together
    split: str
    author: str
    date: str
    turns: tuple[str, ...]
    lang: str = "en"
    kind: str = ""
    corpus: str = ""  # the test corpus that it is asked of, where that is not the real one
    twin: str = ""  # of a follow-up: the same question, standing alone
    gold: tuple[QuotedSpan, ...] = ()
    relevant: tuple[QuotedSpan, ...] = ()
    nuggets: tuple[Nugget, ...] = ()
    expect: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Of what decides its row: what is asked, and of what."""
        asked = json.dumps([self.set, self.corpus, self.turns, self.twin])
        return hashlib.sha256(asked.encode()).hexdigest()[:16]


def read_cases(folder: Path = CASES) -> tuple[Case, ...]:
    """All cases, by file and line; raises CaseError for a broken line, an id used twice or a changed file."""
    written = digests(folder)
    known = read_digests(folder)
    for name in sorted(written):
        if known.get(name) != written[name]:
            raise CaseError(f"{folder / name} is not the file whose digest is in digests.json. Run 'make digests'.")
    cases = tuple(case for name in sorted(written) for case in _read(folder / name))
    ids = [case.id for case in cases]
    if len(ids) != len(set(ids)):
        twice = next(one for one in ids if ids.count(one) > 1)
        raise CaseError(f"Two cases use the id {twice!r}. Give each case an id of its own.")
    return cases


def digests(folder: Path = CASES) -> dict[str, str]:
    """The sha256 of each file of cases."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.jsonl"))}


def read_digests(folder: Path = CASES) -> dict[str, str]:
    path = folder / "digests.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def write_digests(folder: Path = CASES) -> None:
    """Write down the files as they are now: after they were changed on purpose."""
    (folder / "digests.json").write_text(json.dumps(digests(folder), indent=1) + "\n", encoding="utf-8")


@lru_cache(maxsize=1)
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _read(path: Path) -> Iterator[Case]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise CaseError(f"{path}, line {number} is not JSON: {error}.") from None
        for broken in _validator().iter_errors(row):
            raise CaseError(f"{path}, line {number}: {broken.message}.")
        yield _case(row)


def _case(row: dict[str, Any]) -> Case:
    return Case(
        id=row["id"],
        set=row["set"],
        family=row["family"],
        split=row["split"],
        author=row["author"],
        date=row["date"],
        turns=tuple(row["turns"]),
        lang=row.get("lang", "en"),
        kind=row.get("kind", "") or row.get("class", ""),
        corpus=row.get("corpus", ""),
        twin=row.get("twin", ""),
        gold=tuple(QuotedSpan(**one) for one in row.get("gold", [])),
        relevant=tuple(QuotedSpan(**one) for one in row.get("relevant", [])),
        nuggets=tuple(Nugget(**one) for one in row.get("nuggets", [])),
        expect=row.get("expect", {}),
    )


def spans(quoted: tuple[QuotedSpan, ...], corpus: Corpus) -> list[tuple[str, int, int]]:
    """Where the quotes stand, as (source id, start, end); raises CurationError for one that is not there once."""
    places = []
    for one in quoted:
        if one.source not in corpus.by_source:
            raise SourceError(f"A case names the source {one.source!r}, which is not citable.")
        span = locate(corpus.by_source[one.source].text, one.quote, "a case")
        places.append((one.source, span.start, span.end))
    return places


def problems(cases: tuple[Case, ...], corpus: Corpus) -> list[str]:
    """What is wrong with the gold of the cases; empty when every span is citable and every pattern fits."""
    return [f"{case.id}: {problem}" for case in cases for problem in _problems(case, corpus)]


def _problems(case: Case, corpus: Corpus) -> Iterator[str]:
    try:
        gold = spans(case.gold, corpus)
        spans(case.relevant, corpus)
    except KnownError as error:
        yield str(error)
        return
    for source, start, end in gold:
        article = corpus.by_source[source]
        span = Span(start, end)
        if any(one.span.overlaps(span) for one in article.withheld):
            yield f"a gold span of {source} is withheld"
        if not any(one.span.overlaps(span) for one in article.passages):
            yield f"a gold span of {source} is in no passage"
    for nugget in case.nuggets:
        try:
            re.compile(nugget.pattern)
        except re.error as error:
            yield f"the pattern of nugget {nugget.id} is broken: {error}"
