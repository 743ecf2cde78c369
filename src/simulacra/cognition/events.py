"""What a turn tells while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulacra.cognition.trace import Phase as PhaseName
from simulacra.cognition.trace import Trace
from simulacra.memory import Item


@dataclass(frozen=True)
class Phase:
    """A phase of the turn begins."""

    name: PhaseName


@dataclass(frozen=True)
class Said:
    """A piece of the response, as it comes from the model."""

    text: str


@dataclass(frozen=True)
class Outcome:
    """The end of a method's turn: what it did, and what of short-term memory it recalled."""

    trace: Trace = field(default_factory=Trace)
    rehearsed: tuple[Item, ...] = ()


Event = Phase | Said | Outcome
