"""What models are asked, counted where they are asked, and how many calls they get at once."""

from __future__ import annotations

from asyncio import Semaphore
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import BaseModel
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from simulacra.cognition.recorder import Recorder
from simulacra.cognition.trace import Phase
from simulacra.inference import ChatModel, Prompt, Sampling, Usage

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass
class Meter:
    """Counts what calls took, by model; streams are not counted."""

    spent: dict[str, Usage] = field(default_factory=dict[str, Usage])
    watch: Callable[[], None] = lambda: None

    def on(self, model: ChatModel) -> ChatModel:
        """The same model under the meter."""
        return replace(model, model=_Metered(model, self))

    def count(self, model: str, usage: Usage) -> None:
        """Add what a call took."""
        self.spent[model] = self.spent.get(model, Usage()) + usage
        self.watch()


class _Metered(WrapperModel):
    def __init__(self, model: ChatModel, meter: Meter) -> None:
        super().__init__(model.model)
        self._name, self._meter = model.name, meter

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        response = await super().request(messages, model_settings, model_request_parameters)
        used = response.usage
        usage = Usage(1, used.input_tokens, used.cache_read_tokens, used.output_tokens)
        self._meter.count(self._name, usage)
        return response


class InTurn(Recorder):
    """A recorder whose calls wait for a free place: ``places`` has those of each model.

    It waits before a call's time begins, so that waiting counts for nothing.
    """

    def __init__(self, seed: int, places: Mapping[str, Semaphore]) -> None:
        super().__init__(seed)
        self._places = places

    async def write(
        self, phase: Phase, model: ChatModel, prompt: Prompt, sampling: Sampling
    ) -> str | None:
        """Return an agent's text, or ``None``; see ``Recorder``."""
        async with self._places[model.name]:
            return await super().write(phase, model, prompt, sampling)

    async def fill(
        self,
        phase: Phase,
        model: ChatModel,
        prompt: Prompt,
        schema: type[Schema],
        sampling: Sampling,
    ) -> Schema | None:
        """Return an agent's filled schema, or ``None``; see ``Recorder``."""
        async with self._places[model.name]:
            return await super().fill(phase, model, prompt, schema, sampling)

    async def stream(
        self, phase: Phase, model: ChatModel, prompt: Prompt, sampling: Sampling
    ) -> AsyncIterator[str]:
        """Yield the pieces of a reply; see ``Recorder``."""
        async with self._places[model.name]:
            async for piece in super().stream(phase, model, prompt, sampling):
                yield piece
