"""Long work as durable jobs: the only room that imports DBOS."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.jobs.job import Job, Progress, State, Step
    from simulacra.jobs.jobs import Jobs
    from simulacra.jobs.registry import Report, Work, work
    from simulacra.jobs.worker import do_jobs

__all__ = ["Job", "Jobs", "Progress", "Report", "State", "Step", "Work", "do_jobs", "work"]

_HOMES = {
    "job": ("Job", "Progress", "State", "Step"),
    "jobs": ("Jobs",),
    "registry": ("Report", "Work", "work"),
    "worker": ("do_jobs",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
