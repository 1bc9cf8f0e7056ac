"""Spotter's own words: closed lists that make no claim, read from lines.toml."""

from dataclasses import dataclass
from pathlib import Path

from corpus.sources import read_toml

LINES = Path(__file__).with_name("lines.toml")


@dataclass(frozen=True)
class Lines:
    """Texts by 'group.name'; placeholders in {braces} are filled by `say`."""

    texts: dict[str, str]

    def say(self, name: str, **values: object) -> str:
        """The line with its placeholders filled; raises KeyError for a line or value that is missing."""
        return self.texts[name].format(**values).strip()


def read_lines(path: Path = LINES) -> Lines:
    rows = read_toml(path)
    return Lines({f"{group}.{name}": text for group, lines in rows.items() for name, text in lines.items()})
