"""Two hundred judges at once on one study, over HTTP, against ``simulacra serve``.

Each judge opens a task, and writes as people do: changes come a while after each other, and each is
saved by itself. First all are at work side by side; then all send a change in the same instant.
Afterwards every judgement that was accepted is looked for in the database.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, getrusage

import httpx

from benchmarks import mary
from benchmarks.report import Report, Table, verdict
from simulacra.characters import Workspace
from simulacra.cognition import Method
from simulacra.evaluation.observer import Mark, Parts, Response, Study
from simulacra.evaluation.scenarios import shipped_scenarios
from simulacra.storage import Studies

JUDGES = 200
CHANGES = 6
"""How many changes each judge makes, in three tasks."""
PAUSE = 3.0
"""Seconds between two changes of a judge, in the mean; they are drawn from half of it to one and a
half."""
LIMIT = 0.3
"""Seconds in which 95 of 100 requests are to be answered while all are at work."""
DONE: tuple[Mark, ...] = ("consent", "practice-1")
COMPARED: tuple[Method, ...] = ("prompt", "rag", "macm")


def made(folder: Path, judges: int = JUDGES) -> tuple[Studies, Study, list[str]]:
    """A study of Mary Jones with made-up responses, and a link for each judge."""
    who = Workspace.find(mary.settings(folder)).get(mary.SLUG)
    scenarios = shipped_scenarios()[:5]
    study = Study(
        id="judging",
        created=datetime.now(UTC),
        character=who.slug,
        name=who.name,
        biography=who.biography,
        story=who.story_text,
        methods=COMPARED,
        scenarios=scenarios,
        responses=tuple(
            Response(scenario=scenario.id, method=method, parts=_parts(f"{scenario.id} {method}"))
            for scenario in scenarios
            for method in COMPARED
        ),
        model="none: made up",
        seed=1,
        salt="benchmark",
    )
    studies = Studies.kept_in(folder)
    studies.create(study)
    tokens = [one.token for one in studies.invite(study, judges)]
    for token in tokens:
        for mark in DONE:
            studies.mark(studies.desk(token), mark)
    return studies, study, tokens


def _parts(what: str) -> Parts:
    said = f"I say what I would do, in one or two sentences, {Random(what).random()}."
    return Parts(motive=said, emotion=f"{said} 2", approach=f"{said} 3", behaviour=f"{said} 4")


@contextmanager
def server(folder: Path) -> Generator[str]:
    """The command in a process of its own, on a free port."""
    environ = os.environ | {
        "SIMULACRA_DATA": str(folder),
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "OPENAI_API_KEY": "nobody",
    }
    code = "from simulacra.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", "0", "--model", "openai-chat:nobody"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            lines = process.stdout or ()
            yield next(found[0] for line in lines if (found := re.search(r"http://[\d.:]+", line)))
        finally:
            process.terminate()
            process.wait(30)


@dataclass
class Seen:
    """What the judges met: seconds of each request, and what was not answered rightly."""

    pages: list[float] = field(default_factory=list[float])
    saves: list[float] = field(default_factory=list[float])
    at_once: list[float] = field(default_factory=list[float])
    errors: list[str] = field(default_factory=list[str])
    accepted: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    seconds: float = 0.0


class Typing:
    """One judge at a browser of its own."""

    def __init__(self, http: httpx.AsyncClient, token: str, tasks: list[str], seen: Seen) -> None:
        self.http, self.token, self.tasks, self.seen, self.csrf = http, token, tasks, seen, ""
        self.versions = dict.fromkeys(tasks, 0)
        self.draw = Random(token)
        browser = sha256(token.encode()).hexdigest()[:22]
        self.headers = {"Accept": "application/json", "Cookie": f"simulacra={browser}"}

    async def open(self, task: str) -> None:
        """Open a task's page."""
        begin = time.perf_counter()
        answer = await self.http.get(f"/j/{self.token}/1/{task}", headers=self.headers)
        self.seen.pages.append(time.perf_counter() - begin)
        found = re.search(r'name="csrf" content="([^"]+)"', answer.text)
        if answer.status_code != 200 or not found:
            self.seen.errors.append(f"page {answer.status_code}")
            return
        self.csrf = found[1]

    async def save(self, task: str, times: list[float]) -> None:
        """Send a change of a text."""
        text = f"Calm, attentive, a little stubborn. Change {self.versions[task] + 1}."
        form = {"csrf": self.csrf, "value": text, "version": str(self.versions[task])}
        begin = time.perf_counter()
        answer = await self.http.post(f"/j/{self.token}/1/{task}", data=form, headers=self.headers)
        times.append(time.perf_counter() - begin)
        if answer.status_code != 200:
            self.seen.errors.append(f"save {answer.status_code}")
            return
        self.versions[task] = answer.json()["version"]
        self.seen.accepted[self.token, task] = text

    async def work(self) -> None:
        """Write in three tasks, with a person's pauses."""
        await asyncio.sleep(self.draw.uniform(0, PAUSE))
        for number in range(CHANGES):
            task = self.tasks[number // 2]
            if number % 2 == 0:
                await self.open(task)
                await asyncio.sleep(PAUSE * self.draw.uniform(0.5, 1.5))
            await self.save(task, self.seen.saves)
            await asyncio.sleep(PAUSE * self.draw.uniform(0.5, 1.5))


async def measure(address: str, studies: Studies, tokens: list[str]) -> Seen:
    """Let all judges work side by side, and then send a change in the same instant."""
    seen = Seen()
    # The server ends connections that were quiet for five seconds; browsers then open others.
    limits = httpx.Limits(max_connections=JUDGES, keepalive_expiry=2)
    async with httpx.AsyncClient(
        base_url=address, timeout=120, limits=limits, trust_env=False
    ) as http:
        judges = [
            Typing(http, token, [task.id for task in studies.desk(token).tasks(1)], seen)
            for token in tokens
        ]
        begin = time.perf_counter()
        await asyncio.gather(*(judge.work() for judge in judges))
        seen.seconds = time.perf_counter() - begin
        await asyncio.gather(*(judge.save(judge.tasks[3], seen.at_once) for judge in judges))
    return seen


def lost(studies: Studies, study: Study, seen: Seen) -> int:
    """How many accepted changes are not what stands in the database."""
    kept = {(one.judge, one.task): one.value for one in studies.history(study) if one.latest}
    numbers = {token: studies.desk(token).judge.number for token, _ in seen.accepted}
    return sum(kept.get((numbers[t], task)) != text for (t, task), text in seen.accepted.items())


def run() -> Report:
    """Measure on a study in an empty data folder."""
    with mary.workspace() as folder:
        studies, study, tokens = made(folder)
        before = getrusage(RUSAGE_CHILDREN)
        with server(folder) as address:
            seen = asyncio.run(measure(address, studies, tokens))
        used = getrusage(RUSAGE_CHILDREN)
        gone = lost(Studies.kept_in(folder), study, seen)
    wrong = len(seen.errors) + gone
    rows = (
        _row("a page opened", seen.pages, LIMIT, wrong),
        _row("a change saved", seen.saves, LIMIT, wrong),
        _row(f"{JUDGES} changes in one instant", seen.at_once, None, wrong),
    )
    columns = (
        "request", "number", "median, ms", "95th percentile", "slowest", "limit, ms",
        "errors and lost", "",
    )  # fmt: skip
    every = len(seen.pages) + len(seen.saves) + len(seen.at_once)
    work = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    rate = (len(seen.pages) + len(seen.saves)) / seen.seconds
    note = (
        f"{JUDGES} judges at work on one study, each saving a change every {PAUSE:g} s or so, for "
        f"{seen.seconds:.0f} s: {rate:.0f} requests a second, {len(seen.accepted)} judgements "
        f"looked for afterwards, {gone} lost. Each save is one transaction, on the disk before it "
        f"is answered. The server took {work / every * 1e3:.0f} ms of a processor a request, its "
        "start included. Client and server share the machine."
    )
    return Report("judging", (Table("Judges at once", columns, rows, note),))


def _row(name: str, times: list[float], limit: float | None, wrong: int) -> tuple[str, ...]:
    times = sorted(times)
    late = times[int(0.95 * (len(times) - 1))]
    return (
        name,
        str(len(times)),
        *(f"{seconds * 1e3:.0f}" for seconds in (statistics.median(times), late, times[-1])),
        "" if limit is None else f"{limit * 1e3:.0f}",
        str(wrong),
        verdict(not wrong and (limit is None or late < limit)),
    )


if __name__ == "__main__":
    run().show()
