"""The command line with its imports done: a fork of it starts a command at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

_SERVE = """
import json, os, sys
import numpy, pyarrow.parquet, matplotlib.figure, matplotlib.backends.backend_agg, scipy.stats
import dbos, openai, pydantic_ai.models.openai, pydantic_ai.models.function, sqlalchemy.orm, yaml
import rich.console, rich.progress, rich.table, rich.live, simulacra.biography.reckoning
import simulacra.characters.sampling, simulacra.characters.selection, simulacra.cli.building
import simulacra.cli.growing, simulacra.cli.gridding, simulacra.cli.reporting
import simulacra.cognition.simulacrum, simulacra.dataset.check, simulacra.dataset.original
import simulacra.inference.choice, simulacra.jobs.jobs, simulacra.jobs.works
import simulacra.storage.sessions
from simulacra.cli import main
for line in sys.stdin:
    if pid := os.fork():
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
        continue
    asked = json.loads(line)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in ((1, asked["out"]), (2, asked["err"])):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["simulacra", *asked["arguments"]]
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
"""


class Warm:
    """Runs one command at a time, each in a process of its own."""

    def __init__(self) -> None:
        self._files = Path(tempfile.mkdtemp())
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("SIMULACRA_")},
        )

    def begin(self, folder: Path, environ: Mapping[str, str], *arguments: str) -> int:
        """Start a command, and give its process id."""
        assert self._process.stdin
        asked = {
            "arguments": arguments,
            "folder": str(folder),
            "environ": dict(environ),
            "out": str(self._files / "out"),
            "err": str(self._files / "err"),
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._number()

    def end(self) -> subprocess.CompletedProcess[str]:
        """Wait until the command has ended; killed, its code is minus the signal."""
        code = self._number()
        out, err = ((self._files / name).read_text("utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess((), code, out, err)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _number(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())
