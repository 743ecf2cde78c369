"""Calls that were paid for are kept, and never paid again; no more at once than makes sense."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import (
    CompletedStreamedResponse,
    ModelRequestParameters,
    StreamedResponse,
)
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from simulacra.characters.journal import Journal
from simulacra.inference import ChatModel, Usage

_DAY = 86_400.0
_PARAMETERS = TypeAdapter(ModelRequestParameters)


class KeptCall(BaseModel):
    """A call that was answered: by which model, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    response: ModelResponse

    @property
    def usage(self) -> Usage:
        """What the call took, as the provider counted it."""
        used = self.response.usage
        return Usage(1, used.input_tokens, used.cache_read_tokens, used.output_tokens)

    @property
    def usable(self) -> bool:
        """Whether there is anything in it: to get nothing once is no reason to get it for ever."""
        said = any(isinstance(p, TextPart) and p.content.strip() for p in self.response.parts)
        return said and self.response.finish_reason != "content_filter"


@dataclass
class KeptCalls:
    """The calls of a run: what was answered once is not asked again.

    Two calls are the same if their model, messages, sampling (with its seed) and schema are.
    ``paid`` has what each model was asked in all, in this process and before; ``watch`` is called
    whenever that has changed.
    """

    journal: Journal
    paid: dict[str, Usage] = field(default_factory=dict[str, Usage])
    watch: Callable[[], None] = lambda: None
    _asking: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict[str, asyncio.Lock](asyncio.Lock)
    )

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Generator[KeptCalls]:
        """Go on with the calls in a file, which is made if it is not there.

        Raises:
            StorageError: the file can't be read or written.
        """
        with Journal.locked(path) as journal:
            calls = cls(journal)
            for key in journal.answers:
                if kept := journal.get(key, KeptCall):
                    calls.count(kept)
            yield calls

    def of(self, model: ChatModel) -> ChatModel:
        """The same model, whose calls are kept; at most its ``concurrency`` are in flight.

        A call that waits for its turn does not run out of time.
        """
        return replace(model, model=_Keeper(model, self), timeout=_DAY)

    async def once(
        self, key: str, model: str, ask: Callable[[], Awaitable[ModelResponse]]
    ) -> ModelResponse:
        """The answer that is kept under a key, or what asking gives, kept from now on.

        Raises:
            StorageError: the disk is full, or the file can't be written.
        """
        async with self._asking[key]:
            if kept := self.journal.get(key, KeptCall):
                return kept.response
            call = KeptCall(model=model, response=await ask())
            if call.usable:
                self.journal.add(key, call)
        self.count(call)
        self.watch()
        return call.response

    def count(self, call: KeptCall) -> None:
        """Add a call to what was paid."""
        self.paid[call.model] = self.paid.get(call.model, Usage()) + call.usage


class _Keeper(WrapperModel):
    """Looks among the kept calls before it asks; what is streamed comes in one piece."""

    def __init__(self, model: ChatModel, calls: KeptCalls) -> None:
        super().__init__(model.model)
        self._calls, self._name, self._timeout = calls, model.name, model.timeout
        self._slots = asyncio.Semaphore(model.concurrency)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        async def ask() -> ModelResponse:
            async with self._slots, asyncio.timeout(self._timeout):
                return await self.wrapped.request(
                    messages, model_settings, model_request_parameters
                )

        key = _digest(self._name, messages, model_settings, model_request_parameters)
        return await self._calls.once(key, self._name, ask)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        del run_context
        response = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(
            response, model_request_parameters=model_request_parameters, replay_events=True
        )


def _digest(
    model: str,
    messages: list[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
) -> str:
    """What makes a call this call. Moments and ids of messages play no part in what is asked."""
    said = [
        (part.part_kind, str(getattr(part, "content", "")), getattr(message, "model_name", ""))
        for message in messages
        for part in message.parts
    ]
    schema = _PARAMETERS.dump_python(parameters, mode="json")
    asked = json.dumps([model, said, settings, schema], sort_keys=True, default=str)
    return sha256(asked.encode()).hexdigest()[:32]
