"""Tables with limits: printed for people, written into the docs as Markdown."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Table:
    """A table of one benchmark, with what a reader has to know to judge it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def markdown(self) -> str:
        """The table under a heading of its own."""
        lines = [f"### {self.title}", ""]
        lines += [_row(self.columns), _row(["---"] * len(self.columns))]
        lines += [_row(row) for row in self.rows]
        return "\n".join([*lines, *(["", self.note] if self.note else [])])

    def show(self) -> None:
        """Print it with aligned columns."""
        from rich.console import Console
        from rich.table import Table as Grid

        grid = Grid(title=self.title, title_justify="left", box=None, pad_edge=False)
        for number, column in enumerate(self.columns):
            grid.add_column(column, justify="right" if number else "left", overflow="fold")
        for row in self.rows:
            grid.add_row(*row)
        console = Console(highlight=False, width=max(Console().width, 118))
        console.print(grid)
        console.print(f"{self.note}\n" if self.note else "", markup=False)


@dataclass(frozen=True)
class Report:
    """All tables of one benchmark and the command that made them."""

    name: str
    tables: tuple[Table, ...]

    @property
    def command(self) -> str:
        """What a reader types to get the same tables."""
        return f"python -m benchmarks.{self.name}"

    @property
    def failures(self) -> int:
        """How many limits are not met."""
        return sum(verdict(False) in row for table in self.tables for row in table.rows)

    def markdown(self) -> str:
        """The section of the docs."""
        parts = [f"`{self.command}`, {machine()}", *(table.markdown() for table in self.tables)]
        return "\n\n".join(parts)

    def show(self) -> None:
        """Print all tables."""
        print(f"$ {self.command}    {machine()}\n")
        for table in self.tables:
            table.show()

    def write(self, file: Path = DOCS) -> None:
        """Put the section between its markers in the docs.

        Raises:
            ValueError: the file has no markers for this benchmark.
        """
        text = file.read_text(encoding="utf-8")
        start, end = f"<!-- {self.name}: start -->", f"<!-- {self.name}: end -->"
        between = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        section = f"{start}\n{self.markdown()}\n{end}"
        mended, found = between.subn(lambda _: section, text)
        if found != 1:
            raise ValueError(f"{file} has no line {start!r} with its end: put both in once.")
        file.write_text(mended, encoding="utf-8")


def verdict(passed: bool) -> str:
    """Pass or fail, in a word."""
    return "pass" if passed else "**FAIL**"


def machine() -> str:
    """The program's version, Python's, and the machine in a few words."""
    return (
        f"simulacra {version('simulacra')}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {cpu_count()} cores"
    )


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
