"""Points of the self report (paper, Section 5.1): 10 for clozes, 10 for single, 30 for multiple."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from simulacra.characters import Item, ItemKind
from simulacra.characters.questionnaire import RIGHT_OPTIONS
from simulacra.evaluation.options import Shuffled
from simulacra.evaluation.readings import Reading, read_choice, read_cloze

RIGHT = 2
"""Points for a right cloze, a right single choice, or each right option of a multiple one."""
WRONG = -2
"""Points for each wrong option of a multiple choice; no question gives less than 0."""


@dataclass(frozen=True)
class Points:
    """What one answer is worth: 0 to ``possible`` points, and whether it could be read."""

    item: str
    kind: ItemKind
    points: int
    possible: int
    parsed: bool


@dataclass(frozen=True)
class SelfReport:
    """Points by kind; with five items of each kind at most 10, 10, 30 and 50.

    ``unparsed`` counts the answers that could not be read: each of them has 0 points. All are
    whole numbers but where they are means over repeats.
    """

    cloze: float
    single: float
    multiple: float
    unparsed: float
    possible: float

    @property
    def total(self) -> float:
        """The sum over the three kinds."""
        return self.cloze + self.single + self.multiple


def read_item(item: Item, shown: Shuffled, answer: str) -> Reading:
    """Read an answer to an item whose options were shown in that order."""
    if item.kind == "cloze":
        return read_cloze(answer, item.answer)
    return read_choice(answer, shown.options, item.kind)


def possible_points(item: Item) -> int:
    """The most that an item can give: 2, or 6 for a multiple choice with three right options."""
    return RIGHT * RIGHT_OPTIONS.get(item.kind, 1)


def score_item(item: Item, reading: Reading) -> Points:
    """The points of a reading. The order in which options were shown plays no part.

    Raises:
        ValueError: the reading names an option, or an accepted answer, that the item has not.
    """
    known = item.answer if item.kind == "cloze" else item.options
    if unknown := [text for text in reading.said if text not in known]:
        raise ValueError(f"{item.id} has no {unknown[0]!r}: the reading is of another item")
    return Points(item.id, item.kind, _points(item, reading), possible_points(item), reading.parsed)


def _points(item: Item, reading: Reading) -> int:
    said, right = set(reading.said), set(item.answer)
    if item.kind == "cloze":
        return RIGHT if said else 0
    if item.kind == "single":
        return RIGHT if said == right else 0
    return max(0, RIGHT * len(said & right) + WRONG * len(said - right))


def total(points: Iterable[Points]) -> SelfReport:
    """The points of one repeat, by kind and in sum."""
    rows = list(points)

    def of(kind: ItemKind) -> int:
        return sum(row.points for row in rows if row.kind == kind)

    return SelfReport(
        cloze=of("cloze"),
        single=of("single"),
        multiple=of("multiple"),
        unparsed=sum(not row.parsed for row in rows),
        possible=sum(row.possible for row in rows),
    )


def mean(repeats: Sequence[SelfReport]) -> SelfReport:
    """The mean over repeats (three in the paper).

    Raises:
        ValueError: there is none.
    """
    if not repeats:
        raise ValueError("no repeat, no mean")
    return SelfReport(
        cloze=fmean(one.cloze for one in repeats),
        single=fmean(one.single for one in repeats),
        multiple=fmean(one.multiple for one in repeats),
        unparsed=fmean(one.unparsed for one in repeats),
        possible=fmean(one.possible for one in repeats),
    )
