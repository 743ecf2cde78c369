"""Looking for people: what was asked in an address, and who fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from simulacra.characters import TENDENCIES, TENDENCY_NAMES, Character, Tendency


@dataclass(frozen=True)
class Shown:
    """A person as a card shows her: ``line`` is the first trait, in her own words."""

    slug: str
    name: str
    age: int
    gender: str
    occupation: str
    line: str
    strongest: Tendency | None
    shipped: bool

    @classmethod
    def of(cls, character: Character) -> Shown:
        """The card of a character."""
        profile = character.profile
        return cls(
            slug=character.slug,
            name=profile.name,
            age=profile.age,
            gender=profile.gender,
            occupation=profile.occupation.title,
            line=profile.traits.descriptions[0],
            strongest=profile.traits.ranking[0] if profile.traits.ranking else None,
            shipped=character.shipped,
        )


@dataclass(frozen=True)
class Search:
    """What is looked for; empty or ``None`` where it does not matter."""

    words: str = ""
    gender: str = ""
    occupation: str = ""
    tendency: str = ""
    youngest: int | None = None
    oldest: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """What an address asks; what makes no sense is as if it were not there."""
        tendency = query.get("tendency", "")
        return cls(
            words=query.get("q", "").strip()[:200],
            gender=query.get("gender", "").strip()[:200],
            occupation=query.get("occupation", "").strip()[:2000],
            tendency=tendency if tendency in TENDENCIES else "",
            youngest=_age(query.get("youngest", "")),
            oldest=_age(query.get("oldest", "")),
        )

    @property
    def address(self) -> str:
        """The shortest address that asks the same."""
        asked = {
            "q": self.words,
            "gender": self.gender,
            "occupation": self.occupation,
            "tendency": self.tendency,
            "youngest": self.youngest,
            "oldest": self.oldest,
        }
        query = urlencode({name: value for name, value in asked.items() if value not in ("", None)})
        return f"/people?{query}" if query else "/people"

    def fits(self, person: Shown) -> bool:
        """Whether a person is what is looked for: every word is somewhere on the card."""
        text = " ".join((person.name, person.occupation, person.line, person.slug)).casefold()
        return (
            all(word in text for word in self.words.casefold().split())
            and self.gender.casefold() in ("", person.gender.casefold())
            and self.occupation.casefold() in ("", person.occupation.casefold())
            and self.tendency in ("", person.strongest)
            and (self.youngest is None or person.age >= self.youngest)
            and (self.oldest is None or person.age <= self.oldest)
        )


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, among those who are here."""

    genders: tuple[str, ...]
    occupations: tuple[str, ...]
    tendencies: tuple[tuple[Tendency, str], ...]

    @classmethod
    def among(cls, people: Iterable[Shown]) -> Self:
        """The values of some people, in order."""
        everyone = list(people)
        strongest = {person.strongest for person in everyone}
        return cls(
            tuple(sorted({person.gender for person in everyone})),
            tuple(sorted({person.occupation for person in everyone}, key=str.casefold)),
            tuple((one, TENDENCY_NAMES[one]) for one in TENDENCIES if one in strongest),
        )


def _age(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and len(text.strip()) <= 3 else None
