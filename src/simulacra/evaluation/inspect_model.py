"""Inspect's models as ours, so that its log, cache, retries and limits hold for every agent's call.

A model of Inspect (``--model openai/gpt-4o``) answers behind our ``ChatModel``. That is simpler
than a bridge that stands in for a provider's client: no client is patched, and every call stands
in the transcript where it was made.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import inspect_ai.model as inspect
from pydantic_ai.messages import (
    FinishReason,
    ModelMessage,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserPromptPart,
)
from pydantic_ai.models import (
    CompletedStreamedResponse,
    Model,
    ModelRequestParameters,
    StreamedResponse,
)
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext
from pydantic_ai.usage import RequestUsage

from simulacra.evaluation.inspect_provider import OurModels
from simulacra.inference import ChatModel
from simulacra.inference.failures import Patience

_A_DAY = 86_400.0
"""Inspect minds the time itself (``--timeout``, ``--attempt-timeout``)."""

_ENDS: dict[str, FinishReason] = {
    "stop": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
}


def chat_model(model: inspect.Model) -> ChatModel:
    """A model of Inspect as a chat model; retries and connections are Inspect's."""
    ours = model.api.chat if isinstance(model.api, OurModels) else None
    return ChatModel(
        name=ours.name if ours else str(model),
        model=InspectModel(model),
        small=ours.small if ours else False,
        extra=ours.extra if ours else {},
        timeout=_A_DAY,
        patience=Patience(retries=0),
        chosen_because="Inspect was asked for it",
    )


class InspectModel(Model):
    """Pydantic AI's view of a model of Inspect."""

    def __init__(self, model: inspect.Model) -> None:
        super().__init__()
        self._inspect = model

    @property
    def model_name(self) -> str:
        """The model's name with its provider."""
        return str(self._inspect)

    @property
    def system(self) -> str:
        """The provider; that of the model behind it where it is one of ours."""
        api = self._inspect.api
        return (
            api.chat.model.system if isinstance(api, OurModels) else self.model_name.split("/")[0]
        )

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Have Inspect generate an answer."""
        settings, parameters = self.prepare_request(model_settings, model_request_parameters)
        chat = as_chat(messages)
        if form := parameters.prompted_output_instructions:
            after = sum(message.role == "system" for message in chat)
            chat.insert(after, inspect.ChatMessageSystem(content=form))
        output = await self._inspect.generate(chat, config=_config(settings or {}))
        return _response(output)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """As ``request``: Inspect's answers come whole."""
        response = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(
            response, model_request_parameters=model_request_parameters, replay_events=True
        )


def as_chat(messages: list[ModelMessage]) -> list[inspect.ChatMessage]:
    """Our messages as Inspect's."""
    chat: list[inspect.ChatMessage] = []
    for message in messages:
        if isinstance(message, ModelResponse):
            chat.append(inspect.ChatMessageAssistant(content=_text(message)))
            continue
        for part in message.parts:
            if isinstance(part, SystemPromptPart):
                chat.append(inspect.ChatMessageSystem(content=part.content))
            elif isinstance(part, UserPromptPart):
                chat.append(inspect.ChatMessageUser(content=str(part.content)))
    return chat


def _text(message: ModelResponse) -> str:
    return "".join(part.content for part in message.parts if isinstance(part, TextPart))


def _config(settings: ModelSettings) -> inspect.GenerateConfig:
    return inspect.GenerateConfig(
        temperature=settings.get("temperature"),
        top_p=settings.get("top_p"),
        max_tokens=settings.get("max_tokens"),
        seed=settings.get("seed"),
        frequency_penalty=settings.get("frequency_penalty"),
        stop_seqs=settings.get("stop_sequences"),
        logprobs=settings.get("openai_logprobs"),
        top_logprobs=settings.get("openai_top_logprobs"),
        extra_body=cast("dict[str, Any] | None", settings.get("extra_body")),
    )


def _response(output: inspect.ModelOutput) -> ModelResponse:
    choice = output.choices[0] if output.choices else None
    details: dict[str, Any] = {}
    if choice and choice.logprobs:
        details["logprobs"] = [place.model_dump() for place in choice.logprobs.content]
    used = output.usage or inspect.ModelUsage()
    cached = used.input_tokens_cache_read or 0
    return ModelResponse(
        parts=[TextPart(output.completion)],
        usage=RequestUsage(
            input_tokens=used.input_tokens + cached + (used.input_tokens_cache_write or 0),
            cache_read_tokens=cached,
            output_tokens=used.output_tokens,
        ),
        model_name=output.model,
        provider_details=details or None,
        finish_reason=_ENDS.get(output.stop_reason),
    )
