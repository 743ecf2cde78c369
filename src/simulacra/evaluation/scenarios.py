"""Situational judgement scenarios: what brings out emotion and personality (paper, Section 5.2).

Everyday, specific and without a right answer, after Mussel et al. 2016.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulacra.characters import Tendency
from simulacra.characters.yaml_files import read_yaml

SCHEMA_VERSION = 1
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]


class Scenario(BaseModel):
    """One situation. ``elicits`` names the tendencies it brings out, ``about`` what it is about.

    Neither is ever shown to a simulacrum or a judge: both get the ``text`` alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    text: Annotated[str, Field(min_length=20, max_length=2000)]
    elicits: tuple[Tendency, ...] = Field(min_length=1)
    about: Line


class ScenarioSet(BaseModel):
    """A file of scenarios."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int = Field(default=SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)
    name: Line = "scenarios"
    scenarios: tuple[Scenario, ...] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [scenario.id for scenario in self.scenarios]
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"the scenario id {repeated[0]!r} stands twice")
        return self


@lru_cache
def shipped_scenarios() -> tuple[Scenario, ...]:
    """The scenarios that come with the package, in their order."""
    folder = Path(str(files("simulacra"))) / "dataset" / "instruments"
    return read_scenarios(folder / "scenarios.yaml")


def read_scenarios(path: Path) -> tuple[Scenario, ...]:
    """The scenarios of a YAML file, in its order.

    Raises:
        FileProblemsError: every problem of the file, with line and mend.
    """
    return read_yaml(path, ScenarioSet).scenarios
