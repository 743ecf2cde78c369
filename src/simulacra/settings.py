"""Settings: flags over environment over ``simulacra.toml`` over defaults."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from platformdirs import user_cache_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulacra.errors import SettingsError

PREFIX = "SIMULACRA_"


class Settings(BaseModel):
    """Every setting has a field here, a key in ``simulacra.toml`` and a ``SIMULACRA_…`` variable.

    ``Settings.read()`` is the usual door: it looks at the working directory's ``simulacra.toml``
    and at the environment, and takes what is given by keyword over both.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = Field(
        default=None, description="the Top Agent's model (simulacra models list)"
    )
    agent_model: str | None = Field(
        default=None, description="the Thinking, Emotion and Memory Agents' model; unset: the same"
    )
    embedder: str | None = Field(default=None, description="the embedder; unset: the int8 MiniLM")
    workspace: Path | None = Field(default=None, description="the folder of your own characters")
    pools: Path | None = Field(
        default=None, description="a folder of your own attribute pools; unset: the shipped ones"
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("simulacra"),
        description="weights and embeddings; may be deleted at any time",
    )
    data: Path = Field(
        default_factory=lambda: user_data_path("simulacra"),
        description="sessions, and characters where there is no ./characters",
    )
    importance_weight: float = Field(
        default=1.0, ge=0, description="of importance in choosing what to expand"
    )
    elaborateness_weight: float = Field(
        default=1.0, ge=0, description="of low elaborateness in choosing what to expand"
    )
    redundancy_weight: float = Field(
        default=1.0, ge=0, description="of low redundancy in choosing what to expand"
    )
    timeout: float = Field(default=120.0, gt=0, description="seconds to wait for a model's answer")
    retries: int = Field(
        default=4, ge=0, le=20, description="tries after 429, 5xx, dropped connections"
    )
    concurrency: int | None = Field(
        default=None, ge=1, le=1024, description="model calls in flight"
    )

    @classmethod
    def read(
        cls,
        *,
        environ: Mapping[str, str] = os.environ,
        folder: Path | None = None,
        **flags: object,
    ) -> Self:
        """Read the settings; flags that are ``None`` count as not given.

        Raises:
            SettingsError: a value does not validate, or ``simulacra.toml`` is no TOML.
        """
        values: dict[str, object] = {}
        sources: dict[str, str] = {}
        file = (folder or Path.cwd()) / "simulacra.toml"
        if file.is_file():
            try:
                values.update(tomllib.loads(file.read_text(encoding="utf-8")))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingsError(
                    f"{file} is no valid TOML: {error}.", "Mend the file."
                ) from error
            sources.update(dict.fromkeys(values, str(file)))
        for field in cls.model_fields:
            variable = PREFIX + field.upper()
            if environ.get(variable):
                values[field], sources[field] = environ[variable], variable
        for field, value in flags.items():
            if value is not None:
                values[field], sources[field] = value, f"--{field.replace('_', '-')}"
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            field = str(first["loc"][0])
            raise SettingsError(
                f"The setting {field!r} from {sources.get(field, 'the settings')} is not valid: "
                f"{first['msg']}.",
                "Known settings: " + ", ".join(cls.model_fields) + ".",
            ) from error


def user_name() -> str:
    """Who uses this machine, by the system's name for them."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no user database, no variable that names one
        return "unknown"
