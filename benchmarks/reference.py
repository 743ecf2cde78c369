"""The reference implementation's traffic, replayed from what was measured of it.

Measured: a turn makes 5 calls one after the other, reads 9,000 tokens at turn 1 and 21,600 at turn
10, writes 150, and shows its first word at the end. Construction of one character makes 308 calls
one at a time, reads 200,000 tokens and writes 25,000. A prefix cache brings its turn from 5.1 s to
3.1 s, and to 3.4 s at turn 10.

From these follows what the replay sends: each of the 5 prompts has a part of its own that stays
(1,520 tokens), the conversation so far (280 more every turn) and what is new in the turn (280).
``python -m benchmarks.reference`` prints it alone.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx

from benchmarks.answers import prose
from benchmarks.provider import MESSAGE_TOKENS
from benchmarks.server import Server, simulated_provider
from benchmarks.traffic import Speed

AGENTS = 5
FIXED, HISTORY, NEW, WRITTEN = 1520, 280, 280, 30
CALLS, READ, WRITE = 308, 200_000, 25_000


@dataclass(frozen=True)
class ReferenceConstruction:
    """A sample of the construction's calls, timed, and what the whole would take."""

    sampled: int
    sampled_seconds: float

    @property
    def seconds(self) -> float:
        """Seconds for all calls, one at a time."""
        return self.sampled_seconds * CALLS / self.sampled


def prompt(agent: int, conversation: int, turn: int) -> str:
    """An agent's prompt at a turn (from 1 on): 1,800 tokens at turn 1, 4,320 at turn 10."""
    parts = [prose(FIXED - MESSAGE_TOKENS, agent)]
    parts += [prose(HISTORY, _seed(agent, conversation, past)) for past in range(1, turn)]
    parts.append(prose(NEW, _seed(agent, conversation, turn) + 1))
    return "\n".join(parts)


def _seed(agent: int, conversation: int, turn: int) -> int:
    return ((conversation * 1000 + turn) * AGENTS + agent + 1) * 10


async def turn(server: Server, conversation: int, number: int) -> float:
    """Replay a turn; the seconds until its end, where its first word appears."""
    async with httpx.AsyncClient(timeout=60) as http:
        prompts = [prompt(agent, conversation, number) for agent in range(AGENTS)]
        start = time.perf_counter()
        for text in prompts:
            await _call(http, server, text, WRITTEN)
        return time.perf_counter() - start


async def construction(server: Server, sample: int = 8) -> ReferenceConstruction:
    """Replay the first calls of the construction, one at a time."""
    async with httpx.AsyncClient(timeout=60) as http:
        prompts = [prose(READ // CALLS - MESSAGE_TOKENS, 7 + number) for number in range(sample)]
        start = time.perf_counter()
        for text in prompts:
            await _call(http, server, text, WRITE // CALLS)
        return ReferenceConstruction(sample, time.perf_counter() - start)


async def _call(http: httpx.AsyncClient, server: Server, text: str, size: int) -> None:
    body = {
        "model": "simulated",
        "messages": [{"role": "user", "content": text}],
        "simulated_size": size,
    }
    answer = await http.post(f"{server.base_url}/chat/completions", json=body)
    answer.raise_for_status()


async def main() -> None:
    """Replay a few turns and a sample of the construction, and print their seconds."""
    with simulated_provider() as server:
        for number in (1, 10):
            print(f"turn {number:2}, no cache: {await turn(server, 0, number):.2f} s")
        server.clear(cache=True)
        server.set_speed(Speed(prefix_cache=True))
        print(f"turn  1, prefix cache, cold: {await turn(server, 1, 1):.2f} s")
        print(f"turn  1, prefix cache, warm: {await turn(server, 2, 1):.2f} s")
        server.set_speed(Speed(prefix_cache=True, latency=False))
        for number in range(2, 10):
            await turn(server, 2, number)
        server.set_speed(Speed(prefix_cache=True))
        print(f"turn 10, prefix cache, warm: {await turn(server, 2, 10):.2f} s")
        server.set_speed(Speed())
        built = await construction(server)
        print(f"construction: {built.sampled} of {CALLS} calls replayed, {built.seconds:.0f} s")


if __name__ == "__main__":
    asyncio.run(main())
