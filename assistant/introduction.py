"""What every surface says of Spotter before anything is asked: what it is, what it keeps, what could be asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.sources import read_toml

if TYPE_CHECKING:
    from assistant.model.slot import Slot

FILE = Path(__file__).with_name("introduction.toml")


@dataclass(frozen=True)
class Introduction:
    """Texts of ours, from introduction.toml; `reasons` are what people may say of an answer."""

    what: str
    covers: str
    stored: str  # what becomes of what is typed
    forgotten: str  # when the rest is gone
    emergency: str
    examples: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def privacy(self) -> str:
        return f"{self.stored} {self.forgotten}"


def read_introduction(articles: int, hours: int, model: Slot | None) -> Introduction:
    """The texts, with how many articles there are, how many hours a talk is remembered, and what a model is told."""
    rows = read_toml(FILE)
    stored = rows["stored"]
    if model:
        told = rows["remote_model" if model.remote else "local_model"].format(name=model.name)
        stored = f"{told} {stored}"
    return Introduction(
        what=rows["what_with_model" if model else "what"].format(count=articles),
        covers=rows["covers"],
        stored=stored,
        forgotten=rows["forgotten"].format(hours=hours),
        emergency=rows["emergency"],
        examples=tuple(rows["examples"]),
        reasons=tuple(rows["reasons"]),
    )
