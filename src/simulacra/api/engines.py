"""What people run on: chat models and the embedder, loaded once, and their places."""

from __future__ import annotations

import asyncio
from asyncio import Semaphore

from simulacra.api.kept import Kept
from simulacra.inference import (
    ChatModel,
    Embedder,
    choose_model,
    load_chat_model,
    load_embedder,
)
from simulacra.inference.catalog import catalog
from simulacra.inference.weights import installed
from simulacra.settings import Settings


class Engines:
    """Models by name. ``given`` is the service's own; unset, it is the settings'.

    ``places`` has for each loaded model as many places as it takes calls at once.
    """

    def __init__(self, settings: Settings, given: ChatModel | None = None) -> None:
        self.settings = settings
        self.places: dict[str, Semaphore] = {}
        self._given = given
        self._embedders: Kept[Embedder] = Kept(1)
        self._models: Kept[ChatModel] = Kept(16)

    async def model(self, name: str | None = None) -> ChatModel:
        """The chat model of that name, or the service's own.

        Raises:
            ModelError: it can't be had; the message says why.
        """
        if self._given and name in (None, self._given.name):
            return self._placed(self._given)
        wanted = name or self.settings.model

        async def load() -> ChatModel:
            return await asyncio.to_thread(load_chat_model, wanted, self.settings)

        return self._placed(await self._models.get(wanted, load))

    async def offered(self) -> tuple[str, ...]:
        """The names of the models that are configured here: the service's own, which is first.

        Besides it the settings' and the inner agents', and embedded ones that were fetched. What a
        visitor may choose is among these: nobody spends on a model that nobody set up.
        """

        def there() -> tuple[str, ...]:
            settings = self.settings
            own = self._given.name if self._given else choose_model(settings)[0]
            embedded = (
                f"embedded:{name}"
                for name, entry in catalog().items()
                if entry.kind == "chat" and installed(name, settings)
            )
            named = (own, settings.model, settings.agent_model, *embedded)
            return tuple(dict.fromkeys(name for name in named if name))

        return await asyncio.to_thread(there)

    async def agent_model(self, top: ChatModel) -> ChatModel:
        """The inner agents' model: the settings', else the same as the Top Agent's."""
        name = self.settings.agent_model
        return await self.model(name) if name else top

    async def embedder(self) -> Embedder:
        """The settings' embedder.

        Raises:
            ModelError: it can't be had; the message says why.
        """

        async def load() -> Embedder:
            return await asyncio.to_thread(load_embedder, self.settings.embedder, self.settings)

        return await self._embedders.get("embedder", load)

    def _placed(self, model: ChatModel) -> ChatModel:
        self.places.setdefault(model.name, Semaphore(max(model.concurrency, 1)))
        return model
