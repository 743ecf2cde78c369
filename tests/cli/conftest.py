"""A simulated provider on loopback, and the command line in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from benchmarks.server import Server, simulated_provider
from benchmarks.traffic import Speed
from command_line import Simulacra
from warm import Warm


@pytest.fixture(scope="session")
def provider() -> Generator[Server]:
    """A provider of no latency."""
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=0, read=1e9, write=1e9))
        yield server


@pytest.fixture(scope="session")
def line() -> Generator[Warm]:
    """A command line that has its imports done."""
    line = Warm()
    yield line
    line.close()


@pytest.fixture
def simulacra(provider: Server, line: Warm, tmp_path: Path) -> Simulacra:
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
    return Simulacra(tmp_path, environ, line)
