"""Turn texts into vectors without torch: the exported model on ONNX Runtime."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import KnownError

Vectors = NDArray[np.float32]
BATCH = 32


class ModelError(KnownError):
    """The embedding model is missing, damaged or not the one that was asked for."""


class Encoder(Protocol):
    """What search and build need of a model."""

    digest: str  # identifies the weights; vectors of different digests never mix

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, in the order of the texts; cut at the model's own length."""

    def count_tokens(self, text: str) -> int:
        """Word pieces of the text, special ones left out."""


@dataclass(frozen=True)
class ModelFolder:
    """An exported model in the cache."""

    path: Path
    name: str
    digest: str  # sha256 of the weights that were exported
    onnx_sha256: str  # "" for a model that runs through sentence-transformers itself
    max_tokens: int  # 0 for a model that runs through sentence-transformers, which cuts by itself
    runs_on: str  # "onnx" or "sentence-transformers"


def read_model_folder(path: Path) -> ModelFolder:
    """The description beside an exported model; raises ModelError when it is missing or damaged."""
    try:
        meta = json.loads((path / "model.json").read_text(encoding="utf-8"))
        return ModelFolder(path, **meta)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"The embedding model in {path} cannot be read ({error}). Run 'spotter index build' to export it again."
        ) from None


class OnnxEncoder:
    """An exported model. Opening it takes about 0.2 s, a short question about 3 ms on one core."""

    def __init__(self, folder: ModelFolder, threads: int = 2) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.digest = folder.digest
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(folder.path / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder.path / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise their own bare types for a damaged file
            raise ModelError(
                f"The embedding model in {folder.path} is damaged ({type(error).__name__}). "
                f"Delete that folder and run 'spotter index build'."
            ) from None
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=folder.max_tokens)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        longest = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(texts), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        vectors: Any = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return np.asarray(vectors, dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return len(encoding.ids) + sum(len(rest.ids) for rest in encoding.overflowing)


def batches(lengths: Sequence[int], size: int = BATCH) -> Iterator[list[int]]:
    """Positions in batches of like length, so that little is padded; every position exactly once."""
    order = sorted(range(len(lengths)), key=lambda position: (lengths[position], position))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def encode_all(encoder: Encoder, texts: Sequence[str], progress: Callable[[int], None]) -> Vectors:
    """Encode many texts; `progress` is called with the number of texts done since its last call."""
    rows: list[tuple[list[int], Vectors]] = []
    for positions in batches([len(text) for text in texts]):
        rows.append((positions, encoder.encode([texts[position] for position in positions])))
        progress(len(positions))
    if not rows:
        return np.zeros((0, 0), dtype=np.float32)
    vectors = np.empty((len(texts), rows[0][1].shape[1]), dtype=np.float32)
    for positions, block in rows:
        vectors[positions] = block
    return vectors
