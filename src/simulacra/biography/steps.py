"""Long work in steps: what a finished step gave is never asked for again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Steps(Protocol):
    """Runs the steps of long work, by name.

    A durable one keeps the value of every finished step: work that was killed is run again from
    the start, and each finished step answers with its old value. Values must survive pickling,
    names must be the same in both runs, and what lies between steps must give the same again.
    """

    async def __call__(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        """Return the value of ``call``, or the one that it gave before under this name."""
        ...


class Straight:
    """Runs each step as it comes and keeps nothing: for tests and short work."""

    async def __call__(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        """Return the value of ``call``."""
        del name
        return await call()


class Report(Protocol):
    """How work says what it is at, to whoever watches it."""

    def __call__(
        self, note: str = "", *, finished: int | None = None, total: int | None = None
    ) -> None:
        """Say in a few words what is being done, and how much is finished of how much."""
        ...


def unheard(note: str = "", *, finished: int | None = None, total: int | None = None) -> None:
    """Report to nobody."""
    del note, finished, total
