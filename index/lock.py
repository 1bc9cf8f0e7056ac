"""The fingerprint of what an index was built from, and the one build that serves."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from corpus.errors import KnownError
from corpus.sources import CORPUS
from index.config import IndexConfig

FORMAT = 2  # raised when the layout of a build changes


class IndexMissing(KnownError):
    """No index was built yet."""


class IndexDamaged(KnownError):
    """A file of the index is shorter than the build left it."""


class IndexMismatch(KnownError):
    """The index was built from something else than the corpus and model of now."""


@dataclass(frozen=True)
class Lock:
    """What a finished build says of itself."""

    fingerprint: str
    model: str
    model_digest: str
    passages: int
    questions: int
    articles: dict[str, str]  # source id -> sha256
    files: dict[str, int] = field(default_factory=dict, compare=False)  # name -> bytes


def fingerprint(corpus_folder: Path, model: str) -> str:
    """Digest of everything that shapes an index: corpus data, the code that reads it, model name, format."""
    digest = hashlib.sha256(f"{FORMAT}\n{model}\n".encode())
    for name, content in _inputs(corpus_folder):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _inputs(corpus_folder: Path) -> Iterator[tuple[str, bytes]]:
    for pattern in ("*.toml", "articles/*", "curation/*.toml", "asked_as/*.jsonl"):
        for path in sorted(one for one in corpus_folder.glob(pattern) if one.is_file()):
            yield path.relative_to(corpus_folder).as_posix(), path.read_bytes()
    for path in [*sorted(CORPUS.glob("*.py")), Path(__file__).with_name("documents.py")]:
        yield path.name, path.read_bytes()


def current(config: IndexConfig) -> Path | None:
    """The folder of the build that serves, or None when there is none that was finished."""
    try:
        name = (config.builds / "current").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    folder = config.builds / name
    return folder if name and (folder / "lock.json").exists() else None


def make_current(config: IndexConfig, folder: Path) -> None:
    """Let a finished build serve from now on; atomic, a reader sees the old one or the new one."""
    scratch = config.builds / "current.tmp"
    with scratch.open("w", encoding="utf-8") as file:
        file.write(folder.name)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(config.builds / "current")


def read_lock(folder: Path) -> Lock:
    """What the build in a folder was made from; raises IndexMismatch when it cannot be read."""
    try:
        return Lock(**json.loads((folder / "lock.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise IndexMismatch(
            f"The index in {folder} cannot be read ({type(error).__name__}). Run 'spotter index build --fresh'."
        ) from None


def write_lock(folder: Path, lock: Lock) -> None:
    """Write the fingerprint; the last thing a build does, so that a folder without it is unfinished."""
    with (folder / "lock.json").open("w", encoding="utf-8") as file:
        json.dump(asdict(lock), file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def sizes(folder: Path) -> dict[str, int]:
    """The files of a build and their sizes: Chroma searches a graph that was cut short without a word."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def serving(config: IndexConfig, corpus_folder: Path) -> tuple[Path, Lock]:
    """The build that serves this corpus and model; raises IndexMissing, IndexMismatch or IndexDamaged."""
    folder = current(config)
    if folder is None:
        raise IndexMissing("There is no index yet. Run 'spotter index build'.")
    lock = read_lock(folder)
    if lock.fingerprint != fingerprint(corpus_folder, config.model):
        raise IndexMismatch(
            "The index was built from another corpus, model or version of Spotter. Run 'spotter index build'."
        )
    found = sizes(folder)
    if short := [name for name, size in lock.files.items() if found.get(name, -1) < size]:
        raise IndexDamaged(f"The index in {folder} is cut short ({short[0]}). Run 'spotter index build --fresh'.")
    return folder, lock
