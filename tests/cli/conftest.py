"""A simulated provider on loopback, and the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from benchmarks.server import Server, simulated_provider
from benchmarks.traffic import Speed


@pytest.fixture(scope="session")
def provider() -> Generator[Server]:
    """A provider of no latency."""
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=0, read=1e9, write=1e9))
        yield server


@dataclass
class Simulacra:
    """Runs ``simulacra …`` with the simulated provider and folders of its own."""

    folder: Path
    environ: dict[str, str]

    def __call__(
        self, *arguments: str, stdin: str | None = None, code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", "from simulacra.cli import main; main()", *arguments],
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environ,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done


@pytest.fixture
def simulacra(provider: Server, tmp_path: Path) -> Simulacra:
    """The command line, as a user has it."""
    environ = os.environ | {
        "OPENAI_BASE_URL": provider.base_url,
        "OPENAI_API_KEY": "none",
        "SIMULACRA_MODEL": "openai-chat:simulated",
        "SIMULACRA_EMBEDDER": "hash",
        "SIMULACRA_RETRIES": "0",
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    return Simulacra(tmp_path, environ)
