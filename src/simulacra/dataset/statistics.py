"""The quality of whole sets of characters, read and measured, ours beside others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulacra.biography import Story, read_ledger
from simulacra.biography.ledger import LEDGER
from simulacra.characters import Character, Workspace, read_character
from simulacra.characters.folder import SHEET
from simulacra.dataset.quality import Quality, measure, together
from simulacra.errors import CharacterNotFoundError
from simulacra.inference import EmbeddingCache
from simulacra.memory import memories_of


@dataclass(frozen=True)
class Measured:
    """One character with what Table 1 of the paper says of it, and its quality."""

    slug: str
    age: int
    gender: str
    occupation: str
    quality: Quality

    def row(self) -> dict[str, Any]:
        """Everything by name."""
        facts = {"age": self.age, "gender": self.gender, "occupation": self.occupation}
        return {"slug": self.slug, **facts, **self.quality.row()}


@dataclass(frozen=True)
class MeasuredSet:
    """A set of characters, each measured, and the set as a whole."""

    title: str
    characters: tuple[Measured, ...]

    @property
    def total(self) -> Quality:
        """The set as a whole."""
        return together("all", [measured.quality for measured in self.characters])

    def as_json(self) -> dict[str, Any]:
        """The rows of the characters, and of the whole."""
        rows = [measured.row() for measured in self.characters]
        return {"title": self.title, "characters": rows, "total": self.total.row()}


async def measured(
    title: str, characters: Sequence[Character], cache: EmbeddingCache
) -> MeasuredSet:
    """Measure characters, youngest first as in the paper.

    Raises:
        CharacterInvalidError: memories or ledger of one do not validate.
        ModelError: the embedder failed.
    """
    inorder = sorted(characters, key=lambda c: (c.profile.age, c.slug))
    return MeasuredSet(title, tuple([await _measured(character, cache) for character in inorder]))


async def _measured(character: Character, cache: EmbeddingCache) -> Measured:
    story = Story.parse(character.story_text)
    (vectors,) = await cache.embed([story.paragraphs])
    settled = (character.folder / LEDGER).exists()
    quality = measure(
        character.name,
        story,
        vectors,
        memories=len(memories_of(character)),
        events=len(read_ledger(character).events) if settled else 0,
    )
    profile = character.profile
    return Measured(character.slug, profile.age, profile.gender, profile.occupation.title, quality)


def others(beside: str, workspace: Workspace) -> list[Character]:
    """The characters in a folder of characters, or those whose slug begins with a prefix.

    Raises:
        CharacterNotFoundError: there are none.
        CharacterInvalidError: one does not validate.
    """
    folder = Path(beside)
    if folder.is_dir():
        found = [read_character(f) for f in sorted(folder.iterdir()) if (f / SHEET).is_file()]
    else:
        named = (f for slug, f in workspace.folders().items() if slug.startswith(beside))
        found = [read_character(f) for f in named]
    if not found:
        raise CharacterNotFoundError(
            f"{beside!r} is no folder of characters, and no slug begins with it.",
            "See: simulacra characters list",
        )
    return found


def shipped_characters(workspace: Workspace) -> list[Character]:
    """The characters of the data set itself, whatever hides them in the workspace.

    Raises:
        CharacterInvalidError: one does not validate.
    """
    folders = sorted(f for f in workspace.shipped.iterdir() if (f / SHEET).is_file())
    return [read_character(folder, shipped=True) for folder in folders]


_ONE = {
    "age": "age",
    "gender": "gender",
    "occupation": "occupation",
    "words": "words",
    "paragraphs": "paragraphs",
    "chapters": "chapters",
    "memories": "memories",
    "events": "dated facts",
}
_TWO = {
    "exact_duplicates": "exact duplicates",
    "near_duplicates": "near-duplicates",
    "leftovers": "leftovers",
    "cut_off": "cut off",
    "headings": "headings in text",
    "mattr": "MATTR",
    "mtld": "MTLD",
    "phrases_per_1000": "repeated phrases",
    "names_per_1000": "names",
    "concrete_per_1000": "concrete nouns",
    "filler_per_1000": "filler",
}
TABLES = (_ONE, _TWO)
"""What each of the two tables shows: key → head."""


def markdown(sets: Sequence[MeasuredSet], tables: Sequence[dict[str, str]] = TABLES) -> str:
    """The sets under each other, in one Markdown table for each of ``tables``."""
    parts: list[str] = []
    for heads in tables:
        lines = [_line(["character", *heads.values()]), _line(["---", *["---:"] * len(heads)])]
        for one in sets:
            rows = [measured.row() for measured in one.characters]
            whole = one.total.row() | {"name": f"**{one.title}: all {len(rows)}**"}
            for row in (*rows, whole):
                lines.append(_line([row["name"], *(_shown(row.get(key, "")) for key in heads)]))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
