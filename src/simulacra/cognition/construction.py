"""From a life story to long-term memory (paper, Section 4.1).

The Top Agent divides the story into chunks; for each, the Thinking Agent makes the content memory
and the Emotion Agent the emotional memory, side by side, many chunks in flight. Every answer is
saved in a journal the moment it is there: whatever ends the work, the same call goes on with what
is missing and pays for no finished answer twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeVar

from pydantic import BaseModel

from simulacra.biography import Chunk, fingerprint
from simulacra.characters import Journal
from simulacra.cognition.agents.emotion import CONSTRUCTING as FEELING
from simulacra.cognition.agents.emotion import EmotionalMemory, emotional_memory
from simulacra.cognition.agents.thinking import CONSTRUCTING as THINKING
from simulacra.cognition.agents.thinking import ContentMemory, content_memory
from simulacra.errors import AnswerError, ModelError, StorageError
from simulacra.inference import ChatModel, Prompt, Sampling, Usage
from simulacra.memory import Item, MemoryRecord, Source

Schema = TypeVar("Schema", bound=BaseModel)
Agent = Literal["thinking", "emotion"]


@dataclass
class Progress:
    """How far a construction is: calls finished of all, of which paid now, and their usage."""

    total: int
    finished: int = 0
    usage: Usage = field(default_factory=Usage)
    failures: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Constructor:
    """Makes memories in a person's own voice: ``system`` says who she is and opens each prompt."""

    system: str
    model: ChatModel

    async def construct(
        self,
        chunks: list[Chunk],
        journal: Journal,
        concurrency: int | None = None,
        report: Callable[[Progress], None] = lambda _: None,
    ) -> list[MemoryRecord]:
        """Make one memory a chunk, in order.

        Raises:
            AnswerError: some chunks' answers were of no use; all others are in the journal.
            ModelError: the model could not be asked any more; what was finished is saved.
            StorageError: the journal can't be written.
        """
        progress = Progress(total=2 * len(chunks))
        gate = asyncio.Semaphore(concurrency or self.model.concurrency)

        async def finished(
            chunk: Chunk, agent: Agent, prompt: Prompt, schema: type[Schema], how: Sampling
        ) -> Schema | None:
            key = self._key(chunk, agent, prompt)
            if (kept := journal.get(key, schema)) is None:
                async with gate:
                    try:
                        answer = await self.model.fill(prompt, schema, how)
                    except AnswerError as error:
                        where = f"paragraphs {chunk.paragraphs[0]}-{chunk.paragraphs[-1]}"
                        progress.failures.append(f"{where} ({agent}): {error.what}")
                        return None
                journal.add(key, answer.value)
                progress.usage += answer.usage
                kept = answer.value
            progress.finished += 1
            report(progress)
            return kept

        async def memory(chunk: Chunk) -> MemoryRecord | None:
            thought = content_memory(self.system, chunk.text)
            felt = emotional_memory(self.system, chunk.text)
            content, emotion = await asyncio.gather(
                finished(chunk, "thinking", thought, ContentMemory, THINKING),
                finished(chunk, "emotion", felt, EmotionalMemory, FEELING),
            )
            if content is None or emotion is None:
                return None
            return self._record(
                f"story-{chunk.paragraphs[0]:04d}",
                "story",
                Source(
                    paragraphs=chunk.paragraphs,
                    fingerprints=tuple(map(fingerprint, chunk.text.split("\n\n"))),
                ),
                content,
                emotion,
                f"{thought.digest}+{felt.digest}",
            )

        report(progress)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(memory(chunk)) for chunk in chunks]
        except* (ModelError, StorageError) as several:
            raise several.exceptions[0] from None
        if progress.failures:
            raise AnswerError(
                f"{len(progress.failures)} of {progress.total} answers were of no use, first: "
                f"{progress.failures[0]}",
                "Give the same command again to ask for these alone, or with another model.",
            )
        return [record for task in tasks if (record := task.result()) is not None]

    def _key(self, chunk: Chunk, agent: Agent, prompt: Prompt) -> str:
        parts = (self.model.name, agent, prompt.digest, prompt.system, chunk.text)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    async def consolidate(self, items: Sequence[Item]) -> list[MemoryRecord]:
        """Make one memory of each item of a conversation, in order, two calls an item.

        Raises:
            ModelError: the model could not be asked, or gave nothing of use; ask again later.
        """

        async def memory(item: Item) -> MemoryRecord:
            thought = content_memory(self.system, item.text)
            felt = emotional_memory(self.system, item.text)
            content, emotion = await asyncio.gather(
                self.model.fill(thought, ContentMemory, THINKING),
                self.model.fill(felt, EmotionalMemory, FEELING),
            )
            return self._record(
                f"chat-{secrets.token_hex(4)}",
                "chat",
                Source(turns=item.turns),
                content.value,
                emotion.value,
                f"{thought.digest}+{felt.digest}",
            )

        return list(await asyncio.gather(*(memory(item) for item in items)))

    def _record(
        self,
        id: str,  # noqa: A002
        kind: Literal["story", "chat"],
        source: Source,
        content: ContentMemory,
        emotion: EmotionalMemory,
        digest: str,
    ) -> MemoryRecord:
        return MemoryRecord(
            id=id,
            kind=kind,
            participants=tuple(content.participants),
            scene=content.scene,
            content=content.content,
            thought=content.thought,
            emotion=emotion.emotion,
            feelings=emotion.towards(),
            summary=content.summary,
            source=source,
            created=datetime.now(UTC),
            model=self.model.name,
            prompt_digest=digest,
        )
