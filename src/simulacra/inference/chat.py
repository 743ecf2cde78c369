"""A chat model: it writes, streams, and fills in forms."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar, cast

from pydantic import BaseModel
from pydantic_ai import direct
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from simulacra.errors import EmptyAnswerError, ModelRejectedError, TruncatedAnswerError
from simulacra.inference import structured
from simulacra.inference.failures import Patience, ours
from simulacra.inference.likelihood import FirstToken, first_token
from simulacra.inference.prompt import Prompt
from simulacra.inference.sampling import Sampling
from simulacra.inference.usage import Answer, Usage

M = TypeVar("M", bound=BaseModel)
EXAMPLE = "example"
PREFILL = "prefill"
"""The models that a prompt's examples and its prefill bear as theirs."""
TAKES_EXTRA = ("embedded", "openai-compatible", "ollama", "function")


@dataclass(frozen=True)
class ChatModel:
    """A language model under a name, behind Pydantic AI's ``model``.

    ``small`` models (the embedded ones) read slowly and have a small context: prompts should be
    kept lean. ``concurrency`` is how many calls in flight make sense. ``extra`` are fields for the
    body of each request, which ``Sampling.extra`` overrides. ``timeout`` is in seconds, for a whole
    answer or, when streaming, from one piece to the next. ``chosen_because`` says in one line why
    this model was taken.
    """

    name: str
    model: Model
    small: bool = False
    concurrency: int = 16
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    timeout: float = 120.0
    patience: Patience = field(default_factory=Patience)
    chosen_because: str = ""

    async def write(self, prompt: Prompt, sampling: Sampling) -> Answer[str]:
        """Return the model's text, stripped, without the prompt's prefill.

        Raises:
            EmptyAnswerError, TruncatedAnswerError: what came can't be used; it is in ``answer``.
            ModelError: no answer came; the subclass says why.
        """
        start = time.perf_counter()
        response = await self.request(_messages(prompt), sampling, ModelRequestParameters())
        text = self.text_of(response).removeprefix(prompt.prefill).lstrip()
        return Answer(text, self.measure(prompt, response), time.perf_counter() - start)

    def stream(self, prompt: Prompt, sampling: Sampling) -> Stream:
        """Return the answer as it comes: an async iterator of pieces of text."""
        return Stream(self, prompt, sampling)

    async def fill(self, prompt: Prompt, schema: type[M], sampling: Sampling) -> Answer[M]:
        """Return an answer that fits ``schema``.

        The provider is told the JSON schema where it can keep to one, else the prompt says it. An
        answer that does not validate is asked again with the reason, at most twice; ``usage``
        counts all calls.

        Raises:
            MalformedAnswerError, EmptyAnswerError: the last answer still did not fit.
            TruncatedAnswerError: the answer was cut off; it is not asked again.
            ModelError: no answer came; the subclass says why.
        """
        start = time.perf_counter()
        parameters = structured.parameters(self.model, schema)
        messages = _messages(prompt)
        usage = Usage()
        for last in (False, False, True):
            response = await self.request(messages, sampling, parameters)
            usage += self.measure(prompt, response)
            text = self.text_of(response, may_be_empty=True)
            try:
                value = structured.read(text, schema)
            except structured.MisfitError as misfit:
                if last:
                    raise structured.malformed(self.name, schema, text, misfit) from misfit
                messages += [response, ModelRequest(parts=[UserPromptPart(misfit.reproach)])]
            else:
                return Answer(value, usage, time.perf_counter() - start)
        raise AssertionError("unreachable")

    async def first_token(self, prompt: Prompt, seed: int | None = None) -> Answer[FirstToken]:
        """Return the log-probabilities of the likeliest first tokens of the answer.

        Empty where the provider gives none.

        Raises:
            ModelRejectedError: the provider refuses to give any, or the request for another reason.
            ModelError: no answer came; the subclass says why.
        """
        start = time.perf_counter()
        shortest = 16 if self.model.system == "openai" else 1  # the least it allows
        how = Sampling(temperature=0.0, max_tokens=shortest, seed=seed, logprobs=20)
        response = await self.request(_messages(prompt), how, ModelRequestParameters())
        usage = self.measure(prompt, response)
        return Answer(first_token(response), usage, time.perf_counter() - start)

    async def request(
        self,
        messages: list[ModelMessage],
        sampling: Sampling,
        parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Make one call, with patience. For answers of other shapes than text and forms."""

        async def call() -> ModelResponse:
            async with asyncio.timeout(self.timeout):
                return await direct.model_request(
                    self.model,
                    messages,
                    model_settings=self.settings(sampling),
                    model_request_parameters=parameters,
                )

        return await self.patience.keep_trying(call, self.name)

    def settings(self, sampling: Sampling) -> ModelSettings:
        """Return the sampling as Pydantic AI names it."""
        settings = ModelSettings(
            temperature=sampling.temperature,
            max_tokens=sampling.max_tokens,
            thinking=False,
            cache={"messages": False},
        )
        if self.model.system != "anthropic":  # takes a temperature or a top_p, never both
            settings["top_p"] = sampling.top_p
        if self.model.system != "function":
            settings["max_retries"] = 0  # patience is ours
        if sampling.seed is not None:
            settings["seed"] = sampling.seed
        if sampling.frequency_penalty is not None:
            settings["frequency_penalty"] = sampling.frequency_penalty
        if sampling.stop:
            settings["stop_sequences"] = list(sampling.stop)
        if sampling.logprobs:
            from pydantic_ai.models.openai import OpenAIChatModelSettings

            wanted = OpenAIChatModelSettings(
                openai_logprobs=True, openai_top_logprobs=sampling.logprobs
            )
            settings.update(cast("ModelSettings", wanted))
        extra = {**self.extra, **sampling.extra}
        if extra and self.model.system in TAKES_EXTRA:
            settings["extra_body"] = extra
        return settings

    def measure(self, prompt: Prompt, response: ModelResponse) -> Usage:
        """Return what one call took, as the provider counted it."""
        usage = response.usage
        return Usage(1, usage.input_tokens, usage.cache_read_tokens, usage.output_tokens)

    def text_of(self, response: ModelResponse, *, may_be_empty: bool = False) -> str:
        """Return a response's text, stripped.

        Raises:
            EmptyAnswerError, TruncatedAnswerError, ModelRejectedError: there is none to use.
        """
        text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
        text = text.strip()
        if response.finish_reason == "length":
            raise TruncatedAnswerError(
                f"The answer of {self.name} was cut off after {response.usage.output_tokens} "
                "tokens.",
                "Allow more tokens (max_tokens) or ask for less.",
                answer=text,
            )
        if response.finish_reason == "content_filter":
            raise ModelRejectedError(
                f"The content filter of {self.name} refused to answer.", "Say it differently."
            )
        if not text and not may_be_empty:
            raise EmptyAnswerError(f"{self.name} answered with nothing.", "Ask again.")
        return text


class Stream:
    """An answer as it comes.

    ```python
    async with model.stream(prompt, sampling) as stream:
        async for piece in stream:
            print(piece, end="")
    stream.answer.usage
    ```
    Leaving the block early closes the connection. ``answer`` is there once the last piece came,
    also when the stream then raises because it was cut off. The errors are those of
    ``ChatModel.write``; a connection that drops before the first piece is tried again, one that
    drops later raises, with what came so far in ``text``.
    """

    def __init__(self, model: ChatModel, prompt: Prompt, sampling: Sampling) -> None:
        self.text = ""
        self._answer: Answer[str] | None = None
        self._pieces = self._run(model, prompt, sampling)

    @property
    def answer(self) -> Answer[str]:
        """The whole answer, stripped; an error of the program before the stream has ended."""
        if self._answer is None:
            raise RuntimeError("The stream has not ended: there is no whole answer yet.")
        return self._answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pieces.aclose()

    def __aiter__(self) -> AsyncIterator[str]:
        return self._pieces

    async def _run(
        self, model: ChatModel, prompt: Prompt, sampling: Sampling
    ) -> AsyncGenerator[str]:
        start = time.perf_counter()
        first: float | None = None
        failed = 0
        while True:
            try:
                opening = direct.model_request_stream(
                    model.model, _messages(prompt), model_settings=model.settings(sampling)
                )
                async with asyncio.timeout(model.timeout) as clock, opening as response:
                    loop = asyncio.get_running_loop()
                    async for event in response:
                        piece = _text_in(event)
                        if not self.text:
                            piece = piece.lstrip()
                        if not piece:
                            continue
                        if first is None:
                            first = time.perf_counter() - start
                        self.text += piece
                        clock.reschedule(None)  # the time of whoever reads does not count
                        yield piece
                        clock.reschedule(loop.time() + model.timeout)
                    whole = response.get()
                break
            except Exception as error:
                failed += 1
                wait = None if self.text else model.patience.wait(failed, error)
                if wait is None:
                    raise ours(error, model.name, failed) from error
            await asyncio.sleep(wait)
        seconds = time.perf_counter() - start
        self._answer = Answer(self.text.strip(), model.measure(prompt, whole), seconds, first)
        model.text_of(whole)


def _text_in(event: object) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return text
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
        case _:
            return ""


def _messages(prompt: Prompt) -> list[ModelMessage]:
    messages: list[ModelMessage] = []
    parts: list[ModelRequestPart] = [SystemPromptPart(prompt.system)] if prompt.system else []
    for said, answered in prompt.examples:
        messages.append(ModelRequest(parts=[*parts, UserPromptPart(said)]))
        messages.append(ModelResponse(parts=[TextPart(answered)], model_name=EXAMPLE))
        parts = []
    messages.append(ModelRequest(parts=[*parts, UserPromptPart(prompt.user)]))
    if prompt.prefill:
        messages.append(ModelResponse(parts=[TextPart(prompt.prefill)], model_name=PREFILL))
    return messages
