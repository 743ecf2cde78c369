"""A simulated provider: an OpenAI-compatible server with known speeds that counts its traffic.

``python -m benchmarks.provider --port 8123`` serves ``/v1/chat/completions`` on loopback. Beside
it: ``GET /stats`` (every call so far), ``DELETE /stats``, ``DELETE /cache``, ``PUT /speed``.

A call is answered ``first_token`` seconds after it came plus the time to read its prompt; its text
takes ``size / write`` more. Any number of calls run at once without slowing each other down. A
request with ``stream: true`` is the reply to a partner, any other an inner agent's. The prefix
cache keeps runs of ``BLOCK`` tokens as vLLM does, and holds a prompt once it has been read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import uvicorn
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from benchmarks.answers import filled, lived, prose
from benchmarks.tokens import pieces, tokens
from benchmarks.traffic import Call, Speed

BLOCK = 16
"""Tokens in a block of the prefix cache: vLLM's default."""
MESSAGE_TOKENS = 4
"""What a chat template puts around each message."""


class _Incoming(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Message(_Incoming):
    """A message of the prompt; its content as text or as parts with text."""

    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, list):
            return "\n".join(str(part["text"]) for part in self.content)
        return self.content or ""


class ChatRequest(_Incoming):
    """The fields of a chat request that change what the provider does."""

    messages: list[Message]
    stream: bool = False
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    response_format: dict[str, Any] | None = None
    simulated_size: int | None = None

    @property
    def answer_schema(self) -> dict[str, Any] | None:
        """The JSON schema that the answer must fit, if one is asked for."""
        match self.response_format:
            case {"type": "json_schema", "json_schema": {"schema": schema}}:
                return schema
            case {"type": "json_object"}:
                return {"type": "object", "properties": {"answer": {"type": "string"}}}
            case _:
                return None

    def said(self) -> tuple[str, str]:
        """The text of the first message and of the last one of the user."""
        user = [message.text for message in self.messages if message.role == "user"]
        return self.messages[0].text if self.messages else "", user[-1] if user else ""

    def prompt(self) -> list[str]:
        """The prompt's tokens; an answer's schema counts, after the messages."""
        read: list[str] = []
        for message in self.messages:
            read += [f"<{message.role}>"] * MESSAGE_TOKENS + tokens(message.text)
        if self.answer_schema is not None:
            read += tokens(json.dumps(self.answer_schema))
        return read


class PrefixCache:
    """The beginnings of prompts read so far, in blocks."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    @staticmethod
    def blocks(prompt: Sequence[str]) -> list[int]:
        """One key for every whole block: a key stands for all that comes before it, too."""
        keys: list[int] = []
        for end in range(BLOCK, len(prompt) + 1, BLOCK):
            keys.append(hash((keys[-1] if keys else 0, *prompt[end - BLOCK : end])))
        return keys

    def shared(self, blocks: Sequence[int]) -> int:
        """How many leading tokens are known."""
        for number, key in enumerate(blocks):
            if key not in self._seen:
                return number * BLOCK
        return len(blocks) * BLOCK

    def add(self, blocks: Sequence[int]) -> None:
        """Keep a prompt that has been read."""
        self._seen.update(blocks)


class Provider:
    """The state behind the server: speed, prefix cache and the calls so far."""

    def __init__(self, speed: Speed) -> None:
        self.speed = speed
        self.cache = PrefixCache()
        self.calls: list[Call] = []
        self.in_flight = 0

    async def chat(self, request: Request) -> Response:
        """Answer a chat request, whole or as a stream."""
        arrived = time.monotonic()
        try:
            asked = ChatRequest.model_validate_json(await request.body())
            prompt = asked.prompt()
            speed = self.speed
            size = asked.simulated_size or (speed.reply_size if asked.stream else speed.inner_size)
            blocks = PrefixCache.blocks(prompt)
            seed = len(self.calls)
            text = lived(*asked.said(), seed) or (
                filled(asked.answer_schema, size, seed)
                if asked.answer_schema
                else prose(size, seed)
            )
        except (ValidationError, ValueError, KeyError) as error:
            return JSONResponse({"error": {"message": str(error), "code": 400}}, status_code=400)
        written = pieces(text)
        limit = asked.max_completion_tokens or asked.max_tokens or len(written)
        shared = self.cache.shared(blocks)
        call = Call(
            number=seed,
            reply=asked.stream,
            input_tokens=len(prompt),
            shared_tokens=shared,
            cached_tokens=shared if speed.prefix_cache else 0,
            output_tokens=min(limit, len(written)),
            in_flight=self.in_flight + 1,
            arrived=arrived,
        )
        answer = _Answer(call, written[:limit], cut=limit < len(written))
        self.calls.append(call)
        self.in_flight += 1
        work = self._serve(call, speed, blocks, answer)
        if asked.stream:
            return StreamingResponse(work, media_type="text/event-stream")
        async for _ in work:
            pass
        return JSONResponse(answer.whole())

    async def _serve(
        self, call: Call, speed: Speed, blocks: list[int], answer: _Answer
    ) -> AsyncIterator[str]:
        """Take the time that the call takes, and yield its events."""
        try:
            first = call.arrived + speed.reading(call.input_tokens - call.cached_tokens)
            await _until(first)
            self.cache.add(blocks)
            for number, piece in enumerate(answer.pieces):
                if call.reply:
                    await _until(first + speed.writing(number))
                    yield answer.event({"content": piece})
            await _until(first + speed.writing(len(answer.pieces)))
            yield answer.event({}, finish=answer.finish)
            yield answer.event(None)
            yield "data: [DONE]\n\n"
        finally:
            self.in_flight -= 1
            self.calls[call.number] = call.model_copy(update={"ended": time.monotonic()})

    async def stats(self, request: Request) -> Response:
        """Every call since the counters were last cleared; DELETE clears them."""
        if request.method == "DELETE":
            if self.in_flight:
                return JSONResponse({"error": "calls are in flight"}, status_code=409)
            self.calls.clear()
        return JSONResponse([call.model_dump() for call in self.calls])

    async def forget(self, _: Request) -> Response:
        """Empty the prefix cache."""
        self.cache = PrefixCache()
        return Response(status_code=204)

    async def set_speed(self, request: Request) -> Response:
        """Change speeds from the next call on."""
        self.speed = Speed.model_validate_json(await request.body())
        return Response(status_code=204)

    def app(self) -> Starlette:
        """The server's routes."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self.chat, methods=["POST"]),
                Route("/v1/models", self._models),
                Route("/stats", self.stats, methods=["GET", "DELETE"]),
                Route("/cache", self.forget, methods=["DELETE"]),
                Route("/speed", self.set_speed, methods=["PUT"]),
            ]
        )

    async def _models(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": "simulated", "object": "model"}]})


class _Answer:
    """An answer in the two shapes of the OpenAI protocol."""

    def __init__(self, call: Call, written: list[str], *, cut: bool) -> None:
        self.call = call
        self.pieces = written
        self.finish = "length" if cut else "stop"
        self._head: dict[str, Any] = {"id": f"sim-{call.number}", "created": int(time.time())}
        self._head["model"] = "simulated"

    def _usage(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.call.input_tokens,
            "completion_tokens": self.call.output_tokens,
            "total_tokens": self.call.input_tokens + self.call.output_tokens,
            "prompt_tokens_details": {"cached_tokens": self.call.cached_tokens},
        }

    def whole(self) -> dict[str, Any]:
        """The body of an answer that is not streamed."""
        message = {"role": "assistant", "content": "".join(self.pieces)}
        choice = {"index": 0, "message": message, "finish_reason": self.finish}
        object_ = {"object": "chat.completion"}
        return {**self._head, **object_, "choices": [choice], "usage": self._usage()}

    def event(self, delta: dict[str, str] | None, finish: str | None = None) -> str:
        """One event of a stream; without a delta, the one that holds the usage."""
        body = {**self._head, "object": "chat.completion.chunk"}
        if delta is None:
            body |= {"choices": [], "usage": self._usage()}
        else:
            body["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return f"data: {json.dumps(body)}\n\n"


async def _until(moment: float) -> None:
    wait = moment - time.monotonic()
    if wait > 0:
        await asyncio.sleep(wait)


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="A simulated provider that counts its traffic.")
    parser.add_argument("--port", type=int, default=8123)
    port: int = parser.parse_args().port
    app = Provider(Speed()).app()
    with suppress(KeyboardInterrupt):
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
