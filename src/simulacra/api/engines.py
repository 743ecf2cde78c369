"""What people run on: chat models and the embedder, loaded once, and their places."""

from __future__ import annotations

import asyncio
from asyncio import Semaphore

from simulacra.api.kept import Kept
from simulacra.inference import ChatModel, Embedder, load_chat_model, load_embedder
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
