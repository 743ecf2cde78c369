"""Ages and years in a text: do they fit the date of birth?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from simulacra.characters import Profile

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

NUMBERS: dict[str, int] = {
    **{word: value for value, word in enumerate(_ONES)},
    **{ten: 20 + 10 * place for place, ten in enumerate(_TENS)},
    **{
        f"{ten}-{one}": 20 + 10 * place + value
        for place, ten in enumerate(_TENS)
        for value, one in enumerate(_ONES[:10])
        if value
    },
}

_NUMBER = r"(?P<age>\d{1,2}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r")"
_AGE = re.compile(
    rf"\b(?:at (?:the )?age (?:of )?{_NUMBER.replace('age>', 'a>')}"
    rf"|aged {_NUMBER.replace('age>', 'b>')}"
    rf"|(?P<who>[A-Z]\w+|she|he|I) (?:was|turned) (?:only |just |already |nearly |about )?"
    rf"{_NUMBER.replace('age>', 'c>')}(?=[,.;:!?—]| years? old| when\b| and\b| that\b| the\b))",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"\b(?:in|of|since|by) (?:the \w+ of )?(?:\w+ )?((?:19|20)\d\d)\b", re.IGNORECASE
)


def number(text: str) -> int:
    """The value of ``27`` or ``twenty-seven``."""
    return int(text) if text.isdigit() else NUMBERS[text.casefold()]


def ages(text: str, called: tuple[str, ...]) -> Iterator[int]:
    """Ages that a text tells of the person.

    ``called`` are the person's names and pronouns; another word before an age makes it another's.
    """
    own = {word.casefold() for word in called}
    for match in _AGE.finditer(text):
        if match["who"] is None or match["who"].casefold() in own:
            yield number(match["a"] or match["b"] or match["c"])


def ages_and_years(text: str, called: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Ages of the person with the one year that the text names; nothing where it names several."""
    years = {int(year) for year in _YEAR.findall(text)}
    if len(years) == 1:
        for age in ages(text, called):
            yield age, next(iter(years))


def doubtful_ages(text: str, profile: Profile) -> list[str]:
    """What does not fit: ages that are more than a year off in the year named beside them.

    Years before the birth are of other people's lives.
    """
    born = profile.date_of_birth.year
    pronouns = {"female": ("I", "she"), "male": ("I", "he")}.get(profile.gender, ("I",))
    return [
        f"age {age} in {year}, but someone born in {born} is {year - born} then"
        for age, year in ages_and_years(text, (*profile.name.split(), *pronouns))
        if year >= born and not -1 <= year - born - age <= 2
    ]


def ways_to_write(answer: str) -> list[str]:
    """An answer and the other ways to write it: numbers in words, a date with its month's name."""
    ways = [answer]
    if re.fullmatch(r"\d{1,2}", answer):
        ways += [word for word, value in NUMBERS.items() if value == int(answer)]
    elif answer.casefold() in NUMBERS:
        ways.append(str(NUMBERS[answer.casefold()]))
    try:
        day = date.fromisoformat(answer)
    except ValueError:
        return ways
    month = MONTHS[day.month - 1]
    return [*ways, f"{month} {day.day}", f"{day.day} {month}", f"{day.day}th of {month}"]
