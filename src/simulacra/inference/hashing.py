"""An embedder without weights, for tests and for trying things out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class HashEmbedder:
    """Embed a text as the bag of its words and of their first four letters, hashed.

    Deterministic over processes and machines. Texts that share words, or the stems of words, are
    nearer to each other than texts that share none; it knows nothing of meaning.
    """

    dimensions: int = 256

    @property
    def name(self) -> str:
        """The name that embeddings are stored with."""
        return f"hash-{self.dimensions}"

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one L2-normalised row a text, of shape ``(len(texts), dimensions)``."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = _WORD.findall(text.casefold())
            for feature in words + [f"{word[:4]}…" for word in words if len(word) > 3]:
                number, sign = _hashed(feature)
                row[number % self.dimensions] += sign
            length = float(np.linalg.norm(row))
            if length == 0.0:
                row[0] = length = 1.0
            row /= length
        return rows


@lru_cache(maxsize=100_000)
def _hashed(feature: str) -> tuple[int, float]:
    digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "big"), 1.0 if digest[4] & 1 else -1.0
