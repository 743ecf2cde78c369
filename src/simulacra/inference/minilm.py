"""The embedded embedder: all-MiniLM-L6-v2 as int8 ONNX, in a thread of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulacra.errors import ModelUnavailableError, WeightsError
from simulacra.inference.catalog import DEFAULT_EMBEDDER
from simulacra.inference.weights import ensure

if TYPE_CHECKING:
    from simulacra.settings import Settings

DIMENSIONS = 384
MAX_TOKENS = 256
BATCH = 16
THREADS = 2

_loaded: dict[Path, MiniLM] = {}


def load_minilm(settings: Settings) -> MiniLM:
    """Return the embedder, its weights fetched if need be; loaded once per process.

    Raises:
        WeightsError: the weights can't be fetched or read.
        ModelUnavailableError: onnxruntime or tokenizers is not installed.
    """
    model, vocabulary = ensure(DEFAULT_EMBEDDER, settings)
    if model not in _loaded:
        _loaded[model] = MiniLM(*_open(model, vocabulary))
    return _loaded[model]


def _open(model: Path, vocabulary: Path) -> tuple[Any, Any]:
    try:
        runtime: Any = import_module("onnxruntime")
        library: Any = import_module("tokenizers")
    except ImportError as error:
        raise ModelUnavailableError(
            f"The embedder needs a package that is not installed: {error.name}.",
            "Install it: pip install 'simulacra[embedded]'.",
        ) from error
    options = runtime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = runtime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        tokenizer = library.Tokenizer.from_file(str(vocabulary))
    except Exception as error:  # both libraries raise bare exceptions of their own
        raise WeightsError(
            f"{model.parent} can't be read: {error}", "Delete that folder."
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return session, tokenizer


@dataclass(frozen=True)
class MiniLM:
    """Mean of the token vectors over the mask, L2-normalised; texts are cut at 256 tokens."""

    session: Any
    tokenizer: Any
    name: str = DEFAULT_EMBEDDER
    dimensions: int = DIMENSIONS

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one L2-normalised row a text, of shape ``(len(texts), 384)``."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        rows = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        by_length = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        for start in range(0, len(ids), BATCH):  # of like length: little padding
            batch = by_length[start : start + BATCH]
            rows[batch] = self._vectors([ids[index] for index in batch])
        return rows

    def _vectors(self, ids: list[list[int]]) -> NDArray[np.float32]:
        shape = len(ids), max(map(len, ids))
        tokens, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, numbers in enumerate(ids):
            tokens[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        inputs = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": mask * 0}
        hidden: NDArray[np.float32] = self.session.run(None, inputs)[0]
        weights = mask[:, :, None].astype(np.float32)
        means = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        return means / np.linalg.norm(means, axis=1, keepdims=True)
