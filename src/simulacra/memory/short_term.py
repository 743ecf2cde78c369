"""Short-term memory: what left working memory and is not yet, or never, remembered for good.

Paper, Section 4.2: content that working memory can't hold goes to short-term memory, "which will
be converted into long-term memory when rehearsed". ``simulacra.memory.rehearsal`` has the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from simulacra.memory import rehearsal

if TYPE_CHECKING:
    from simulacra.inference import Embedder

LIKENESS = 0.4
"""The least dot product of query and item at which an item is recalled at all."""

Turn = Annotated[int, Field(ge=0)]


class Item(BaseModel):
    """A piece of conversation: the turns (0-based) it comes from, and how well it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turns: tuple[Turn, ...] = Field(min_length=1)
    text: str
    entered: Turn
    rehearsals: int = Field(default=0, ge=0)
    rehearsed: Turn | None = Field(default=None, description="the turn of the last rehearsal")

    def strength(self, now: int) -> float:
        """Retention in (0, 1] at a turn: falls with the turns since the last rehearsal."""
        last = self.entered if self.rehearsed is None else self.rehearsed
        return rehearsal.strength(now - last, self.rehearsals)

    def rehearse(self, now: int) -> Self:
        """This item, recalled once more; a second time in one turn counts once."""
        if self.rehearsed is not None and self.rehearsed >= now:
            return self
        return self.model_copy(update={"rehearsals": self.rehearsals + 1, "rehearsed": now})

    @property
    def due(self) -> bool:
        """Whether it was rehearsed often enough to become a long-term memory."""
        return rehearsal.due(self.rehearsals)

    def faded(self, now: int) -> bool:
        """Whether it is forgotten. What is due for consolidation waits and does not fade."""
        last = self.entered if self.rehearsed is None else self.rehearsed
        return not self.due and rehearsal.faded(now - last, self.rehearsals)


class ShortTermMemory(BaseModel):
    """The items of one session, oldest first. Every change returns a new state."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: tuple[Item, ...] = ()

    def add(self, *items: Item) -> Self:
        """With items that working memory could not hold any longer; the same turns replace."""
        return self._with((*self.without(items).items, *items))

    def rehearse(self, items: Collection[Item], now: int) -> Self:
        """With the recalled items rehearsed at this turn."""
        turns = {item.turns for item in items}
        return self._with(i.rehearse(now) if i.turns in turns else i for i in self.items)

    def due(self) -> tuple[Item, ...]:
        """The items that are due for consolidation, oldest first."""
        return tuple(item for item in self.items if item.due)

    def without(self, items: Collection[Item]) -> Self:
        """Without items, for instance those that have been consolidated."""
        turns = {item.turns for item in items}
        return self._with(item for item in self.items if item.turns not in turns)

    def fade(self, now: int) -> Self:
        """Without what has faded. The session's transcript keeps every word of it."""
        return self._with(item for item in self.items if not item.faded(now))

    def _with(self, items: Iterable[Item]) -> Self:
        return self.model_copy(update={"items": tuple(items)})


@dataclass(frozen=True)
class RecalledItem:
    """An item with its likeness to the query (-1 to 1) times its strength (0 to 1)."""

    item: Item
    score: float


async def recall_items(
    state: ShortTermMemory,
    query: str | Sequence[str],
    k: int,
    *,
    now: int,
    embedder: Embedder,
    cache: Path | None = None,
) -> list[RecalledItem]:
    """The ``k`` items nearest to the query, best first; of several queries, the nearest counts.

    Only items at least ``LIKENESS`` near are recalled: with nothing to remember, nothing comes
    back. Recalling changes nothing: ``state.rehearse(items, now)`` is the caller's to keep.

    Raises:
        ModelError: the embedder failed.
    """
    import numpy as np

    from simulacra.inference.embeddings import EmbeddingCache

    queries = [text for text in ([query] if isinstance(query, str) else query) if text.strip()]
    items = [item for item in state.items if not item.faded(now)]
    if not items or not queries or k < 1:
        return []
    rows = await EmbeddingCache(embedder, cache).embed([[item.text] for item in items])
    near = (np.vstack(rows) @ (await embedder.embed(queries)).T).max(axis=1)
    found = [
        RecalledItem(item, float(likeness) * item.strength(now))
        for item, likeness in zip(items, near, strict=True)
        if likeness >= LIKENESS
    ]
    return sorted(found, key=lambda recalled: -recalled.score)[:k]
