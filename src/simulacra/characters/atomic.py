"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from simulacra.errors import CharacterError, CharacterExistsError


def _write(path: Path, text: str) -> None:
    with path.open("wb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def _failed(path: Path, error: OSError) -> CharacterError:
    return CharacterError(
        f"{path} can't be written: {error.strerror or error}. What was there is untouched.",
        "See to free space and permissions, then try again.",
    )


def write_file(path: Path, text: str) -> None:
    """Write a text file as UTF-8: after a crash it is the old one or the new one, whole.

    Raises:
        CharacterError: the disk is full or the folder may not be written.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _write(new, text)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise _failed(path, error) from error


def write_folder(folder: Path, texts: Mapping[str, str], *, replace: bool = False) -> None:
    """Write a folder of text files beside its place, then rename it there.

    Raises:
        CharacterExistsError: the folder is there already and ``replace`` is off.
        CharacterError: the disk is full or the parent may not be written.
    """
    if not replace and (folder.exists() or folder.is_symlink()):
        raise CharacterExistsError(
            f"{folder} exists already.", "Choose another name or prefix, or replace it."
        )
    scratch: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name[:20]}-", dir=folder.parent))
        new, old = scratch / "new", scratch / "old"
        new.mkdir()
        for name, text in texts.items():
            _write(new / name, text)
        if folder.exists() or folder.is_symlink():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    except OSError as error:
        raise _failed(folder, error) from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder at one stroke; of a link to a folder only the link.

    Raises:
        CharacterError: it may not be removed.
    """
    try:
        if folder.is_symlink():
            folder.unlink()
            return
        scratch = Path(tempfile.mkdtemp(prefix=".deleted-", dir=folder.parent))
        try:
            folder.rename(scratch / folder.name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise CharacterError(
            f"{folder} can't be removed: {error.strerror or error}.", "See to its permissions."
        ) from error
