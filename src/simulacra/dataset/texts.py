"""A character as the texts of its files: read with care, checked whole, written whole."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace as replaced
from pathlib import Path

from simulacra.biography import read_history, read_ledger
from simulacra.biography.desk import HISTORY
from simulacra.biography.ledger import LEDGER
from simulacra.characters import (
    Character,
    FileProblemsError,
    Workspace,
    read_character,
    read_text,
    slugify,
)
from simulacra.characters.atomic import write_folder
from simulacra.characters.folder import FILES, SHEET
from simulacra.dataset.expectations import EXPECTATIONS, read_expectations
from simulacra.errors import ImportRejectedError
from simulacra.memory.store import read_memories

CARRIED = (*FILES, LEDGER, EXPECTATIONS, HISTORY)
"""Every file of a character that goes with it; locks and unfinished work stay behind."""


def texts_of(folder: Path) -> dict[str, str]:
    """The texts of a character's files, by name, those that are there.

    Raises:
        FileProblemsError: a file is too large, or no UTF-8.
        ImportRejectedError: a file is a link: it could lead anywhere.
    """
    there = [folder / name for name in CARRIED if (folder / name).is_symlink()]
    if there:
        raise ImportRejectedError(f"{there[0]} is a link.", "Put the file itself in its place.")
    return {name: read_text(folder / name) for name in CARRIED if (folder / name).is_file()}


def settle(
    texts: Mapping[str, str],
    workspace: Workspace,
    *,
    origin: Path,
    name: str | None = None,
    prefix: str = "",
    replace: bool = False,
) -> Character:
    """Put a character of these texts in the workspace, as they are, if every file validates.

    Otherwise the workspace is as it was.

    The slug is that of ``name``, else of the full name. ``origin`` is named in errors.

    Raises:
        FileProblemsError: ``origin`` is a folder, and a file in it does not validate.
        ImportRejectedError: a file from elsewhere does not, or is missing.
        CharacterExistsError: the workspace has its slug already, and ``replace`` is off.
        CharacterError: it may not be written.
    """
    if SHEET not in texts:
        raise ImportRejectedError(f"{origin} holds no {SHEET}.", "Name an exported character.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "character"
        try:
            write_folder(folder, texts)
            draft = read_character(folder)
            read_memories(draft.memories_path)
            read_ledger(draft)
            read_history(draft)
            read_expectations(draft)
        except FileProblemsError as error:
            if origin.is_dir():
                there = [replaced(p, file=origin / p.file.name) for p in error.problems]
                raise FileProblemsError(there) from error
            raise ImportRejectedError(
                f"In {origin}: {error.what.replace(f'{folder}/', '')}", error.mend
            ) from error
    slug = slugify(prefix + slugify(name or draft.name))
    write_folder(workspace.path / slug, texts, replace=replace)
    return read_character(workspace.path / slug)
