"""What the paper reports: Table 2, ten models by four methods, as data."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from simulacra.cognition import Method


class Reported(NamedTuple):
    """Points of one model and method, as the paper reports them: means of three repeats.

    Each is rounded by itself: the sum may be off by one in its last digit.
    """

    cloze: float
    single: float
    multiple: float
    total: float


class PaperTable(BaseModel):
    """Table 2 of the paper, and where it stands. ``None``: the paper has no result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    models: dict[str, dict[Method, Reported | None]]


@lru_cache
def paper_table() -> PaperTable:
    """The self reports of the paper's ten models."""
    text = (files("simulacra") / "evaluation" / "data" / "paper-table-2.yaml").read_text("utf-8")
    return PaperTable.model_validate(yaml.safe_load(text))
