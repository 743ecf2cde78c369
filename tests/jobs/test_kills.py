"""Jobs in processes of their own: killed, stopped, cancelled, two at once."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import toys

from simulacra.errors import JobBusyError
from simulacra.jobs import Jobs, State
from simulacra.settings import Settings

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a job in a process of its own; none outlives its test."""
    started: list[subprocess.Popen[str]] = []

    def begin(subject: str, **request: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "import toys; toys.main()"]
        started.append(
            subprocess.Popen(
                [*command, "append", subject, json.dumps(request)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": str(Path(toys.__file__).parent)},
            )
        )
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    assert true()


async def only(settings: Settings) -> State:
    async with Jobs.open(settings) as jobs:
        (job,) = await jobs.list()
        return job.state


async def test_a_job_killed_at_random_moments_pays_at_most_one_step_twice_for_each_kill(
    start: Start, tmp_path: Path, settings: Settings
) -> None:
    file = tmp_path / "paid"
    request = {"n": 30, "file": str(file), "seconds": 0.02}
    chance = random.Random(7)
    kills = 4
    for kill in range(kills):
        process = start("mary", **request)
        aim = 6 * kill + chance.randint(1, 5)
        until(lambda aim=aim: sum(toys.paid(file).values()) >= aim)
        await asyncio.sleep(chance.random() * 0.04)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert await only(settings) is State.INTERRUPTED
    done, errors = start("mary", **request).communicate(timeout=60)
    assert json.loads(done)["texts"] == [f"text {number}" for number in range(30)], errors
    times = toys.paid(file)
    assert set(times) == set(range(30))
    assert sum(times.values()) <= 30 + kills
    async with Jobs.open(settings) as jobs:
        (job,) = await jobs.list()
    assert (job.state, job.steps, job.runs) == (State.FINISHED, 30, kills + 1)


async def test_ctrl_c_ends_the_process_at_once_and_leaves_the_job_to_be_gone_on_with(
    start: Start, tmp_path: Path, settings: Settings
) -> None:
    file = tmp_path / "paid"
    process = start("mary", n=3, file=str(file), seconds=60)
    until(lambda: toys.paid(file)[0] == 1)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    _, errors = process.communicate(timeout=60)
    assert time.monotonic() - begun < 5
    assert "KeyboardInterrupt" in errors
    assert await only(settings) is State.INTERRUPTED


async def test_a_second_process_on_the_subject_is_refused_with_the_pid_of_the_first(
    start: Start, tmp_path: Path, settings: Settings
) -> None:
    file = tmp_path / "paid"
    process = start("mary", n=2, file=str(file), seconds=60)
    until(lambda: toys.paid(file)[0] == 1)
    async with Jobs.open(settings) as jobs:
        (job,) = await jobs.list()
        assert (job.state, job.pid) == (State.RUNNING, process.pid)
        with pytest.raises(JobBusyError, match=f"Process {process.pid} .* mary .*{job.id}"):
            await jobs.run("append", "mary", {"n": 1, "file": str(file)})
    assert toys.paid(file) == {0: 1}


async def test_processes_on_different_subjects_run_at_once(
    start: Start, tmp_path: Path, settings: Settings
) -> None:
    names = ("mary", "haley")
    both = [start(name, n=60, file=str(tmp_path / name)) for name in names]
    ends = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    for name in names:
        assert toys.paid(tmp_path / name) == dict.fromkeys(range(60), 1)


async def test_a_job_cancelled_from_another_process_stops_at_its_next_step(
    start: Start, tmp_path: Path, settings: Settings
) -> None:
    file = tmp_path / "paid"
    request: dict[str, Any] = {"n": 500, "file": str(file), "seconds": 0.02}
    process = start("mary", **request)
    until(lambda: toys.paid(file)[2] == 1)
    async with Jobs.open(settings) as jobs:
        (job,) = await jobs.list()
        assert (await jobs.cancel(job.id)).state is State.CANCELLED
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 1
        assert f"Job {job.id} was cancelled." in errors
        assert sum(toys.paid(file).values()) < 400
        assert await jobs.unfinished("append", "mary") is None
