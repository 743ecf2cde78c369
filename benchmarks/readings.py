"""What second readers found in the life stories, from their records: a table of Markdown.

    python -m benchmarks.readings

``evidence/readings/SLUG.yaml`` is the record of a reader who did not write the story, tried to
catch it out, and mended it; ``SLUG-second.yaml`` that of another who came after all was mended and
answered the questionnaire from the story alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

READINGS = Path(__file__).parent / "evidence" / "readings"


def main() -> None:
    """Print a row for each person and one for all."""
    heads = ("tried", "mended", "traits shown", "denied", "first reader", "second reader")
    print(f"| character | {' | '.join(heads)} |")
    print("| --- " + "| ---: " * len(heads) + "|")
    rows = [_row(path) for path in sorted(READINGS.glob("*.yaml")) if "-second" not in path.name]
    every = [sum(column) for column in zip(*(numbers for _, numbers in rows), strict=True)]
    for slug, numbers in (*rows, ("**all**", every)):
        print(f"| {slug} | {' | '.join(map(str, numbers))} |")


def _row(path: Path) -> tuple[str, list[int]]:
    read, second = _yaml(path), _yaml(READINGS / f"{path.stem}-second.yaml")
    return path.stem, [
        len(read["attempts"]),
        sum(attempt["found"] != "held" for attempt in read["attempts"]),
        sum(bool(trait["shown"]) for trait in read["traits"]),
        sum(bool(trait.get("denied")) for trait in read["traits"]),
        read["blind_answers"]["points"],
        second["points"],
    ]


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


if __name__ == "__main__":
    main()
