"""Models that pay once: what they answered is kept beside a run, call by call.

A run that was killed goes on with the very answers it had, and calls that are the same for several
methods (an option judged without any character) are made once for all of them.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

from pydantic import BaseModel
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import CompletedStreamedResponse, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext

from simulacra.characters import Journal
from simulacra.inference import ChatModel


class _Call(BaseModel):
    response: ModelResponse


def keeping(model: ChatModel, journal: Journal) -> ChatModel:
    """The same chat model, whose answers are kept in the journal and asked for once.

    Answers come whole, also where a stream is asked for: nobody reads along in an evaluation.
    """
    kept = copy.copy(model)
    object.__setattr__(kept, "model", _KeepingModel(model, journal))  # of a frozen dataclass
    return kept


class _KeepingModel(WrapperModel):
    def __init__(self, model: ChatModel, journal: Journal) -> None:
        super().__init__(model.model)
        self._name = model.name
        self._journal = journal
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        key = _key(self._name, messages, model_settings, model_request_parameters)
        async with self._asking[key]:  # who asks the same meanwhile waits for this answer
            if (kept := self._journal.get(key, _Call)) is not None:
                return kept.response
            response = await super().request(messages, model_settings, model_request_parameters)
            if _of_use(response):
                self._journal.add(key, _Call(response=response))
        return response

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        response = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(
            response, model_request_parameters=model_request_parameters, replay_events=True
        )


def _of_use(response: ModelResponse) -> bool:
    """Whether there is something to keep; nothing at all, or what was filtered, is asked again."""
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    return bool(text.strip()) and response.finish_reason != "content_filter"


def _key(
    name: str,
    messages: list[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
) -> str:
    """What was asked, of whom and how; not when."""
    said: list[tuple[str, str]] = []
    for message in messages:
        for part in message.parts:
            said.append((part.part_kind, str(getattr(part, "content", ""))))
    schema = parameters.output_object.json_schema if parameters.output_object else None
    asked = (name, said, dict(settings or {}), schema)
    return sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
