"""Mary Jones by macm on a model of one's choice, apart from the user's own settings."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.server import Server
from simulacra.cognition import Simulacrum
from simulacra.inference import ChatModel, Embedder
from simulacra.settings import Settings

SLUG = "mary-jones"
SIMULATED = "openai-chat:simulated"


@contextmanager
def workspace() -> Generator[Path]:
    """An empty workspace, so that the shipped Mary Jones is meant and nobody's own."""
    with TemporaryDirectory(prefix="simulacra-bench-") as folder:
        yield Path(folder)


def settings(folder: Path) -> Settings:
    """The default settings, with workspace and sessions in a folder and the usual cache."""
    cache = Settings.read().cache
    return Settings.read(
        environ={}, folder=folder, workspace=folder / "characters", data=folder, cache=cache
    )


async def simulacrum(
    folder: Path, model: str | ChatModel, embedder: Embedder | None = None, seed: int = 1
) -> Simulacrum:
    """A Mary Jones who has her memories loaded and has not said a word yet."""
    person = Simulacrum.load(
        SLUG, method="macm", model=model, embedder=embedder, seed=seed, settings=settings(folder)
    )
    await person.mind()
    return person


def environment(server: Server) -> dict[str, str]:
    """What makes ``SIMULATED`` mean this server."""
    return {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "simulated"}


@contextmanager
def simulated_by(server: Server) -> Generator[str]:
    """Let ``SIMULATED`` mean this server within the block."""
    before = dict(os.environ)
    os.environ.update(environment(server))
    try:
        yield SIMULATED
    finally:
        os.environ.clear()
        os.environ.update(before)
