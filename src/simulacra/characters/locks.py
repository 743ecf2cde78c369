"""One process at a time at a file: the others wait, or are told."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

try:
    from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock

    def _lock(descriptor: int, *, wait: bool) -> None:
        flock(descriptor, LOCK_EX if wait else LOCK_EX | LOCK_NB)

    def _unlock(descriptor: int) -> None:
        flock(descriptor, LOCK_UN)
except ImportError:  # pragma: no cover - Windows has no fcntl

    def _lock(descriptor: int, *, wait: bool) -> None:
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        how = msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK  # type: ignore[attr-defined]
        msvcrt.locking(descriptor, how, 1)  # type: ignore[attr-defined]

    def _unlock(descriptor: int) -> None:
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Generator[int]:
    """An open descriptor of the file that is at ``path``, locked against other processes.

    Raises:
        OSError: with ``wait=False``, another process has it.
    """
    descriptor = _open_locked(path, wait=wait)
    # Whoever waited for a file that was replaced meanwhile takes the new one.
    while not _is_at(path, descriptor):
        os.close(descriptor)
        descriptor = _open_locked(path, wait=wait)
    try:
        yield descriptor
    finally:
        _unlock(descriptor)
        os.close(descriptor)


def _open_locked(path: Path, *, wait: bool) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        _lock(descriptor, wait=wait)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
