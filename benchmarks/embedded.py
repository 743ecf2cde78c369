"""The default embedded model on this machine: its speeds, and the seconds of a macm turn.

Run alone, its server is new and its prefix cache empty.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import mary
from benchmarks.answers import prose
from benchmarks.lines import LINES
from benchmarks.report import Report, Table
from simulacra.cognition import Turn
from simulacra.inference import ChatModel, Prompt, Sampling, load_chat_model
from simulacra.inference.catalog import DEFAULT_MODEL

MODEL = f"embedded:{DEFAULT_MODEL}"
PROMPT = 800
REPEATS = 2
WARM_TURNS = 3


@dataclass(frozen=True)
class Speeds:
    """Tokens a second, by the model's own count of tokens."""

    read: float
    written: float


async def speeds(model: ChatModel, seed: int) -> Speeds:
    """Read a long prompt that was never read before, and write a few sentences."""
    system = f"Number {seed}."
    prompt = Prompt(system, f"{prose(PROMPT, seed)}\n\nTell in five sentences who wrote this.")
    stamps: list[float] = []
    start = time.perf_counter()
    async with model.stream(prompt, Sampling(max_tokens=600, seed=seed)) as stream:
        async for _ in stream:
            stamps.append(time.perf_counter())
    used = stream.answer.usage
    return Speeds(
        read=(used.input_tokens - used.cached_tokens) / (stamps[0] - start),
        written=(used.output_tokens - 1) / (stamps[-1] - stamps[0]),
    )


def _row(name: str, turn: Turn) -> tuple[str, ...]:
    used = turn.usage
    return (
        name,
        f"{turn.seconds:.1f}",
        f"{turn.first_token_seconds or turn.seconds:.1f}",
        f"{used.calls}",
        f"{used.input_tokens:,}",
        f"{used.cached_tokens:,}",
        f"{used.output_tokens:,}",
    )


async def measure(folder: Path) -> Report:
    """Take a first turn with nothing cached, some more, and then measure plain speeds."""
    start = time.perf_counter()
    model = load_chat_model(MODEL, mary.settings(folder))
    loading = time.perf_counter() - start
    person = await mary.simulacrum(folder, model)
    cold = await person.respond(LINES[0])
    warm = [await person.respond(line) for line in LINES[1 : 1 + WARM_TURNS]]
    rows = [_row("cold: the first turn of all", cold)]
    rows += [_row(f"warm: turn {turn.number + 1}", turn) for turn in warm]
    median = statistics.median(turn.seconds for turn in warm)
    columns = ("", "whole turn, s", "first word, s", "calls", "tokens read", "cached", "written")
    turns = Table(
        f"A macm turn on {DEFAULT_MODEL}",
        columns,
        tuple(rows),
        f"Median of the warm turns: {median:.1f} s. Starting the model took {loading:.1f} s.",
    )
    several = [await speeds(model, seed) for seed in range(REPEATS)]
    plain = Table(
        f"Speed of {DEFAULT_MODEL}, tokens a second",
        ("", "median", "lowest", "highest"),
        (
            _speed_row("read", [one.read for one in several]),
            _speed_row("written", [one.written for one in several]),
        ),
        f"Prompts of {PROMPT} estimated tokens that were never read before, {REPEATS} times.",
    )
    return Report("embedded", (plain, turns))


def _speed_row(name: str, values: list[float]) -> tuple[str, ...]:
    return (name, *(f"{v:.0f}" for v in (statistics.median(values), min(values), max(values))))


def run() -> Report:
    """Measure in an empty workspace."""
    with mary.workspace() as folder:
        return asyncio.run(measure(folder))


if __name__ == "__main__":
    run().show()
