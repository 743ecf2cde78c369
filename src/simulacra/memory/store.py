"""``memories.jsonl``: long-term memory on disk, one record a line."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from simulacra.characters import FileProblemsError, Problem, locked, read_text, write_file
from simulacra.errors import CharacterError
from simulacra.memory.record import MemoryRecord


def render_memories(records: Iterable[MemoryRecord]) -> str:
    """The text of ``memories.jsonl``."""
    return "".join(record.model_dump_json(exclude_defaults=True) + "\n" for record in records)


def read_memories(path: Path) -> list[MemoryRecord]:
    """The memories in a file, in its order; none where there is no file.

    Raises:
        CharacterInvalidError: lines that do not validate, ids that stand twice, a last line that
            was cut off; the message names file and line.
    """
    if not path.exists():
        return []
    records: list[MemoryRecord] = []
    problems: list[Problem] = []
    first_lines: dict[str, int] = {}
    lines = read_text(path).split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = MemoryRecord.model_validate_json(line)
        except ValidationError as error:
            problems.append(_problem(path, number, error, last=number == len(lines)))
            continue
        if record.id in first_lines:
            what = f"the id {record.id!r} stands in line {first_lines[record.id]} already."
            problems.append(Problem(path, number, what, "Give each memory an id of its own."))
        first_lines.setdefault(record.id, number)
        records.append(record)
    if problems:
        raise FileProblemsError(problems)
    return records


def write_memories(path: Path, records: Iterable[MemoryRecord]) -> None:
    """Replace the file: after a crash it is the old one or the new one, whole.

    Raises:
        CharacterError: the disk is full or the folder may not be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        write_file(path, render_memories(records))


def append_memory(path: Path, record: MemoryRecord) -> None:
    """Add one memory at the end, safe on disk when this returns; other processes wait.

    Raises:
        CharacterInvalidError: the file's last line is cut off.
        CharacterError: the disk is full or the file may not be written; it is as it was.
    """
    line = render_memories([record]).encode("utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path) as descriptor:
            end = os.lseek(descriptor, 0, os.SEEK_END)
            if end and os.pread(descriptor, 1, end - 1) != b"\n":
                line = _after_unended_line(path) + line
            try:
                if os.write(descriptor, line) != len(line):
                    raise OSError("the disk is full")
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, end)
                raise
    except OSError as error:
        raise CharacterError(
            f"{path} can't be written: {error.strerror or error}.",
            "See to free space and permissions; what was stored before is whole.",
        ) from error


def _after_unended_line(path: Path) -> bytes:
    """What parts a new line from a last line without an end; raises if that line is cut off."""
    read_memories(path)
    return b"\n"


def _problem(path: Path, number: int, error: ValidationError, *, last: bool) -> Problem:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        if last:
            return Problem(
                path,
                number,
                "the last line is cut off.",
                f"Delete line {number}; `simulacra memory build` makes the memory again.",
            )
        return Problem(path, number, f"{first['msg']}.", "Mend or delete the line.")
    where = ".".join(str(step) for step in first["loc"])
    if first["type"] == "extra_forbidden":
        return Problem(path, number, f"unknown key {where!r}.", "Remove it.")
    message = f"{where}: {first['msg']}." if where else f"{first['msg']}."
    return Problem(path, number, message, "Mend the value.")
