"""What Inspect finds of ours by the entry point ``inspect_ai``: tasks, scorers, models."""

from __future__ import annotations

from inspect_ai.model import ModelAPI, modelapi

from simulacra.evaluation.inspect_scorers import agreement, points
from simulacra.evaluation.inspect_solver import interviewed
from simulacra.evaluation.tasks import personality_test, self_report

__all__ = ["agreement", "interviewed", "personality_test", "points", "self_report", "simulacra"]


@modelapi(name="simulacra")
def simulacra() -> type[ModelAPI]:
    """Our own model names behind ``simulacra/``, the embedded models among them."""
    from simulacra.evaluation.inspect_provider import OurModels

    return OurModels
