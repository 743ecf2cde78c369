"""A worker: does the jobs that others queued, or that were interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulacra.errors import JobBusyError
from simulacra.jobs.job import Job, Progress
from simulacra.jobs.jobs import Jobs, ignore


async def do_jobs(
    jobs: Jobs,
    on_progress: Callable[[Progress], None] = ignore,
    on_end: Callable[[Job, Exception | None], None] = lambda job, error: None,
    *,
    watch: float | None = None,
) -> None:
    """Do all queued and interrupted jobs, the oldest first, each at most once.

    A job that fails does not keep the others from being done: ``on_end`` hears of it. A job whose
    subject another process works on is left to the next round. With ``watch`` this goes on for
    ever, looking for more work after so many seconds.

    Raises:
        StorageError: the database can't be used.
    """
    tried: set[str] = set()
    while True:
        before = len(tried)
        for job in await jobs.left():
            if job in tried:
                continue
            failure: Exception | None = None
            try:
                await jobs.go_on(job, on_progress)
            except JobBusyError:
                continue
            except Exception as error:  # whatever work raises: the next job is not to suffer
                failure = error
            tried.add(job)
            on_end(await jobs.get(job), failure)
        if len(tried) > before:
            continue
        if watch is None:
            return
        await asyncio.sleep(watch)
