"""Our models in Inspect: ``inspect eval … --model simulacra/embedded:qwen2.5-coder-0.5b``.

After ``simulacra/`` stands any name that ``--model`` of our own commands takes.
"""

from __future__ import annotations

from typing import Any

import inspect_ai.model as inspect
from inspect_ai.tool import ToolChoice, ToolInfo
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters

from simulacra.errors import ModelError
from simulacra.inference import Sampling, load_chat_model
from simulacra.settings import Settings


class OurModels(inspect.ModelAPI):
    """A chat model of ours behind Inspect's interface."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: inspect.GenerateConfig | None = None,
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config or inspect.GenerateConfig())
        self.chat = load_chat_model(model_name, Settings.read(**model_args))

    async def generate(
        self,
        input: list[inspect.ChatMessage],  # noqa: A002 - the name is Inspect's
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: inspect.GenerateConfig,
    ) -> inspect.ModelOutput:
        """Answer with text; tools are not offered.

        Raises:
            ModelError: tools are asked for, or the model could not be asked.
        """
        del tool_choice
        if tools:
            raise ModelError(
                f"simulacra/{self.model_name} takes no tools.", "Use another model for this task."
            )
        response = await self.chat.request(
            _messages(input), _sampling(config), ModelRequestParameters()
        )
        return _output(self.model_name, response)

    def max_connections(self) -> int:
        """How many calls in flight make sense."""
        return self.chat.concurrency

    def connection_key(self) -> str:
        """Each model has its own calls in flight."""
        return self.model_name


def _messages(chat: list[inspect.ChatMessage]) -> list[ModelMessage]:
    messages: list[ModelMessage] = []
    for message in chat:
        if message.role == "assistant":
            messages.append(ModelResponse(parts=[TextPart(message.text)]))
        elif message.role == "system":
            messages.append(ModelRequest(parts=[SystemPromptPart(message.text)]))
        else:
            messages.append(ModelRequest(parts=[UserPromptPart(message.text)]))
    return messages


def _sampling(config: inspect.GenerateConfig) -> Sampling:
    """The sampling that Inspect asks for; what it leaves open is as everywhere else."""
    usual = Sampling()
    return Sampling(
        temperature=usual.temperature if config.temperature is None else config.temperature,
        top_p=usual.top_p if config.top_p is None else config.top_p,
        max_tokens=config.max_tokens or usual.max_tokens,
        seed=config.seed,
        frequency_penalty=config.frequency_penalty,
        stop=tuple(config.stop_seqs or ()),
        logprobs=(config.top_logprobs or 1) if config.logprobs else 0,
        extra=config.extra_body or {},
    )


def _output(model: str, response: ModelResponse) -> inspect.ModelOutput:
    ends: dict[str | None, inspect.StopReason] = {
        "stop": "stop",
        "length": "max_tokens",
        "content_filter": "content_filter",
    }
    details = response.provider_details or {}
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    places = details.get("logprobs")
    logprobs = inspect.Logprobs.model_validate({"content": places}) if places else None
    used = response.usage
    cached = used.cache_read_tokens
    return inspect.ModelOutput(
        model=model,
        choices=[
            inspect.ChatCompletionChoice(
                message=inspect.ChatMessageAssistant(content=text, model=model, source="generate"),
                stop_reason=ends.get(response.finish_reason, "unknown"),
                logprobs=logprobs,
            )
        ],
        usage=inspect.ModelUsage(
            input_tokens=used.input_tokens - cached,
            output_tokens=used.output_tokens,
            total_tokens=used.input_tokens + used.output_tokens,
            input_tokens_cache_read=cached or None,
        ),
    )
