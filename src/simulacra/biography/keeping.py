"""Where a biography is kept: in its place, or as a draft for a person to decide on."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from simulacra.biography.writing import DRAFT
from simulacra.characters import Character, locked, read_text, write_file
from simulacra.characters.folder import BIOGRAPHY, SHEET
from simulacra.errors import RevisionStaleError


def keep_biography(character: Character, text: str) -> Path | None:
    """Make a text the biography; the draft goes, and the one before is kept beside it.

    Returns:
        Where the one before is kept; ``None`` where there was none.

    Raises:
        CharacterError: the disk is full or the folder may not be written.
    """
    with locked(character.folder / SHEET):
        return _kept(character, text)


def change_biography(character: Character, text: str, before: str) -> Path | None:
    """Make a text the biography if it still is what whoever wrote the text has seen.

    Raises:
        RevisionStaleError: it is another one by now.
        CharacterError: the disk is full or the folder may not be written.
    """
    with locked(character.folder / SHEET):
        if _there(character).split() != before.split():
            raise RevisionStaleError(
                f"The biography of {character.name} was changed by somebody else meanwhile.",
                "Look at it as it is now, and keep yours again if it shall stand in its place.",
            )
        return _kept(character, text) if text.strip() != before.strip() else None


def keep_draft(character: Character, text: str) -> Path:
    """Put a text where biographies wait for a person to decide on them."""
    path = character.folder / DRAFT
    write_file(path, f"{text.strip()}\n")
    return path


def draft_of(character: Character) -> str:
    """The biography that waits; empty where none does."""
    path = character.folder / DRAFT
    return read_text(path) if path.exists() else ""


def _kept(character: Character, text: str) -> Path | None:
    path, old = character.folder / BIOGRAPHY, _there(character)
    kept = None
    if old.strip():
        free = (character.folder / f"biography.old-{number}.md" for number in count(1))
        kept = next(path for path in free if not path.exists())
        write_file(kept, old)
    write_file(path, f"{text.strip()}\n")
    (character.folder / DRAFT).unlink(missing_ok=True)
    return kept


def _there(character: Character) -> str:
    path = character.folder / BIOGRAPHY
    return read_text(path) if path.exists() else ""
