"""What every test may rely on: no real model by accident, and folders of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pydantic_ai.models
import pytest

from simulacra.settings import Settings

pydantic_ai.models.ALLOW_MODEL_REQUESTS = False  # pyright: ignore[reportConstantRedefinition]

hypothesis.settings.register_profile("quick", max_examples=40)
hypothesis.settings.register_profile("thorough", max_examples=1_000)
hypothesis.settings.load_profile("quick")

REAL_CACHE = Settings.read(folder=Path("/")).cache
_KEEP = ("SIMULACRA_EMBEDDED_SERVERS",)
_HIDDEN = ("OPENAI_", "OLLAMA_", "SIMULACRA_", "ANTHROPIC_", "AWS_", "AZURE_", "GOOGLE_", "GEMINI_")


@pytest.fixture(autouse=True)
def isolation(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take keys and settings out of the environment and put data and workspace in ``tmp_path``.

    Only tests marked ``weights`` see the user's cache of weights; the others get an empty one.
    """
    for variable in os.environ:
        if variable not in _KEEP and (
            variable.startswith(_HIDDEN) or variable.endswith(("_API_KEY", "_TOKEN"))
        ):
            monkeypatch.delenv(variable)
    real = request.node.get_closest_marker("weights") is not None
    monkeypatch.setenv("SIMULACRA_CACHE", str(REAL_CACHE if real else tmp_path / "cache"))
    monkeypatch.setenv("SIMULACRA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SIMULACRA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")  # where nothing listens


@pytest.fixture
def settings() -> Settings:
    """Return the settings of this test's environment."""
    return Settings.read()


@pytest.fixture
def real_models() -> Iterator[None]:
    """Allow requests to real model servers: for tests with a loopback server or real weights."""
    with pydantic_ai.models.override_allow_model_requests(True):
        yield
