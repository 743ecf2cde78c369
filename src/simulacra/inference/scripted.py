"""Scripted models: write tests of what you build on Simulacra without any real model."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from pydantic import BaseModel
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserPromptPart,
)
from pydantic_ai.models.function import AgentInfo, FunctionModel

from simulacra.errors import ModelError
from simulacra.inference.chat import EXAMPLE, ChatModel
from simulacra.inference.failures import Patience
from simulacra.inference.prompt import Prompt
from simulacra.inference.sampling import Sampling
from simulacra.inference.usage import Answer, Usage, count_tokens

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class ScriptedCall:
    """What a scripted model was asked. ``user`` ends with the reproach when it is asked again."""

    system: str
    user: str
    schema: type[BaseModel] | None = None
    settings: tuple[tuple[str, object], ...] = ()
    examples: tuple[tuple[str, str], ...] = ()


ScriptedAnswer: TypeAlias = str | BaseModel | Mapping[str, object] | Exception
Script: TypeAlias = Callable[[ScriptedCall], ScriptedAnswer | Awaitable[ScriptedAnswer]]

_schema: ContextVar[type[BaseModel] | None] = ContextVar("_schema", default=None)


class ScriptedModel(ChatModel):
    """A chat model whose answers are given beforehand, in order, or come from a function.

    An answer is a text, a Pydantic model, a dict, or an exception to raise. The function gets a
    ``ScriptedCall`` and may be async. Texts are streamed word by word. ``calls`` records what was
    asked; tokens are counted with ``count_tokens``.

    >>> import asyncio
    >>> from simulacra.inference import Prompt, Sampling, ScriptedModel
    >>> model = ScriptedModel(["Good morning.", "It rained."])
    >>> asyncio.run(model.write(Prompt("You are Mary.", "Hello!"), Sampling())).value
    'Good morning.'
    >>> model.calls[0].user
    'Hello!'
    """

    calls: list[ScriptedCall]

    def __init__(
        self,
        script: Iterable[ScriptedAnswer] | Script,
        *,
        name: str = "scripted",
        small: bool = False,
        concurrency: int = 16,
        timeout: float = 120.0,
        retries: int = 0,
    ) -> None:
        answers = None if callable(script) else iter(script)

        async def respond(messages: list[ModelMessage], info: AgentInfo) -> str:
            call = _call(messages, info)
            self.calls.append(call)
            if answers is not None:
                answer = _next(answers, name, len(self.calls))
            else:
                assert callable(script)
                answer = script(call)
                if isinstance(answer, Awaitable):
                    answer = await answer
            return _text(answer)

        async def function(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
            text = await respond(messages, info)
            return ModelResponse(parts=[TextPart(text)], finish_reason="stop")

        async def stream(messages: list[ModelMessage], info: AgentInfo) -> AsyncGenerator[str]:
            for word in re.findall(r"\s*\S+\s*", await respond(messages, info)) or [""]:
                yield word

        super().__init__(
            name=name,
            model=FunctionModel(function, stream_function=stream, model_name=name),
            small=small,
            concurrency=concurrency,
            timeout=timeout,
            patience=Patience(retries, first=0.0),
            chosen_because="its answers are scripted",
        )
        object.__setattr__(self, "calls", [])

    async def fill(self, prompt: Prompt, schema: type[M], sampling: Sampling) -> Answer[M]:
        """As ``ChatModel.fill``; the script also learns the schema."""
        token = _schema.set(schema)
        try:
            return await super().fill(prompt, schema, sampling)
        finally:
            _schema.reset(token)

    def measure(self, prompt: Prompt, response: ModelResponse) -> Usage:
        """Count the tokens of prompt and answer by ``count_tokens``."""
        text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
        examples = (text for pair in prompt.examples for text in pair)
        read = sum(map(count_tokens, (prompt.system, *examples, prompt.user)))
        return Usage(1, read, 0, count_tokens(text))


def _call(messages: list[ModelMessage], info: AgentInfo) -> ScriptedCall:
    system: list[str] = []
    user: list[str] = []
    examples: list[tuple[str, str]] = []
    for message in messages:
        if isinstance(message, ModelRequest):
            for part in message.parts:
                if isinstance(part, SystemPromptPart):
                    system.append(part.content)
                elif isinstance(part, UserPromptPart):
                    user.append(str(part.content))
        elif message.model_name == EXAMPLE:
            answered = "".join(part.content for part in message.parts if isinstance(part, TextPart))
            examples.append((user.pop(), answered))
    settings = tuple(sorted((info.model_settings or {}).items()))
    return ScriptedCall(
        "\n\n".join(system), "\n\n".join(user), _schema.get(), settings, tuple(examples)
    )


def _next(answers: Iterator[ScriptedAnswer], name: str, call: int) -> ScriptedAnswer:
    try:
        return next(answers)
    except StopIteration:
        raise ModelError(
            f"The script of {name!r} has no answer left for call {call}.", "Write one more answer."
        ) from None


def _text(answer: ScriptedAnswer) -> str:
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer, BaseModel):
        return answer.model_dump_json()
    return answer if isinstance(answer, str) else json.dumps(dict(answer), ensure_ascii=False)
