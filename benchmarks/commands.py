"""The command line in processes of its own, in a workspace apart from the user's."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """What a command printed, and what its whole process took, in seconds."""

    out: str
    seconds: float
    processor: float


@dataclass(frozen=True)
class Commands:
    """Gives commands in a folder; the user's own settings don't count, ``extra`` ones do."""

    folder: Path
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def workspace(self) -> Path:
        """Where the characters are that the commands make."""
        return self.folder / "characters"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start ``simulacra …`` and don't wait for it; what it prints can be read."""
        return subprocess.Popen(
            self._line(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env=self._environment(),
            text=True,
        )

    def run(self, *arguments: str) -> Ran:
        """Run ``simulacra …`` to its end. Nothing else of this process may end meanwhile.

        Raises:
            RuntimeError: it failed; with what it said.
        """
        before, start = _processor(), time.perf_counter()
        done = subprocess.run(
            self._line(arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self.folder,
            env=self._environment(),
            text=True,
            check=False,
        )
        seconds, processor = time.perf_counter() - start, _processor() - before
        if done.returncode:
            raise RuntimeError(f"simulacra {' '.join(arguments)} failed: {done.stderr}")
        return Ran(done.stdout, seconds, processor)

    def _line(self, arguments: tuple[str, ...]) -> list[str]:
        return [str(Path(sys.executable).parent / "simulacra"), *arguments]

    def _environment(self) -> dict[str, str]:
        others = {k: v for k, v in os.environ.items() if not k.startswith("SIMULACRA_")}
        own = {"SIMULACRA_WORKSPACE": str(self.workspace), "SIMULACRA_DATA": str(self.folder)}
        return {**others, **own, **self.extra}


def _processor() -> float:
    """Processor seconds, user's and system's, of every child process that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
