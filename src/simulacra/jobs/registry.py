"""Kinds of long work, by name: what a job of that kind does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from simulacra.biography.steps import Report, Steps
from simulacra.errors import JobError
from simulacra.jobs.values import trust

Work = Callable[[dict[str, Any], Steps, Report], Awaitable[dict[str, Any]]]
"""Long work: a request and a result that JSON can hold, and between them durable steps.

A result with ``"state": "waiting"`` says that a person must decide now. Work is run again from its
start when it was stopped, with the values of the steps it had finished; a step that failed is asked
again. So what lies between steps must give the same again, and steps' names must differ.
"""

_WORKS: dict[str, Work] = {}


def work(kind: str) -> Callable[[Work], Work]:
    """Register a function as the work of jobs of this kind."""

    def register(function: Work) -> Work:
        _WORKS[kind] = function
        trust(function.__module__)
        return function

    return register


def find_work(kind: str) -> Work:
    """What a job of this kind does.

    Raises:
        JobError: there is no such kind.
    """
    if kind not in _WORKS:
        import_module("simulacra.jobs.works")  # ours are heavy, and loaded when one is wanted
    if kind not in _WORKS:
        known = ", ".join(sorted(_WORKS)) or "none"
        raise JobError(
            f"There is no long work of the kind {kind!r}.",
            f"Known: {known}. Perhaps another version of the program began it: use that one.",
        )
    return _WORKS[kind]
