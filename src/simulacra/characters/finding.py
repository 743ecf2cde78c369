"""A finding of a checker: what it says of a file, where, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from simulacra.characters.files import Problem

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """Errors must be mended; warnings are for a person to judge. ``line`` is 1-based."""

    level: Level
    file: Path
    line: int | None
    message: str
    mend: str

    @property
    def place(self) -> str:
        """The file with its line: ``story.md:12``."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """A file that does not validate, as an error."""
        return cls("error", problem.file, problem.line, problem.message, problem.mend)
