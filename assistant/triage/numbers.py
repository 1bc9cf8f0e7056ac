"""Reads whom to call: a number is shown in its region once somebody checked it, else the generic line of its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.triage.records import Number
from assistant.triage.wordlists import ProtocolError, read_toml
from corpus.errors import KnownError

GENERIC_EMERGENCY = "your local emergency number, for example 112, 911, 999 or 000"
FILE = "emergency_numbers.toml"

_DIALLED = re.compile(r"[*#0-9][0-9 -]*[0-9]")


class UnknownRegion(KnownError):
    """The table of emergency numbers has no such region."""


@dataclass(frozen=True)
class Numbers:
    """The generic line of each kind, and the checked numbers of each region by kind; `regions` has every known one."""

    generic: Mapping[str, Number]
    regions: Mapping[str, Mapping[str, Number]]

    def line(self, kind: str, region: str = "") -> Number:
        """The checked number of that region, else the generic line of that kind. Raises KeyError for another kind."""
        return self.regions.get(region.upper(), {}).get(kind, self.generic[kind])

    def require(self, region: str) -> None:
        """Raises UnknownRegion unless the region is "" or in the table."""
        if region and region.upper() not in self.regions:
            raise UnknownRegion(
                f"SPOTTER_REGION is {region!r}, which {FILE} does not list. Leave it empty for the generic line, "
                f"or give one of: {', '.join(sorted(self.regions))}."
            )


def read_numbers(path: Path) -> Numbers:
    """The table in `path`. Raises ProtocolError (a KnownError) that names the file and what is wrong with it."""
    table = read_toml(path)
    try:
        generic = {kind: Number(row["label"], row["text"]) for kind, row in table["generic"].items()}
        regions = {code.upper(): _checked(code, rows, generic) for code, rows in table["region"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ProtocolError(f"{path.name} is wrong: {problem!r}. Correct it or restore the file.") from problem
    return Numbers(generic, regions)


def _checked(code: str, rows: Mapping[str, Any], generic: Mapping[str, Number]) -> dict[str, Number]:
    """The numbers of a region that somebody checked. Raises ValueError for a row that is not whole."""
    found = {}
    for kind, row in rows.items():
        if kind not in generic:
            raise ValueError(f"{code} has a line for {kind}, which has no generic one")
        if not all(row["source"][part] for part in ("title", "publisher", "url")):
            raise ValueError(f"{code}, {kind}: the source is not whole")
        if not _DIALLED.fullmatch(row["number"]):
            raise ValueError(f"{code}, {kind}: {row['number']} cannot be dialled")
        if row["checked"] != "no":
            date.fromisoformat(row["checked"])
            found[kind] = Number(generic[kind].label, row["number"])
    return found
