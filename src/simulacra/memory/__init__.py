"""Memory records; long-term, short-term and working memory; retrieval, rehearsal, fading."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.memory.alignment import aligned, memories_of, untold
    from simulacra.memory.long_term import LongTermMemory, Passage, Recalled
    from simulacra.memory.record import Feeling, MemoryRecord, Source
    from simulacra.memory.short_term import Item, RecalledItem, ShortTermMemory, recall_items
    from simulacra.memory.store import (
        append_memory,
        read_memories,
        render_memories,
        write_memories,
    )
    from simulacra.memory.working import Excerpt, Exchange, Line, WorkingMemory, fit, shorten

__all__ = [
    "Excerpt",
    "Exchange",
    "Feeling",
    "Item",
    "Line",
    "LongTermMemory",
    "MemoryRecord",
    "Passage",
    "Recalled",
    "RecalledItem",
    "ShortTermMemory",
    "Source",
    "WorkingMemory",
    "aligned",
    "append_memory",
    "fit",
    "memories_of",
    "read_memories",
    "recall_items",
    "render_memories",
    "shorten",
    "untold",
    "write_memories",
]

_HOMES = {
    "alignment": ("aligned", "memories_of", "untold"),
    "long_term": ("LongTermMemory", "Passage", "Recalled"),
    "record": ("Feeling", "MemoryRecord", "Source"),
    "short_term": ("Item", "RecalledItem", "ShortTermMemory", "recall_items"),
    "store": ("append_memory", "read_memories", "render_memories", "write_memories"),
    "working": ("Excerpt", "Exchange", "Line", "WorkingMemory", "fit", "shorten"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
