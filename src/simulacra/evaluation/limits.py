"""No more calls at once than a provider bears, whoever makes them, and what they took."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from simulacra.inference import ChatModel, Usage

_DAY = 86_400.0


@dataclass
class Limits:
    """Makes models take turns; ``spent`` has what was asked of each, ``watch`` hears of it."""

    spent: dict[str, Usage] = field(default_factory=dict[str, Usage])
    watch: Callable[[], None] = lambda: None

    def on(self, model: ChatModel) -> ChatModel:
        """The same model, with at most its ``concurrency`` calls in flight (streams are not counted).

        A call that waits for its turn does not run out of time.
        """
        return replace(model, model=_TakingTurns(model, self), timeout=_DAY)

    def count(self, model: str, usage: Usage) -> None:
        """Add a call to what was spent."""
        self.spent[model] = self.spent.get(model, Usage()) + usage
        self.watch()


class _TakingTurns(WrapperModel):
    def __init__(self, model: ChatModel, limits: Limits) -> None:
        super().__init__(model.model)
        self._name, self._timeout, self._limits = model.name, model.timeout, limits
        self._slots = asyncio.Semaphore(model.concurrency)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        async with self._slots, asyncio.timeout(self._timeout):
            response = await super().request(messages, model_settings, model_request_parameters)
        used = response.usage
        usage = Usage(1, used.input_tokens, used.cache_read_tokens, used.output_tokens)
        self._limits.count(self._name, usage)
        return response
