"""Files of a character: UTF-8, of sane size, with errors that name file, line and mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Any, Literal

from simulacra.errors import CharacterInvalidError

MAX_BYTES = 20_000_000
"""No text of a character is larger; a whole life takes about 100,000."""


Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file, where (``line`` is 1-based), and what mends it.

    Errors must be mended; warnings are for a person to judge.
    """

    file: Path
    line: int | None
    message: str
    mend: str
    level: Level = "error"

    @property
    def place(self) -> str:
        """The file with its line, as editors understand it: ``story.md:12``."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)


class FileProblemsError(CharacterInvalidError):
    """One file or more do not validate. ``problems`` names each, the message the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first, more = problems[0], len(problems) - 1
        also = f" ({more} more like this)" if more else ""
        super().__init__(f"{first.place}: {first.message}{also}", first.mend)
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file; a byte order mark is dropped.

    Raises:
        FileProblemsError: missing, no regular file, unreadable, over ``limit`` bytes, no UTF-8.
    """

    def problem(message: str, mend: str, line: int | None = None) -> FileProblemsError:
        return FileProblemsError([Problem(path, line, message, mend)])

    try:
        state = path.stat()
        if not S_ISREG(state.st_mode):
            raise problem("this is no regular file.", "Put a text file in its place.")
        if state.st_size > limit:
            raise problem(
                f"{state.st_size:,} bytes are more than the {limit:,} allowed.",
                "Shorten the file, or see whether it is the right one.",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise problem("the file is missing.", "Restore or write it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise problem(f"can't be read: {reason}.", "See to its permissions.") from error
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise problem(
            f"byte 0x{data[error.start]:02x} is no UTF-8.",
            "Save the file with the encoding UTF-8.",
            data.count(b"\n", 0, error.start) + 1,
        ) from None
