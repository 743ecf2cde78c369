"""Tables as text: Markdown and LaTeX, whatever they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_LATEX = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "–": "--",
    "×": r"$\times$",
    "τ": r"$\tau$",
}


@dataclass(frozen=True)
class Column:
    """A column's head; neighbours of one group stand under a common one."""

    name: str
    group: str = ""
    number: bool = True


@dataclass(frozen=True)
class Table:
    """Cells as they are to be read, below heads, with what there is to say of them."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The groups of columns with their widths, from left to right."""
        return [(name, len(list(some))) for name, some in groupby(c.group for c in self.columns)]

    def heads(self) -> list[str]:
        """A head for each column, which says its group too where it is the first of it."""
        seen: set[str] = set()
        heads: list[str] = []
        for column in self.columns:
            new = column.group and column.group not in seen
            heads.append(f"{column.group}: {column.name}" if new else column.name)
            seen.add(column.group)
        return heads


def markdown(tables: Sequence[Table]) -> str:
    """The tables for a page in Markdown."""
    return "\n\n".join(map(_markdown, tables)) + "\n"


def _markdown(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    rule = "|" + "|".join(" ---: " if column.number else " --- " for column in table.columns) + "|"
    rows = [line(table.heads()), rule, *map(line, table.rows)]
    notes = ["", *(f"- {note}" for note in table.notes)] if table.notes else []
    return "\n".join([f"### {table.title}", "", *rows, *notes])


def latex(tables: Sequence[Table]) -> str:
    """The tables for a paper; they need the package ``booktabs``."""
    return "\n\n".join(["% needs \\usepackage{booktabs}", *map(_latex, tables)]) + "\n"


def _latex(table: Table) -> str:
    heads = [_line([column.name for column in table.columns])]
    if any(column.group for column in table.columns):
        spans = [
            f"\\multicolumn{{{width}}}{{c}}{{{escaped(name)}}}" for name, width in table.groups
        ]
        heads.insert(0, " & ".join(spans) + r" \\")
    return "\n".join(
        [
            r"\begin{table*}",
            r"\centering\small",
            f"\\caption{{{escaped(table.title)}}}",
            f"\\begin{{tabular}}{{{''.join('r' if c.number else 'l' for c in table.columns)}}}",
            *(r"\toprule", *heads, r"\midrule", *map(_line, table.rows), r"\bottomrule"),
            r"\end{tabular}",
            *(f"\\par\\footnotesize {escaped(note)}" for note in table.notes),
            r"\end{table*}",
        ]
    )


def _line(cells: Sequence[str]) -> str:
    return " & ".join(map(escaped, cells)) + r" \\"


def escaped(text: str) -> str:
    """A text as LaTeX takes it literally."""
    return "".join(_LATEX.get(char, char) for char in text)
