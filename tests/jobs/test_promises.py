"""What a job promises: each step once, its own request, a clear end of every kind."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
import toys

from simulacra.biography.steps import Steps
from simulacra.errors import (
    JobError,
    JobNotFoundError,
    JobStaleError,
    ModelUnavailableError,
    StorageError,
)
from simulacra.inference import Usage
from simulacra.jobs import Job, Jobs, Progress, Report, State, do_jobs, work
from simulacra.settings import Settings


@pytest.fixture
def request_(tmp_path: Path) -> dict[str, Any]:
    """Four steps, of which number 2 fails until it is mended."""
    return {
        "n": 4,
        "file": str(tmp_path / "paid"),
        "bad": 2,
        "mended": str(tmp_path / "mended"),
    }


async def test_a_failed_job_keeps_what_and_mend_and_goes_on_after_the_last_finished_step(
    settings: Settings, request_: dict[str, Any]
) -> None:
    async with Jobs.open(settings) as jobs:
        with pytest.raises(ModelUnavailableError, match="asleep"):
            await jobs.run("append", "mary", request_)
        (job,) = await jobs.list()
        assert (job.state, job.steps) == (State.FAILED, 2)
        assert (job.error, job.mend) == ("The model is asleep.", "Wake it.")
        toys.mend(request_)
        result = await jobs.run("append", "mary", request_)
        (job,) = await jobs.list()
    assert result["texts"] == [f"text {number}" for number in range(4)]
    assert toys.paid(request_["file"]) == {0: 1, 1: 1, 2: 2, 3: 1}
    assert (job.state, job.runs, job.steps, job.error) == (State.FINISHED, 2, 4, None)


async def test_an_unfinished_job_goes_on_with_its_own_request_and_says_so(
    settings: Settings, request_: dict[str, Any]
) -> None:
    heard: list[Progress] = []
    async with Jobs.open(settings) as jobs:
        with pytest.raises(ModelUnavailableError):
            await jobs.run("append", "mary", request_)
        toys.mend(request_)
        result = await jobs.run("append", "mary", request_ | {"n": 99}, heard.append)
    assert len(result["texts"]) == 4
    assert heard[0].resumed
    assert (heard[0].request, heard[0].steps) == (request_, 2)


async def test_a_finished_job_is_not_gone_on_with(
    settings: Settings, request_: dict[str, Any]
) -> None:
    del request_["bad"]
    async with Jobs.open(settings) as jobs:
        for _ in range(2):
            await jobs.run("append", "mary", request_)
        assert [job.state for job in await jobs.list()] == [State.FINISHED, State.FINISHED]
    assert toys.paid(request_["file"]) == dict.fromkeys(range(4), 2)


async def test_steps_and_usage_are_told_while_it_runs_and_are_kept(
    settings: Settings, request_: dict[str, Any]
) -> None:
    heard: list[Progress] = []
    del request_["bad"]
    async with Jobs.open(settings) as jobs:
        await jobs.run("append", "mary", request_, heard.append)
        (job,) = await jobs.list()
        steps = await jobs.steps(job.id[:4])
    assert heard[-1].usage == job.usage == Usage(4, 40, 0, 20)
    assert [p.steps for p in heard] == sorted(p.steps for p in heard)
    assert (heard[-1].steps, heard[-1].finished, heard[-1].total) == (4, 3, 4)
    assert [step.name for step in steps] == [f"paragraph {number}" for number in range(4)]
    assert all(0 <= step.seconds < 10 and step.usage.calls == 1 for step in steps)


async def test_a_job_that_needs_a_person_waits_until_the_next_job_of_its_kind(
    settings: Settings, request_: dict[str, Any]
) -> None:
    del request_["bad"]
    async with Jobs.open(settings) as jobs:
        await jobs.run("append", "mary", request_ | {"state": "waiting"})
        (job,) = await jobs.list()
        assert job.state is State.WAITING
        with pytest.raises(JobError, match="nothing to cancel"):
            await jobs.cancel(job.id)
        await jobs.run("append", "mary", request_)
        assert [job.state for job in await jobs.list()] == [State.FINISHED, State.FINISHED]


async def test_a_cancelled_failed_job_is_not_gone_on_with(
    settings: Settings, request_: dict[str, Any]
) -> None:
    async with Jobs.open(settings) as jobs:
        with pytest.raises(ModelUnavailableError):
            await jobs.run("append", "mary", request_)
        (job,) = await jobs.list()
        assert (await jobs.cancel(job.id)).state is State.CANCELLED
        toys.mend(request_)
        await jobs.run("append", "mary", request_)
        assert [job.state for job in await jobs.list()] == [State.CANCELLED, State.FINISHED]
    assert toys.paid(request_["file"])[0] == 2


async def test_a_worker_does_what_is_queued_and_one_failure_does_not_stop_it(
    settings: Settings, request_: dict[str, Any], tmp_path: Path
) -> None:
    ended: list[tuple[str, State, str]] = []

    def end(job: Job, error: Exception | None) -> None:
        ended.append((job.subject, job.state, str(error or "")))

    good: dict[str, Any] = {"n": 2, "file": str(tmp_path / "good")}
    async with Jobs.open(settings) as jobs:
        await jobs.enqueue("append", "mary", request_)
        queued = await jobs.enqueue("append", "haley", good)
        assert (queued.state, queued.runs) == (State.QUEUED, 0)
        with pytest.raises(JobError, match="queued already"):
            await jobs.enqueue("append", "haley", good)
        assert not toys.paid(good["file"])
        await do_jobs(jobs, on_end=end)
        await do_jobs(jobs, on_end=end)  # nothing is left, and what failed is for its owner
    assert ended == [
        ("mary", State.FAILED, "The model is asleep. Wake it."),
        ("haley", State.FINISHED, ""),
    ]
    assert toys.paid(good["file"]) == {0: 1, 1: 1}


async def test_a_queued_job_that_was_cancelled_is_not_done(
    settings: Settings, tmp_path: Path
) -> None:
    async with Jobs.open(settings) as jobs:
        job = await jobs.enqueue("append", "mary", {"n": 2, "file": str(tmp_path / "paid")})
        await jobs.cancel(job.id)
        await do_jobs(jobs)
        assert (await jobs.get(job.id)).state is State.CANCELLED
    assert not toys.paid(tmp_path / "paid")


async def test_steps_may_run_at_once_and_those_in_flight_at_a_failure_are_kept(
    settings: Settings,
) -> None:
    done: list[str] = []
    broken = True

    @work("at once")
    async def at_once(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        async def branch(number: int) -> int:
            total = 0
            for part in "ab":

                async def call(part: str = part) -> int:
                    # Branches overtake each other, and differently in each run.
                    await asyncio.sleep(0.01 * (number if broken else 5 - number))
                    if broken and (number, part) == (1, "b"):
                        raise ModelUnavailableError("It is broken.")
                    done.append(f"{number}{part}")
                    return number

                total += await steps(f"{number}{part}", call)
            return total

        return {"sums": await asyncio.gather(*(branch(number) for number in range(5)))}

    async with Jobs.open(settings) as jobs:
        with pytest.raises(ModelUnavailableError, match="broken"):
            await jobs.run("at once", "mary", {})
        first = set(done)
        assert {"3a", "4a"} <= first  # they were in flight
        broken = False
        assert (await jobs.run("at once", "mary", {}))["sums"] == [0, 2, 4, 6, 8]
    assert sorted(done) == sorted(f"{number}{part}" for number in range(5) for part in "ab")


async def test_the_work_runs_in_the_loop_of_its_caller_and_leaves_nothing_behind(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    loops: set[asyncio.AbstractEventLoop] = set()
    connected: list[object] = []

    def connect(_: socket.socket, where: object) -> None:
        connected.append(where)

    monkeypatch.setattr(socket.socket, "connect", connect)

    @work("look around")
    async def look(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        async def call() -> None:
            loops.add(asyncio.get_running_loop())

        loops.add(asyncio.get_running_loop())
        await steps("look", call)
        raise ModelUnavailableError("Seen enough.")

    before = set(threading.enumerate())
    async with Jobs.open(settings) as jobs:
        with pytest.raises(ModelUnavailableError):
            await jobs.run("look around", "mary", {})
    assert loops == {asyncio.get_running_loop()}
    left = set(threading.enumerate()) - before
    assert not left
    assert await asyncio.to_thread(lambda: 3) == 3
    assert connected == []
    assert capfd.readouterr() == ("", "")


async def test_a_value_that_cant_be_kept_is_told_by_its_step_and_type(settings: Settings) -> None:
    @work("unkept")
    async def unkept(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        async def call() -> object:
            return threading.Lock()

        await steps("take a lock", call)
        return {}

    async with Jobs.open(settings) as jobs:
        with pytest.raises(JobError, match=r"'take a lock'.*_thread\.lock can't be kept"):
            await jobs.run("unkept", "mary", {})


async def test_two_steps_of_one_name_are_refused(settings: Settings) -> None:
    @work("twice")
    async def twice(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        async def call() -> int:
            return 1

        return {"sum": await steps("one", call) + await steps("one", call)}

    async with Jobs.open(settings) as jobs:
        with pytest.raises(JobError, match=r"Two steps .* 'one'"):
            await jobs.run("twice", "mary", {})


async def test_a_result_that_json_cant_hold_is_refused(settings: Settings) -> None:
    @work("no json")
    async def no_json(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        return {"path": Path()}

    async with Jobs.open(settings) as jobs:
        with pytest.raises(JobError, match="JSON can't hold the result"):
            await jobs.run("no json", "mary", {})


async def test_an_error_that_is_no_error_of_ours_comes_as_it_is_and_fails_the_job(
    settings: Settings,
) -> None:
    @work("defect")
    async def defect(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        async def call() -> str:
            return toys.read("/nowhere/at/all")

        return {"text": await steps("read", call)}

    async with Jobs.open(settings) as jobs:
        with pytest.raises(FileNotFoundError, match="nowhere"):
            await jobs.run("defect", "mary", {})
        (job,) = await jobs.list()
    assert job.state is State.FAILED
    assert "FileNotFoundError" in (job.error or "")


async def test_a_job_of_another_version_is_not_gone_on_with(
    settings: Settings, request_: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("simulacra.jobs.runs.VERSION", "0")
        async with Jobs.open(settings) as jobs:
            with pytest.raises(ModelUnavailableError):
                await jobs.run("append", "mary", request_)
    async with Jobs.open(settings) as jobs:
        with pytest.raises(JobStaleError, match="version 0, not 1"):
            await jobs.run("append", "mary", request_)
        (job,) = await jobs.list()
        await jobs.cancel(job.id)
        with pytest.raises(ModelUnavailableError):
            await jobs.run("append", "mary", request_)


async def test_an_unknown_kind_names_the_known_ones(settings: Settings) -> None:
    async with Jobs.open(settings) as jobs:
        with pytest.raises(JobError, match=r"'sing'.*append"):
            await jobs.run("sing", "mary", {})


async def test_an_unknown_job_is_not_found(settings: Settings) -> None:
    async with Jobs.open(settings) as jobs:
        with pytest.raises(JobNotFoundError, match="'abc'"):
            await jobs.get("abc")


async def test_a_second_open_in_one_process_may_look_but_not_run(
    settings: Settings, request_: dict[str, Any]
) -> None:
    del request_["bad"]
    async with Jobs.open(settings) as jobs, Jobs.open(settings) as others:
        await jobs.run("append", "mary", request_)
        assert len(await others.list()) == 1
        with pytest.raises(JobError, match="already open"):
            await others.run("append", "haley", request_)
        await jobs.run("append", "haley", request_)


async def test_a_file_that_is_no_database_is_told(settings: Settings) -> None:
    settings.data.mkdir(parents=True)
    (settings.data / "jobs.db").write_text("Dear diary, " * 1000)
    with pytest.raises(StorageError, match=r"jobs\.db.*not a database"):
        async with Jobs.open(settings):
            pass


async def test_a_database_that_breaks_under_a_running_job_is_told(settings: Settings) -> None:
    @work("break")
    async def breaks(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        async def call() -> int:
            with sqlite3.connect(settings.data / "jobs.db") as file:
                file.execute("DROP TABLE operation_outputs")
            return 1

        return {"one": await steps("drop", call)}

    async with Jobs.open(settings) as jobs:
        with pytest.raises(StorageError, match=r"jobs\.db can't be read or written: no such table"):
            await jobs.run("break", "mary", {})


async def test_the_database_is_in_wal_mode(settings: Settings) -> None:
    async with Jobs.open(settings):
        with sqlite3.connect(settings.data / "jobs.db") as file:
            assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_branch_begins_no_step_after_another_has_failed(settings: Settings) -> None:
    begun: list[str] = []

    @work("race")
    async def race(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        async def slow() -> None:
            begun.append("slow")
            await asyncio.sleep(0.1)

        async def later() -> None:
            begun.append("later")

        async def bad() -> None:
            raise ModelUnavailableError("It is broken.")

        async def branch() -> None:
            await steps("slow", slow)
            await steps("later", later)

        await asyncio.gather(branch(), steps("bad", bad))
        return {}

    async with Jobs.open(settings) as jobs:
        with pytest.raises(ModelUnavailableError):
            await jobs.run("race", "mary", {})
        (job,) = await jobs.list()
    assert begun == ["slow"]
    assert job.steps == 1


async def test_work_may_mend_a_failed_step_itself(settings: Settings) -> None:
    @work("mend")
    async def mend(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        async def bad() -> str:
            raise ModelUnavailableError("It is broken.")

        async def good() -> str:
            return "by another model"

        try:
            text = await steps("ask", bad)
        except ModelUnavailableError:
            text = await steps("ask", good)
        return {"text": text}

    async with Jobs.open(settings) as jobs:
        assert await jobs.run("mend", "mary", {}) == {"text": "by another model"}


async def test_a_kept_value_that_cant_be_read_is_never_taken_for_an_answer(
    settings: Settings, request_: dict[str, Any]
) -> None:
    async with Jobs.open(settings) as jobs:
        with pytest.raises(ModelUnavailableError):
            await jobs.run("append", "mary", request_)
        with sqlite3.connect(settings.data / "jobs.db") as file:
            file.execute("UPDATE operation_outputs SET output = 'AAAA' WHERE function_id = 1")
        with pytest.raises(JobStaleError, match="'paragraph 0' can't be read"):
            await jobs.run("append", "mary", request_)


async def test_a_failed_job_can_be_gone_on_with_by_its_id_and_an_ended_one_cant(
    settings: Settings, request_: dict[str, Any]
) -> None:
    async with Jobs.open(settings) as jobs:
        with pytest.raises(ModelUnavailableError):
            await jobs.run("append", "mary", request_)
        (job,) = await jobs.list()
        toys.mend(request_)
        assert len((await jobs.go_on(job.id))["texts"]) == 4
        with pytest.raises(JobError, match="is finished"):
            await jobs.go_on(job.id)


async def test_a_watching_worker_does_what_is_queued_later(
    settings: Settings, tmp_path: Path
) -> None:
    ended = asyncio.Event()
    async with Jobs.open(settings) as jobs:
        watching = asyncio.create_task(
            do_jobs(jobs, on_end=lambda job, error: ended.set(), watch=0.02)
        )
        await asyncio.sleep(0.1)
        await jobs.enqueue("append", "mary", {"n": 2, "file": str(tmp_path / "paid")})
        async with asyncio.timeout(20):
            await ended.wait()
        watching.cancel()
    assert toys.paid(tmp_path / "paid") == {0: 1, 1: 1}


async def test_a_worker_leaves_alone_what_another_is_at(settings: Settings, tmp_path: Path) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    @work("hold")
    async def hold(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
        begun.set()
        await go.wait()
        return {}

    async with Jobs.open(settings) as jobs:
        await jobs.enqueue("append", "mary", {"n": 2, "file": str(tmp_path / "paid")})
        holding = asyncio.create_task(jobs.run("hold", "mary", {}))
        await begun.wait()
        await do_jobs(jobs)
        assert not toys.paid(tmp_path / "paid")
        go.set()
        await holding
        await do_jobs(jobs)
    assert toys.paid(tmp_path / "paid") == {0: 1, 1: 1}
