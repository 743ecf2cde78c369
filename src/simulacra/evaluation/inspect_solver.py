"""The simulacrum as a solver of Inspect, with every step of its mind in the transcript."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from typing import Any, TypeVar

from inspect_ai.log import transcript
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageUser,
    Model,
    ModelOutput,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import span
from pydantic import BaseModel

from simulacra.cognition import Method
from simulacra.cognition.macm import Preset
from simulacra.cognition.recorder import Recorder
from simulacra.cognition.trace import Phase
from simulacra.cognition.weighing import Scales
from simulacra.evaluation.asking import Inner, person
from simulacra.evaluation.inspect_model import chat_model
from simulacra.evaluation.interview import Interview, Prepared
from simulacra.evaluation.questions import Question
from simulacra.evaluation.records import Way
from simulacra.inference import ChatModel, Prompt, Sampling
from simulacra.settings import Settings

Schema = TypeVar("Schema", bound=BaseModel)

ANSWER = "answer"
"""The key under which a sample's store has its ``AnswerRecord``."""


class SpanRecorder(Recorder):
    """A recorder that puts each call into a span named by its phase."""

    async def write(
        self, phase: Phase, model: ChatModel, prompt: Prompt, sampling: Sampling
    ) -> str | None:
        """As ``Recorder.write``."""
        async with span(phase):
            return await super().write(phase, model, prompt, sampling)

    async def fill(
        self,
        phase: Phase,
        model: ChatModel,
        prompt: Prompt,
        schema: type[Schema],
        sampling: Sampling,
    ) -> Schema | None:
        """As ``Recorder.fill``."""
        async with span(phase):
            return await super().fill(phase, model, prompt, schema, sampling)

    async def odds(self, phase: Phase, scales: Scales, prompt: Prompt) -> float | None:
        """As ``Recorder.odds``."""
        async with span(phase):
            return await super().odds(phase, scales, prompt)

    async def stream(
        self, phase: Phase, model: ChatModel, prompt: Prompt, sampling: Sampling
    ) -> AsyncIterator[str]:
        """As ``Recorder.stream``; Inspect's answers come whole, so that nobody waits for them."""
        async with span(phase):
            pieces = [piece async for piece in super().stream(phase, model, prompt, sampling)]
        for piece in pieces:
            yield piece


class Sittings:
    """One interview for each pair of models, and what was prepared once for each item."""

    def __init__(
        self, slug: str, method: Method, way: Way, preset: Preset, seed: int, settings: Settings
    ) -> None:
        self._what = (slug, method, way, preset, seed, settings)
        self._interviews: dict[tuple[str, str], Interview] = {}
        self._prepared: dict[tuple[str, str, str], Prepared] = {}
        self._locks: defaultdict[tuple[str, ...], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def interview(self, top: Model, agent: Model) -> Interview:
        """The interview with a simulacrum on these models."""
        slug, method, way, preset, seed, settings = self._what
        key = (str(top), str(agent))
        async with self._locks[key]:
            if key not in self._interviews:
                model = chat_model(top)
                who = person(
                    slug,
                    method,
                    model,
                    model if agent is top else chat_model(agent),
                    settings=settings,
                    preset=preset,
                    seed=seed,
                )
                self._interviews[key] = await Interview.begin(who, way, seed, recorder=SpanRecorder)
            return self._interviews[key]

    async def prepared(self, top: Model, agent: Model, question: Question) -> tuple[Prepared, bool]:
        """What serves all epochs of a question, and whether it was made just now."""
        interview = await self.interview(top, agent)
        key = (str(top), str(agent), question.id)
        async with self._locks[key]:
            if made := key not in self._prepared:
                judging = span("judge") if interview.deliberates(question) else nullcontext()
                async with judging:
                    self._prepared[key] = await interview.prepare(question)
            return self._prepared[key], made


@solver
def interviewed(
    character: str,
    questions: Sequence[Question],
    method: Method,
    way: Way,
    preset: Preset,
    seed: int,
    settings: Settings,
) -> Solver:
    """Answer a sample's question by a method; the record of the answer goes to the store."""
    by_id = {question.id: question for question in questions}
    sittings = Sittings(character, method, way, preset, seed, settings)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate  # the agents ask by themselves
        top = get_model()
        agent = get_model(role="agent", default=top)
        question = by_id[str(state.sample_id)]
        prepared, made = await sittings.prepared(top, agent, question)
        recalled = isinstance(prepared, Inner) and prepared.considered.trace.memories
        async with span("recall") if recalled else nullcontext():
            transcript().info(_inner(prepared, made), source="simulacra")
        interview = await sittings.interview(top, agent)
        repeat = state.epoch - 1
        record = await interview.answer(question, prepared, repeat)
        words = question.words(question.shown(seed, repeat))
        state.messages = [
            ChatMessageUser(content=words),
            ChatMessageAssistant(content=record.answer, model=record.model),
        ]
        state.output = ModelOutput.from_content(record.model, record.answer)
        state.store.set(ANSWER, record.model_dump(mode="json"))
        return state

    return solve


def _inner(prepared: Prepared, made: bool) -> dict[str, Any]:
    """What was on the simulacrum's mind, for whoever looks for the reason of an answer."""
    taken = "in this epoch" if made else "in an earlier epoch, once for all"
    if isinstance(prepared, Inner):
        return {"inner steps taken": taken, **prepared.considered.trace.model_dump(mode="json")}
    return {
        "options judged": taken,
        "by": prepared.by,
        "log odds": [judged.model_dump(mode="json") for judged in prepared.judged],
        "notes": list(prepared.notes),
    }
