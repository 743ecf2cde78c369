"""A blind reading: does somebody who sees a description alone know what it stands for?"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from simulacra.characters.descriptions import BANDS, Band, Descriptions
from simulacra.characters.files import FileProblemsError, Problem
from simulacra.characters.personality import TENDENCIES, TENDENCY_NAMES, Tendency
from simulacra.characters.yaml_files import read_yaml
from simulacra.errors import SimulacraError

CHANCE = {"tendency": 1 / 8, "band": 1 / 3, "both": 1 / 24}
"""The shares that somebody who guesses gets right."""

MEANINGS: dict[Tendency, str] = {
    "Ne": "goes out to possibilities: what could be, new ideas, far-fetched links",
    "Ni": "goes in to a vision: hunches, hidden meanings, where things are heading",
    "Se": "lives in the present of the senses: action, thrill, taste, looks",
    "Si": "holds on to remembered impressions: habit, detail, as it was last time",
    "Te": "orders the outer world: plans, facts, results, telling others what to do",
    "Ti": "orders the inner model: why it works, exact terms, freedom from contradiction",
    "Fe": "cares for harmony with others: their moods, manners, shared warmth",
    "Fi": "keeps to inner values: conscience, being true to oneself, deep private feeling",
}

_BAND_MEANINGS: dict[Band, str] = {
    "top": "clearly so",
    "middle": "mixed or mild, sometimes so and sometimes not",
    "bottom": "little of it, or the opposite",
}


@dataclass(frozen=True)
class BlindItem:
    """One description of the sheet (``id``, ``text``) and the key to it."""

    id: int
    text: str
    tendency: Tendency
    band: Band


@dataclass(frozen=True)
class BlindShare:
    """How much was sorted right. Items left blank count as not right.

    ``right`` and ``share`` (0 to 1) have the keys of ``CHANCE``. The confusion tables count the
    answers by what is right, then by what was said; ``""`` stands for left blank. ``wrong`` has
    the ids of the items with both answers, of which one is wrong or both are.
    """

    items: int
    blank: int
    right: dict[str, int]
    share: dict[str, float]
    chance: dict[str, float]
    tendencies: dict[str, dict[str, int]]
    bands: dict[str, dict[str, int]]
    wrong: tuple[int, ...]


def _tendency(value: Any) -> Any:
    return value.strip().capitalize() or None if isinstance(value, str) else value


def _band(value: Any) -> Any:
    return value.strip().lower() or None if isinstance(value, str) else value


class BlindRow(BaseModel):
    """One line of a sheet; a field that the reader left empty is ``None``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int
    text: str
    tendency: Annotated[Tendency | None, BeforeValidator(_tendency)] = None
    band: Annotated[Band | None, BeforeValidator(_band)] = None


class BlindSheet(BaseModel):
    """A sheet as a file: how it was drawn, and its lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int
    items: tuple[BlindRow, ...]


def blind_sheet(descriptions: Descriptions, n: int, seed: int) -> list[BlindItem]:
    """Draw ``n`` different descriptions in chance order, numbered from 1.

    Tendencies, bands, and the ranks within a band occur as evenly as ``n`` allows. The same
    descriptions, ``n`` and ``seed`` give the same list.

    Raises:
        SimulacraError: ``n`` is under 1, or there are not enough descriptions.
    """
    chance = random.Random(seed)
    cells = {
        (tendency, band): _dealt([descriptions[tendency][rank - 1] for rank in ranks], chance)
        for tendency in TENDENCIES
        for band, ranks in BANDS.items()
    }
    most = len(cells) * min(map(len, cells.values()))
    if not 1 <= n <= most:
        raise SimulacraError(
            f"{n} descriptions can't be drawn evenly from this pool.", f"Ask for 1 to {most}."
        )
    order = chance.sample(TENDENCIES, len(TENDENCIES))
    bands = chance.sample(tuple(BANDS), len(BANDS))
    # 8 and 3 have no common divisor: 24 steps meet each tendency in each band once.
    places: list[tuple[Tendency, Band]] = [
        (order[step % len(order)], bands[step % len(bands)]) for step in range(n)
    ]
    drawn = [(cells[place].pop(), *place) for place in places]
    chance.shuffle(drawn)
    return [BlindItem(number, *item) for number, item in enumerate(drawn, start=1)]


def _dealt(ranks: Sequence[Sequence[str]], chance: random.Random) -> list[str]:
    """The texts of some ranks, one of each in turn."""
    piles = [chance.sample(texts, len(texts)) for texts in ranks]
    chance.shuffle(piles)
    most = max(map(len, piles), default=0)
    return [pile[i] for i in range(most) for pile in piles if i < len(pile)]


def sheet_text(items: Sequence[BlindItem], seed: int) -> str:
    """The sheet as YAML for a reader to fill in: the key is not in it."""
    head = [
        "# What does each sentence say of the person who says it? Put at each",
        "#   tendency:",
        *(f"#     {t} ({TENDENCY_NAMES[t]}) {MEANINGS[t]}" for t in TENDENCIES),
        "#   band: how much of this tendency the person has",
        *(f"#     {band}: {meaning}" for band, meaning in _BAND_MEANINGS.items()),
        "# Go by the sentence alone. Empty fields count as not known. Change nothing else.",
        f"seed: {seed}",
        "items:",
    ]
    rows = [
        f"- id: {item.id}\n  text: {json.dumps(item.text, ensure_ascii=False)}\n"
        "  tendency:\n  band:"
        for item in items
    ]
    return "\n".join([*head, *rows]) + "\n"


def read_sheet(path: Path, descriptions: Descriptions) -> tuple[BlindSheet, list[BlindItem]]:
    """Read a sheet and draw its key anew.

    Raises:
        FileProblemsError: it can't be read, or it is not the sheet that its seed and length give
            with these descriptions.
    """
    sheet = read_yaml(path, BlindSheet)
    if not sheet.items:
        raise FileProblemsError([Problem(path, None, "the sheet has no items.", _MEND)])
    key = blind_sheet(descriptions, len(sheet.items), sheet.seed)
    problems = [
        Problem(path, None, f"item {row.id} is not the one that was drawn.", _MEND)
        for row, item in zip(sheet.items, key, strict=True)
        if (row.id, row.text) != (item.id, item.text)
    ]
    if problems:
        raise FileProblemsError(problems)
    return sheet, key


_MEND = "Lines were changed, or the pool was since: write a new sheet."


def blind_share(rows: Sequence[BlindRow], key: Sequence[BlindItem]) -> BlindShare:
    """Count what was sorted right; ``rows`` may be in any order, missing ones are blank."""
    answers: Mapping[int, BlindRow] = {row.id: row for row in rows}
    tendencies = {t: dict.fromkeys((*TENDENCIES, ""), 0) for t in TENDENCIES}
    bands = {b: dict.fromkeys((*BANDS, ""), 0) for b in BANDS}
    right = dict.fromkeys(CHANCE, 0)
    wrong: list[int] = []
    blank = 0
    for item in key:
        row = answers.get(item.id) or BlindRow(id=item.id, text=item.text)
        tendencies[item.tendency][row.tendency or ""] += 1
        bands[item.band][row.band or ""] += 1
        same = row.tendency == item.tendency, row.band == item.band
        right["tendency"] += same[0]
        right["band"] += same[1]
        right["both"] += all(same)
        if row.tendency is None or row.band is None:
            blank += 1
        elif not all(same):
            wrong.append(item.id)
    return BlindShare(
        items=len(key),
        blank=blank,
        right=right,
        share={what: count / max(1, len(key)) for what, count in right.items()},
        chance=CHANCE,
        tendencies={t: {**counts} for t, counts in tendencies.items()},
        bands={b: {**counts} for b, counts in bands.items()},
        wrong=tuple(wrong),
    )
