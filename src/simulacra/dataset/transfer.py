"""Characters as folders, zip files and cards that go to other places and come back."""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from simulacra.characters import Character, Workspace
from simulacra.characters.files import MAX_BYTES
from simulacra.characters.folder import SHEET
from simulacra.dataset.card_writing import STAYS
from simulacra.dataset.cards import CARDS, Card, Spec, card_file, read_card
from simulacra.dataset.original import Imported
from simulacra.dataset.texts import CARRIED, settle, texts_of
from simulacra.errors import CharacterError, CharacterExistsError, ImportRejectedError

MAX_ARCHIVE = 50_000_000
"""No zip file of a character is larger; that of a whole life has about 100,000 bytes."""
MAX_MEMBERS = 1_000


def export_character(character: Character, to: Path, card: Spec = "v2") -> Path:
    """Copy a character to ``to``: a folder, a zip file, or a card (JSON or PNG) of a version.

    In a folder that is there already, the character becomes a folder of its slug.

    Raises:
        CharacterExistsError: there is something at that place already.
        CharacterError: it may not be written.
    """
    ending = to.suffix.casefold()
    filed = ending == ".zip" or ending in CARDS
    target = to / character.slug if to.is_dir() and not filed else to
    if target.exists() or target.is_symlink():
        raise CharacterExistsError(f"{target} exists already.", "Name another place.")
    texts = texts_of(character.folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as scratch:
            made = Path(scratch) / target.name
            if ending in CARDS:
                made.write_bytes(card_file(character, texts, card, ending))
            elif ending == ".zip":
                with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
                    for name in texts:
                        archive.write(character.folder / name, f"{character.slug}/{name}")
            else:
                made.mkdir()
                for name in texts:
                    shutil.copyfile(character.folder / name, made / name)
            made.rename(target)
    except OSError as error:
        raise CharacterError(
            f"{target} can't be written: {error.strerror or error}.",
            "See to free space and permissions.",
        ) from error
    return target


def stays_behind(target: Path) -> str:
    """What an export to this place does not hold, in a sentence."""
    if target.suffix.casefold() in CARDS:
        return STAYS
    return "Conversations and what was measured stay here."


def is_character(path: Path) -> bool:
    """Whether a path is one character: a folder with a sheet, a zip file, or a card."""
    return (path / SHEET).is_file() or path.suffix.casefold() in (".zip", *CARDS)


def import_character(
    path: Path, workspace: Workspace, prefix: str = "", *, replace: bool = False
) -> Imported:
    """Import one character from a folder, a zip file or a card, whole or not at all.

    Whatever is raised, nothing has changed.

    Raises:
        CharacterExistsError: the workspace has its slug already, and ``replace`` is off.
        CharacterInvalidError: a file of the folder does not validate.
        ImportRejectedError: it can't be read, or holds no character.
    """
    name: str | None = None
    card: Card | None = None
    if path.is_dir():
        texts, name = texts_of(path), path.resolve().name
    elif path.suffix.casefold() in CARDS:
        card = read_card(path)
        texts = card.texts
    else:
        texts = _unzipped(path)
    character = settle(texts, workspace, origin=path, name=name, prefix=prefix, replace=replace)
    notes = card.notes if card else ()
    if card and (changed := card.changed_elsewhere(character)):
        notes += (f"changed by another program, and not taken over: {', '.join(changed)}",)
    return Imported(character.slug, character.name, notes)


def _unzipped(path: Path) -> dict[str, str]:
    """The texts of the files of a character in a zip file; others in it are not read.

    Raises:
        ImportRejectedError: it is no zip file, is damaged, too large, or made to do harm.
    """

    def rejected(what: str, mend: str = "Import one character at a time.") -> ImportRejectedError:
        return ImportRejectedError(f"{path}: {what}", mend)

    texts: dict[str, str] = {}
    try:
        if path.stat().st_size > MAX_ARCHIVE:
            raise rejected(f"more than {MAX_ARCHIVE:,} bytes are no character.")
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise rejected(f"{len(members):,} files are no character.")
            for member in members:
                place = PurePosixPath(member.filename.replace("\\", "/"))
                if place.is_absolute() or ".." in place.parts or any(":" in p for p in place.parts):
                    raise rejected(f"{member.filename!r} leads out of the archive.")
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise rejected(f"{member.filename} is a link.", "Pack the file itself.")
                if member.is_dir() or place.name not in CARRIED:
                    continue
                if place.name in texts:
                    raise rejected(f"there are two of {place.name}.")
                with archive.open(member) as data:
                    read = data.read(MAX_BYTES + 1)
                if len(read) > MAX_BYTES:
                    raise rejected(f"{member.filename} has more than {MAX_BYTES:,} bytes.")
                texts[place.name] = read.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise rejected(f"a file in it is no UTF-8: {error.reason}.", "Export it again.") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise ImportRejectedError(
            f"{path} can't be read as a zip file: {error}.", "Export or fetch it again."
        ) from error
    return texts
