"""One process at a time works on a subject; the lock ends with its process, however it ends."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from simulacra.errors import JobBusyError, StorageError

_PATIENCE = 0.5
"""Seconds: longer than anybody needs who only looks whether a lock is held."""

try:
    from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock

    def _try(descriptor: int, *, shared: bool) -> bool:
        try:
            flock(descriptor, (LOCK_SH if shared else LOCK_EX) | LOCK_NB)
        except OSError:
            return False
        return True
except ImportError:  # pragma: no cover - Windows has no fcntl

    def _try(descriptor: int, *, shared: bool) -> bool:
        import msvcrt

        del shared
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # far from the text, which others may read
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True


@dataclass(frozen=True)
class Holder:
    """Who works on a subject: a process, and the job it is at."""

    pid: int
    job: str


class Locks:
    """The locks of all subjects: a file each, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def held(self, subject: str) -> Generator[Lock]:
        """Hold a subject for this process.

        Raises:
            JobBusyError: another process holds it; the message names its pid.
            StorageError: the lock's file can't be made.
        """
        path = self._path(subject)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StorageError(
                f"{path} can't be made: {error.strerror}.",
                "Set SIMULACRA_DATA to a folder that you may write to.",
            ) from error
        try:
            end = time.monotonic() + _PATIENCE
            while not _try(descriptor, shared=False):
                if time.monotonic() > end:
                    raise _busy(subject, _read(path))
                time.sleep(0.02)
            lock = Lock(descriptor)
            lock.say("")
            yield lock
        finally:
            os.close(descriptor)

    def holder(self, subject: str) -> Holder | None:
        """Who holds a subject now, if anybody does."""
        path = self._path(subject)
        with suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_RDWR)
            try:
                return None if _try(descriptor, shared=True) else _read(path)
            finally:
                os.close(descriptor)
        return None

    def _path(self, subject: str) -> Path:
        return self.folder / f"{sha256(subject.encode()).hexdigest()[:24]}.lock"


class Lock:
    """A lock that is held; it tells others which job it is held for."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def say(self, job: str) -> None:
        """Write into the lock's file who holds it and for which job."""
        text = json.dumps(asdict(Holder(os.getpid(), job))).encode()
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, text)


def _read(path: Path) -> Holder:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Holder(pid=0, job="")  # it is being written this moment


def _busy(subject: str, holder: Holder) -> JobBusyError:
    who = f"Process {holder.pid}" if holder.pid else "Another process"
    job = f" (job {holder.job})" if holder.job else ""
    stop = f", or stop it: simulacra jobs cancel {holder.job}" if holder.job else ""
    return JobBusyError(
        f"{who} is working on {subject} just now{job}.", f"Wait until it is done{stop}."
    )
