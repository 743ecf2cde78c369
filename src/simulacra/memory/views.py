"""The views of a memory: the texts by which it is found (paper, Section 4.1).

A memory is found by the paragraphs it was made from, by the sentences of them, and by what the
agents made of it: content, thought, emotion, summary. A memory without a story behind it (gained
in a conversation) is its own source: its content takes the place of the paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simulacra.biography import sentences
from simulacra.biography.story import Story
from simulacra.errors import CharacterInvalidError
from simulacra.memory.record import MemoryRecord

ViewName = Literal["paragraph", "sentence", "content", "thought", "emotion", "summary"]


@dataclass(frozen=True)
class Sentence:
    """A sentence of a memory's source and the number of its paragraph within the memory."""

    text: str
    part: int


@dataclass(frozen=True)
class Views:
    """The texts of one memory. ``paragraphs`` are the story's ids of ``parts``, if it has any."""

    parts: tuple[str, ...]
    paragraphs: tuple[int, ...]
    sentences: tuple[Sentence, ...]
    own: tuple[tuple[ViewName, str], ...]

    @property
    def told(self) -> tuple[tuple[ViewName, str], ...]:
        """The memory as its owner tells it: the sentences of content and thought, with the view."""
        return (
            tuple(
                (name, sentence)
                for name, text in self.own
                if name in ("content", "thought")
                for sentence in sentences(text)
            )
            or self.own
        )

    @property
    def texts(self) -> list[str]:
        """Each text once, for embedding."""
        found = (*self.parts, *(s.text for s in self.sentences))
        return list(dict.fromkeys((*found, *(text for _, text in (*self.own, *self.told)))))


def views_of(record: MemoryRecord, story: Story | None) -> Views:
    """The views of a memory; without a story only what the record itself says.

    Raises:
        CharacterInvalidError: the record names a paragraph that the story does not have.
    """
    paragraphs = record.source.paragraphs if story else ()
    if story and (beyond := [i for i in paragraphs if not 0 <= i < len(story.paragraphs)]):
        raise CharacterInvalidError(
            f"The memory {record.id!r} comes from paragraph {beyond[0]}, but the story has only "
            f"{len(story.paragraphs)} (counted from 0).",
            "Build the memories anew: simulacra memory build NAME.",
        )
    parts = tuple(story.paragraphs[i] for i in paragraphs) if story and paragraphs else ()
    parts = parts or (record.content or record.summary,)
    own: list[tuple[ViewName, str]] = [
        ("content", record.content),
        ("thought", record.thought),
        ("emotion", record.emotion),
        ("summary", record.summary),
    ]
    return Views(
        parts,
        paragraphs,
        tuple(Sentence(text, part) for part, whole in enumerate(parts) for text in sentences(whole))
        or (Sentence("", 0),),
        tuple((name, text) for name, text in own if text) or (("summary", ""),),
    )
