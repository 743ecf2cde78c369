"""What the server adds before the first word, for one conversation and for a hundred at once.

The model answers in this process after a fixed time a call, and OpenAI's protocol is spoken over
HTTP on loopback, streamed. By macm the inner agents work at the same time and then comes the
answer: two calls' time. What is over that until the first word is ours.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks import mary
from benchmarks.answers import filled
from benchmarks.report import Report, Table, verdict
from benchmarks.traffic import Speed
from simulacra.inference import ScriptedCall, ScriptedModel

ALONE = 20
CROWD = 100
THINKING = 0.5
"""Seconds that a call takes."""
CALLS_ON_THE_WAY = 2
LIMIT_ALONE = 0.25
"""Seconds that may pass beside the model, in a conversation that has the machine to itself."""


def model() -> ScriptedModel:
    """A model that takes its time, and says back what number it hears."""
    size = Speed().inner_size

    async def answer(call: ScriptedCall) -> str:
        await asyncio.sleep(THINKING)
        if call.schema is not None:
            return filled(call.schema.model_json_schema(), size, 1)
        return "I heard " + " ".join(dict.fromkeys(re.findall(r"number (\d+)", call.user)))

    return ScriptedModel(answer, name="thinking", concurrency=4 * CROWD)


@contextmanager
def server(folder: Path) -> Generator[str]:
    """The application on a free port, in a thread of this process."""
    import socket

    import uvicorn

    from simulacra.web.app import create_app

    app = create_app(mary.settings(folder), model=model())
    listening = socket.create_server(("127.0.0.1", 0))
    serving = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1/chat/completions"
    finally:
        serving.should_exit = True
        thread.join()


async def first_word(client: httpx.AsyncClient, address: str, number: int) -> tuple[float, bool]:
    """Say something in a stored session: seconds to the first word, and whether it is for us."""
    asked = {
        "model": mary.SLUG,
        "user": f"visitor-{number}",
        "messages": [{"role": "user", "content": f"I am visitor number {number}. Who are you?"}],
        "stream": True,
    }
    start, first, said = time.perf_counter(), 0.0, ""
    async with client.stream("POST", address, json=asked) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                delta = json.loads(line.removeprefix("data: "))["choices"][0]["delta"]
                said += delta.get("content", "")
                if said and not first:
                    first = time.perf_counter() - start
    return first, said == f"I heard {number}"


async def measure(address: str) -> Report:
    """Measure one after the other, then all at once, each in a session of its own."""
    limits = httpx.Limits(max_connections=CROWD)
    async with httpx.AsyncClient(timeout=120, limits=limits, trust_env=False) as client:
        await first_word(client, address, 0)
        alone = [await first_word(client, address, number) for number in range(1, ALONE + 1)]
        start = time.perf_counter()
        crowd = await asyncio.gather(
            *(first_word(client, address, number) for number in range(ALONE + 1, ALONE + CROWD + 1))
        )
        whole = time.perf_counter() - start
    rows = (_row("one", alone, LIMIT_ALONE), _row(f"{CROWD} at once", crowd, None))
    columns = (
        "conversations", "first word beside the model, ms, median", "95th percentile",
        "slowest", "limit, ms", "mixed up", "",
    )  # fmt: skip
    note = (
        f"Beside the model: the time to the first word less the {CALLS_ON_THE_WAY} calls of "
        f"{THINKING:.1f} s that it waits for. Sessions are stored, the embedder is the real one, "
        f"and client and server share a process. All {CROWD} were done in {whole:.1f} s."
    )
    return Report("serving", (Table("The first word over HTTP", columns, rows, note),))


def _row(name: str, measured: list[tuple[float, bool]], limit: float | None) -> tuple[str, ...]:
    beside = sorted(seconds - CALLS_ON_THE_WAY * THINKING for seconds, _ in measured)
    mixed = sum(not ours for _, ours in measured)
    median = statistics.median(beside)
    numbers = (median, beside[int(0.95 * (len(beside) - 1))], beside[-1])
    passed = not mixed and (limit is None or median <= limit)
    return (
        name,
        *(f"{seconds * 1e3:.0f}" for seconds in numbers),
        "" if limit is None else f"{limit * 1e3:.0f}",
        str(mixed),
        verdict(passed),
    )


def run() -> Report:
    """Measure in an empty workspace."""
    with mary.workspace() as folder, server(folder) as address:
        return asyncio.run(measure(address))


if __name__ == "__main__":
    run().show()
