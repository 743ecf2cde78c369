"""Embeddings kept on disk, apart for each embedder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from simulacra.inference import Embedder

GROUPS_AT_ONCE = 16
"""How many groups are embedded before they are saved: what an interruption may cost."""


class EmbeddingCache:
    """Embeds groups of texts and remembers them below ``folder/embeddings/<embedder>/``.

    A file holds one group (a memory's views) and is named for the digest of its texts: it is
    written once, under another name first, and never changed, so that processes side by side can
    share the folder. Vectors of two embedders never meet: each has its own folder, and each file
    names the embedder that made it. A file that can't be read is made anew, and the cache as a
    whole may be deleted at any time.
    """

    def __init__(self, embedder: Embedder, folder: Path | None) -> None:
        self.embedder = embedder
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", embedder.name).strip("-.")[:80]
        name = f"{slug}-{_digest([embedder.name])[:8]}"
        self.folder = folder / "embeddings" / name if folder else None

    async def embed(
        self,
        groups: Sequence[Sequence[str]],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[NDArray[np.float32]]:
        """Return one matrix a group, one L2-normalised row a text.

        ``progress(done, total)`` counts the groups that were not remembered, as they are done.

        Raises:
            ModelError: a group is not remembered and the embedder failed.
        """
        found = [self._read(group) for group in groups]
        missing = [number for number, matrix in enumerate(found) if matrix is None]
        for start in range(0, len(missing), GROUPS_AT_ONCE):
            some = missing[start : start + GROUPS_AT_ONCE]
            rows = await self.embedder.embed([text for number in some for text in groups[number]])
            for number in some:
                matrix, rows = rows[: len(groups[number])], rows[len(groups[number]) :]
                self._write(groups[number], matrix)
                found[number] = matrix
            if progress:
                progress(min(start + GROUPS_AT_ONCE, len(missing)), len(missing))
        return [matrix for matrix in found if matrix is not None]

    def _path(self, texts: Sequence[str]) -> Path | None:
        digest = _digest(texts)
        return self.folder / digest[:2] / f"{digest[2:]}.npz" if self.folder else None

    def _read(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        path = self._path(texts)
        if path is None:
            return None
        try:
            with np.load(path, allow_pickle=False) as file:
                name, matrix = str(file["embedder"]), file["vectors"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        dimensions = self.embedder.dimensions or (matrix.shape[-1] if matrix.ndim else 0)
        sound = (
            name == self.embedder.name
            and matrix.dtype == np.float32
            and matrix.shape == (len(texts), dimensions)
            and bool(np.isfinite(matrix).all())
        )
        return matrix if sound else None

    def _write(self, texts: Sequence[str], matrix: NDArray[np.float32]) -> None:
        path = self._path(texts)
        if path is None:
            return
        # A cache that can't be written (full disk, read-only home) costs time, not an answer.
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, embedder=np.array(self.embedder.name), vectors=matrix)
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise


def _digest(texts: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        data = text.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
