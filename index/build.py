"""Build the index: embed what is new, write a whole new build beside the old one, then switch over."""

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import KnownError
from corpus.library import Corpus
from index import compared, lexical, store
from index.cache import embed
from index.config import IndexConfig, Progress
from index.documents import Document, passage_windows, questions
from index.encoder import Encoder
from index.lock import Lock, current, fingerprint, make_current, read_lock, sizes, write_lock


class IndexBusy(KnownError):
    """Another process builds the index right now."""


class BuildFailed(KnownError):
    """The build could not be written."""


@dataclass(frozen=True)
class Content:
    """What an index is built from: the corpus, or other documents that are to be searched like it."""

    fingerprint: str
    passages: int
    articles: dict[str, str]  # source id -> sha256
    # How many word pieces a text has -> the texts in windows, and the questions asked of them.
    documents: Callable[[Callable[[str], int]], tuple[list[Document], list[Document]]]


@dataclass(frozen=True)
class Built:
    """What a build did."""

    lock: Lock
    embedded: int  # texts that had to be embedded; 0 for an unchanged corpus
    reused: bool  # the serving build was already right


def build(
    corpus: Corpus,
    config: IndexConfig,
    open_encoder: Callable[[], Encoder],
    progress: Progress = lambda done, total: None,
    fresh: bool = False,
) -> Built:
    """Make the index of a corpus serve; `fresh` ignores a build that is already there.

    The old build serves until the new one is whole. Raises IndexBusy, BuildFailed, and what the model,
    the store and the corpus raise.
    """
    if not corpus.passages:
        raise BuildFailed("No article of the corpus can be cited, so there is nothing to index. Review one first.")
    content = Content(
        fingerprint=fingerprint(corpus.folder, config.model),
        passages=len(corpus.passages),
        articles={article.source.id: article.source.sha256 for article in corpus.articles},
        documents=lambda count_tokens: (passage_windows(corpus, count_tokens), questions(corpus)),
    )
    return build_content(content, config, open_encoder, progress, fresh)


def build_content(
    content: Content,
    config: IndexConfig,
    open_encoder: Callable[[], Encoder],
    progress: Progress = lambda done, total: None,
    fresh: bool = False,
) -> Built:
    """Make the index of any documents serve in `config.builds`; otherwise as `build`."""
    try:
        config.builds.mkdir(parents=True, exist_ok=True)
        with FileLock(config.builds / "building.lock", timeout=0):
            return _build(content, config, open_encoder, progress, fresh)
    except Timeout:
        raise IndexBusy("Another process is building the index. Wait for it, then try again.") from None
    except OSError as error:
        raise BuildFailed(
            f"The index cannot be written to {config.builds}: {error.strerror or error}. "
            "Free some space or set SPOTTER_DATA to a folder you may write to, then try again."
        ) from None


def _build(
    content: Content, config: IndexConfig, open_encoder: Callable[[], Encoder], progress: Progress, fresh: bool
) -> Built:
    serving = current(config)
    if serving is not None and not fresh:
        lock = read_lock(serving)
        if lock.fingerprint == content.fingerprint:
            return Built(lock, embedded=0, reused=True)
    progress(0, 0)
    _sweep(config, keep={serving} if serving else set())
    encoder = open_encoder()
    texts, asked = content.documents(encoder.count_tokens)
    folder = _new_folder(config, content.fingerprint)
    try:
        embedded = _write(folder, texts, asked, encoder, config, progress)
        lock = Lock(
            fingerprint=content.fingerprint,
            model=config.model,
            model_digest=encoder.digest,
            passages=content.passages,
            questions=len(asked),
            articles=content.articles,
            files=sizes(folder),
        )
        write_lock(folder, lock)
    except BaseException:  # also Ctrl-C: on a full disk the unfinished build would keep the space it took
        shutil.rmtree(folder, ignore_errors=True)
        raise
    make_current(config, folder)
    _sweep(config, keep={folder, serving} if serving else {folder})
    return Built(lock, embedded, reused=False)


def _new_folder(config: IndexConfig, wanted: str) -> Path:
    """A folder of a name that no build ever had.

    A fresh build of the same corpus must not disturb readers of the old one, and Chroma remembers by path
    what it opened, so that a folder made again after a failed build would be taken for the old one.
    """
    folder = config.builds / f"{wanted[:16]}-{secrets.token_hex(4)}"
    folder.mkdir()
    return folder


def _write(
    folder: Path,
    texts: list[Document],
    asked: list[Document],
    encoder: Encoder,
    config: IndexConfig,
    progress: Progress,
) -> int:
    documents = [*texts, *asked]
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, len(documents))

    vectors, embedded = embed(encoder, [document.text for document in documents], config.embeddings, advance)
    parts = {"passages": (texts, vectors[: len(texts)]), "questions": (asked, vectors[len(texts) :])}
    for name, (rows, block) in parts.items():
        if rows:
            ids = [row.id for row in rows]
            store.write(folder / "chroma", name, ids, block)
            lexical.write(folder, name, ids, [row.text for row in rows])
            compared.write(folder / name, block)
    return embedded


def _sweep(config: IndexConfig, keep: set[Path]) -> None:
    """Remove old and unfinished builds; a reader that still has files of one open keeps them."""
    for folder in config.builds.iterdir():
        if folder.is_dir() and folder not in keep:
            shutil.rmtree(folder, ignore_errors=True)
