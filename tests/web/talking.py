"""A scripted person whose answers wait for a gate: what is said in between can be looked at."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncGenerator

from pydantic_ai.messages import ModelMessage, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from tests.api.served import playing

from simulacra.inference import ScriptedCall, ScriptedModel


class Gate:
    """Where answers wait, in any loop: ``open`` lets all pass, until ``close``."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    def open(self) -> None:
        self._open.set()

    def close(self) -> None:
        self._open.clear()

    async def passed(self) -> None:
        while not self._open.is_set():  # noqa: ASYNC110 (another thread opens it)
            await asyncio.sleep(0.005)


def words_of(call: ScriptedCall) -> str:
    """Answer with the last word in quotation marks or else the last number that was said."""
    found = re.findall(r"number (\w+)", call.user)
    return f"You said {found[-1]}. It is so." if found else "Well, well. It is so."


class Halting(ScriptedModel):
    """A model that stops in the middle of each answer while its gate is closed.

    ``streams`` counts the answers that were begun, ``cancelled`` those that were broken off.
    """

    gate: Gate
    streams: list[str]
    cancelled: list[str]

    def __init__(self, name: str = "scripted") -> None:
        super().__init__(playing(words_of), name=name)
        gate, streams, cancelled = Gate(), list[str](), list[str]()
        assert isinstance(self.model, FunctionModel)
        assert self.model.function

        async def stream(messages: list[ModelMessage], _: AgentInfo) -> AsyncGenerator[str]:
            parts = [part for message in messages for part in message.parts]
            asked = [part.content for part in parts if isinstance(part, UserPromptPart)]
            text = words_of(ScriptedCall(system="", user=str(asked[-1])))
            streams.append(text)
            try:
                first, rest = text.split(" ", 1)
                yield first + " "
                await gate.passed()
                yield rest
            except (asyncio.CancelledError, GeneratorExit):  # while it waits, or between pieces
                cancelled.append(text)
                raise

        model = FunctionModel(self.model.function, stream_function=stream, model_name=name)
        kept = {"gate": gate, "streams": streams, "cancelled": cancelled, "model": model}
        for field, value in kept.items():
            object.__setattr__(self, field, value)  # of a frozen dataclass
