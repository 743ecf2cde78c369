"""Runs of evaluations, as their folders in the user's data have them."""

from __future__ import annotations

import logging
from pathlib import Path

from simulacra.api.errors import RunNotFoundError
from simulacra.api.views import RunRow, RunView
from simulacra.errors import SimulacraError
from simulacra.evaluation import Run
from simulacra.evaluation.records import SHEET
from simulacra.settings import Settings

_log = logging.getLogger(__name__)


def every(settings: Settings) -> list[RunRow]:
    """All runs that can be read, the latest first; damaged ones are logged."""
    rows: list[RunRow] = []
    for name, folder in folders(settings).items():
        try:
            rows.append(RunRow.of(name, Run.read(folder)))
        except SimulacraError as error:
            _log.warning("A run is left out: %s", error)
    return sorted(rows, key=lambda row: row.created, reverse=True)


def one(settings: Settings, name: str) -> RunView:
    """One run.

    Raises:
        RunNotFoundError: there is none of that name.
        StorageError: its files are damaged.
    """
    return RunView.whole(name, read(settings, name))


def read(settings: Settings, name: str) -> Run:
    """A run by the name of its folder.

    Raises:
        RunNotFoundError: there is none of that name.
        StorageError: its files are damaged.
    """
    found = folders(settings).get(name)
    if found is None:
        raise RunNotFoundError(f"There is no run {name!r}.", "See them all: GET /api/runs.")
    return Run.read(found)


def folders(settings: Settings) -> dict[str, Path]:
    """Name → folder of every run in the user's data."""
    place = settings.data / "runs"
    if not place.is_dir():
        return {}
    return {path.name: path for path in sorted(place.iterdir()) if (path / SHEET).is_file()}
