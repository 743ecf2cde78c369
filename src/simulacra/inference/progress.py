"""How far a fetch is: a bar on a terminal, plain lines in a pipe; always on standard error."""

from __future__ import annotations

import sys
from threading import Lock
from types import TracebackType
from typing import Self


class Bar:
    """Progress in bytes, to be advanced from any thread."""

    def __init__(self, title: str, total: int, *, done: int = 0) -> None:
        self._title, self._total, self._done = title, total, done
        self._lock = Lock()
        self._tenth = 0
        self._progress = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._progress.start()
            self._task = self._progress.add_task(
                self._title, total=self._total, completed=self._done
            )
        else:
            print(f"{self._title} ({self._total / 1e6:,.0f} MB) …", file=sys.stderr, flush=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self, count: int) -> None:
        """Note that ``count`` bytes more have come."""
        with self._lock:
            self._done = min(self._done + count, self._total)
            if self._progress is not None:
                self._progress.update(self._task, completed=self._done)
            elif self._total and (tenth := 10 * self._done // self._total) > self._tenth:
                self._tenth = tenth
                line = f"  {self._done / 1e6:,.0f} of {self._total / 1e6:,.0f} MB"
                print(line, file=sys.stderr, flush=True)
