"""What the database holds, read as jobs: a job is a chain of runs, and each run a workflow.

A run that was killed, stopped or failed stays as it was. Going on with its job is a new run, which
is given the values of the steps that earlier runs finished, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from simulacra.errors import JobNotFoundError
from simulacra.inference import Usage
from simulacra.jobs.database import WORKFLOW
from simulacra.jobs.job import Job, State, Step, usage_of
from simulacra.jobs.values import StoredError

if TYPE_CHECKING:
    from dbos import DBOSClient, StepInfo, WorkflowStatus

    from simulacra.jobs.lock import Holder

_STATES = {
    "ENQUEUED": State.QUEUED,
    "DELAYED": State.QUEUED,
    "PENDING": State.INTERRUPTED,
    "SUCCESS": State.FINISHED,
    "CANCELLED": State.CANCELLED,
}
_GIVEN_UP = "cancelled"
"""Marks a failed run that was cancelled afterwards: for DBOS it has ended already."""


@dataclass
class Record:
    """A job as stored: its runs in order, and the steps of each."""

    runs: list[WorkflowStatus]
    steps: list[Step] = field(default_factory=list[Step])
    kept: dict[str, object] = field(default_factory=dict[str, object])
    """The values of the finished steps, by name."""

    @property
    def id(self) -> str:
        """The job's id."""
        return str(self._attributes["job"])

    @property
    def kind(self) -> str:
        """The kind of work."""
        return str(self._attributes["kind"])

    @property
    def subject(self) -> str:
        """What the work is about: a character's slug, as a rule."""
        return str(self._attributes["subject"])

    @property
    def request(self) -> dict[str, Any]:
        """What was asked for when the job was begun."""
        return self._attributes["request"]

    @property
    def usage(self) -> Usage:
        """What the calls of its finished steps took."""
        return sum((step.usage for step in self.steps), Usage())

    @property
    def run_number(self) -> int:
        """Which run the last one is: 0 where the job waits in the queue for its first."""
        return _number(self.runs[-1])

    @property
    def versions(self) -> set[str]:
        """The versions of the program that its runs were made by."""
        return {run.app_version for run in self.runs if run.app_version}

    @property
    def _attributes(self) -> dict[str, Any]:
        return self.runs[0].attributes or {}

    def job(self, holder: Holder | None, *, superseded: bool = False) -> Job:
        """Say what is known of it; ``superseded`` where a later job has the same kind and subject.

        ``holder`` is who works on its subject now: the job is running if that is at this job.
        """
        last = self.runs[-1]
        state = _STATES.get(last.status, State.FAILED)
        if (last.attributes or {}).get(_GIVEN_UP):
            state = State.CANCELLED
        at_it = holder is not None and holder.job == self.id
        if state is State.INTERRUPTED and at_it:
            state = State.RUNNING
        result = cast("object", last.output)
        if state is State.FINISHED and not superseded and _waits(result):
            state = State.WAITING
        failure = last.error if isinstance(last.error, StoredError) else None
        return Job(
            id=self.id,
            kind=self.kind,
            subject=self.subject,
            request=self.request,
            state=state,
            runs=self.run_number,
            started=_moment(_begun(self.runs[0])),
            ended=_moment(max(last.completed_at, _begun(last))) if last.completed_at else None,
            steps=len(self.kept),
            usage=self.usage,
            error=failure.what if failure else None,
            mend=failure.mend if failure else None,
            pid=holder.pid if holder and state is State.RUNNING else None,
            result=cast("dict[str, Any]", result) if isinstance(result, dict) else None,
        )


class Records:
    """The jobs of one database, for looking and cancelling."""

    def __init__(self, client: DBOSClient) -> None:
        self._client = client

    async def all(self) -> list[Record]:
        """Every job without its steps, in the order of their beginnings."""
        runs = await self._client.list_workflows_async(name=WORKFLOW, load_input=False)
        jobs: dict[str, list[WorkflowStatus]] = {}
        for run in sorted(runs, key=_number):
            jobs.setdefault((run.attributes or {})["job"], []).append(run)
        records = [Record(runs) for runs in jobs.values()]
        return sorted(records, key=lambda record: _begun(record.runs[0]))

    async def of(self, kind: str, subject: str) -> Record | None:
        """The latest job of a kind on a subject, without its steps."""
        found = [r for r in await self.all() if (r.kind, r.subject) == (kind, subject)]
        return found[-1] if found else None

    async def read_steps(self, record: Record, *, values: bool = False) -> None:
        """Read the steps of all runs, and with ``values`` keep what the finished ones gave."""
        for run in record.runs:
            for info in await self._client.list_workflow_steps_async(run.workflow_id):
                record.steps.append(_step(info, _number(run)))
                if info["error"] is None:
                    record.kept[info["function_name"]] = info["output"] if values else None

    async def cancel(self, record: Record) -> None:
        """Cancel its last run: one that is at work stops at its next step."""
        last = record.runs[-1]
        if last.status == "ERROR":
            marked = {**(last.attributes or {}), _GIVEN_UP: True}
            await self._client.update_workflow_attributes_async(last.workflow_id, marked)
        else:
            await self._client.cancel_workflow_async(last.workflow_id)


def find(records: Sequence[Record], id: str) -> Record:  # noqa: A002
    """One job, by its id or the beginning of it.

    Raises:
        JobNotFoundError: no job, or more than one, begins like this.
    """
    found = [record for record in records if record.id.startswith(id)] if id else []
    if len(found) != 1:
        raise JobNotFoundError(
            f"{'No' if not found else 'More than one'} job is called {id!r}.",
            "See: simulacra jobs list",
        )
    return found[0]


def as_jobs(records: Sequence[Record], holder: Callable[[str], Holder | None]) -> list[Job]:
    """Say what is known of each; only the latest of a kind and subject can wait for a person."""
    latest = {(record.kind, record.subject): record.id for record in records}
    return [
        record.job(
            holder(record.subject),
            superseded=latest[record.kind, record.subject] != record.id,
        )
        for record in records
    ]


def _waits(result: object) -> bool:
    return isinstance(result, dict) and cast("dict[str, Any]", result).get("state") == "waiting"


def _begun(run: WorkflowStatus) -> int:
    return int((run.attributes or {})["begun"])


def _number(run: WorkflowStatus) -> int:
    return int((run.attributes or {})["run"])


def _step(info: StepInfo, run: int) -> Step:
    started, ended = info["started_at_epoch_ms"] or 0, info["completed_at_epoch_ms"] or 0
    error = info["error"]
    return Step(
        name=info["function_name"],
        run=run,
        started=_moment(started),
        seconds=max(ended - started, 0) / 1000,
        usage=usage_of(info["output"]),
        error=None if error is None else str(error),
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
