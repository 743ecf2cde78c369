"""The four agents, the turn and its trace, the methods none, prompt, rag and macm.

Start with ``macm.py``: the paper's Figure 3 on one screen.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.cognition.construction import Constructor, Progress
    from simulacra.cognition.events import Considered, Phase, Said
    from simulacra.cognition.filters import DISCLOSURE, MessageBlockedError, MessageFilter
    from simulacra.cognition.mood import Mood
    from simulacra.cognition.remembering import Remembered, remember_story
    from simulacra.cognition.simulacrum import Simulacrum
    from simulacra.cognition.state import SessionState
    from simulacra.cognition.trace import METHODS, Emotion, Method, Reflection, Step, Trace, Turn

__all__ = [
    "DISCLOSURE",
    "METHODS",
    "Considered",
    "Constructor",
    "Emotion",
    "MessageBlockedError",
    "MessageFilter",
    "Method",
    "Mood",
    "Phase",
    "Progress",
    "Reflection",
    "Remembered",
    "Said",
    "SessionState",
    "Simulacrum",
    "Step",
    "Trace",
    "Turn",
    "remember_story",
]

_HOMES = {
    "construction": ("Constructor", "Progress"),
    "events": ("Considered", "Phase", "Said"),
    "filters": ("DISCLOSURE", "MessageBlockedError", "MessageFilter"),
    "mood": ("Mood",),
    "remembering": ("Remembered", "remember_story"),
    "simulacrum": ("Simulacrum",),
    "state": ("SessionState",),
    "trace": ("METHODS", "Emotion", "Method", "Reflection", "Step", "Trace", "Turn"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
