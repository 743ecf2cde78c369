"""A life story grows on the simulated provider, by the commands a user gives: killed, and timed.

Killed with ``kill -9`` at random moments and given again, with a review whenever it asks for one:
what was paid for twice, and whether anything of the history is lost. Then without a kill and
without latency: what an iteration takes of our own, and how long its prompts are.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory

from benchmarks import mary
from benchmarks.commands import Commands
from benchmarks.growth import JOBS, Iteration, Moment, Shown, iterations, moments, sizes, typical
from benchmarks.report import Report, Table, verdict
from benchmarks.server import Server, simulated_provider
from benchmarks.tokens import tokens
from benchmarks.traffic import Speed
from simulacra.biography import Asking, History, Story, read_history
from simulacra.biography.expansion import Passage, expansion
from simulacra.biography.growth import due, expansions
from simulacra.characters import read_character
from simulacra.settings import Settings

SLUG = "somebody"
ITERATIONS, REVIEW_EVERY, KILLS = 50, 10, 10
IN_FLIGHT = 4
"""Calls that a kill may waste: an expansion's, or those of its checks."""
CALLS_EACH = 4
"""Calls of an iteration: one writes, three check."""
CALL_SECONDS = 0.2
LONGEST_WAIT = 0.6
SEED = 3
PARAGRAPHS, WITHIN = (5, 50, 150), 2
TIMES_OVER = 4
LONGEST_PROMPT = 5_000
"""Prompt tokens: 3,000 of outline, 250 of facts, 400 of neighbours, the rest person and part."""


@dataclass(frozen=True)
class Killed:
    """What became of a story whose growth was killed.

    ``kept`` counts the calls whose answers are in finished steps, ``lost`` the kills and reviews
    whose history on disk is not the beginning of the last one, ``left`` revisions undecided.
    """

    expansions: int
    reviews: int
    kills: int
    paid: int
    kept: int
    lost: int
    replays: bool
    left: int
    seconds: float

    @property
    def twice(self) -> int:
        """Calls whose answers came to nothing, and were asked for again."""
        return self.paid - self.kept


@contextmanager
def workspace(server: Server) -> Generator[Commands]:
    """A new person with a biography, and no vectors kept from a measurement before."""
    with TemporaryDirectory(prefix="simulacra-bench-") as folder:
        cache = Path(folder) / "cache"
        cache.mkdir()
        weights = Settings.read().cache / "weights"
        weights.mkdir(parents=True, exist_ok=True)
        (cache / "weights").symlink_to(weights.resolve())
        extra = {"SIMULACRA_CACHE": str(cache), "SIMULACRA_MODEL": mary.SIMULATED}
        commands = Commands(Path(folder), {**mary.environment(server), **extra})
        commands.run("characters", "new", "--no-ask", "--seed", "7", "--as", SLUG)
        commands.run("biography", "write", SLUG)
        server.clear(cache=True)
        yield commands


def grow_killed(commands: Commands, server: Server, when: list[Moment]) -> Killed:
    """Grow a story to its end; kill it at every moment, accept all whenever it asks.

    Raises:
        RuntimeError: a command failed, or the story was done before it was killed often enough.
    """
    folder = commands.workspace / SLUG
    left, seen, reviews = list(when), list[bytes](), 0
    start = time.perf_counter()
    while True:
        process = commands.start(
            "story", "expand", SLUG, "--json",
            "--iterations", str(ITERATIONS), "--review-every", str(REVIEW_EVERY),
        )  # fmt: skip
        if left and _killed(process, server, left[0]):
            left.pop(0)
            seen.append(_history(folder))
            continue
        said, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"story expand failed with exit status {process.returncode}")
        if json.loads(said)["stopped"] != "review":
            break
        seen.append(_history(folder))
        commands.run("story", "accept", SLUG, "--all")
        reviews += 1
    seconds = time.perf_counter() - start
    if left:
        raise RuntimeError(f"the story was done with {len(left)} kills still to come")
    jobs = JOBS.validate_json(commands.run("jobs", "list", "--json").out)
    final = _history(folder)
    history = read_history(read_character(folder))
    return Killed(
        expansions=expansions(history),
        reviews=reviews,
        kills=len(when),
        paid=len(server.settled()),
        kept=sum(job.usage.calls for job in jobs if job.kind == "story expansion"),
        lost=sum(not final.startswith(before) for before in seen),
        replays=_replays(history, folder),
        left=len(due(history)),
        seconds=seconds,
    )


def _killed(process: subprocess.Popen[str], server: Server, when: Moment) -> bool:
    """Kill a command at a moment; ``False`` where it came to its end before."""
    while len(server.calls()) < when.calls:
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    time.sleep(when.seconds)
    process.kill()
    if process.wait() != -SIGKILL:
        return False
    process.communicate()
    return True


def _history(folder: Path) -> bytes:
    """Every whole line of the history on disk."""
    file = folder / "revisions.jsonl"
    lines = file.read_bytes() if file.exists() else b""
    return lines[: lines.rfind(b"\n") + 1]


def _replays(history: History, folder: Path) -> bool:
    """Whether the events, applied to nothing one by one, give the story that is on disk."""
    told = Story.parse((folder / "story.md").read_text(encoding="utf-8"))
    return History.replay(history.events).story == told


def survived(killed: Killed) -> Table:
    """What was paid for, and whether all is there."""
    allowed = killed.kills * IN_FLIGHT
    rows = (
        _row("expansions", killed.expansions, f"{ITERATIONS}", killed.expansions == ITERATIONS),
        _row("reviews", killed.reviews),
        _row("calls paid for, all together", killed.paid),
        _row("of these kept", killed.kept),
        _row("of these paid for twice", killed.twice, f"≤ {allowed}",
             0 <= killed.twice <= allowed),
        _row("kills and reviews that the history lost a line to", killed.lost, "0",
             not killed.lost),
        _row("revisions left to decide on", killed.left, "0", not killed.left),
        _row("the history replays to the story", "yes" if killed.replays else "no", "yes",
             killed.replays),
        _row("seconds with all restarts and reviews", f"{killed.seconds:.0f}"),
    )  # fmt: skip
    note = (
        f"`simulacra story expand NAME --iterations {ITERATIONS} --review-every {REVIEW_EVERY}`, "
        f"and `simulacra story accept NAME --all` whenever it asks. Every call takes "
        f"{CALL_SECONDS} s. A kill comes up to {LONGEST_WAIT} s after a call drawn from all, "
        f"seed {SEED}. At most the calls in flight are paid for twice: {IN_FLIGHT} at each kill."
    )
    title = f"{ITERATIONS} expansions, killed {killed.kills} times with kill -9 and given again"
    return Table(title, ("", "", "limit", ""), rows, note)


def _row(name: str, value: float | str, limit: str = "", met: bool = True) -> tuple[str, ...]:
    return name, f"{value}", limit, verdict(met) if limit else ""


def grow_unbroken(commands: Commands, server: Server) -> tuple[Table, Table]:
    """Grow a story without a kill or a review, until it is longer than the longest asked for.

    Raises:
        RuntimeError: a command failed.
        ValueError: the story did not become so long.
    """
    folder = commands.workspace / SLUG
    first = Story.parse((folder / "biography.md").read_text(encoding="utf-8"))
    count = PARAGRAPHS[-1] + WITHIN + 1 - len(first.paragraphs)
    commands.run("story", "expand", SLUG, "--iterations", str(count), "--review-every", "0")
    paid = len(server.settled())
    (job,) = (
        job
        for job in JOBS.validate_json(commands.run("jobs", "list", "--json").out)
        if job.kind == "story expansion"
    )
    shown = Shown.model_validate_json(commands.run("jobs", "show", job.id, "--json").out)
    character = read_character(folder)
    history = read_history(character)
    found = iterations(shown.step_list, sizes(history.events))
    lengths = [(number, typical(found, number, WITHIN)) for number in PARAGRAPHS]
    longest = Story(history.story.paragraphs * TIMES_OVER)
    prompt = expansion(character.sheet, Passage(longest, len(longest.paragraphs) // 2), Asking())
    long = len(longest.paragraphs), len(tokens(prompt.system)) + len(tokens(prompt.user))
    return _own_share(lengths, count), _prompts(lengths, long, count, paid - job.usage.calls)


def _own_share(lengths: list[tuple[int, Iteration]], count: int) -> Table:
    rows = tuple(
        (
            f"{number}",
            *(
                f"{ms:.0f}"
                for ms in (one.whole, one.choosing, one.writing, one.checking, one.keeping)
            ),
        )
        for number, one in lengths
    )
    note = (
        f"{count} expansions in one go on a provider of no latency, which shares the machine's "
        f"cores. Medians over the iterations of stories of so many paragraphs, {WITHIN} more or "
        "fewer. Each step is stored before the next begins; whole: from one choice to the next."
    )
    columns = ("paragraphs", "whole, ms", "choosing", "writing", "checking", "keeping")
    return Table("Our own share of an iteration", columns, rows, note)


def _prompts(
    lengths: list[tuple[int, Iteration]], long: tuple[int, int], count: int, twice: int
) -> Table:
    limit = f"≤ {LONGEST_PROMPT:,}"
    number, size = long
    rows = (
        *(
            (
                f"a story of {number} paragraphs",
                f"{one.prompt:,.0f}",
                limit,
                verdict(one.prompt <= LONGEST_PROMPT),
                f"{one.checks:,.0f}",
            )
            for number, one in lengths
        ),
        (
            f"{number} paragraphs, prompt only",
            f"{size:,}",
            limit,
            verdict(size <= LONGEST_PROMPT),
            "",
        ),
        ("calls paid for twice", f"{twice}", "0", verdict(twice == 0), ""),
    )
    note = (
        f"The same {count} expansions, without a kill. The outline of the whole life takes "
        f"{Asking().context:,} tokens at most, however long the story is: the last row is the "
        f"prompt for the middle of the story {TIMES_OVER} times over, without settled facts."
    )
    columns = ("prompt tokens", "writing", "limit", "", "its checks, all three")
    return Table("Prompts of an iteration", columns, rows, note)


def run() -> Report:
    """Start a provider, measure, and end it."""
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=CALL_SECONDS, read=1e9, write=1e9))
        with workspace(server) as commands:
            calls = ITERATIONS * CALLS_EACH * 19 // 20
            killed = grow_killed(commands, server, moments(KILLS, calls, LONGEST_WAIT, SEED))
        server.set_speed(Speed(latency=False))
        with workspace(server) as commands:
            own, prompts = grow_unbroken(commands, server)
    return Report("story", (survived(killed), own, prompts))


if __name__ == "__main__":
    run().show()
