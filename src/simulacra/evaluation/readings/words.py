"""Words of a text in one way to write them: case, accents, articles, numbers, dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from simulacra.biography.ages import MONTHS, NUMBERS


def vocabulary(words: str) -> frozenset[str]:
    """A set of words, written as a line of them."""
    return frozenset(words.split())


_EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"\d+(?:[.,:/-]\d+)+|[{_EAST}]|[^\W_{_EAST}]+")
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(\d{1,2})([./-])(\d{1,2})\5(\d{4})")
_ARTICLES = frozenset({"a", "an", "the"})
_MONTHS = {month.casefold(): month.casefold() for month in MONTHS} | {
    short: month.casefold()
    for month in MONTHS
    for short in (month[:3].casefold(), month[:4].casefold() if month == "September" else "")
    if short and month != "March"
}
_SIMPLE = {word: value for word, value in NUMBERS.items() if "-" not in word}
_UNITS = {"hundred": 100, "thousand": 1000}
_Reader = Callable[[Sequence[str]], tuple[int, int]]
_LONGEST_NUMBER = 8  # words: "two thousand five hundred and twenty-one" has seven
_TENS = {word for word, value in _SIMPLE.items() if value >= 20}
_ORDINALS = {
    word: place
    for place, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
         "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
         "seventeenth", "eighteenth", "nineteenth"),
        start=1,
    )
} | {"twentieth": 20, "thirtieth": 30}  # fmt: skip
_NOT_ONE_BEFORE = vocabulary(
    "no any some every each the that this which another other good first last only quiet"
)
_NOT_ONE_AFTER = vocabulary("of who day another that s time")


@dataclass(frozen=True)
class Word:
    """A word in its one way to write it, and where it stands in the text."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text, without articles.

    Case and accents are gone, numbers are digits ("twenty-eight" is ``28``, "nineteen sixty-three"
    ``1963``, "8,000" ``8000``), dates are month, day and year ("14th of Aug. 1963" is ``august``,
    ``14``, ``1963``). A date in digits whose day could be its month stays as it is.
    """
    found = [
        Word(part, match.start(), match.end())
        for match in _WORD.finditer(text)
        for part in _parts(_bare(match.group()))
    ]
    kept = [word for word in found if word.text not in _ARTICLES] or found
    return _dated(_counted(kept, text))


def spelled(text: str) -> tuple[str, ...]:
    """The words alone."""
    return tuple(word.text for word in words(text))


def places(needle: Sequence[str], hay: Sequence[Word]) -> list[int]:
    """Where a run of words begins in a text."""
    size = len(needle)
    if not size:
        return []
    wanted = tuple(needle)
    texts = [word.text for word in hay]
    return [
        at
        for at, first in enumerate(texts)
        if first == wanted[0] and tuple(texts[at : at + size]) == wanted
    ]


def _bare(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def _parts(word: str) -> list[str]:
    """A word as it is; a date in digits as month, day, year; thousands without commas."""
    if match := _DATE.fullmatch(word):
        if match[1]:
            year, month, day = match[1], int(match[2]), int(match[3])
        else:
            year, first, second = match[7], int(match[4]), int(match[6])
            if first <= 12 and second <= 12 and first != second and match[5] != ".":
                return [word]
            day, month = (first, second) if second <= 12 else (second, first)
        if 1 <= month <= 12 and 1 <= day <= 31:
            return [MONTHS[month - 1].casefold(), str(day), year]
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", word):
        return [word.replace(",", "")]
    if match := re.fullmatch(r"(\d+)\.0+", word):
        return [match[1]]
    return [_MONTHS.get(word, word)]


def _counted(found: list[Word], text: str) -> list[Word]:
    """Number words become digits."""
    joined = [not text[left.end : right.start].strip(" -") for left, right in pairwise(found)] + [
        False
    ]
    made: list[Word] = []
    at = 0
    while at < len(found):
        run = [found[at].text]
        while joined[at + len(run) - 1] and len(run) < _LONGEST_NUMBER:
            run.append(found[at + len(run)].text)
        value, used = _number(run)
        if used == 1 and found[at].text == "one" and _is_pronoun(found, at):
            used = 0
        if used:
            made.append(Word(str(value), found[at].start, found[at + used - 1].end))
        else:
            made.append(found[at])
        at += used or 1
    return made


def _is_pronoun(found: Sequence[Word], at: int) -> bool:
    before = found[at - 1].text if at else ""
    after = found[at + 1].text if at + 1 < len(found) else ""
    return before in _NOT_ONE_BEFORE or after in _NOT_ONE_AFTER


def _number(run: Sequence[str]) -> tuple[int, int]:
    """The number at the beginning of a run of words and how many words it takes; 0 for none."""
    value, used = _small(run)
    second, more = _small(run[used:])
    if used == 1 and 13 <= value <= 20 and more and second >= 10:
        return value * 100 + second, used + more
    value, used = _with_rest(run, "hundred", _small, _small)
    if run[used : used + 1] != ["thousand"]:
        return value, used

    def hundreds(words: Sequence[str]) -> tuple[int, int]:
        return _with_rest(words, "hundred", _small, _small)

    return _with_rest(run, "thousand", hundreds, hundreds)


def _with_rest(run: Sequence[str], unit: str, count: _Reader, rest: _Reader) -> tuple[int, int]:
    """So many of a unit and what is over: "two hundred and five"; without the unit the count."""
    value, used = count(run)
    if not used or list(run[used : used + 1]) != [unit]:
        return value, used
    value, used = value * _UNITS[unit], used + 1
    skip = 1 if list(run[used : used + 1]) == ["and"] else 0
    over, more = rest(run[used + skip :])
    return value + over, used + (skip + more if more else 0)


def _small(run: Sequence[str]) -> tuple[int, int]:
    """A number under a hundred."""
    if not run or run[0] not in _SIMPLE:
        return 0, 0
    value = _SIMPLE[run[0]]
    if run[0] in _TENS and len(run) > 1 and 1 <= _SIMPLE.get(run[1], 0) <= 9:
        return value + _SIMPLE[run[1]], 2
    return value, 1


def _dated(found: list[Word]) -> list[Word]:
    """Days stand behind their month, as bare numbers: "3rd of August" is ``august 3``."""
    months = set(_MONTHS.values())
    made = list(found)
    at = 0
    while at < len(made):
        if made[at].text in months:
            after = _day(made, at + 1)
            if after[0]:
                made[at + 1 : at + 1 + after[1]] = [replace(made[at + 1], text=after[0])]
            else:
                of = 1 if at and made[at - 1].text == "of" else 0
                for size in (2, 1):
                    start = at - of - size
                    day, used = _day(made, start) if start >= 0 else ("", 0)
                    if day and used == size:
                        month = Word(made[at].text, made[start].start, made[at].end)
                        made[start : at + 1] = [month, replace(month, text=day)]
                        at = start + 1
                        break
        at += 1
    return made


def _day(found: Sequence[Word], at: int) -> tuple[str, int]:
    """A day of the month and how many words it takes."""
    text = found[at].text if at < len(found) else ""
    following = found[at + 1].text if at + 1 < len(found) else ""
    if text in ("20", "30") and 1 <= _ORDINALS.get(following, 99) <= 9:
        return str(int(text) + _ORDINALS[following]), 2
    if text in _ORDINALS:
        return str(_ORDINALS[text]), 1
    if match := re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?", text):
        return (str(int(match[1])), 1) if 1 <= int(match[1]) <= 31 else ("", 0)
    return "", 0
