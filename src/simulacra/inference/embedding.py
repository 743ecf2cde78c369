"""Names become embedders: texts to vectors whose dot product is their likeness."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from simulacra.errors import ModelUnavailableError
from simulacra.inference.catalog import DEFAULT_EMBEDDER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pydantic_ai.embeddings import Embedder as ProviderModel

    from simulacra.inference.failures import Patience
    from simulacra.settings import Settings

BATCH = 128


class Embedder(Protocol):
    """Whatever embeds texts. Vectors of embedders of different names are never to be mixed."""

    @property
    def name(self) -> str:
        """The name that embeddings are stored with."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector; 0 while a provider's model has embedded nothing yet."""
        ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one L2-normalised row a text, of shape ``(len(texts), dimensions)``."""
        ...


def load_embedder(name: str | None, settings: Settings) -> Embedder:
    """Return the embedder of that name; ``None`` is the embedded MiniLM.

    ``hash`` needs no weights and knows no meaning: it is for trying things out. Other names are
    those of Pydantic AI (``openai:text-embedding-3-small``).

    Raises:
        ModelUnavailableError: an unknown name, no key, no package.
        WeightsError: the weights can't be fetched or used.
    """
    if name is None or name == DEFAULT_EMBEDDER:
        from simulacra.inference.minilm import load_minilm

        return load_minilm(settings)
    if name == "hash":
        from simulacra.inference.hashing import HashEmbedder

        return HashEmbedder()
    from pydantic_ai.embeddings import Embedder as ProviderModel
    from pydantic_ai.exceptions import UserError

    from simulacra.inference.failures import Patience

    try:
        model = ProviderModel(name, defer_model_check=False)
    except (UserError, ValueError, ImportError) as error:
        raise ModelUnavailableError(
            f"The embedder {name!r} can't be used: {error}",
            f"Set the provider's key, install its package, or use {DEFAULT_EMBEDDER}.",
        ) from error
    return ProviderEmbedder(name, model, settings.timeout, Patience(settings.retries))


@dataclass
class ProviderEmbedder:
    """A provider's embedding model behind Pydantic AI."""

    name: str
    model: ProviderModel
    timeout: float
    patience: Patience
    dimensions: int = field(default=0, init=False)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one L2-normalised row a text; batches go one after the other, with patience.

        Raises:
            ModelError: the provider gave none; the subclass says why.
        """
        import asyncio

        import numpy as np

        async def one(batch: Sequence[str]) -> Sequence[Sequence[float]]:
            async with asyncio.timeout(self.timeout):
                return (await self.model.embed_documents(batch)).embeddings

        rows: list[Sequence[float]] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            rows += await self.patience.keep_trying(lambda batch=batch: one(batch), self.name)
        if not rows:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        matrix = np.asarray(rows, dtype=np.float32)
        self.dimensions = matrix.shape[1]
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        return matrix / np.maximum(lengths, 1e-12)


class RememberingEmbedder:
    """An embedder that keeps the vectors of the last texts: one turn asks for the same again.

    ``size`` is how many vectors are kept at most.
    """

    def __init__(self, embedder: Embedder, size: int = 1024) -> None:
        self._embedder = embedder
        self._size = size
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    @property
    def name(self) -> str:
        """The name that embeddings are stored with: the embedder's own."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self._embedder.dimensions

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one L2-normalised row a text, of shape ``(len(texts), dimensions)``."""
        known = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if len(missing) > self._size or not texts:
            return await self._embedder.embed(texts)
        if missing:
            rows = await self._embedder.embed(missing)
            new = dict(zip(missing, rows, strict=True))
            self._kept.update(new)
            known |= new  # of our own: others may ask, and push out what we need, meanwhile
        import numpy as np

        found = np.stack([known[text] for text in texts])
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return found
