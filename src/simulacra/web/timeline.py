"""The dated events of a life, as its ledger has them: in order, nothing added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from simulacra.biography.ages import MONTHS
from simulacra.biography.ledger.data import Event
from simulacra.biography.ledger.dates import Season


@dataclass(frozen=True)
class Moment:
    """An event with its day as people write it."""

    day: str
    event: Event


def timeline(events: Iterable[Event]) -> list[tuple[str, list[Moment]]]:
    """The dated events by decade ("1990s"), the earliest first; the others are left out."""
    dated = sorted(
        ((span, event) for event in events if (span := event.span)), key=lambda one: one[0]
    )
    return [
        (f"{decade}0s", [Moment(_day(event), event) for _, event in some])
        for decade, some in groupby(dated, key=lambda one: one[0][0].year // 10)
    ]


def _day(event: Event) -> str:
    return written(event.date, event.season) if event.date else ""


def written(date: str, season: Season | None = None) -> str:
    """A partial date in words.

    >>> written("1997-03-14"), written("1997-03"), written("1997", "spring")
    ('14 March 1997', 'March 1997', 'spring 1997')
    """
    year, *rest = date.split("-")
    if not rest:
        return f"{season} {year}" if season else year
    month = MONTHS[int(rest[0]) - 1].capitalize()
    return f"{int(rest[1])} {month} {year}" if len(rest) == 2 else f"{month} {year}"
