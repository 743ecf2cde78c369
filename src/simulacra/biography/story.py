"""A life story as paragraphs, chapters and chunks (paper, Sections 3.4 and 4.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

CHUNK_PARAGRAPHS = 2


@dataclass(frozen=True)
class Chapter:
    """A heading and the ids of the first paragraph under it and of the first after it."""

    title: str
    start: int
    end: int


@dataclass(frozen=True)
class Chunk:
    """A run of consecutive paragraphs that becomes one memory."""

    paragraphs: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Story:
    """A life story. Paragraph ids are 0-based and count no headings."""

    paragraphs: tuple[str, ...]
    chapters: tuple[Chapter, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Story:
        """Read ``story.md``: blank lines part paragraphs, ``#`` lines are chapter headings."""
        paragraphs: list[str] = []
        headings: list[tuple[str, int]] = []
        for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip()):
            lines: list[str] = []
            for line in block.splitlines():
                if line.lstrip().startswith("#"):
                    headings.append((re.sub(r"^[#\s]+", "", line).strip(), len(paragraphs)))
                elif line.strip():
                    lines.append(line.strip())
            if lines:
                paragraphs.append(" ".join(lines))
        ends = [start for _, start in headings[1:]] + [len(paragraphs)]
        chapters = tuple(
            Chapter(title, start, end) for (title, start), end in zip(headings, ends, strict=False)
        )
        return cls(tuple(paragraphs), chapters)

    def render(self) -> str:
        """The text of ``story.md``: ``Story.parse(story.render()) == story``."""
        blocks: list[str] = []
        for number in range(len(self.paragraphs) + 1):
            blocks.extend(
                f"# {chapter.title}" for chapter in self.chapters if chapter.start == number
            )
            blocks.extend(self.paragraphs[number : number + 1])
        return "\n\n".join(blocks) + "\n"

    @property
    def words(self) -> int:
        """How many words the story has, headings not counted."""
        return sum(len(paragraph.split()) for paragraph in self.paragraphs)

    def chunks(self, size: int = CHUNK_PARAGRAPHS) -> list[Chunk]:
        """The story in runs of ``size`` paragraphs; the last may be shorter."""
        return [
            Chunk(tuple(ids), "\n\n".join(self.paragraphs[i] for i in ids))
            for start in range(0, len(self.paragraphs), size)
            if (ids := range(start, min(start + size, len(self.paragraphs))))
        ]

    def revised(self, start: int, count: int, new: Sequence[str]) -> Story:
        """The story with ``count`` paragraphs from ``start`` on replaced by ``new`` ones.

        Headings keep their places; what is added at the very end belongs to the last chapter.
        """
        kept = self.paragraphs
        paragraphs = (*kept[:start], *new, *kept[start + count :])
        starts = [_moved(chapter.start, start, count, len(new)) for chapter in self.chapters]
        ends = [*starts[1:], len(paragraphs)]
        chapters = tuple(
            Chapter(chapter.title, first, end)
            for chapter, first, end in zip(self.chapters, starts, ends, strict=False)
        )
        return Story(paragraphs, chapters)

    def excerpt(self, paragraphs: Sequence[int]) -> str:
        """The text of some paragraphs, in the order given."""
        return "\n\n".join(self.paragraphs[i] for i in paragraphs)


def _moved(place: int, start: int, count: int, new: int) -> int:
    """Where a heading before paragraph ``place`` goes when ``count`` from ``start`` become ``new``.

    What is put where a chapter begins belongs to that chapter.
    """
    if place <= start:
        return place
    return place + new - count if place >= start + count else start + min(place - start, new)
