"""Running a job: one DBOS workflow a run, one DBOS step a step.

A run executes in the event loop of whoever asked for it, not in DBOS's own thread, since clients of
models are bound to the loop that they are first used in; it is called directly and goes through no
queue, so that Ctrl-C cancels it like any other coroutine. DBOS recovers nothing by itself here:
each process is an executor of its own, and only who holds the lock of a subject goes on with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from dbos import DBOS, SetWorkflowAttributes, SetWorkflowID
from dbos import error as dbos_error

from simulacra.errors import JobCancelledError, JobError, JobStaleError
from simulacra.jobs.database import APPLICATION, VERSION, WORKFLOW, Values, troubles, url
from simulacra.jobs.job import Progress, usage_of
from simulacra.jobs.registry import Work
from simulacra.jobs.values import UnkeptError, Unreadable

T = TypeVar("T")

_runs: dict[str, Run] = {}
"""The runs of this process: workflows are called with names, not with objects."""


@dataclass
class Run:
    """A run of a job: does the work and gives it durable steps.

    ``kept`` holds the values of steps that earlier runs finished, by name.
    """

    id: str
    work: Work
    kept: dict[str, object]
    progress: Progress
    watch: Callable[[Progress], None]
    database: Path
    failure: Exception | None = None
    """What the work raised: all other errors are troubles with the database."""
    _busy: dict[str, asyncio.Future[None]] = field(
        default_factory=dict[str, "asyncio.Future[None]"]
    )
    _done: set[str] = field(default_factory=set[str])

    async def __call__(self) -> dict[str, Any]:
        """Do the work; when it fails, see that the calls in flight are finished and kept."""
        self.watch(self.progress)
        try:
            result = await self.work(self.progress.request, self.step, self.report)
            check_json("result", result)
            return result
        except Exception as error:
            self.failure = error
            await self._in_flight()
            raise
        except dbos_error.DBOSWorkflowCancelledError:
            self.failure = JobCancelledError("The job was cancelled.")
            await self._in_flight()
            raise

    async def step(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        """Return what the step gave in an earlier run, or run and keep it.

        Raises:
            JobStaleError: the kept value was made by a version that this one can't read.
            JobError: another step of this run has the name, or the value can't be kept.
        """
        if self.failure is not None:
            raise asyncio.CancelledError  # a branch that goes on after another has failed
        if name in self._busy or name in self._done:
            raise JobError(
                f"Two steps of this work are called {name!r}.",
                "A defect of the program: each step needs a name of its own.",
            )
        if name in self.kept:
            value = self.kept[name]
            if isinstance(value, Unreadable):
                raise _stale(self.progress.job, f"its step {name!r} can't be read: {value.why}")
            self._done.add(name)
            return cast("T", value)

        failures: list[Exception] = []

        async def attempt() -> T:
            try:
                return await call()
            except Exception as error:
                failures.append(error)
                raise

        self._busy[name] = asyncio.get_running_loop().create_future()
        try:
            value = await DBOS.run_step_async({"name": name}, attempt)
        except UnkeptError as error:
            raise JobError(f"Step {name!r}: {error.what}", error.mend) from error
        except Exception as error:
            if error in failures:
                raise
            with troubles(self.database):
                raise
        finally:
            self._busy.pop(name).set_result(None)
        self._done.add(name)
        usage = self.progress.usage + usage_of(value)
        self._tell(replace(self.progress, steps=self.progress.steps + 1, usage=usage))
        return value

    def report(
        self, note: str = "", *, finished: int | None = None, total: int | None = None
    ) -> None:
        """Tell whoever watches what the work is at."""
        self._tell(replace(self.progress, note=note, finished=finished, total=total))

    async def _in_flight(self) -> None:
        """Wait for the steps that others began: they are paid, and what they give is kept."""
        if self._busy:
            await asyncio.wait(self._busy.values())

    def _tell(self, progress: Progress) -> None:
        self.progress = progress
        self.watch(progress)


@DBOS.workflow(name=WORKFLOW)
async def _workflow(run: str) -> dict[str, Any]:
    return await _runs[run]()


@contextmanager
def launched(path: Path) -> Generator[None]:
    """Run DBOS in this process, which it fills: one at a time.

    Raises:
        JobError: it runs already.
        StorageError: the database can't be used.
    """
    if _Launch.now:
        raise JobError(
            "Jobs are already open in this process.", "Use the open ones for all its jobs."
        )
    _Launch.now = True
    try:
        with troubles(path):
            DBOS(
                config={
                    "name": APPLICATION,
                    "system_database_url": url(path),
                    "serializer": Values(),
                    "application_version": VERSION,
                    # A process finds no work of its own to recover: see above.
                    "executor_id": f"{os.getpid()}-{secrets.token_hex(4)}",
                    "enable_otlp": False,
                    "run_migrations": False,
                    "max_executor_threads": 32,
                    "notification_listener_polling_interval_sec": 0.2,  # to end as quickly
                }
            )
            DBOS.listen_queues([])
            DBOS.launch()
        yield
    finally:
        DBOS.destroy()
        # DBOS made its threads the loop's; they are gone now, and others need some.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        _Launch.now = False


class _Launch:
    now = False


async def perform(run: Run, attributes: dict[str, Any]) -> dict[str, Any]:
    """Do a run as a workflow; its end is stored.

    Raises:
        JobCancelledError: somebody cancelled the job meanwhile.
        StorageError: the database can't be written.
        Exception: and whatever the work raises.
    """
    _runs[run.id] = run
    try:
        with (
            SetWorkflowID(run.id, workflow_id_reuse_policy="reject"),
            SetWorkflowAttributes(attributes),
        ):
            return await _workflow(run.id)
    except dbos_error.DBOSAwaitedWorkflowCancelledError as error:
        raise JobCancelledError(
            f"Job {run.progress.job} was cancelled.", "The same command begins anew."
        ) from error
    except Exception as error:
        if error is run.failure:
            raise
        with troubles(run.database):
            raise
    finally:
        del _runs[run.id]


def check_json(what: str, value: dict[str, Any]) -> None:
    """Raise ``JobError`` where JSON can't hold a request or a result."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise JobError(
            f"JSON can't hold the {what} of a job: {error}.",
            "A defect of the program: give plain data.",
        ) from error


def _stale(job: str, why: str) -> JobStaleError:
    return JobStaleError(
        f"Job {job} can't go on with this version of the program: {why}.",
        f"Go on with the version that began it, or give it up: simulacra jobs cancel {job}",
    )


def check_version(job: str, versions: set[str]) -> None:
    """Raise ``JobStaleError`` where a run of a job was made by a version that steps differ from."""
    if others := versions - {VERSION}:
        raise _stale(job, f"its steps are of version {sorted(others)[0]}, not {VERSION}")
