"""The mechanism with one part taken out: what does each of them bring?

A preset ``no-…`` leaves out one agent's work and nothing else; ``rag-memory`` keeps all agents and
lets the Memory Agent find chunks of the story by likeness alone, as the method ``rag`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from simulacra.cognition.agents.memory import Recollection
from simulacra.cognition.methods import Retrieval
from simulacra.cognition.state import SessionState
from simulacra.cognition.trace import Reflection, TracedMemory
from simulacra.cognition.weighing import Reminded
from simulacra.memory import MemoryRecord


class Remembers(Protocol):
    """What the other agents ask of memory; ``MemoryAgent`` says more."""

    async def recall(self, query: str, state: SessionState) -> Recollection:
        """Find the memories nearest to a query."""
        ...

    async def recall_more(
        self, recalled: Recollection, query: str, before: str
    ) -> tuple[Recollection, tuple[str, ...]]:
        """Find what a second query brings beside, and its texts."""
        ...

    async def recall_facts(self, recalled: Recollection, question: str) -> Recollection:
        """The same, led by the sentences nearest to a question."""
        ...

    async def recognize(self, text: str, most: int) -> Reminded:
        """How familiar a text is, and what it reminds of."""
        ...

    async def gain(self, record: MemoryRecord) -> None:
        """Take in a memory of this conversation."""
        ...

    async def trait_for(self, reflection: Reflection) -> str:
        """How the person is with strangers, where one wants to be let in."""
        ...


class NoMemory:
    """Nothing comes to mind, and nothing is familiar."""

    async def recall(self, query: str, state: SessionState) -> Recollection:
        """Nothing."""
        del query, state
        return Recollection()

    async def recall_more(
        self, recalled: Recollection, query: str, before: str
    ) -> tuple[Recollection, tuple[str, ...]]:
        """Nothing more."""
        del query, before
        return recalled, ()

    async def recall_facts(self, recalled: Recollection, question: str) -> Recollection:
        """Nothing more."""
        del question
        return recalled

    async def recognize(self, text: str, most: int) -> Reminded:
        """Nothing, and neither strange nor familiar."""
        del text, most
        return Reminded()

    async def gain(self, record: MemoryRecord) -> None:
        """Nothing is taken in."""
        del record

    async def trait_for(self, reflection: Reflection) -> str:
        """None."""
        del reflection
        return ""


@dataclass(frozen=True)
class ChunkMemory(NoMemory):
    """The nearest chunks of the story come to mind; of familiarity retrieval knows nothing."""

    retrieval: Retrieval

    async def recall(self, query: str, state: SessionState) -> Recollection:
        """The chunks nearest to a query, as many as the method ``rag`` has."""
        del state
        found = await self.retrieval.nearest(query)
        return Recollection(tuple(chunk.text for chunk in found), found)

    async def recognize(self, text: str, most: int) -> Reminded:
        """The chunks nearest to a text."""
        found: tuple[TracedMemory, ...] = await self.retrieval.nearest(text, most)
        return Reminded(found)
