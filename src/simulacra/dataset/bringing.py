"""Whatever holds people, brought into the workspace: a character, a card, or the original's set."""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath

from simulacra.characters import Workspace
from simulacra.characters.files import MAX_BYTES
from simulacra.characters.folder import SHEET
from simulacra.dataset.original import ImportReport, import_original
from simulacra.dataset.original_files import find_root
from simulacra.dataset.transfer import MAX_ARCHIVE, MAX_MEMBERS, import_character, is_character
from simulacra.errors import ImportRejectedError

MAX_UNPACKED = 100_000_000
"""Bytes that a packed data set may have unpacked; the original's six people have 2,000,000."""
KINDS = (".json", ".txt")
"""What the original's layout is made of; nothing else is unpacked."""


def bring(
    path: Path, workspace: Workspace, prefix: str = "", *, replace: bool = False
) -> ImportReport:
    """Import all the people of a folder, a zip file or a card, each whole or not at all.

    A zip file without ``character.yaml`` is taken for the original's layout, packed.

    Raises:
        SimulacraError: nothing could be imported; the workspace is as it was.
    """
    if path.suffix.casefold() == ".zip" and not _holds_sheet(path):
        with tempfile.TemporaryDirectory() as scratch:
            _unpack(path, Path(scratch))
            root = _root_in(path, Path(scratch))
            return import_original(root, workspace, prefix, replace=replace)
    if is_character(path):
        return ImportReport((import_character(path, workspace, prefix, replace=replace),), ())
    return import_original(path, workspace, prefix, replace=replace)


def _root_in(path: Path, unpacked: Path) -> Path:
    """Where the original's layout is: at the top, or in the one folder that was packed."""
    inside = [folder for folder in unpacked.iterdir() if folder.is_dir()]
    for folder in (unpacked, *(inside if len(inside) == 1 else ())):
        with suppress(ImportRejectedError):
            return find_root(folder)
    raise ImportRejectedError(
        f"{path} holds no {SHEET}, and no data set in the original's layout.",
        "Name an exported character, a card, or the packed folder LLMP/Characters.",
    )


def _holds_sheet(path: Path) -> bool:
    """Whether a zip file has a sheet; one that can't be read is left to the importer."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[: MAX_MEMBERS + 1]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True
    return any(PurePosixPath(name.replace("\\", "/")).name == SHEET for name in names)


def _unpack(path: Path, into: Path) -> None:
    """Unpack the texts of a zip file, and nothing that leads out of the folder or is too large.

    Raises:
        ImportRejectedError: it is damaged, too large, or made to do harm.
    """

    def rejected(what: str, mend: str = "Pack the folder LLMP/Characters.") -> ImportRejectedError:
        return ImportRejectedError(f"{path}: {what}", mend)

    left = MAX_UNPACKED
    try:
        if path.stat().st_size > MAX_ARCHIVE:
            raise rejected(f"more than {MAX_ARCHIVE:,} bytes are no data set of people.")
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise rejected(f"{len(members):,} files are no data set of people.")
            for member in members:
                place = PurePosixPath(member.filename.replace("\\", "/"))
                if place.is_absolute() or ".." in place.parts or any(":" in p for p in place.parts):
                    raise rejected(f"{member.filename!r} leads out of the archive.")
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise rejected(f"{member.filename} is a link.", "Pack the file itself.")
                if member.is_dir() or place.suffix.casefold() not in KINDS:
                    continue
                with archive.open(member) as data:
                    text = data.read(MAX_BYTES + 1)
                left -= len(text)
                if len(text) > MAX_BYTES or left < 0:
                    raise rejected(f"{member.filename} is too large unpacked.")
                target = into / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text)
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
            f"{path} can't be unpacked: {error}.", "Export or fetch it again."
        ) from error
