"""Days that are known in part, and the arithmetic of ages."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from simulacra.biography.ages import MONTHS
from simulacra.characters import age_on

Season = Literal["spring", "summer", "autumn", "winter"]
Span = tuple[date, date]
"""First and last day that something can have been on."""

MIN_PARENT_AGE = 12
"""Years that a parent is older than a child, at the very least."""
AGE_TOLERANCE = 1
"""Years that an age may be off before it contradicts: "she was nearly ten"."""

_SEASONS: dict[str, Season] = {
    "spring": "spring",
    "summer": "summer",
    "autumn": "autumn",
    "fall of": "autumn",
    "that fall": "autumn",
    "winter": "winter",
}
_SEASON = rf"\b(?:{'|'.join(_SEASONS)})\b"
_FIRST_MONTH = {"spring": 3, "summer": 6, "autumn": 9}
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS)
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_WAYS = tuple(
    re.compile(rf"(?<!\d){way}(?!\d)", re.IGNORECASE)
    for way in (
        rf"{_YEAR}-(?P<number>\d\d?)-(?P<day>\d\d?)",
        rf"(?P<month>{_MONTH})\.? (?P<day>\d\d?)(?:st|nd|rd|th)?,?(?: of)? {_YEAR}",
        rf"(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\.?,? {_YEAR}",
        rf"{_YEAR}-(?P<number>\d\d?)(?!-)",
        rf"(?P<month>{_MONTH})\.?,?(?: of)? {_YEAR}",
        _YEAR,
    )
)


def _as_text(value: object) -> object:
    """Take what YAML makes of a date or a year that a person wrote without quotes."""
    return str(value) if isinstance(value, int | date) and not isinstance(value, bool) else value


def _must_be_a_date(text: str) -> str:
    span(text)
    return text


PartialDate = Annotated[str, BeforeValidator(_as_text), AfterValidator(_must_be_a_date)]
"""A year, a month of a year or a day: ``2001``, ``2001-10``, ``2001-10-14``."""


def span(text: str, season: Season | None = None) -> Span:
    """The first and the last day that a partial date can mean, within a season where one is given.

    The winter of a year may be the one that it begins with or the one that it ends with. A season
    changes nothing where the month is known.

    Raises:
        ValueError: it is no partial date.
    """
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        raise ValueError(f"{text!r} is no date like 2001, 2001-10 or 2001-10-14")
    year, *rest = (int(part) for part in text.split("-"))
    if len(rest) == 2:
        day = date(year, rest[0], rest[1])
        return day, day
    if rest:
        return date(year, rest[0], 1), _last_day(year, rest[0])
    if season is None:
        return date(year, 1, 1), date(year, 12, 31)
    if season == "winter":
        return date(year, 1, 1), _last_day(min(year + 1, date.max.year), 2)
    first = _FIRST_MONTH[season]
    return date(year, first, 1), _last_day(year, first + 2)


def _last_day(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    return date(year, month, calendar.monthrange(year, month)[1])


def find_date(text: str) -> str | None:
    """The first date in a text, as exactly as it is told, as a partial date; None without a year.

    >>> find_date("On April 6, 2009, a cedar log rolled"), find_date("by the fall of 2003")
    ('2009-04-06', '2003')
    """
    found: list[tuple[int, int, str]] = []
    for exactness, way in enumerate(_WAYS):
        for match in way.finditer(text):
            parts = match.groupdict()
            month = int(parts.get("number") or 0)
            if named := parts.get("month"):
                month = _month(named)
            told = parts["year"] + (f"-{month:02d}" if month else "")
            told += f"-{int(parts['day']):02d}" if parts.get("day") else ""
            try:
                span(told)
            except ValueError:
                continue
            found.append((match.start("year"), exactness, told))
    return min(found)[2] if found else None


def find_season(text: str) -> Season | None:
    """The one season that a text names; None where it names none or several."""
    seasons: set[Season] = {_SEASONS[word] for word in re.findall(_SEASON, text.casefold())}
    return next(iter(seasons)) if len(seasons) == 1 else None


def _month(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, 1) if month[:3].casefold() == name[:3].lower())


def ages_in(when: Span, born: Span) -> tuple[int, int]:
    """The youngest and the oldest that somebody can be then, in completed years.

    Negative before the birth.
    """
    return age_on(when[0], born[1]), age_on(when[1], born[0])


def age_fits(age: int, when: Span, born: Span) -> bool:
    """Whether somebody born then can be told to be of that age, give or take a year."""
    youngest, oldest = ages_in(when, born)
    return youngest - AGE_TOLERANCE <= age <= oldest + AGE_TOLERANCE


def before(one: Span, other: Span) -> bool:
    """Whether the one is over before the other can have begun."""
    return one[1] < other[0]


def apart(one: Span, other: Span) -> bool:
    """Whether no day can be in both."""
    return before(one, other) or before(other, one)


def can_be_parent(parent: Span, child: Span) -> bool:
    """Whether births allow the one to be the other's parent (at 12 years or older)."""
    return ages_in(child, parent)[1] >= MIN_PARENT_AGE
