"""The recorder of a turn: every model call goes through it and becomes a step of the trace."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from simulacra.cognition.trace import Phase, Step
from simulacra.cognition.weighing import Scales
from simulacra.errors import AnswerError, EmptyAnswerError, TruncatedAnswerError
from simulacra.inference import Answer, ChatModel, Prompt, Sampling, Usage

Schema = TypeVar("Schema", bound=BaseModel)


class Recorder:
    """Asks models on behalf of one turn, and keeps steps, usage and notes.

    An inner agent whose answer can't be used is noted and left out (``write``, ``fill`` return
    ``None``): the turn goes on with less behind it, and says so in its trace. Everything else
    that goes wrong with a model ends the turn as an error.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self.first_token_seconds: float | None = None
        self.began = time.perf_counter()

    @property
    def usage(self) -> Usage:
        """What all calls so far took together."""
        return sum((step.usage for step in self.steps), Usage())

    @property
    def seconds(self) -> float:
        """Seconds since the turn began."""
        return time.perf_counter() - self.began

    async def write(
        self, phase: Phase, model: ChatModel, prompt: Prompt, sampling: Sampling
    ) -> str | None:
        """Return an agent's text, or ``None`` and a note where it can't be used."""
        try:
            answer = await model.write(prompt, self._seeded(sampling))
        except TruncatedAnswerError as error:
            whole = whole_sentences(error.answer)
            self.notes.append(f"{phase}: the answer was cut off at the token limit")
            return whole or None
        except AnswerError as error:
            self.notes.append(f"{phase}: {error.what}")
            return None
        self._keep(phase, model, prompt, answer, answer.value)
        return " ".join(answer.value.split())

    async def fill(
        self,
        phase: Phase,
        model: ChatModel,
        prompt: Prompt,
        schema: type[Schema],
        sampling: Sampling,
    ) -> Schema | None:
        """Return an agent's filled schema, or ``None`` and a note where it can't be used."""
        try:
            answer = await model.fill(prompt, schema, self._seeded(sampling))
        except AnswerError as error:
            self.notes.append(f"{phase}: {error.what}")
            return None
        self._keep(phase, model, prompt, answer, answer.value.model_dump_json())
        return answer.value

    async def odds(self, phase: Phase, scales: Scales, prompt: Prompt) -> float | None:
        """Return the log odds of yes, or ``None`` and a note where they can't be read."""
        try:
            answer = await scales.log_odds(prompt, self.seed)
        except AnswerError as error:
            self.notes.append(f"{phase}: {error.what}")
            return None
        self._keep(phase, scales.model, prompt, answer, f"log odds of yes {answer.value:.3f}")
        return answer.value

    async def stream(
        self, phase: Phase, model: ChatModel, prompt: Prompt, sampling: Sampling
    ) -> AsyncIterator[str]:
        """Yield the pieces of a reply as they come.

        A reply that is cut off at the token limit is noted; what came stays.

        Raises:
            EmptyAnswerError: nothing came, not even when asked twice.
        """
        for attempt in (0, 1):
            began, said = self.seconds, False
            stream = model.stream(prompt, self._seeded(sampling, attempt))
            try:
                async with stream:
                    async for piece in stream:
                        if self.first_token_seconds is None:
                            self.first_token_seconds = self.seconds
                        said = True
                        yield piece
                self._keep(phase, model, prompt, stream.answer, stream.answer.value)
                return
            except asyncio.CancelledError:
                cut = Answer(stream.text, Usage(calls=1), self.seconds - began)
                self._keep(phase, model, prompt, cut, stream.text)
                raise
            except TruncatedAnswerError as error:
                self.notes.append(f"{phase}: the answer was cut off at the token limit")
                spent = Answer(error.answer, Usage(calls=1), self.seconds - began)
                self._keep(phase, model, prompt, spent, error.answer)
                if not said:
                    yield error.answer
                return
            except EmptyAnswerError:
                if attempt:
                    raise
                self.notes.append(f"{phase}: an empty answer; asked again")

    def _seeded(self, sampling: Sampling, attempt: int = 0) -> Sampling:
        return replace(sampling, seed=(self.seed + attempt) % 2**31)

    def _keep(
        self, phase: Phase, model: ChatModel, prompt: Prompt, answer: Answer[Any], output: str
    ) -> None:
        self.steps.append(
            Step(
                phase=phase,
                model=model.name,
                prompt_digest=prompt.digest,
                system=prompt.system,
                user=prompt.user,
                output=output,
                usage=answer.usage,
                seconds=round(answer.seconds, 4),
            )
        )


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; empty if it has none."""
    ends = [match.end() for match in re.finditer(r"[.!?…][\"”’')]*(?=\s|$)", text)]
    return text[: ends[-1]].strip() if ends else ""
