"""The catalog of weights, read from ``catalog.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_MODEL = "qwen2.5-coder-0.5b"
DEFAULT_EMBEDDER = "all-minilm-l6-v2"


class Part(BaseModel):
    """A member of a pinned wheel; ``member`` may be a pattern that one member matches."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wheel: str
    member: str


class WeightsFile(BaseModel):
    """A file of weights: its parts in order, and what it must be when they are put together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(gt=0)
    parts: tuple[Part, ...]


class Entry(BaseModel):
    """A model that can be fetched. ``sampling`` goes into the body of each of its requests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["chat", "embedder"]
    about: str
    licence: str
    also: str = ""
    sampling: dict[str, float | int] = {}
    files: tuple[WeightsFile, ...]

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(file.bytes for file in self.files)


@cache
def catalog() -> dict[str, Entry]:
    """Return the models that can be fetched, by name."""
    text = files("simulacra.inference").joinpath("catalog.toml").read_text(encoding="utf-8")
    return {
        name: Entry.model_validate(entry) for name, entry in tomllib.loads(text)["models"].items()
    }
