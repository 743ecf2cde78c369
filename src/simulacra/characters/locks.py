"""One process at a time at a file: the others wait."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

try:
    from fcntl import LOCK_EX, LOCK_UN, flock

    def _lock(descriptor: int) -> None:
        flock(descriptor, LOCK_EX)

    def _unlock(descriptor: int) -> None:
        flock(descriptor, LOCK_UN)
except ImportError:  # pragma: no cover - Windows has no fcntl

    def _lock(descriptor: int) -> None:
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]

    def _unlock(descriptor: int) -> None:
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]


@contextmanager
def locked(path: Path) -> Generator[int]:
    """An open descriptor of the file that is at ``path``, locked against other processes."""
    descriptor = _open_locked(path)
    # Whoever waited for a file that was replaced meanwhile takes the new one.
    while not _is_at(path, descriptor):
        os.close(descriptor)
        descriptor = _open_locked(path)
    try:
        yield descriptor
    finally:
        _unlock(descriptor)
        os.close(descriptor)


def _open_locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    _lock(descriptor)
    return descriptor


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
