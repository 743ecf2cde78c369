"""Who a person is: the eleven attributes, and what she knows and can't know."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from simulacra.characters.personality import Traits

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]

SCHEMA_VERSION = 1


def age_on(day: date, born: date) -> int:
    """Completed years of life on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Occupation(_Data):
    """An occupation with its ISCO-08 code, where one is known."""

    title: Line
    isco: str | None = Field(default=None, pattern=r"^\d{1,4}$")


class Profile(_Data):
    """The eleven attributes of a virtual character (paper, Section 3.1)."""

    name: Line
    age: int = Field(ge=0, le=130)
    gender: Line
    date_of_birth: date
    occupation: Occupation
    traits: Traits
    hobbies: tuple[Line, ...]
    family: Line
    education: Line
    short_term_goals: tuple[Line, ...]
    long_term_goal: Line


class Boundary(_Data):
    """A field that the person can't know, with examples that a question might name."""

    topic: Line
    examples: tuple[Line, ...] = ()
    why: Line


class Knowledge(_Data):
    """What schooling and life taught her, and what lies beyond."""

    schooling: Line
    knows: tuple[Line, ...] = ()
    beyond: tuple[Boundary, ...] = ()


class Utterance(_Data):
    """A sample of how a person talks: what was said to her, what came to mind, what she said."""

    heard: Line
    remembers: Line | None = None
    said: Line


class Provenance(_Data):
    """Where a character comes from, under which licence, in one honest line each."""

    author: Line
    licence: Line
    note: Line


class CharacterSheet(_Data):
    """``character.yaml``: everything about a person but her biography, story and memories."""

    schema_version: int = Field(default=SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)
    as_of: date = Field(description='the day that is "today" for her: ages are counted to it')
    profile: Profile
    extra: dict[str, Line] = Field(default_factory=dict)
    knowledge: Knowledge | None = None
    voice: tuple[Utterance, ...] = ()
    provenance: Provenance

    @model_validator(mode="after")
    def _age_matches(self) -> Self:
        born, age = self.profile.date_of_birth, self.profile.age
        if age_on(self.as_of, born) != age:
            raise ValueError(
                f"profile.age is {age}, but someone born on {born} is "
                f"{age_on(self.as_of, born)} on {self.as_of} (as_of)"
            )
        return self
