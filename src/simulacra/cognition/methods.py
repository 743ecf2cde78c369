"""The methods that the mechanism is compared with (paper, Section 6.1).

``none`` has no character at all; ``prompt`` profile, traits and biography; ``rag`` besides that
the three nearest chunks of the story. They differ from macm in what they know and do, and in
nothing else: same instructions, same scene, same sampling, same seeds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulacra.biography import Story
from simulacra.cognition import script
from simulacra.cognition.agents import top
from simulacra.cognition.events import Considered, Phase
from simulacra.cognition.recorder import Recorder
from simulacra.cognition.scene import Scene
from simulacra.cognition.state import SessionState
from simulacra.cognition.trace import Trace, TracedMemory
from simulacra.cognition.weighing import Reminded
from simulacra.inference import ChatModel, Embedder, EmbeddingCache
from simulacra.memory import Source

RAG_CHARACTERS = 512
RAG_OVERLAP = 32
RAG_CHUNKS = 3


class Mind(Protocol):
    """What answers for a person: one of the methods."""

    def consider(
        self, scene: Scene, state: SessionState, calls: Recorder
    ) -> AsyncIterator[Phase | Considered]:
        """Do all before the answer: yield the phases, and last what is in working memory."""
        ...

    def respond(self, mind: Considered, calls: Recorder) -> AsyncIterator[str]:
        """Answer from what is in working memory: the words as they come."""
        ...

    async def remind(self, text: str, most: int) -> Reminded:
        """What the method has of the story near a text, best first, without asking a model."""
        ...


@dataclass(frozen=True)
class Retrieval:
    """Plain retrieval over a story: overlapping chunks of characters, nearest first."""

    chunks: tuple[tuple[str, tuple[int, ...]], ...]
    vectors: NDArray[np.float32]
    embedder: Embedder

    @classmethod
    async def over(cls, story: Story, embedder: Embedder, cache: Path | None) -> Retrieval:
        """Chunk and embed a story; the embeddings are kept in the cache."""
        chunks = tuple(characters_with_overlap(story))
        rows = await EmbeddingCache(embedder, cache).embed([[text] for text, _ in chunks])
        vectors = np.vstack(rows) if rows else np.zeros((0, embedder.dimensions), np.float32)
        return cls(chunks, vectors, embedder)

    async def nearest(self, query: str, k: int = RAG_CHUNKS) -> tuple[TracedMemory, ...]:
        """The chunks nearest to a query by cosine similarity, best first."""
        scores: NDArray[np.float32] = self.vectors @ (await self.embedder.embed([query]))[0]
        return tuple(
            TracedMemory(
                id=f"chunk-{number}",
                score=round(float(scores[number]), 4),
                source=Source(paragraphs=self.chunks[number][1]),
                text=self.chunks[number][0],
            )
            for number in map(int, np.argsort(-scores, kind="stable")[:k])
        )


@dataclass(frozen=True)
class Plain:
    """A single call: none and prompt, or rag where there is something to retrieve from."""

    model: ChatModel
    retrieval: Retrieval | None = None

    async def consider(
        self, scene: Scene, state: SessionState, calls: Recorder
    ) -> AsyncIterator[Phase | Considered]:
        """Set retrieved chunks before the mind where there are any."""
        del state, calls  # the scene has all that these methods know
        memories: tuple[TracedMemory, ...] = ()
        if self.retrieval:
            yield Phase("recall")
            memories = await self.retrieval.nearest(scene.stimulus)
            scene = scene.remembering(tuple(memory.text for memory in memories))
        yield Considered(scene, Trace(memories=memories, mood=scene.mood))

    def respond(self, mind: Considered, calls: Recorder) -> AsyncIterator[str]:
        """Answer from the scene."""
        if self.model.small:
            prompt, how = script.respond(mind.scene)
        else:
            prompt, how = top.respond(mind.scene), top.RESPONDING
        return calls.stream("respond", self.model, prompt, how)

    async def remind(self, text: str, most: int) -> Reminded:
        """The nearest chunks, as many as retrieval always brings; nothing where there is none."""
        del most
        return Reminded(await self.retrieval.nearest(text)) if self.retrieval else Reminded()


def characters_with_overlap(
    story: Story, size: int = RAG_CHARACTERS, overlap: int = RAG_OVERLAP
) -> list[tuple[str, tuple[int, ...]]]:
    """Cut a story every ``size - overlap`` characters; each chunk with the paragraphs in it."""
    text, starts = "", list[int]()
    for paragraph in story.paragraphs:
        starts.append(len(text))
        text += paragraph + "\n\n"
    text = text.rstrip()
    chunks: list[tuple[str, tuple[int, ...]]] = []
    for start in range(0, max(len(text) - overlap, 1), size - overlap):
        end = min(start + size, len(text))
        touched = tuple(
            number
            for number, begin in enumerate(starts)
            if begin < end and begin + len(story.paragraphs[number]) > start
        )
        chunks.append((text[start:end].strip(), touched))
    return chunks
