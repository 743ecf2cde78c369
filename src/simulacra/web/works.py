"""Long work that pages begin: durable jobs, done by this server while it runs.

Whatever ends the server, what was finished is kept, and the page, the same command or
``simulacra worker`` goes on with the rest.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request

from simulacra.errors import JobBusyError, JobCancelledError, SimulacraError
from simulacra.jobs import Job, Jobs, Progress, State
from simulacra.settings import Settings

Call = Callable[[Callable[[Progress], None]], Coroutine[Any, Any, dict[str, Any]]]
"""A job, once it is known who watches it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Now:
    """The latest job on a subject, and how far it says it is while this server is at it."""

    job: Job
    progress: Progress | None

    @property
    def running(self) -> bool:
        """Whether somebody is at it."""
        return self.job.state is State.RUNNING

    @property
    def stopped(self) -> bool:
        """Whether it is unfinished, and nobody is at it."""
        return self.job.unfinished and not self.running


class Works:
    """The jobs of one application, each on a subject of its own, and who does them here."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._jobs: Jobs | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._progress: dict[str, Progress] = {}

    async def begin(self, kind: str, subject: str, request: dict[str, Any]) -> None:
        """Begin long work, or go on with what is unfinished of it; return when it has begun.

        Raises:
            JobBusyError: somebody works on the subject.
            JobError, StorageError: it can't be begun.
        """
        jobs = await self._open()
        await self._start(
            subject, lambda watch: jobs.run(kind, subject, request, on_progress=watch)
        )

    async def go_on(self, id: str) -> None:  # noqa: A002
        """Go on with a job that was interrupted or has failed; return when it is at work again.

        Raises:
            JobBusyError: somebody works on the subject.
            JobError: it has ended, or there is none.
        """
        jobs = await self._open()
        job = await jobs.get(id)
        await self._start(job.subject, lambda watch: jobs.go_on(job.id, watch))

    async def cancel(self, id: str) -> None:  # noqa: A002
        """Give a job up; what it finished is kept.

        Raises:
            JobError: it has ended already.
        """
        await (await self._open()).cancel(id)

    async def now(self, subject: str) -> Now | None:
        """The latest job on a subject; ``None`` where there never was one."""
        if self._jobs is None and not (self._settings.data / "jobs.db").exists():
            return None
        found = await (await self._open()).on(subject)
        if not found:
            return None
        progress = self._progress.get(subject)
        told = progress if progress and progress.job == found[-1].id else None
        return Now(found[-1], told)

    async def close(self) -> None:
        """Stop what runs; it stays unfinished, and goes on when somebody says so."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._stack.aclose()

    async def _open(self) -> Jobs:
        async with self._opening:
            if self._jobs is None:
                self._jobs = await self._stack.enter_async_context(Jobs.open(self._settings))
        return self._jobs

    async def _start(self, subject: str, call: Call) -> None:
        if subject in self._tasks:
            raise JobBusyError(
                "Work on this is under way already.", "Wait until it is done, or cancel it."
            )
        begun = asyncio.Event()

        def watch(progress: Progress) -> None:
            self._progress[subject] = progress
            begun.set()

        async def work() -> None:
            try:
                await call(watch)
            except JobCancelledError:
                pass
            except SimulacraError as error:
                if not begun.is_set():
                    raise
                _log.info("A job on %s stopped: %s", subject, error)  # its page says why
            finally:
                self._tasks.pop(subject, None)
                self._progress.pop(subject, None)

        task = self._tasks[subject] = asyncio.create_task(work())
        waiting = asyncio.create_task(begun.wait())
        await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            await task


def works_of(request: Request) -> Works:
    """The long work of this application."""
    return _works(request.app)


@asynccontextmanager
async def working(app: FastAPI) -> AsyncGenerator[None]:
    """Stop the long work of an application when the application ends."""
    yield
    await _works(app).close()


def _works(app: FastAPI) -> Works:
    if not hasattr(app.state, "works"):
        app.state.works = Works(app.state.settings)
    return app.state.works
