"""The original data set's trait descriptions, read to be compared with ours."""

from __future__ import annotations

import re
from pathlib import Path

from simulacra.characters import TENDENCIES, FileProblemsError, Problem, Tendency, read_text
from simulacra.dataset.original_files import find_root

TRAITS = Path("Attributes") / "traits.txt"
RANKS = 8

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_MEND = "Compare the file with the original's Attributes/traits.txt."


def read_original_descriptions(path: Path) -> dict[Tendency, list[list[str]]]:
    """The descriptions of each tendency, rank 1 first; one description is one sentence.

    ``path`` is the file, the folder ``LLMP/Characters`` or a clone of the original. A line with
    a tendency's letters opens it; the eight lines after it are its ranks; blank lines count for
    nothing.

    Raises:
        ImportRejectedError: ``path`` is no such data set.
        FileProblemsError: the file is not laid out like that; each problem with its line.
    """
    file = find_root(path) / TRAITS if path.is_dir() else path
    found: dict[Tendency, list[list[str]]] = {}
    problems: list[Problem] = []
    names: dict[str, Tendency] = {tendency: tendency for tendency in TENDENCIES}
    lines = read_text(file).splitlines()
    ranks: list[list[str]] | None = None
    for number, line in enumerate((line.strip() for line in lines), start=1):
        if tendency := names.get(line):
            if tendency in found:
                problems.append(Problem(file, number, f"{tendency} stands twice.", _MEND))
            ranks = found.setdefault(tendency, [])
        elif line and ranks is None:
            what = "no tendency stands before this line."
            problems.append(Problem(file, number, what, _MEND))
            break
        elif line and ranks is not None:
            ranks.append(_SENTENCE_END.split(line))
    for tendency in TENDENCIES:
        if (count := len(found.get(tendency, []))) != RANKS and not problems:
            what = f"{tendency} has {count} lines of descriptions, not {RANKS}."
            problems.append(Problem(file, None, what, _MEND))
    if problems:
        raise FileProblemsError(problems)
    return found
