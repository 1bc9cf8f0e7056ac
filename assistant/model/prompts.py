"""The prompts: files with places to fill in, known by a digest of what they say."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template

from corpus.errors import KnownError

FOLDER = Path(__file__).parent / "prompts"
_BETWEEN = "\n---\n"  # what the model is told to do, and what it is given


class PromptError(KnownError):
    """A prompt cannot be used."""


@dataclass(frozen=True)
class Prompt:
    """What a model is told, and a template for what it is given; `version` changes with any letter of either."""

    version: str  # such as "answer@3f2a9c01b7de"
    told: str
    given: Template

    def filled(self, **values: str) -> list[tuple[str, str]]:
        """The two messages, as (role, text). Raises KeyError for a place that is left empty."""
        return [("system", self.told), ("human", self.given.substitute(values))]


def read_prompt(name: str, places: frozenset[str], folder: Path = FOLDER) -> Prompt:
    """The prompt of a file, with exactly these places to fill in. Raises PromptError."""
    path = folder / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise PromptError(f"{path.name} cannot be read ({type(error).__name__}). Restore the file.") from None
    told, between, given = text.partition(_BETWEEN)
    template = Template(given.strip())
    if not between or not template.is_valid() or set(template.get_identifiers()) != places:
        wanted = ", ".join(f"${place}" for place in sorted(places))
        raise PromptError(f"{path.name} must have a line '---' and below it the places {wanted}, and no others.")
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(f"{name}@{digest}", told.strip(), template)
