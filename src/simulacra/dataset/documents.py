"""Sections of a Markdown file that a command writes, between markers."""

from __future__ import annotations

import re
from pathlib import Path

from simulacra.characters import read_text, write_file
from simulacra.errors import StorageError


def put_between(file: Path, name: str, section: str) -> None:
    """Put a section between ``<!-- name: start -->`` and ``<!-- name: end -->``.

    Raises:
        StorageError: the file has no such two lines, or more than two.
        CharacterInvalidError: the file can't be read.
        CharacterError: it can't be written.
    """
    start, end = f"<!-- {name}: start -->", f"<!-- {name}: end -->"
    between = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    mended, found = between.subn(lambda _: f"{start}\n{section}\n{end}", read_text(file))
    if found != 1:
        raise StorageError(f"{file} has no line {start!r} with its end.", "Put both in once.")
    write_file(file, mended)
