"""Our own share of a turn: what is left when the model answers at once.

Once with a function in this process as the model, once with the simulated provider in a process
beside it, over HTTP. The embedder is the real one.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import mary
from benchmarks.answers import filled, prose
from benchmarks.lines import LINES
from benchmarks.report import Report, Table
from benchmarks.server import simulated_provider
from benchmarks.traffic import Speed
from simulacra.cognition import Simulacrum
from simulacra.inference import ChatModel, Embedder, ScriptedCall, ScriptedModel, load_embedder

TURNS = 20
CONVERSATIONS = 64
TURNS_EACH = 2


@dataclass(frozen=True)
class Alone:
    """One conversation: milliseconds a turn by the clock, and of processor time."""

    median: float
    slowest: float
    processor: float


def function_model() -> ScriptedModel:
    """A model in this process that answers at once, in the provider's sizes."""
    speed, count = Speed(), 0

    def answer(call: ScriptedCall) -> str:
        nonlocal count
        count += 1
        if call.schema is not None:
            return filled(call.schema.model_json_schema(), speed.inner_size, count)
        return prose(speed.reply_size, count)

    return ScriptedModel(answer, name="function", concurrency=CONVERSATIONS * 4)


async def alone(folder: Path, model: str | ChatModel, embedder: Embedder) -> Alone:
    """Take turns one after the other."""
    person = await mary.simulacrum(folder, model, embedder)
    await person.respond(LINES[-1])
    seconds: list[float] = []
    before = time.process_time()
    for line in LINES[:TURNS]:
        start = time.perf_counter()
        await person.respond(line)
        seconds.append(time.perf_counter() - start)
    processor = (time.process_time() - before) / TURNS
    ordered = sorted(seconds)
    return Alone(statistics.median(ordered) * 1e3, ordered[-1] * 1e3, processor * 1e3)


async def together(folder: Path, model: str | ChatModel, embedder: Embedder) -> tuple[float, float]:
    """Hold many conversations at once: milliseconds to load each, and turns a second over all."""
    begun = time.perf_counter()
    people = [
        await mary.simulacrum(folder, model, embedder, seed=number)
        for number in range(CONVERSATIONS)
    ]
    start = time.perf_counter()
    loading = (start - begun) / CONVERSATIONS * 1e3
    await asyncio.gather(*(_talk(person, number) for number, person in enumerate(people)))
    return loading, CONVERSATIONS * TURNS_EACH / (time.perf_counter() - start)


async def _talk(person: Simulacrum, number: int) -> None:
    for turn in range(TURNS_EACH):
        await person.respond(LINES[(number + turn * 7) % len(LINES)])


async def embedding(embedder: Embedder, lines: Sequence[str] = LINES) -> float:
    """Milliseconds to embed one line of the conversation, as every turn has to."""
    await embedder.embed(lines[:1])
    start = time.perf_counter()
    for line in lines:
        await embedder.embed([line])
    return (time.perf_counter() - start) / len(lines) * 1e3


async def measure(folder: Path) -> Report:
    """Measure with both kinds of model."""
    embedder = load_embedder(None, mary.settings(folder))
    with simulated_provider() as server, mary.simulated_by(server):
        server.set_speed(Speed(latency=False))
        models: dict[str, str | ChatModel] = {
            "a function in this process": function_model(),
            "HTTP to a server of no latency": mary.SIMULATED,
        }
        rows = [await _row(folder, name, model, embedder) for name, model in models.items()]
    columns = (
        "model", "ms a turn, median", "slowest", "processor, ms", "ms to load a person",
        f"turns/s, {CONVERSATIONS} conversations at once",
    )  # fmt: skip
    note = (
        f"{TURNS} turns of one conversation; then {TURNS_EACH} turns each of {CONVERSATIONS}, in "
        f"one process. Embedding a line takes {await embedding(embedder):.1f} ms of a turn each "
        "time. The server shares the machine's cores."
    )
    return Report("overhead", (Table("Our own share of a turn", columns, tuple(rows), note),))


async def _row(
    folder: Path, name: str, model: str | ChatModel, embedder: Embedder
) -> tuple[str, ...]:
    one = await alone(folder, model, embedder)
    loading, many = await together(folder, model, embedder)
    numbers = one.median, one.slowest, one.processor, loading, many
    return (name, *(f"{number:.1f}" for number in numbers))


def run() -> Report:
    """Measure in an empty workspace."""
    with mary.workspace() as folder:
        return asyncio.run(measure(folder))


if __name__ == "__main__":
    run().show()
