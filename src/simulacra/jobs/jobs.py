"""Jobs: begin long work, go on with it, look at it, cancel it."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulacra.errors import JobError
from simulacra.inference import Usage
from simulacra.jobs.database import VERSION, WORKFLOW, connect, prepare, troubles
from simulacra.jobs.job import Job, Progress, State, Step
from simulacra.jobs.lock import Lock, Locks
from simulacra.jobs.records import Record, Records, as_jobs, find
from simulacra.jobs.registry import find_work
from simulacra.jobs.runs import Run, check_json, check_version, launched, perform

if TYPE_CHECKING:
    from dbos import DBOSClient

    from simulacra.settings import Settings

QUEUE = "simulacra-jobs"
"""No process listens to it: workers take from it under the lock of a subject."""


def ignore(progress: Progress) -> None:
    """Watch nothing."""
    del progress


class Jobs:
    """The jobs in ``jobs.db`` of the data directory; open them with ``async with Jobs.open(…)``.

    All of an application's jobs may run in one ``Jobs``, one after another or at once, as long as
    their subjects differ.
    """

    def __init__(self, path: Path, client: DBOSClient, stack: ExitStack) -> None:
        self.path = path
        self._client = client
        self._records = Records(client)
        self._locks = Locks(path.with_suffix(""))
        self._stack = stack
        self._launched = False

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncGenerator[Jobs]:
        """Open the jobs, making the database where there is none.

        Raises:
            JobError: the package that this needs is not installed.
            StorageError: the database can't be used.
        """
        path = settings.data / "jobs.db"
        with ExitStack() as stack:
            prepare(path)
            client = connect(path)
            stack.callback(client.destroy)
            yield cls(path, client, stack)

    async def run(
        self,
        kind: str,
        subject: str,
        request: dict[str, Any],
        on_progress: Callable[[Progress], None] = ignore,
    ) -> dict[str, Any]:
        """Do long work on a subject and give its result; go on with what is unfinished.

        An unfinished job of the kind on the subject, one that failed too, goes on with its own
        request instead: ``on_progress`` hears so before anything else (``Progress.resumed``).

        Raises:
            JobBusyError: another process works on the subject.
            JobCancelledError: the job was cancelled meanwhile.
            JobStaleError: the unfinished job is of another version of the program.
            StorageError: the database can't be written; what was finished before is kept.
            SimulacraError: and what the work raises; the same call goes on after it.
        """
        find_work(kind)
        check_json("request", request)
        with self._locks.held(subject) as lock:
            with troubles(self.path):
                record = await self._records.of(kind, subject)
            if record is not None and record.job(None).unfinished:
                return await self._go_on(record, lock, on_progress)
            attributes = _attributes(secrets.token_hex(4), kind, subject, request, 1)
            return await self._run(attributes, None, lock, on_progress)

    async def go_on(
        self,
        id: str,  # noqa: A002
        on_progress: Callable[[Progress], None] = ignore,
    ) -> dict[str, Any]:
        """Go on with a queued, interrupted or failed job, as ``run`` does.

        Raises:
            JobError: the job has ended.
        """
        record, _ = await self._find(id)
        with self._locks.held(record.subject) as lock:
            record, job = await self._find(record.id)
            if not job.unfinished:
                raise JobError(f"Job {job.id} is {job.state}.", "Give the command again.")
            return await self._go_on(record, lock, on_progress)

    async def enqueue(self, kind: str, subject: str, request: dict[str, Any]) -> Job:
        """Note work for a worker to do; give the job.

        Raises:
            JobError: a job of the kind on the subject is unfinished.
        """
        find_work(kind)
        check_json("request", request)
        with self._locks.held("the queue"):
            if (job := await self.unfinished(kind, subject)) is not None:
                raise JobError(
                    f"Job {job.id} ({kind}, {subject}) is {job.state} already.",
                    f"Let it finish (simulacra worker), or: simulacra jobs cancel {job.id}",
                )
            job_id = secrets.token_hex(4)
            with troubles(self.path):
                await self._client.enqueue_async(
                    {
                        "workflow_name": WORKFLOW,
                        "queue_name": QUEUE,
                        "workflow_id": f"{job_id}-0",
                        "app_version": VERSION,
                        "attributes": _attributes(job_id, kind, subject, request, 0),
                    }
                )
            return await self.get(job_id)

    async def left(self) -> Sequence[str]:
        """The ids of the jobs that a worker has to do, queued or interrupted, the oldest first."""
        with troubles(self.path):
            records = await self._records.all()
        states = {r.id: r.job(self._locks.holder(r.subject)).state for r in records}
        return [job for job, state in states.items() if state in (State.QUEUED, State.INTERRUPTED)]

    async def list(self) -> list[Job]:
        """All jobs, the oldest first."""
        with troubles(self.path):
            records = await self._records.all()
            for record in records:
                await self._records.read_steps(record)
        return as_jobs(records, self._locks.holder)

    async def on(self, subject: str) -> list[Job]:
        """The jobs on one subject, the oldest first."""
        with troubles(self.path):
            records = [r for r in await self._records.all() if r.subject == subject]
            for record in records:
                await self._records.read_steps(record)
        return as_jobs(records, self._locks.holder)

    async def unfinished(self, kind: str, subject: str) -> Job | None:
        """The job that the same work, given again, goes on with."""
        with troubles(self.path):
            record = await self._records.of(kind, subject)
        job = await self.get(record.id) if record is not None else None
        return job if job is not None and job.unfinished else None

    async def get(self, id: str) -> Job:  # noqa: A002
        """One job, by its id or the beginning of it.

        Raises:
            JobNotFoundError: no job, or more than one, begins like this.
        """
        return (await self._find(id))[1]

    async def steps(self, id: str) -> Sequence[Step]:  # noqa: A002
        """The steps of a job, over all runs, in the order in which they were begun."""
        return (await self._find(id))[0].steps

    async def cancel(self, id: str) -> Job:  # noqa: A002
        """Give up a job; one that is running stops at its next step.

        Raises:
            JobError: the job has ended already.
        """
        record, job = await self._find(id)
        if not job.unfinished:
            raise JobError(
                f"Job {job.id} is {job.state}: there is nothing to cancel.",
                "See: simulacra jobs list",
            )
        with troubles(self.path):
            await self._records.cancel(record)
        return await self.get(job.id)

    async def _find(self, id: str) -> tuple[Record, Job]:  # noqa: A002
        with troubles(self.path):
            records = await self._records.all()
            record = find(records, id)
            await self._records.read_steps(record)
        return record, as_jobs(records, self._locks.holder)[records.index(record)]

    async def _go_on(
        self, record: Record, lock: Lock, on_progress: Callable[[Progress], None]
    ) -> dict[str, Any]:
        check_version(record.id, record.versions)
        with troubles(self.path):
            record = Record(record.runs)
            await self._records.read_steps(record, values=True)
        number = record.run_number + 1
        attributes = _attributes(record.id, record.kind, record.subject, record.request, number)
        return await self._run(attributes, record, lock, on_progress)

    async def _run(
        self,
        attributes: dict[str, Any],
        before: Record | None,
        lock: Lock,
        on_progress: Callable[[Progress], None],
    ) -> dict[str, Any]:
        if not self._launched:
            self._stack.enter_context(launched(self.path))
            self._launched = True
        job = attributes["job"]
        lock.say(job)
        run = Run(
            id=f"{job}-{attributes['run']}",
            work=find_work(attributes["kind"]),
            kept=before.kept if before else {},
            progress=Progress(
                job=job,
                request=attributes["request"],
                resumed=before is not None,
                steps=len(before.kept) if before else 0,
                usage=before.usage if before else Usage(),
            ),
            watch=on_progress,
            database=self.path,
        )
        return await perform(run, attributes)


def _attributes(
    job: str, kind: str, subject: str, request: dict[str, Any], number: int
) -> dict[str, Any]:
    """What a run is stored with; DBOS's own times are in whole seconds on Python 3.11."""
    return {
        "job": job,
        "kind": kind,
        "subject": subject,
        "request": request,
        "run": number,
        "begun": time.time_ns() // 1_000_000,
    }
