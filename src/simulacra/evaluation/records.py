"""A run: a folder from which anybody can report without asking a model again.

``run.json`` says how was asked (a ``RunSheet``), ``answers.jsonl`` holds one ``AnswerRecord`` a
line, on the disk before anything else happens. ``calls.jsonl`` keeps the models' answers to single
calls, so that a run that was killed pays for none of them twice.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from simulacra.characters import Journal, locked, write_file
from simulacra.errors import CharacterError, StorageError
from simulacra.evaluation.record import (
    AnswerRecord,
    AskedStatement,
    Judged,
    JudgedBy,
    Key,
    Kind,
    RunSheet,
    Task,
    Way,
)

__all__ = [
    "AnswerRecord",
    "AskedStatement",
    "Judged",
    "JudgedBy",
    "Key",
    "Kind",
    "Run",
    "RunSheet",
    "Task",
    "Way",
]

SHEET, ANSWERS, CALLS, LOCK = "run.json", "answers.jsonl", "calls.jsonl", ".run.lock"


@dataclass
class Run:
    """A run on the disk. ``Run.open`` to ask, ``Run.read`` to report."""

    folder: Path
    sheet: RunSheet
    answers: dict[Key, AnswerRecord] = field(default_factory=dict[Key, AnswerRecord])

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Read a run, finished or not; a last line that a crash cut off does not count.

        Raises:
            StorageError: there is no run, or a file of it is damaged; it says where.
        """
        return cls(folder, _read_sheet(folder), _by_key(_read_answers(folder / ANSWERS)[0]))

    @classmethod
    @contextmanager
    def open(cls, folder: Path, sheet: RunSheet) -> Generator[Run]:
        """Begin a run, or go on with the one that is in the folder; no other process may.

        Raises:
            StorageError: another process has it open, it was begun in another way, or the folder
                can't be written.
        """
        with ExitStack() as stack:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(folder / LOCK, wait=False))
            except BlockingIOError as error:
                raise StorageError(
                    f"Another process is at work on the run in {folder}.",
                    "Wait until it has ended, or choose another folder.",
                ) from error
            except OSError as error:
                raise _unwritable(folder, error) from error
            if (folder / SHEET).exists():
                sheet = _read_sheet(folder).joined(sheet)
            answers, whole = _read_answers(folder / ANSWERS)
            try:
                write_file(folder / SHEET, sheet.model_dump_json(indent=2) + "\n")
                if (folder / ANSWERS).exists():
                    os.truncate(folder / ANSWERS, whole)
            except CharacterError as error:
                raise StorageError(error.what, error.mend) from error
            except OSError as error:
                raise _unwritable(folder, error) from error
            yield cls(folder, sheet, _by_key(answers))

    @cached_property
    def journal(self) -> Journal:
        """The models' answers to single calls, for ``keeping``."""
        return Journal(self.folder / CALLS)

    @property
    def records(self) -> list[AnswerRecord]:
        """All answers, in the order they came."""
        return list(self.answers.values())

    def append(self, record: AnswerRecord) -> None:
        """Keep an answer: it is on the disk when this returns.

        Raises:
            StorageError: the disk is full, or the file can't be written; all before is kept.
            ValueError: there is an answer to this already.
        """
        if record.key in self.answers:
            raise ValueError(f"answered before: {record.key}")
        try:
            with (self.folder / ANSWERS).open("ab") as file:
                file.write(record.model_dump_json().encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self.answers[record.key] = record


def _read_sheet(folder: Path) -> RunSheet:
    path = folder / SHEET
    try:
        return RunSheet.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise StorageError(
            f"{folder} holds no run: it has no {SHEET}.",
            "Name a folder that simulacra evaluate wrote.",
        ) from error
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}.") from error
    except ValidationError as error:
        raise _damaged(path, 0, error) from error


def _read_answers(path: Path) -> tuple[list[AnswerRecord], int]:
    """The answers, and how many bytes of the file are whole lines."""
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}.") from error
    records: list[AnswerRecord] = []
    whole = 0
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        if not line.endswith(b"\n"):
            break
        try:
            records.append(AnswerRecord.model_validate_json(line))
        except ValidationError as error:
            raise _damaged(path, number, error) from error
        whole += len(line)
    return records, whole


def _by_key(records: Iterable[AnswerRecord]) -> dict[Key, AnswerRecord]:
    return {record.key: record for record in records}


def _damaged(path: Path, line: int, error: ValidationError) -> StorageError:
    first = error.errors()[0]
    where = f"{path}, line {line}" if line else str(path)
    at = ".".join(map(str, first["loc"]))
    return StorageError(
        f"{where} is not as a run writes it: {f'{at}: ' if at else ''}{first['msg']}.",
        "Take the file from a copy, or remove that line: its answer is then asked again.",
    )


def _unwritable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{folder} can't be written: {error.strerror or error}.",
        "See to free space and permissions, and give the same command again: "
        "what is finished is kept.",
    )
