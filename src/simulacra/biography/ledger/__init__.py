"""The continuity ledger: what a life story has settled, and what contradicts it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.biography.ledger.claiming import claims
    from simulacra.biography.ledger.data import (
        Event,
        Facts,
        Known,
        Ledger,
        Person,
        Place,
    )
    from simulacra.biography.ledger.file import LEDGER, read_ledger, write_ledger
    from simulacra.biography.ledger.judging import contradictions
    from simulacra.biography.ledger.lines import fact_lines, facts_for, ledger_tables
    from simulacra.biography.ledger.merging import check_ledger, merge
    from simulacra.biography.ledger.reading import read_facts
    from simulacra.biography.ledger.seeding import seeded

__all__ = [
    "LEDGER",
    "Event",
    "Facts",
    "Known",
    "Ledger",
    "Person",
    "Place",
    "check_ledger",
    "claims",
    "contradictions",
    "fact_lines",
    "facts_for",
    "ledger_tables",
    "merge",
    "read_facts",
    "read_ledger",
    "seeded",
    "write_ledger",
]

_HOMES = {
    "claiming": ("claims",),
    "data": ("Event", "Facts", "Known", "Ledger", "Person", "Place"),
    "file": ("LEDGER", "read_ledger", "write_ledger"),
    "judging": ("contradictions",),
    "lines": ("fact_lines", "facts_for", "ledger_tables"),
    "merging": ("check_ledger", "merge"),
    "reading": ("read_facts",),
    "seeding": ("seeded",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
