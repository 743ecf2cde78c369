"""One protocol for other programs: OpenAI's chat completions, and JSON about people and runs.

``people.py`` is the service behind it and behind the pages: start there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.api.people import People, Talk
    from simulacra.api.tuning import Tuning

__all__ = ["People", "Talk", "Tuning"]

_HOMES = {"people": ("People", "Talk"), "tuning": ("Tuning",)}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
