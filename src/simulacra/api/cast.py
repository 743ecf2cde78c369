"""The characters of a workspace, read once and again when their files change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from simulacra.api.kept import Kept
from simulacra.biography import Story
from simulacra.biography.ledger import LEDGER, Ledger, read_ledger
from simulacra.characters import Character, Workspace, read_character
from simulacra.characters.folder import FILES, SHEET
from simulacra.errors import CharacterInvalidError
from simulacra.memory import MemoryRecord, memories_of
from simulacra.memory.lexical import WordIndex
from simulacra.settings import Settings

Stamp = tuple[str, tuple[tuple[int, int], ...]]
"""A folder, and when each of its files was written and how long it is."""


@dataclass(frozen=True)
class Everybody:
    """All characters by slug, and why some can't be read."""

    people: tuple[Character, ...]
    broken: tuple[CharacterInvalidError, ...] = ()


class Cast:
    """Reads characters in threads and keeps them; shipped ones and one's own."""

    def __init__(self, settings: Settings, most: int = 256) -> None:
        self.workspace = Workspace.find(settings)
        self._read: Kept[Character] = Kept(most)
        self._memories: Kept[tuple[MemoryRecord, ...]] = Kept(most)
        self._words: Kept[WordIndex] = Kept(most)
        self._ledgers: Kept[Ledger] = Kept(most)

    async def everybody(self) -> Everybody:
        """All that can be read, and what is wrong with the others."""
        people: list[Character] = []
        broken: list[CharacterInvalidError] = []
        for folder in (await asyncio.to_thread(self.workspace.folders)).values():
            try:
                people.append(await self._of(folder))
            except CharacterInvalidError as error:
                broken.append(error)
        return Everybody(tuple(people), tuple(broken))

    async def warm(self) -> None:
        """Read everybody, so that the first to ask does not have to wait for it."""
        for character in (await self.everybody()).people:
            with suppress(CharacterInvalidError):
                await self.memories(character)

    async def get(self, name: str) -> Character:
        """The character of a slug or a full name.

        Raises:
            CharacterNotFoundError: there is none; a near miss is named.
            CharacterInvalidError: its files do not validate.
        """
        return await self._of(await asyncio.to_thread(self._folder, name))

    async def memories(self, character: Character) -> tuple[MemoryRecord, ...]:
        """A character's long-term memories, in the order of the file.

        Raises:
            CharacterInvalidError: they do not validate.
        """

        async def read() -> tuple[MemoryRecord, ...]:
            return tuple(await asyncio.to_thread(memories_of, character))

        return await self._memories.get(self.stamp(character), read)

    async def words(self, character: Character) -> WordIndex:
        """The words of a character's memories, in the order of the file: search without a model.

        Raises:
            CharacterInvalidError: the memories do not validate.
        """
        records = await self.memories(character)

        async def make() -> WordIndex:
            return await asyncio.to_thread(_indexed, records)

        return await self._words.get(self.stamp(character), make)

    async def ledger(self, character: Character) -> Ledger:
        """What a character's life story has settled, with what the sheet says.

        Raises:
            CharacterInvalidError: the file does not validate.
        """

        async def read() -> Ledger:
            return await asyncio.to_thread(read_ledger, character)

        return await self._ledgers.get(_stamp(character.folder, (SHEET, LEDGER)), read)

    def story(self, character: Character) -> Story:
        """A character's life story, in paragraphs and chapters."""
        return _story(character.story_text)

    def stamp(self, character: Character) -> Stamp:
        """What changes when a file of the character does."""
        return _stamp(character.folder)

    def _folder(self, name: str) -> Path:
        folders = self.workspace.folders()
        return folders[name] if name in folders else self.workspace.folder_of(name)

    async def _of(self, folder: Path) -> Character:
        async def read() -> Character:
            shipped = folder.parent == self.workspace.shipped
            return await asyncio.to_thread(read_character, folder, shipped)

        return await self._read.get(await asyncio.to_thread(_stamp, folder), read)


@lru_cache(maxsize=256)
def _story(text: str) -> Story:
    return Story.parse(text)


def _indexed(records: Iterable[MemoryRecord]) -> WordIndex:
    index = WordIndex()
    for record in records:
        parts = (*record.participants, record.scene, record.summary, record.content)
        index.add(" ".join((*parts, record.thought, record.emotion)))
    return index


def _stamp(folder: Path, names: Iterable[str] = FILES) -> Stamp:
    written: list[tuple[int, int]] = []
    for name in names:
        try:
            stat = (folder / name).stat()
            written.append((stat.st_mtime_ns, stat.st_size))
        except OSError:
            written.append((0, -1))
    return str(folder), tuple(written)
