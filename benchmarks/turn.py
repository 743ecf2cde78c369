"""One turn of Mary Jones by macm, beside the reference's, on the same provider in the same run.

A conversation has 60 turns. Turns 1, 10 and 60 are timed; in between the provider answers at
once, which changes no prompt and saves minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import mary, reference
from benchmarks.lines import LINES
from benchmarks.report import Report, Table, verdict
from benchmarks.server import Server, simulated_provider
from benchmarks.traffic import Speed, Traffic

TIMED = (1, 10, 60)
PLAIN, CACHED = Speed(), Speed(prefix_cache=True)


@dataclass(frozen=True)
class Measured:
    """A turn: its number, its traffic, seconds to its end and to its first word."""

    number: int
    traffic: Traffic
    seconds: float
    first_word: float

    @property
    def prompt_tokens(self) -> int:
        """Tokens of all prompts of the turn."""
        return self.traffic.input_tokens


@dataclass(frozen=True)
class Conversation:
    """All turns, and the traffic between them, when nobody waits."""

    turns: tuple[Measured, ...]
    between: Traffic

    def __getitem__(self, number: int) -> Measured:
        return self.turns[number - 1]


async def ours(
    server: Server, folder: Path, speed: Speed, lines: Sequence[str] = LINES
) -> Conversation:
    """Hold a conversation with a new simulacrum; turns in ``TIMED`` at the full ``speed``."""
    person = await mary.simulacrum(folder, mary.SIMULATED)
    turns: list[Measured] = []
    between: list[Traffic] = []
    for number, line in enumerate(lines, 1):
        server.set_speed(speed if number in TIMED else speed.model_copy(update={"latency": False}))
        server.clear(cache=False)
        turn = await person.respond(line)
        seen = Traffic.of(server.settled())
        turns.append(Measured(number, seen, turn.seconds, turn.first_token_seconds or turn.seconds))
        server.clear(cache=False)
        await person.rest()
        between.append(Traffic.of(server.settled()))
    return Conversation(tuple(turns), Traffic.together(between))


async def theirs(server: Server, conversation: int, speed: Speed, until: int = 10) -> Conversation:
    """Replay the reference's conversation up to a turn; turns in ``TIMED`` at full speed."""
    turns: list[Measured] = []
    for number in range(1, until + 1):
        server.set_speed(speed if number in TIMED else speed.model_copy(update={"latency": False}))
        server.clear(cache=False)
        seconds = await reference.turn(server, conversation, number)
        turns.append(Measured(number, Traffic.of(server.settled()), seconds, seconds))
    return Conversation(tuple(turns), Traffic.of([]))


def _row(
    name: str,
    measure: Callable[[Measured], float],
    mine: Sequence[Measured],
    other: Sequence[Measured],
    limit: float,
    aim: float | None = None,
    digits: int = 0,
) -> tuple[str, ...]:
    """A quantity for our turns, with its limit for the worst of them, and the reference's."""
    values = [measure(turn) for turn in mine]
    limits = f"≤ {limit:,.{digits}f}" + (f" (aim {aim:,.{digits}f})" if aim else "")
    cells = [f"{value:,.{digits}f}" for value in values]
    beside = [f"{measure(turn):,.{digits}f}" for turn in other]
    return (name, *cells, limits, verdict(max(values) <= limit), *beside)


def plain_tables(mine: Conversation, other: Conversation) -> list[Table]:
    """The tables of the server without a prefix cache."""
    turns, beside = [mine[number] for number in TIMED], [other[1], other[10]]
    rows = [
        _row("calls", lambda t: t.traffic.calls, turns, beside, 4),
        _row("steps, one after the other", lambda t: t.traffic.steps, turns, beside, 3),
        _row("prompt tokens", lambda t: t.prompt_tokens, turns, beside, 4000),
        _row("whole turn, s", lambda t: t.seconds, turns, beside, 3.7, 2.8, 2),
        _row("first word, s", lambda t: t.first_word, turns, beside, 2.3, 1.5, 2),
    ]
    columns = ("", "turn 1", "turn 10", "turn 60", "limit", "", "reference: turn 1", "turn 10")
    written = turns[0].traffic.output_tokens, beside[0].traffic.output_tokens
    note = (
        f"Ours writes {written[0]} tokens a turn, the reference's {written[1]}. The reference's "
        "first word comes with its last. Memories are loaded before the first turn."
    )
    return [Table("A turn, no prefix cache", columns, tuple(rows), note), _steadiness(mine)]


def _steadiness(mine: Conversation) -> Table:
    tokens = [turn.prompt_tokens for turn in mine.turns]
    first = tokens[0]
    spread = max(abs(mine[number].prompt_tokens - first) / first for number in TIMED)
    most_calls = max(turn.traffic.calls for turn in mine.turns)
    rows = (
        ("turns 10 and 60 against turn 1, prompt tokens", f"{spread:.1%}", "≤ 10 %",
         verdict(spread <= 0.1)),
        ("most prompt tokens in any turn", f"{max(tokens):,}", "≤ 4,000",
         verdict(max(tokens) <= 4000)),
        ("fewest prompt tokens in any turn", f"{min(tokens):,}", "", ""),
        ("most calls in any turn", f"{most_calls}", "≤ 4", verdict(most_calls <= 4)),
        ("calls between turns, for consolidation, all together", f"{mine.between.calls}", "", ""),
        ("their prompt tokens, all together", f"{mine.between.input_tokens:,}", "", ""),
    )  # fmt: skip
    return Table(f"A conversation of {len(mine.turns)} turns", ("", "", "limit", ""), rows)


def cached_table(
    cold: Measured, warm: Conversation, their_cold: Measured, their_warm: Conversation
) -> Table:
    """The table of the server whose cached prefix costs no reading."""
    turns, beside = [warm[n] for n in TIMED], [their_cold, their_warm[1], their_warm[10]]

    def row(
        name: str, measure: Callable[[Measured], float], limit: float, aim: str = ""
    ) -> tuple[str, ...]:
        name_, *cells = _row(name, measure, turns, beside, limit, digits=2)
        return (name_, f"{measure(cold):.2f}", *cells)

    def share(turn: Measured) -> str:
        return f"{turn.traffic.cached_tokens / turn.traffic.input_tokens:.0%}"

    return Table(
        "A turn, cached prefix costs no reading",
        ("", "cold", "warm: turn 1", "turn 10", "turn 60", "limit, warm", "",
         "reference: cold", "warm", "turn 10"),
        (
            row("whole turn, s", lambda t: t.seconds, 2.4),
            row("first word, s", lambda t: t.first_word, 1.1),
            ("of the prompt cached", share(cold), *map(share, turns), "", "", *map(share, beside)),
        ),
        "Cold: nobody spoke with this character before. Warm: somebody else did, once.",
    )  # fmt: skip


async def measure(server: Server, folder: Path) -> Report:
    """Measure all there is to a turn."""
    with mary.simulated_by(server):
        await ours(server, folder, PLAIN.model_copy(update={"latency": False}), LINES[-1:])
        server.clear(cache=True)
        mine, other = await ours(server, folder, PLAIN), await theirs(server, 0, PLAIN)
        server.clear(cache=True)
        cold = (await ours(server, folder, CACHED, LINES[:1]))[1]
        warm = await ours(server, folder, CACHED, (*LINES[1:], LINES[0]))
        server.clear(cache=True)
        their_cold = (await theirs(server, 1, CACHED, until=1))[1]
        their_warm = await theirs(server, 2, CACHED)
    tables = [*plain_tables(mine, other), cached_table(cold, warm, their_cold, their_warm)]
    return Report("turn", tuple(tables))


def run() -> Report:
    """Start a provider, measure, and end it."""
    with simulated_provider() as server, mary.workspace() as folder:
        return asyncio.run(measure(server, folder))


if __name__ == "__main__":
    run().show()
