"""Long-term memory: what a person has lived, found again by what is asked (paper, Section 4.2).

Search is exact: every memory is compared with every query. A memory's score is the sum of its best
paragraph, its best sentence, the best of what the agents made of it, and the rare words it shares
with the query, weighted as ``WEIGHTS`` says. ``python -m benchmarks.retrieval`` measures it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulacra.biography.story import Story
from simulacra.inference import Embedder
from simulacra.inference.embeddings import EmbeddingCache
from simulacra.memory import rehearsal
from simulacra.memory.lexical import WordIndex
from simulacra.memory.record import MemoryRecord
from simulacra.memory.views import ViewName, Views, views_of

WEIGHTS = {"paragraph": 0.3, "sentence": 0.3, "own": 0.15, "words": 0.25}
"""What counts how much; they sum to 1. One set for all characters, from the middle of a plateau."""
RECENCY = 0.05
"""What a memory gained this very turn has over one of long ago: enough to break a tie."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Passage:
    """A sentence of a memory as its owner tells it, with its view's likeness to the query."""

    text: str
    score: float


@dataclass(frozen=True)
class Recalled:
    """A memory with its likeness to the query (under 1; 0 is nothing in common).

    ``paragraphs`` are the story paragraphs it comes from, best matching first, and ``part`` is the
    text of the first of them (the memory's content where there is none); ``view`` is the view that
    matched best; ``passages`` tell the memory in its owner's words.
    """

    record: MemoryRecord
    score: float
    paragraphs: tuple[int, ...]
    view: ViewName
    passages: tuple[Passage, ...]
    part: str = ""


@dataclass(frozen=True)
class Recognition:
    """How familiar a text is, and what it reminds of: sentences as their owner tells them.

    ``likeness`` is the cosine similarity of the nearest sentence (-1 to 1), ``words`` how much of
    the text's words, the rare ones counting most, a single memory has (0 to 1, as BM25 has it).
    """

    passages: tuple[tuple[MemoryRecord, Passage], ...] = ()
    likeness: float = 0.0
    words: float = 0.0


class _Rows:
    """The vectors of one kind of view over all memories; each memory has at least one row."""

    def __init__(self) -> None:
        self._blocks: list[Matrix] = []
        self._matrix: Matrix | None = None
        self.starts: list[int] = []
        self._length = 0

    def add(self, rows: Matrix) -> None:
        self.starts.append(self._length)
        self._length += len(rows)
        self._blocks.append(rows)
        self._matrix = None

    def likeness(self, queries: Matrix) -> Matrix:
        """Dot products, one row a view and one column a query."""
        if self._matrix is None:
            self._matrix = np.concatenate(self._blocks)
            self._blocks = [self._matrix]
        # Not ``@``: for products this small BLAS loses more to waiting for its threads on a busy
        # machine (a time slice, 16 ms) than it gains.
        return np.einsum("vd,qd->vq", self._matrix, queries)

    def of(self, number: int) -> slice:
        """The rows of one memory."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else self._length
        return slice(self.starts[number], end)

    def best(self, likeness: Matrix) -> Matrix:
        """The greatest likeness of each memory, one column a query."""
        return np.maximum.reduceat(likeness, self.starts, axis=0)


class LongTermMemory:
    """The memories of one person, searchable. ``await LongTermMemory.open(…)`` makes one."""

    def __init__(self, story: Story | None, embedder: Embedder, cache: Path | None) -> None:
        self._story = story
        self._embedder = embedder
        self._cache = EmbeddingCache(embedder, cache)
        self._records: list[MemoryRecord] = []
        self._views: list[Views] = []
        self._parts, self._sentences, self._own = _Rows(), _Rows(), _Rows()
        self._told = _Rows()
        self._lines: list[tuple[int, str]] = []
        self._words = WordIndex()

    @classmethod
    async def open(
        cls,
        records: Iterable[MemoryRecord],
        story: Story | None,
        embedder: Embedder,
        cache: Path | None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Self:
        """Embed all memories, or read their embeddings from ``cache`` where it has them.

        ``progress(done, total)`` is called as memories that needed embedding are done.

        Raises:
            ModelError: the embedder failed; what was embedded before is kept in the cache.
            CharacterInvalidError: a record names a paragraph that the story does not have.
        """
        memory = cls(story, embedder, cache)
        await memory._add(list(records), progress)
        return memory

    @property
    def records(self) -> tuple[MemoryRecord, ...]:
        """All memories in the order they were added."""
        return tuple(self._records)

    async def add(self, record: MemoryRecord) -> None:
        """Add a gained memory; it can be recalled at once.

        Raises:
            ModelError: the embedder failed; nothing was added.
            ValueError: a memory of that id is there already.
        """
        await self._add([record], None)

    async def _add(
        self, records: Sequence[MemoryRecord], progress: Callable[[int, int], None] | None
    ) -> None:
        views = [views_of(record, self._story) for record in records]
        matrices = await self._cache.embed([view.texts for view in views], progress)
        known = {record.id for record in self._records}
        for record in records:
            if record.id in known:
                raise ValueError(f"two memories have the id {record.id!r}")
            known.add(record.id)
        for record, view, matrix in zip(records, views, matrices, strict=True):
            row = {text: number for number, text in enumerate(view.texts)}
            self._records.append(record)
            self._views.append(view)
            self._parts.add(matrix[[row[text] for text in view.parts]])
            self._sentences.add(matrix[[row[sentence.text] for sentence in view.sentences]])
            self._own.add(matrix[[row[text] for _, text in view.own]])
            self._told.add(matrix[[row[text] for _, text in view.told]])
            self._lines += [(len(self._records) - 1, text) for _, text in view.told]
            self._words.add(" ".join([*view.parts, record.content, record.summary]))

    def knows(self, word: str) -> bool:
        """Whether a word, whatever its ending, stands in any memory or in what it comes from."""
        return self._words.knows(word)

    def familiarity(self, vectors: Matrix) -> float:
        """How near the nearest sentence of any memory is to any of the vectors (-1 to 1)."""
        if not self._records:
            return 0.0
        near = (self._sentences.likeness(vectors), self._own.likeness(vectors))
        return max(float(likeness.max()) for likeness in near)

    async def recognize(self, text: str, k: int) -> Recognition:
        """How familiar a text is, and the ``k`` sentences of memories that are nearest to it.

        Raises:
            ModelError: the embedder failed.
        """
        if not self._lines or not text.strip():
            return Recognition()
        likeness = self._told.likeness(await self._embedder.embed([text]))[:, 0]
        nearest = [int(row) for row in np.argsort(-likeness, kind="stable")[:k]]
        return Recognition(
            passages=tuple(
                (
                    self._records[self._lines[row][0]],
                    Passage(self._lines[row][1], float(likeness[row])),
                )
                for row in nearest
            ),
            likeness=float(likeness.max()),
            words=float(self._words.likeness(text).max()),
        )

    async def recall(
        self,
        query: str | Sequence[str],
        k: int,
        *,
        now: int | None = None,
        session: str | None = None,
    ) -> list[Recalled]:
        """The ``k`` memories nearest to the query, best first.

        Of several queries each counts by how far a memory stands out among all for it, so that
        every question that has an answer brings it, and small talk beside it brings nothing; the
        score is the memory's best. With ``now`` (a turn of ``session``) memories gained in that
        session have an edge that fades as short-term memory does.

        Raises:
            ModelError: the embedder failed.
        """
        queries = [text for text in ([query] if isinstance(query, str) else query) if text.strip()]
        if not self._records or not queries or k < 1:
            return []
        return self.search(queries, await self._embedder.embed(queries), k, now, session)

    def search(
        self,
        queries: Sequence[str],
        vectors: Matrix,
        k: int,
        now: int | None = None,
        session: str | None = None,
    ) -> list[Recalled]:
        """What ``recall`` does once the queries are embedded: ``vectors`` has a row for each."""
        parts = self._parts.likeness(vectors)
        sentences = self._sentences.likeness(vectors)
        own = self._own.likeness(vectors)
        scores = (
            WEIGHTS["paragraph"] * self._parts.best(parts)
            + WEIGHTS["sentence"] * self._sentences.best(sentences)
            + WEIGHTS["own"] * self._own.best(own)
            + WEIGHTS["words"] * np.stack([self._words.likeness(q) for q in queries], axis=1)
        )
        if now is not None:
            scores += RECENCY * self._recency(now, session)[:, None]
        scores = scores.astype(np.float32)
        order = np.argsort(-_fuse(scores), kind="stable")[:k]
        return [
            self._recalled(int(i), float(scores[i].max()), parts, sentences, own) for i in order
        ]

    def _recency(self, now: int, session: str | None) -> Matrix:
        """Strength in [0, 1] of what this session has said so far; 0 for all else."""
        lately = np.zeros(len(self._records), dtype=np.float32)
        for number, record in enumerate(self._records):
            source = record.source
            if source.turns and source.session == session and max(source.turns) <= now:
                lately[number] = rehearsal.strength(now - max(source.turns), 0)
        return lately

    def _recalled(
        self, number: int, score: float, parts: Matrix, sentences: Matrix, own: Matrix
    ) -> Recalled:
        views = self._views[number]
        part = parts[self._parts.of(number)].max(axis=1)
        sentence = sentences[self._sentences.of(number)].max(axis=1)
        made = own[self._own.of(number)].max(axis=1)
        best: list[tuple[float, ViewName]] = [
            (float(part.max()), "paragraph"),
            (float(sentence.max()), "sentence"),
            (float(made.max()), views.own[int(made.argmax())][0]),
        ]
        ids = views.paragraphs
        likeness = {name: float(near) for (name, _), near in zip(views.own, made, strict=True)}
        return Recalled(
            record=self._records[number],
            score=score,
            paragraphs=tuple(ids[int(i)] for i in np.argsort(-part, kind="stable")) if ids else (),
            view=max(best, key=lambda likeness: likeness[0])[1],
            passages=tuple(Passage(text, likeness[name]) for name, text in views.told),
            part=views.parts[int(part.argmax())],
        )


def _fuse(scores: Matrix) -> Matrix:
    """One number a memory from one column a query: squares of what stands out, summed."""
    if scores.shape[1] == 1:
        return scores[:, 0]
    above = np.clip(scores - np.median(scores, axis=0), 0.0, None)
    return np.square(above).sum(axis=1)
