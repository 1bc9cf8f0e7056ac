"""Where the index lives, which model embeds it, and how a build tells how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BUILT_IN_MODEL = "all-MiniLM-L6-v2"

# `progress(done, total)`: texts embedded so far; (0, 0) once before the model is opened, which may take a while.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class IndexConfig:
    """One folder for everything that is built; safe to delete, it is built again when needed."""

    data: Path
    model: str = BUILT_IN_MODEL  # or the name or folder of another sentence-transformers model
    place: str = "index"  # folder of the builds; another one holds an index of something else than the corpus

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def builds(self) -> Path:
        return self.data / self.place

    @property
    def embeddings(self) -> Path:
        return self.data / "embeddings.sqlite"
