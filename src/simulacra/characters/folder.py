"""A character is a folder that a person can read: reading and writing one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from simulacra.characters.atomic import write_folder
from simulacra.characters.files import FileProblemsError, Problem, read_text
from simulacra.characters.profile import CharacterSheet, Profile
from simulacra.characters.questionnaire import Questionnaire
from simulacra.characters.yaml_files import dump_yaml, read_yaml
from simulacra.errors import CharacterError

SHEET = "character.yaml"
BIOGRAPHY = "biography.md"
STORY = "story.md"
MEMORIES = "memories.jsonl"
QUESTIONNAIRE = "questionnaire.yaml"
FILES = (SHEET, BIOGRAPHY, STORY, MEMORIES, QUESTIONNAIRE)


@dataclass(frozen=True)
class Character:
    """A character's folder, read. Biography and story are empty where they are not written yet."""

    slug: str
    folder: Path
    shipped: bool
    sheet: CharacterSheet
    biography: str
    story_text: str
    questionnaire: Questionnaire | None

    @property
    def name(self) -> str:
        """The full name."""
        return self.sheet.profile.name

    @property
    def profile(self) -> Profile:
        """The eleven attributes."""
        return self.sheet.profile

    def require_own(self) -> None:
        """Raise ``CharacterError`` where the character is shipped, and so must not be changed."""
        if self.shipped:
            raise CharacterError(
                f"{self.name} is shipped with the program and is not changed.",
                "Make your own copy: "
                f"simulacra characters export {self.slug} --to characters/{self.slug}",
            )

    @property
    def memories_path(self) -> Path:
        """Where the long-term memories are; ``simulacra.memory`` reads them."""
        return self.folder / MEMORIES


def read_character(folder: Path, shipped: bool = False) -> Character:
    """Read a character's folder; only ``character.yaml`` must be there.

    Raises:
        CharacterInvalidError: a file does not validate; the message names file, line and mend.
    """
    return Character(
        slug=folder.name,
        folder=folder,
        shipped=shipped,
        sheet=read_yaml(folder / SHEET, CharacterSheet),
        biography=_text_if_there(folder / BIOGRAPHY),
        story_text=_text_if_there(folder / STORY),
        questionnaire=(
            read_yaml(folder / QUESTIONNAIRE, Questionnaire)
            if (folder / QUESTIONNAIRE).exists()
            else None
        ),
    )


def problems_in(folder: Path) -> list[Problem]:
    """Every problem of format in a character's folder, the memories aside."""
    problems: list[Problem] = []
    readers: tuple[tuple[str, Callable[[Path], object]], ...] = (
        (SHEET, partial(read_yaml, model=CharacterSheet)),
        (BIOGRAPHY, read_text),
        (STORY, read_text),
        (QUESTIONNAIRE, partial(read_yaml, model=Questionnaire)),
    )
    for name, read in readers:
        if name == SHEET or (folder / name).exists():
            try:
                read(folder / name)
            except FileProblemsError as error:
                problems.extend(error.problems)
    return problems


def write_character(
    folder: Path,
    *,
    sheet: CharacterSheet,
    biography: str = "",
    story_text: str = "",
    questionnaire: Questionnaire | None = None,
    memories: str = "",
    replace: bool = False,
) -> Character:
    """Write a character's folder, all or nothing, and return it as read back.

    ``memories`` is the text of ``memories.jsonl``; empty parts make no file.

    Raises:
        CharacterExistsError: the folder is there already and ``replace`` is off.
        CharacterError: the disk is full or the folder may not be written.
    """
    texts = {
        SHEET: dump_yaml(sheet),
        BIOGRAPHY: biography,
        STORY: story_text,
        MEMORIES: memories,
        QUESTIONNAIRE: dump_yaml(questionnaire) if questionnaire else "",
    }
    write_folder(folder, {name: text for name, text in texts.items() if text}, replace=replace)
    return read_character(folder)


def _text_if_there(path: Path) -> str:
    return read_text(path) if path.exists() else ""
