"""Weights on disk: fetched once, verified before use, shared by all processes of a user."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simulacra.errors import WeightsError
from simulacra.inference.catalog import Entry, WeightsFile, catalog

if TYPE_CHECKING:
    from simulacra.settings import Settings

CHUNK = 1 << 20
SPARE_BYTES = 50_000_000
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_RECORD = ".verified.json"


def folder_of(name: str, settings: Settings) -> Path:
    """Return the folder of a model's weights; it need not exist.

    Raises:
        WeightsError: the name can't be that of a folder.
    """
    if not _NAME.fullmatch(name):
        raise WeightsError(
            f"{name!r} can't name weights.", "Use letters, digits, dots, hyphens and underscores."
        )
    return settings.cache / "weights" / name


def installed(name: str, settings: Settings) -> list[Path]:
    """Return the files of a model that are there in full size; all or none of a catalog entry."""
    folder = folder_of(name, settings)
    if entry := catalog().get(name):
        paths = [folder / file.name for file in entry.files]
        sizes = [file.bytes for file in entry.files]
        there = all(
            path.is_file() and path.stat().st_size == size
            for path, size in zip(paths, sizes, strict=True)
        )
        return paths if there else []
    return sorted(path for path in folder.glob("*.gguf") if path.is_file())


def ensure(name: str, settings: Settings) -> list[Path]:
    """Return a model's files, fetched if need be, each with the right sha256.

    Raises:
        WeightsError: unknown name, no network, disk full, wrong sha256.
    """
    entry = catalog().get(name)
    if entry is None:
        if paths := installed(name, settings):
            return paths
        raise WeightsError(
            f"No weights are known as {name!r}.",
            f"Known: {', '.join(catalog())}; or embedded:/path/to/file.gguf; "
            f"or fetch them: simulacra models pull {name} --from URL --sha256 HASH.",
        )
    return ensure_entry(name, entry, folder_of(name, settings))


def ensure_entry(name: str, entry: Entry, folder: Path) -> list[Path]:
    """Like ``ensure``, for an entry that need not be in the catalog."""
    paths = [folder / file.name for file in entry.files]
    if not all(is_verified(path, file) for path, file in zip(paths, entry.files, strict=True)):
        from simulacra.inference.fetch import fetch_wheels

        with disk_errors(folder), locked(folder):
            for path, file in zip(paths, entry.files, strict=True):
                if not is_verified(path, file) and not verify(path, file):
                    fetch_wheels(name, file, path)
    return paths


def pull_from(name: str, url: str, sha256: str, settings: Settings) -> Path:
    """Fetch a file of a model from an address, resuming what was begun; return where it is.

    The sha256 of the catalog is asked for, or the one given, which any other name needs.

    Raises:
        WeightsError: no sha256, no such file, no network, disk full, wrong sha256.
    """
    from simulacra.inference.fetch import fetch_url

    folder, entry = folder_of(name, settings), catalog().get(name)
    if entry is None:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise WeightsError(
                f"{name!r} is not in the catalog: nobody knows what the file must be.",
                "Say it with --sha256 HASH (64 hexadecimal digits).",
            )
        path = folder / f"{name}.gguf"
    else:
        named = [file for file in entry.files if url.endswith(file.name)] or list(entry.files)
        if len(named) > 1:
            raise WeightsError(
                f"{name} has several files, and the address names none of them.",
                "End it in one of " + ", ".join(file.name for file in named) + ".",
            )
        path, sha256 = folder / named[0].name, sha256 or named[0].sha256
        if sha256 != named[0].sha256:
            raise WeightsError(
                f"The catalog has another sha256 for {name}.", "Pull it under another name."
            )
    with disk_errors(folder), locked(folder):
        fetch_url(name, url, path, sha256)
    return path


def is_verified(path: Path, file: WeightsFile) -> bool:
    """Whether the file was verified before and has not been touched since: needs no hashing."""
    try:
        stat = path.stat()
    except OSError:
        return False
    return _records(path.parent).get(path.name) == [file.sha256, stat.st_size, stat.st_mtime_ns]


def verify(path: Path, file: WeightsFile) -> bool:
    """Hash a file that is there and remember a right result; a wrong one is removed."""
    if not path.is_file():
        return False
    if path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
        path.unlink()
        return False
    remember(path, file.sha256)
    return True


def remember(path: Path, sha256: str) -> None:
    """Note that the file was verified as it is now."""
    stat = path.stat()
    records = {**_records(path.parent), path.name: [sha256, stat.st_size, stat.st_mtime_ns]}
    temporary = path.with_name(_RECORD + ".new")
    temporary.write_text(json.dumps(records), encoding="utf-8")
    temporary.replace(path.with_name(_RECORD))


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def need_space(folder: Path, needed: int) -> None:
    """Check that a file system has room for that many bytes and a little more.

    Raises:
        WeightsError: it has not.
    """
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise WeightsError(
            f"The weights need {(needed + SPARE_BYTES) / 1e6:,.0f} MB in {folder}, "
            f"but only {free / 1e6:,.0f} MB are free.",
            "Free some space, or put the cache elsewhere with SIMULACRA_CACHE.",
        )


@contextmanager
def disk_errors(folder: Path) -> Generator[None]:
    """Turn what a file system refuses into a ``WeightsError``."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WeightsError(
                f"The disk of {folder} is full: the weights are not complete.",
                "Free some space and repeat the command: finished parts are kept.",
            ) from error
        raise WeightsError(
            f"The weights can't be stored in {folder}: {error}.",
            "Mend that, or put the cache elsewhere with SIMULACRA_CACHE.",
        ) from error


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold the folder for this process; another one waits. The lock ends with its process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            import fcntl
        except ImportError:  # no POSIX: unique temporary names and atomic moves have to do
            pass
        else:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _records(folder: Path) -> dict[str, list[str | int]]:
    try:
        return json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
