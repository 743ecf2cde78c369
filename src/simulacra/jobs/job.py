"""What can be known of a job: its state, its steps, what it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from simulacra.inference import Usage


class State(StrEnum):
    """Where a job is. The first three are unfinished, and so is a failed one: they go on."""

    QUEUED = "queued"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    """Unfinished, and no process is at it: killed, or stopped with Ctrl-C."""
    FAILED = "failed"
    WAITING = "waiting"
    """Finished as far as it can be without a person; the next job of the subject goes on."""
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Step:
    """A step of a job. ``error`` says why it failed; a later run may have finished it all the same.

    ``run`` counts from 1: a job has as many runs as it was begun and gone on with.
    """

    name: str
    run: int
    started: datetime
    seconds: float
    usage: Usage
    error: str | None = None


@dataclass(frozen=True)
class Job:
    """A piece of long work on one subject; ``steps`` counts the finished ones, over all runs."""

    id: str
    kind: str
    subject: str
    request: dict[str, Any]
    state: State
    runs: int
    started: datetime
    ended: datetime | None
    steps: int
    usage: Usage
    error: str | None = None
    mend: str | None = None
    pid: int | None = None
    result: dict[str, Any] | None = None

    @property
    def unfinished(self) -> bool:
        """Whether the same work, given again, goes on with this job instead of beginning anew."""
        return self.state in (State.QUEUED, State.RUNNING, State.INTERRUPTED, State.FAILED)


@dataclass(frozen=True)
class Progress:
    """How far a running job is, as told after every step and whenever the work reports.

    ``steps`` and ``usage`` count all runs of the job; ``finished`` of ``total`` is what the work
    itself counts in. ``resumed``: this job was begun before and goes on with its own request.
    """

    job: str
    request: dict[str, Any]
    resumed: bool
    steps: int = 0
    usage: Usage = field(default_factory=Usage)
    note: str = ""
    finished: int | None = None
    total: int | None = None


def usage_of(value: object) -> Usage:
    """What the calls behind a step's value took: its ``usage``, or the sum over a sequence."""
    if isinstance(value, Usage):
        return value
    if isinstance(value, list | tuple):
        parts = cast("list[object]", value)
        return sum((usage_of(part) for part in parts), Usage())
    usage = getattr(value, "usage", None)
    return usage if isinstance(usage, Usage) else Usage()
