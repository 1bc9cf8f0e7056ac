"""Read the list of sources and the articles it names, and refuse an article that was changed."""

import hashlib
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from corpus.errors import KnownError
from corpus.records import Source

CORPUS = Path(__file__).parent


class SourceError(KnownError):
    """The list of sources, or an article it names, is not as it should be."""


def read_toml(path: Path) -> dict[str, Any]:
    """A data file of ours, a date in it as text; raises SourceError that names the file and what is wrong with it."""
    try:
        rows: dict[str, Any] = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))
        return rows
    except FileNotFoundError:
        raise SourceError(f"{path} is missing. Restore it, or point SPOTTER_CORPUS at a whole corpus folder.") from None
    except (OSError, ValueError, RecursionError) as error:  # not TOML, not UTF-8, a number or a nesting without end
        raise SourceError(f"{path} cannot be read: {error}. Mend it and run 'spotter corpus check'.") from None


def read_sources(folder: Path = CORPUS) -> tuple[Source, ...]:
    """The sources in sources.toml, in its order; raises SourceError when the list breaks its schema."""
    path = folder / "sources.toml"
    rows = read_toml(path)
    check_schema(rows, "sources", path)
    sources = tuple(_source(row) for row in rows["source"])
    ids = [source.id for source in sources]
    if len(set(ids)) != len(ids):
        raise SourceError(f"{path} uses an id twice. Give every source an id of its own.")
    return sources


def read_article(source: Source, folder: Path = CORPUS) -> str:
    """The article exactly as received; raises SourceError when its digest is not the one in the list."""
    path = folder / "articles" / source.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"The article {path} cannot be read: {error.strerror}. Restore the file.") from None
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise SourceError(
            f"The article {path} is not the one that was reviewed: its sha256 differs from sources.toml. "
            "Restore the file, or review the new text and enter its digest."
        )
    try:
        return content.decode("utf-8")  # bytes, not text mode: every code point is kept, or offsets would drift
    except UnicodeDecodeError as error:
        raise SourceError(f"The article {path} is not UTF-8: {error}. Save it as UTF-8 and enter its digest.") from None


def check_schema(rows: dict[str, Any], name: str, path: Path) -> None:
    """Check a data file against a definition of corpus/schema.json; raises SourceError with the place."""
    import jsonschema  # takes long, and an escalation reads no corpus

    schema = json.loads((CORPUS / "schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"})
    for error in validator.iter_errors(rows):
        place = "/".join(str(part) for part in error.absolute_path) or "the top level"
        raise SourceError(f"{path}: {error.message} (at {place}). Mend it and run 'spotter corpus check'.")


def _source(row: dict[str, Any]) -> Source:
    def day(key: str) -> date | None:
        try:
            return date.fromisoformat(str(row[key])) if row.get(key) else None
        except ValueError:  # the schema knows digits, not calendars
            raise SourceError(
                f"sources.toml: {key} of {row['id']!r} is {row[key]}, which is no day. "
                "Mend it and run 'spotter corpus check'."
            ) from None

    return Source(
        id=row["id"],
        file=row["file"],
        sha256=row["sha256"],
        title=row["title"],
        author=row["author"],
        about_author=row["about_author"],
        publisher=row["publisher"],
        date=row["date"],
        url=row.get("url", ""),
        licence=row["licence"],
        interest=row["interest"],
        quality_note=row["quality_note"],
        state=row["state"],
        reviewed=day("reviewed"),
        next_review=day("next_review"),
        clinical_review=row["clinical_review"],
    )
