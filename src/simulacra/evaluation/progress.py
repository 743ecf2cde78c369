"""How far a grid is, what it took, and how long it still takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import NamedTuple

from simulacra.cognition import Method
from simulacra.inference import Usage, price


class CellName(NamedTuple):
    """A cell of the grid."""

    model: str
    method: Method
    character: str


@dataclass
class Progress:
    """How far a grid is. ``spent`` is what this process had models do, by model."""

    answers: dict[CellName, int]
    done: dict[CellName, int]
    found: int
    spent: dict[str, Usage] = field(default_factory=dict[str, Usage])
    began: float = field(default_factory=time.monotonic)

    @property
    def total(self) -> int:
        """Answers there will be."""
        return sum(self.answers.values())

    @property
    def finished(self) -> int:
        """Answers there are, those of earlier processes among them."""
        return sum(self.done.values())

    @property
    def usage(self) -> Usage:
        """What all models did in this process."""
        return sum(self.spent.values(), Usage())

    @property
    def dollars(self) -> float | None:
        """The price of it; ``None`` where a model's is not known."""
        prices = [price(model, usage) for model, usage in self.spent.items()]
        return None if None in prices else sum(p for p in prices if p is not None)

    @property
    def seconds(self) -> float:
        """Seconds since this process began."""
        return time.monotonic() - self.began

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at the pace so far; ``None`` while there is none."""
        asked = self.finished - self.found
        return self.seconds / asked * (self.total - self.finished) if asked else None
