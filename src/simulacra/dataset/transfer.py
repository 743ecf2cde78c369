"""Characters as folders or zip files that go to other places and come back."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from simulacra.characters import (
    Character,
    FileProblemsError,
    Workspace,
    read_character,
    slugify,
    write_character,
)
from simulacra.characters.files import MAX_BYTES
from simulacra.characters.folder import FILES, SHEET
from simulacra.dataset.original import Imported
from simulacra.errors import CharacterError, CharacterExistsError, ImportRejectedError
from simulacra.memory.store import read_memories, render_memories


def export_character(character: Character, to: Path) -> Path:
    """Copy a character's files to ``to`` (a folder, or a file ``….zip``) and return where.

    In a folder that is there already, the character becomes a folder of its slug.

    Raises:
        CharacterExistsError: there is something at that place already.
        CharacterError: it may not be written.
    """
    parts = [character.folder / name for name in FILES if (character.folder / name).is_file()]
    zipped = to.suffix.casefold() == ".zip"
    target = to / character.slug if to.is_dir() and not zipped else to
    if target.exists():
        raise CharacterExistsError(f"{target} exists already.", "Name another place.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as scratch:
            made = Path(scratch) / target.name
            if zipped:
                with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
                    for part in parts:
                        archive.write(part, f"{character.slug}/{part.name}")
            else:
                made.mkdir()
                for part in parts:
                    shutil.copyfile(part, made / part.name)
            made.rename(target)
    except OSError as error:
        raise CharacterError(
            f"{target} can't be written: {error.strerror or error}.",
            "See to free space and permissions.",
        ) from error
    return target


def is_character(path: Path) -> bool:
    """Whether a path is one character of ours: a folder with its sheet, or a zip file."""
    return (path / SHEET).is_file() or path.suffix.casefold() == ".zip"


def import_character(
    path: Path, workspace: Workspace, prefix: str = "", *, replace: bool = False
) -> Imported:
    """Import one exported character, a folder or a zip file, whole or not at all.

    Raises:
        CharacterInvalidError: its files do not validate.
        CharacterExistsError: the workspace has its slug already, and ``replace`` is off.
        ImportRejectedError: the zip file holds no character.
    """
    with _as_folder(path) as folder:
        character = read_character(folder)
        memories = read_memories(character.memories_path)
        stem = character.slug if path.is_dir() else character.name
        slug = slugify(prefix + slugify(stem))
        write_character(
            workspace.path / slug,
            sheet=character.sheet,
            biography=character.biography,
            story_text=character.story_text,
            questionnaire=character.questionnaire,
            memories=render_memories(memories),
            replace=replace,
        )
    return Imported(slug, character.name)


@contextmanager
def _as_folder(path: Path) -> Generator[Path]:
    """The folder itself, or a passing one with the known files of a zip; others are not read."""
    if path.is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    name = Path(member.filename).name
                    if name not in FILES or member.is_dir():
                        continue
                    if member.file_size > MAX_BYTES or (Path(scratch) / name).exists():
                        raise ImportRejectedError(
                            f"{path}: {member.filename} is too large, or there are two of it.",
                            "Import one character at a time.",
                        )
                    with archive.open(member) as data:
                        (Path(scratch) / name).write_bytes(data.read(MAX_BYTES + 1))
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise ImportRejectedError(
                f"{path} can't be read as a zip file: {error}.", "Export or fetch it again."
            ) from error
        if not (Path(scratch) / SHEET).is_file():
            raise ImportRejectedError(f"{path} holds no {SHEET}.", "Name an exported character.")
        try:
            yield Path(scratch)
        except FileProblemsError as error:
            raise ImportRejectedError(
                f"In {path}: {error.what.replace(scratch + '/', '')}", error.mend
            ) from error
