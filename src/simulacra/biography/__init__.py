"""Biography and life story: what a person lived."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from simulacra.biography.leftovers import leftovers
from simulacra.biography.sentences import sentences
from simulacra.biography.story import CHUNK_PARAGRAPHS, Chapter, Chunk, Story

if TYPE_CHECKING:
    from simulacra.biography.flag import CheckName, Flag
    from simulacra.biography.steps import Steps, Straight

__all__ = [
    "CHUNK_PARAGRAPHS",
    "Chapter",
    "CheckName",
    "Chunk",
    "Flag",
    "Steps",
    "Story",
    "Straight",
    "leftovers",
    "sentences",
]

_HOMES = {
    "flag": ("CheckName", "Flag"),
    "steps": ("Steps", "Straight"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
