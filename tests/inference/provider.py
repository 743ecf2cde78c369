"""A provider on a loopback port that behaves as badly as a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from simulacra.inference import ChatModel
from simulacra.inference.choice import compatible_model
from simulacra.inference.failures import Patience


@dataclass(frozen=True)
class Reply:
    """One reply: a status, a text, and what goes wrong."""

    text: str = "Good morning."
    status: int = 200
    finish: str = "stop"
    headers: str = ""
    drop: bool = False  # before a single byte
    drop_after: int | None = None  # pieces of a stream
    hang: float = 0.0
    raw: str | None = None


@dataclass
class Provider:
    """What the server was asked, and whether the other side hung up."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    def model(self, *, retries: int = 3, timeout: float = 5.0) -> ChatModel:
        return ChatModel(
            name="fake",
            model=compatible_model("fake", self.url + "/v1"),
            timeout=timeout,
            patience=Patience(retries, first=0.01),
        )


USAGE = {
    "prompt_tokens": 20,
    "completion_tokens": 4,
    "total_tokens": 24,
    "prompt_tokens_details": {"cached_tokens": 12},
}


@asynccontextmanager
async def provider(*replies: Reply, last: Reply | None = None) -> AsyncGenerator[Provider]:
    """Serve the replies in order, then ``last`` (by default the last of them) for ever."""
    script = list(replies)
    final = last or script[-1]
    here = Provider("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length:")[1].split("\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            here.requests.append(body)
            reply = script.pop(0) if script else final
            await asyncio.sleep(reply.hang)
            if not reply.drop:
                await (_stream if body.get("stream") else _whole)(reply, writer.write, writer.drain)
        except (ConnectionError, asyncio.IncompleteReadError):
            here.hung_up.set()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    here.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield here
    finally:
        server.close()


async def _whole(reply: Reply, write: Callable[[bytes], None], drain: Any) -> None:
    message = {"role": "assistant", "content": reply.text}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    good = {"id": "1", "object": "chat.completion", "created": 1, "model": "fake"}
    bad = {"error": {"message": "the provider's own words", "code": reply.status}}
    content = good | {"choices": [choice], "usage": USAGE} if reply.status == 200 else bad
    text = reply.raw if reply.raw is not None else json.dumps(content)
    write(_head(reply, "application/json") + text.encode())
    await drain()


async def _stream(reply: Reply, write: Callable[[bytes], None], drain: Any) -> None:
    if reply.status != 200:
        return await _whole(reply, write, drain)
    write(_head(reply, "text/event-stream"))
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake"}
    pieces = reply.text.split(" ")
    for number, word in enumerate(pieces):
        if number == reply.drop_after:
            return None
        delta = {"content": word if number == 0 else " " + word}
        choices = [{"index": 0, "delta": delta, "finish_reason": None}]
        write(f"data: {json.dumps(chunk | {'choices': choices})}\n\n".encode())
        await drain()
        await asyncio.sleep(0.005)
    end: dict[str, Any] = {"index": 0, "delta": {}, "finish_reason": reply.finish}
    write(f"data: {json.dumps(chunk | {'choices': [end]})}\n\n".encode())
    write(f"data: {json.dumps(chunk | {'choices': [], 'usage': USAGE})}\n\n".encode())
    write(b"data: [DONE]\n\n")
    return await drain()


def _head(reply: Reply, kind: str) -> bytes:
    return (
        f"HTTP/1.1 {reply.status} X\r\nContent-Type: {kind}\r\nConnection: close\r\n"
        f"{reply.headers}\r\n"
    ).encode()
