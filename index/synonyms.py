"""Other words for what somebody typed: they widen a search and are never quoted."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

SYNONYMS = Path(__file__).with_name("synonyms.toml")


@dataclass(frozen=True)
class Synonyms:
    """Closed lists; make one with `read_synonyms`."""

    unknown: dict[str, str]  # a word that the model does not know -> what it means
    rows: tuple[tuple[str, ...], ...]

    def spelled_out(self, query: str) -> str:
        """The query with the meaning of each unknown word after it."""
        words = set(re.findall(r"[a-z0-9]+", query.lower()))
        meanings = [meaning for word, meaning in self.unknown.items() if word in words]
        return f"{query} ({'; '.join(meanings)})" if meanings else query

    def others(self, query: str) -> str:
        """Other words for the terms of the query, as one text; "" when there are none."""
        text = f" {' '.join(re.findall(r'[a-z0-9]+', query.lower()))} "
        found = [
            " ".join(term for term in row if f" {term} " not in text)
            for row in self.rows
            if any(f" {term} " in text for term in row)
        ]
        return " ".join(found)


def read_synonyms(path: Path = SYNONYMS) -> Synonyms:
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return Synonyms(rows["unknown"], tuple(tuple(row) for row in rows["same"]["rows"]))
