"""Which of two excerpts is more human? Sheets for a reader who is not told whose they are.

    python -m benchmarks.blind_excerpts sheet ORIGINALS FOLDER   a sheet for each of ours, and a key
    python -m benchmarks.blind_excerpts score FOLDER             counts, from the readers' marks

Each sheet has ten pairs: a paragraph of ours and one of the original data set, of the same person
where it has one, else of a person drawn for it, in an order drawn for each pair. Names of the
person are blanked in both. A reader writes ``1: A`` and so on to ``SLUG.marks.yaml`` beside it. The
key is to be read by no reader; the sheets hold the original's text and stay out of the project.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import yaml

from simulacra.characters import Character, Workspace, read_character
from simulacra.settings import Settings

PAIRS, SEED = 10, 7
WORDS = range(40, 140)
"""Paragraphs of about one length: a heading or a page is known at first sight."""


def sheets(originals: Path, folder: Path) -> None:
    """Write a sheet for each shipped person, and the key to all of them."""
    ours = [c for c in Workspace.find(Settings.read()).characters() if c.shipped]
    theirs = [read_character(path) for path in sorted(originals.glob("original-*"))]
    folder.mkdir(parents=True, exist_ok=True)
    key: dict[str, str] = {}
    for person in ours:
        draw = random.Random(f"{SEED}/{person.slug}")
        same = [other for other in theirs if other.name == person.name]
        other = same[0] if same else draw.choice(theirs)
        pairs = zip(excerpts(person, draw), excerpts(other, draw), strict=True)
        lines: list[str] = []
        for number, (mine, their) in enumerate(pairs, start=1):
            first = draw.random() < 0.5
            key[f"{person.slug}/{number}"] = "A" if first else "B"
            a, b = (mine, their) if first else (their, mine)
            lines += [f"## {number}", f"**A.** {a}", f"**B.** {b}"]
        (folder / f"{person.slug}.md").write_text("\n\n".join(lines) + "\n")
    (folder / "key.yaml").write_text(yaml.safe_dump(key))


def excerpts(person: Character, draw: random.Random) -> list[str]:
    """Ten paragraphs of a story, the person's own names blanked."""
    names = "|".join(re.escape(part) for part in person.name.split())
    paragraphs = [
        re.sub(rf"\b(?:{names})\b", "____", text)
        for text in person.story_text.split("\n\n")
        if not text.startswith("#") and len(text.split()) in WORDS
    ]
    return draw.sample(paragraphs, PAIRS)


def score(folder: Path) -> None:
    """Print how often each person's own excerpt was chosen."""
    key = yaml.safe_load((folder / "key.yaml").read_text())
    chosen = all_pairs = 0
    for path in sorted(folder.glob("*.marks.yaml")):
        slug = path.name.removesuffix(".marks.yaml")
        marks = {int(n): str(mark).upper() for n, mark in yaml.safe_load(path.read_text()).items()}
        if sorted(marks) != list(range(1, PAIRS + 1)) or not set(marks.values()) <= {"A", "B"}:
            sys.exit(f"{path}: mark each of the {PAIRS} pairs A or B.")
        ours = sum(key[f"{slug}/{number}"] == mark for number, mark in marks.items())
        chosen, all_pairs = chosen + ours, all_pairs + PAIRS
        print(f"{slug:16} ours {ours:2} of {PAIRS}")
    print(f"{'all':16} ours {chosen} of {all_pairs}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sheet", originals, folder]:
            sheets(Path(originals), Path(folder))
        case ["score", folder]:
            score(Path(folder))
        case _:
            sys.exit(__doc__)
