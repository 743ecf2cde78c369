"""Runs and what they show, read and reckoned once, and again when their files change.

Everything here takes its time: call it in a thread.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from simulacra.api.errors import RunNotFoundError
from simulacra.api.runs import folders
from simulacra.errors import SimulacraError
from simulacra.evaluation.figures import draw
from simulacra.evaluation.gathering import read_runs
from simulacra.evaluation.layout import tables
from simulacra.evaluation.records import ANSWERS, SHEET, Run
from simulacra.evaluation.reference import PaperTable, paper_table
from simulacra.evaluation.results import Results, results_of
from simulacra.evaluation.table import Table
from simulacra.settings import Settings

Stamp = tuple[tuple[str, int, int], ...]
"""The files of runs: when each was written, and how long it is."""

_reckoning = Lock()
"""One at a time: a second to ask waits for the first's result. Matplotlib has global state, too."""


@dataclass(frozen=True)
class Report:
    """Some runs together, and what they show."""

    runs: tuple[Run, ...]
    results: tuple[Results, ...]
    stamp: Stamp

    def tables(self, paper: PaperTable | None) -> list[Table]:
        """Their tables, with the paper's rows if given."""
        return [table for one in self.results for table in tables(one, paper)]

    @property
    def drawable(self) -> bool:
        """Whether there is something to draw."""
        return any(one.scores for one in self.results)


def every_run(settings: Settings) -> tuple[list[tuple[str, Run]], list[SimulacraError]]:
    """All runs by name, the latest first, and what is wrong with those that can't be read."""
    runs: list[tuple[str, Run]] = []
    wrong: list[SimulacraError] = []
    for name, folder in folders(settings).items():
        try:
            runs.append((name, _read(folder, stamp_of([folder]))))
        except SimulacraError as error:
            wrong.append(error)
    runs.sort(key=lambda one: one[1].sheet.created, reverse=True)
    return runs, wrong


def one_run(settings: Settings, name: str) -> Run:
    """A run by the name of its folder.

    Raises:
        RunNotFoundError: there is none.
        StorageError: its files are damaged.
    """
    folder = _folder(settings, name)
    return _read(folder, stamp_of([folder]))


def report_of(settings: Settings, names: Sequence[str]) -> Report:
    """What some runs show together.

    Raises:
        RunNotFoundError: one of them is not there.
        StorageError: one is damaged, or they can't stand in one table.
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    found = tuple(_folder(settings, name) for name in dict.fromkeys(names))
    with _reckoning:
        return _report(found, stamp_of(found))


def is_ready(settings: Settings, names: Sequence[str]) -> bool:
    """Whether a report is reckoned already, so that a page can show it at once."""
    found = tuple(_folder(settings, name) for name in dict.fromkeys(names))
    return (found, stamp_of(found)) in _ready


def figure_of(report: Report, suffix: str) -> bytes:
    """The figure of a report as an SVG or PNG file.

    Raises:
        SimulacraError: there is nothing to draw, or Matplotlib is not installed.
    """
    with _reckoning:
        return _figure(tuple(run.folder for run in report.runs), report.stamp, suffix)


@lru_cache(maxsize=1)
def paper() -> PaperTable:
    """The paper's Table 2."""
    return paper_table()


def stamp_of(runs: Sequence[Path]) -> Stamp:
    """What changes when a file of a run does."""
    files = [folder / name for folder in runs for name in (SHEET, ANSWERS)]
    stats = [(path, path.stat()) for path in files if path.exists()]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


def _folder(settings: Settings, name: str) -> Path:
    found = folders(settings).get(name)
    if found is None:
        raise RunNotFoundError(f"There is no run {name!r}.", "See them all under Results.")
    return found


_ready: set[tuple[tuple[Path, ...], Stamp]] = set()


@lru_cache(maxsize=64)
def _read(folder: Path, stamp: Stamp) -> Run:
    del stamp
    return Run.read(folder)


@lru_cache(maxsize=32)
def _report(found: tuple[Path, ...], stamp: Stamp) -> Report:
    runs = read_runs(found)
    report = Report(tuple(runs), tuple(results_of(runs)), stamp)
    _ready.add((found, stamp))
    return report


@lru_cache(maxsize=32)
def _figure(found: tuple[Path, ...], stamp: Stamp, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"figure{suffix}"
        draw(_report(found, stamp).results, path)
        return path.read_bytes()
