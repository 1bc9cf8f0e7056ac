"""What every surface says of Spotter before anything is asked: what it is, what it keeps, what could be asked."""

from dataclasses import dataclass
from pathlib import Path

from corpus.sources import read_toml

FILE = Path(__file__).with_name("introduction.toml")


@dataclass(frozen=True)
class Introduction:
    """Texts of ours, from introduction.toml; `reasons` are what people may say of an answer."""

    what: str
    covers: str
    privacy: str
    emergency: str
    examples: tuple[str, ...]
    reasons: tuple[str, ...]


def read_introduction(articles: int, hours: int) -> Introduction:
    """The texts, with how many articles there are and how many hours a talk is remembered."""
    rows = read_toml(FILE)
    return Introduction(
        what=rows["what"].format(count=articles),
        covers=rows["covers"],
        privacy=rows["privacy"].format(hours=hours),
        emergency=rows["emergency"],
        examples=tuple(rows["examples"]),
        reasons=tuple(rows["reasons"]),
    )
