"""How every command shows what it has: JSON for scripts, plain text for people."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from simulacra.characters import Problem
    from simulacra.errors import SimulacraError


def emit(value: Any) -> None:
    """Print a value as JSON, readable and in UTF-8, dates and paths as text."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def console(*, stderr: bool = False) -> Console:
    """Make a console that minds ``NO_COLOR``, pipes and the terminal's width."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=not sys.stdout.isatty())


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under column heads, without lines, so that it also reads well in a pipe."""
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        grid.add_column(column, overflow="fold", no_wrap=number == 0)  # names are to be copied
    for row in rows:
        grid.add_row(*(str(cell) for cell in row))
    console().print(grid)


def problems(found: Sequence[Problem], *, of: str = "", json: bool) -> bool:
    """Print what a checker found, and how much of it; ``of`` says in what. True without errors."""
    errors = sum(problem.level == "error" for problem in found)
    if json:
        keys = ("level", "file", "line", "message", "mend")
        emit([{key: getattr(problem, key) for key in keys} for problem in found])
    else:
        out = console()
        for problem in found:
            line = f"{problem.place}: {problem.level}: {problem.message} {problem.mend}"
            out.print(line, markup=False, style="red" if problem.level == "error" else "")
        out.print(f"{of}{errors} errors, {len(found) - errors} warnings.")
    return not errors


def fail(error: SimulacraError) -> None:
    """Say on standard error what went wrong and what to do now."""
    out = console(stderr=True)
    out.print(error.what, style="bold red", markup=False)
    if error.mend:
        out.print(error.mend, markup=False)
