"""What the bot says beside the replies, from texts.toml."""

from dataclasses import dataclass
from pathlib import Path

from corpus.sources import read_toml

FILE = Path(__file__).with_name("texts.toml")


@dataclass(frozen=True)
class Texts:
    """Texts by name, those of a group as 'group.name'."""

    texts: dict[str, str]

    def say(self, name: str, **values: object) -> str:
        """The text with its placeholders filled; raises KeyError for a text or value that is missing."""
        return self.texts[name].format(**values)


def read_texts() -> Texts:
    rows = read_toml(FILE)
    own = {name: text for name, text in rows.items() if isinstance(text, str)}
    groups = {
        f"{group}.{name}": text
        for group, lines in rows.items()
        if isinstance(lines, dict)
        for name, text in lines.items()
    }
    return Texts(own | groups)
