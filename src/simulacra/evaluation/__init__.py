"""How human and how true to themselves they are: answers read and scored."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.evaluation.options import Shuffled, shuffle
    from simulacra.evaluation.personality import (
        Agreement,
        PersonalityTest,
        Statement,
        draw_statements,
        measure,
        tau_b,
    )
    from simulacra.evaluation.readings import (
        Reading,
        Reason,
        read_choice,
        read_cloze,
        read_yes_no,
    )
    from simulacra.evaluation.scoring import (
        Points,
        SelfReport,
        mean,
        possible_points,
        read_item,
        score_item,
        total,
    )

__all__ = [
    "Agreement",
    "PersonalityTest",
    "Points",
    "Reading",
    "Reason",
    "SelfReport",
    "Shuffled",
    "Statement",
    "draw_statements",
    "mean",
    "measure",
    "possible_points",
    "read_choice",
    "read_cloze",
    "read_item",
    "read_yes_no",
    "score_item",
    "shuffle",
    "tau_b",
    "total",
]

_HOMES = {
    "options": ("Shuffled", "shuffle"),
    "personality": (
        *("Agreement", "PersonalityTest", "Statement"),
        *("draw_statements", "measure", "tau_b"),
    ),
    "readings": ("Reading", "Reason", "read_choice", "read_cloze", "read_yes_no"),
    "scoring": (
        *("Points", "SelfReport", "mean", "possible_points"),
        *("read_item", "score_item", "total"),
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
