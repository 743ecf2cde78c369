"""How a caller wants one answer sampled; the agents' inner calls stay as they are."""

from __future__ import annotations

import copy
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from pydantic_ai.messages import ModelMessage
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext

from simulacra.cognition.macm import Macm
from simulacra.cognition.methods import Mind, Plain
from simulacra.inference import ChatModel


@dataclass(frozen=True)
class Tuning:
    """What a caller asks of the answer; ``None`` leaves it to the person.

    ``max_tokens`` only ever makes an answer shorter: a person speaks in few sentences.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None

    def on(self, mind: Mind) -> Mind:
        """The same mind, answering like this."""
        if self == Tuning():
            return mind
        match mind:
            case Macm():
                return replace(mind, top_model=self._tuned(mind.top_model))
            case Plain():
                return replace(mind, model=self._tuned(mind.model))
            case _:
                return mind

    def _tuned(self, model: ChatModel) -> ChatModel:
        tuned = copy.copy(model)
        object.__setattr__(tuned, "model", _Tuned(model.model, self))  # of a frozen dataclass
        return tuned


class _Tuned(WrapperModel):
    """Only answers are streamed, so that only they are tuned."""

    def __init__(self, model: Model, tuning: Tuning) -> None:
        super().__init__(model)
        self._tuning = tuning

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        settings = ModelSettings(**(model_settings or {}))
        wanted = self._tuning
        if wanted.temperature is not None:
            settings["temperature"] = wanted.temperature
        if wanted.top_p is not None and "top_p" in settings:
            settings["top_p"] = wanted.top_p
        if wanted.max_tokens is not None:
            settings["max_tokens"] = min(
                wanted.max_tokens, settings.get("max_tokens", wanted.max_tokens)
            )
        async with super().request_stream(
            messages, settings, model_request_parameters, run_context
        ) as response:
            yield response
