"""Runs the command line in a process of its own, as a user does."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from warm import Warm


@dataclass
class Simulacra:
    """Runs ``simulacra …`` with the simulated provider and folders of its own.

    Each command has a process of its own, forked where nothing is typed into it.
    """

    folder: Path
    environ: dict[str, str]
    line: Warm

    def __call__(
        self, *arguments: str, stdin: str | None = None, code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        if stdin is None:
            self.line.begin(self.folder, self.environ, *arguments)
            done = self.line.end()
        else:
            done = subprocess.run(
                [sys.executable, "-c", "from simulacra.cli import main; main()", *arguments],
                input=stdin,
                capture_output=True,
                text=True,
                cwd=self.folder,
                env=self.environ,
                timeout=120,
                check=False,
            )
        assert done.returncode == code, done.stdout + done.stderr
        return done
