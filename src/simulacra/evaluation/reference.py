"""What the paper reports: Table 2 (self reports) and Table 3 (observer reports), as data."""

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


class ReportedObservers(NamedTuple):
    """Points of one method in Table 3: judges 3 and 4, then 1 and 2, averages, the final score.

    Each is rounded by itself: an average may be off by one in its last digit.
    """

    judge_3: float
    judge_4: float
    matching: float
    judge_1: float
    judge_2: float
    similarity: float
    final: float


class PaperObserverTable(BaseModel):
    """Table 3 of the paper, where it stands, and the model it is of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    model: str
    methods: dict[Method, ReportedObservers]


@lru_cache
def paper_observer_table() -> PaperObserverTable:
    """The observer reports of the paper's three methods."""
    text = (files("simulacra") / "evaluation" / "data" / "paper-table-3.yaml").read_text("utf-8")
    return PaperObserverTable.model_validate(yaml.safe_load(text))
