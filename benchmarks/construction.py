"""The construction of Mary Jones's memories from her whole story, by the command a user gives.

``simulacra memory build`` runs on a copy of her in a workspace of its own, once without a break
and once killed three times (``kill -9``) and given again. The provider counts every call that
reaches it, so what was paid for twice shows.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import mary, reference
from benchmarks.report import Report, Table, verdict
from benchmarks.server import Server, simulated_provider
from benchmarks.traffic import Speed, Traffic
from simulacra.biography import Story
from simulacra.characters import Workspace
from simulacra.memory import read_memories

CONCURRENCY = 16
KILLS = 3
COMMAND = f"simulacra memory build {mary.SLUG} --model {mary.SIMULATED} --concurrency {CONCURRENCY}"


@dataclass(frozen=True)
class Built:
    """A finished construction: what it took, and whether each paragraph is in one memory."""

    seconds: float
    traffic: Traffic
    complete: bool
    kills: int = 0


def build(server: Server, folder: Path, *, kills: int = 0) -> Built:
    """Build all memories of a fresh copy; kill it so many times on the way.

    Raises:
        RuntimeError: the command failed, or ended before it was killed often enough.
    """
    story = _copy(folder)
    server.clear(cache=True)
    calls = 2 * len(story.chunks())
    start = time.perf_counter()
    for kill in range(1, kills + 1):
        with _command(server, folder) as process:
            _wait_for_calls(server, process, calls * kill // (kills + 1))
            process.kill()
    with _command(server, folder) as process:
        if process.wait():
            raise RuntimeError(f"{COMMAND} failed with exit status {process.returncode}")
    seconds = time.perf_counter() - start
    made = read_memories(folder / "characters" / mary.SLUG / "memories.jsonl")
    covered = sorted(number for record in made for number in record.source.paragraphs)
    complete = covered == list(range(len(story.paragraphs)))
    return Built(seconds, Traffic.of(server.settled()), complete, kills)


def _copy(folder: Path) -> Story:
    """Put a copy of Mary Jones without memories into the workspace, and give her story."""
    shipped = Workspace(folder / "empty").get(mary.SLUG)
    own = folder / "characters" / mary.SLUG
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(shipped.folder, own)
    for left in own.glob("memories*"):
        left.unlink()
    return Story.parse(shipped.story_text)


def _command(server: Server, folder: Path) -> subprocess.Popen[bytes]:
    places = {"SIMULACRA_WORKSPACE": str(folder / "characters"), "SIMULACRA_DATA": str(folder)}
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "simulacra"), *COMMAND.split()[1:]],
        env={**os.environ, **mary.environment(server), **places},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_for_calls(server: Server, process: subprocess.Popen[bytes], count: int) -> None:
    while len(server.calls()) < count:
        if process.poll() is not None:
            raise RuntimeError(f"{COMMAND} ended before call {count}: {process.returncode}")
        time.sleep(0.05)


def measure(server: Server, folder: Path) -> Report:
    """Measure the construction unbroken, with longer answers, and killed."""
    chunks = len(_copy(folder).chunks())
    server.set_speed(Speed())
    whole = build(server, folder)
    killed = build(server, folder, kills=KILLS)
    server.set_speed(Speed(inner_size=reference.WRITE // reference.CALLS))
    longer = build(server, folder)
    server.set_speed(Speed())
    theirs = asyncio.run(reference.construction(server))
    return Report("construction", (_whole(whole, longer, theirs), _killed(killed, chunks)))


def _whole(whole: Built, longer: Built, theirs: reference.ReferenceConstruction) -> Table:
    rows = (
        _row("calls", [whole.traffic.calls, longer.traffic.calls], 160, f"{reference.CALLS}"),
        _row("tokens read", [whole.traffic.input_tokens, longer.traffic.input_tokens], 120_000,
             f"{reference.READ:,}"),
        _row("seconds", [whole.seconds, longer.seconds], 30, f"{theirs.seconds:.0f}", digits=1),
        ("tokens written", f"{whole.traffic.output_tokens:,}",
         f"{longer.traffic.output_tokens:,}", "", "", f"{reference.WRITE:,}"),
        ("calls in flight, at most", f"{whole.traffic.in_flight}", f"{longer.traffic.in_flight}",
         "", "", "1"),
        ("every paragraph in one memory", _yes(whole.complete), _yes(longer.complete), "yes",
         verdict(whole.complete and longer.complete), ""),
    )  # fmt: skip
    sizes = Speed().inner_size, reference.WRITE // reference.CALLS
    columns = (
        "", *(f"answers of {size} tokens" for size in sizes), "limit", "", "reference",
    )  # fmt: skip
    note = (
        f"`{COMMAND}`, from its start to its end. {sizes[1]} tokens is what an answer of the "
        f"reference has. Of its {reference.CALLS} calls, {theirs.sampled} were replayed one at a "
        f"time ({theirs.sampled_seconds:.1f} s) and scaled up."
    )
    return Table("Memories from the whole story", columns, rows, note)


def _killed(killed: Built, chunks: int) -> Table:
    twice = killed.traffic.calls - 2 * chunks
    allowed = KILLS * CONCURRENCY
    rows = (
        ("calls that the memories need", f"{2 * chunks}", "", ""),
        ("calls paid for, all together", f"{killed.traffic.calls}", "", ""),
        ("of these paid for twice", f"{twice}", f"≤ {allowed}", verdict(0 <= twice <= allowed)),
        ("every paragraph in one memory", _yes(killed.complete), "yes", verdict(killed.complete)),
        ("seconds with all restarts", f"{killed.seconds:.1f}", "", ""),
    )
    note = f"At most the calls in flight: {CONCURRENCY} at each of {KILLS} kills."
    return Table(f"Killed {KILLS} times with kill -9 and given again", ("", "", "limit", ""), rows,
                 note)  # fmt: skip


def _row(
    name: str, values: list[float] | list[int], limit: float, theirs: str, digits: int = 0
) -> tuple[str, ...]:
    cells = [f"{value:,.{digits}f}" for value in values]
    return (name, *cells, f"≤ {limit:,.0f}", verdict(max(values) <= limit), theirs)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def run() -> Report:
    """Start a provider, measure, and end it."""
    with simulated_provider() as server, mary.workspace() as folder:
        return measure(server, folder)


if __name__ == "__main__":
    run().show()
