"""Read a folder in the BEIR layout: documents, queries, and which document answers which query how well.

The layout is that of Thakur and others, "BEIR", NeurIPS 2021: corpus.jsonl, queries.jsonl and qrels.
"""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import KnownError

QRELS = ("qrels.tsv", "qrels/test.tsv")  # the first that is there
HEADER = ["query-id", "corpus-id", "score"]
LARGEST_SCORE = 100.0  # 2^score is still a number one can add up


class BeirError(KnownError):
    """The folder is not in the BEIR layout, or a row of it is broken."""


@dataclass(frozen=True)
class BeirDocument:
    """A row of corpus.jsonl."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class BeirQuery:
    """A row of queries.jsonl that something in the qrels is relevant to."""

    id: str
    text: str
    kind: str  # metadata.kind, "all" without one
    gains: dict[str, float]  # document id -> score above 0


@dataclass(frozen=True)
class BeirFolder:
    """A folder, read and checked."""

    documents: tuple[BeirDocument, ...]  # those with words in them
    queries: tuple[BeirQuery, ...]
    digest: str  # sha256 of corpus.jsonl
    notices: tuple[str, ...]  # what was left out or cannot be found, with its number


def read_folder(folder: Path) -> BeirFolder:
    """The folder as it is scored; raises BeirError that names the file and the line."""
    documents, digest = _documents(folder / "corpus.jsonl")
    queries = _queries(folder / "queries.jsonl")
    qrels = next((folder / name for name in QRELS if (folder / name).exists()), None)
    if qrels is None:
        raise BeirError(f"{folder / QRELS[0]} is missing, and so is {folder / QRELS[1]}.")
    gains = _gains(qrels)
    judged = tuple(
        BeirQuery(id_, text, kind, relevant)
        for id_, (text, kind) in queries.items()
        if (relevant := {key: score for key, score in gains.get(id_, {}).items() if score > 0})
    )
    if not judged:
        raise BeirError(f"{qrels} names no relevant document for any query of {folder / 'queries.jsonl'}.")
    named = {key for query in judged for key in query.gains}
    with_words = tuple(one for one in documents.values() if one.title.strip() or one.text.strip())
    if not with_words:
        raise BeirError(f"{folder / 'corpus.jsonl'} holds no document with words.")
    counts = {
        "Queries without a relevant document, left out": len(queries) - len(judged),
        "Queries of the qrels that are not in queries.jsonl, left out": len(gains.keys() - queries.keys()),
        "Relevant documents that are not in corpus.jsonl, counted as not found": len(named - documents.keys()),
        "Documents without words, which cannot be found": len(documents) - len(with_words),
    }
    notices = tuple(f"{text}: {count}." for text, count in counts.items() if count)
    return BeirFolder(with_words, judged, digest, notices)


def _documents(path: Path) -> tuple[dict[str, BeirDocument], str]:
    found: dict[str, BeirDocument] = {}
    digest = hashlib.sha256()
    for where, line in _lines(path, digest):
        row = _row(where, line)
        id_ = _id(where, row, found)
        title = row.get("title")
        found[id_] = BeirDocument(id_, "" if title is None else _text(where, row, "title"), _text(where, row, "text"))
    return found, digest.hexdigest()


def _queries(path: Path) -> dict[str, tuple[str, str]]:
    """Query id -> its text and kind."""
    found: dict[str, tuple[str, str]] = {}
    for where, line in _lines(path):
        row = _row(where, line)
        id_ = _id(where, row, found)
        found[id_] = (_text(where, row, "text"), _kind(where, row))
    return found


def _gains(path: Path) -> dict[str, dict[str, float]]:
    """Query id -> document id -> score, as they stand."""
    lines = _lines(path)
    where, first = next(lines, (f"{path}, line 1", ""))
    if [name.strip() for name in first.split("\t")] != HEADER:
        raise BeirError(f'{where}: the header is not "query-id", "corpus-id", "score" with tabs between them.')
    gains: dict[str, dict[str, float]] = {}
    for where, line in lines:
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) != len(HEADER) or not all(fields):
            raise BeirError(f"{where}: not a query, a document and a score with tabs between them.")
        query, document, score = fields[0], fields[1], _score(where, fields[2])
        if gains.setdefault(query, {}).setdefault(document, score) != score:
            raise BeirError(f"{where}: query {query!r} and document {document!r} have another score further up.")
    return gains


def _score(where: str, field: str) -> float:
    try:
        score = float(field)
    except ValueError:
        score = math.nan
    if not abs(score) <= LARGEST_SCORE:  # also what is not a number
        raise BeirError(f"{where}: the score {field!r} is not a number up to {LARGEST_SCORE:.0f}.")
    return score


def _lines(path: Path, digest: Any = None) -> Iterator[tuple[str, str]]:
    """The lines of a file that hold something, each with its place; only a line feed ends one."""
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if digest is not None:
                    digest.update(raw)
                where = f"{path}, line {number}"
                try:
                    line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
                except UnicodeDecodeError:
                    raise BeirError(f"{where}: not UTF-8.") from None
                if line.strip():
                    yield where, line
    except OSError as error:
        raise BeirError(f"{path} cannot be read: {error.strerror or error}.") from None


def _row(where: str, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BeirError(f"{where}: not JSON.") from None
    if not isinstance(row, dict):
        raise BeirError(f"{where}: not a JSON object.")
    return row


def _id(where: str, row: dict[str, Any], taken: dict[str, Any]) -> str:
    value = row.get("_id")
    id_ = str(value).strip() if isinstance(value, int) and not isinstance(value, bool) else _text(where, row, "_id")
    id_ = id_.strip()
    if not id_:
        raise BeirError(f'{where}: "_id" is empty.')
    if id_ in taken:
        raise BeirError(f'{where}: the "_id" {id_!r} stands further up already.')
    return id_


def _text(where: str, row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise BeirError(f'{where}: "{field}" is {"not a text" if field in row else "missing"}.')
    return value.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no character


def _kind(where: str, row: dict[str, Any]) -> str:
    metadata = row.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise BeirError(f'{where}: "metadata" is not an object.')
    kind = (metadata or {}).get("kind")
    if kind is not None and not isinstance(kind, str):
        raise BeirError(f'{where}: "metadata.kind" is not a text.')
    return kind or "all"
