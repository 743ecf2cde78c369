"""What stands in the files of the attribute pools: values and the conditions they set.

A value may give a person *marks* ("student", "children"), and any value or mark may set
conditions: an age, an education by ISCED 2011 level, marks that must or must not be there.
That is all of the plausibility rules: they are data (paper, Section 3.1, "reasonable connections").
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from simulacra.characters.personality import TraitDescription

ISCED: tuple[str, ...] = (
    "less than primary schooling",
    "primary schooling",
    "lower secondary schooling",
    "upper secondary schooling",
    "post-secondary non-tertiary education",
    "short-cycle tertiary education",
    "a bachelor's degree",
    "a master's degree",
    "a doctorate",
)
"""What the levels 0 to 8 of ISCED 2011 are called in messages."""

Age = Annotated[int, Field(ge=0, le=130)]
Level = Annotated[int, Field(ge=0, le=8)]
MarkName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z -]*$")]
# ";" separates values wherever several are written into one text.
PoolText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^;\n]*$"),
]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Conditions(_Data):
    """What must hold of a person who has a value or a mark; all limits are inclusive."""

    min_age: Age | None = None
    max_age: Age | None = None
    min_education: Level | None = None
    max_education: Level | None = None
    needs: tuple[MarkName, ...] = ()
    never: tuple[MarkName, ...] = ()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for what in ("age", "education"):
            low, high = getattr(self, f"min_{what}"), getattr(self, f"max_{what}")
            if low is not None and high is not None and low > high:
                raise ValueError(f"min_{what} {low} is more than max_{what} {high}")
        if both := set(self.needs) & set(self.never):
            raise ValueError(f"{min(both)!r} is both needed and never allowed")
        return self


class Value(Conditions):
    """One value of a pool. In YAML a value without conditions is just its text."""

    text: PoolText
    weight: float = Field(default=1, gt=0, le=1000, description="how often it is drawn")
    marks: tuple[MarkName, ...] = Field(default=(), description="what it says of the person")

    @model_validator(mode="before")
    @classmethod
    def _bare_text(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class OccupationValue(Value):
    """An occupation: its everyday title and the code of its ISCO-08 unit group."""

    isco: Annotated[str, Field(pattern=r"^\d{4}$")]
    retires: bool = Field(default=True, description="whether older people are its retired holders")


class EducationValue(Value):
    """What somebody learned, and the ISCED 2011 level that it amounts to."""

    level: Level


class GenderValue(Value):
    """A gender, and which of a locale's first names go with it."""

    names: Literal["female", "male", "any"] = "any"


class Mark(Conditions):
    """What a mark means, in words that follow "someone who", and the conditions it sets."""

    means: PoolText


class Retirement(_Data):
    """From which age an occupation may be a past one, and the last age it is held by default."""

    prefix: PoolText = "retired"
    from_age: Age
    latest_age: Age

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_age > self.latest_age + 1:
            raise ValueError("from_age is beyond latest_age: nobody could be in between")
        return self


class HowMany(_Data):
    """How many values of a pool a profile draws, both ends included."""

    least: int = Field(ge=1, le=20)
    most: int = Field(ge=1, le=20)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError("least is more than most")
        return self


class LocaleNames(_Data):
    """Names of one Faker locale."""

    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]
    weight: float = Field(default=1, gt=0, le=1000)
    family_names: int = Field(default=1, ge=1, le=2)
    romanized: bool = Field(default=False, description="take the names in Latin letters")


class OwnName(_Data):
    """A full name of the user's own."""

    name: PoolText
    gender: PoolText | None = Field(default=None, description="unset: for everybody")
    weight: float = Field(default=1, gt=0, le=1000)


# --- the files ------------------------------------------------------------------------------------


class PoolFile(_Data):
    """A file of a pool; with ``extend`` its lists are added to those of the shipped file."""

    extend: bool = False


class ValuesFile(PoolFile):
    """``hobbies.yaml``, ``short_term_goals.yaml``, ``long_term_goals.yaml``."""

    values: tuple[Value, ...] = ()


class OccupationsFile(PoolFile):
    """``occupations.yaml``."""

    values: tuple[OccupationValue, ...] = ()


class EducationFile(PoolFile):
    """``education.yaml``."""

    values: tuple[EducationValue, ...] = ()


class GendersFile(PoolFile):
    """``genders.yaml``."""

    values: tuple[GenderValue, ...] = ()


class FamilyFile(PoolFile):
    """``family.yaml``: a family background is an income, an upbringing and a household."""

    incomes: tuple[Value, ...] = ()
    upbringings: tuple[Value, ...] = ()
    households: tuple[Value, ...] = ()


class NamesFile(PoolFile):
    """``names.yaml``."""

    locales: tuple[LocaleNames, ...] = ()
    names: tuple[OwnName, ...] = ()


class AgesFile(PoolFile):
    """``ages.yaml``: years of age, both ends included, all equally likely."""

    minimum: Age
    maximum: Age

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("minimum is more than maximum")
        return self


class Rules(_Data):
    """The day ages are counted to, and what holds beyond single values."""

    as_of: date
    retirement: Retirement
    hobbies: HowMany
    short_term_goals: HowMany
    marks: dict[MarkName, Mark] = Field(default_factory=dict)


class RulesFile(PoolFile):
    """``rules.yaml``: one that extends the shipped file may leave out what it keeps."""

    as_of: date | None = None
    retirement: Retirement | None = None
    hobbies: HowMany | None = None
    short_term_goals: HowMany | None = None
    marks: dict[MarkName, Mark] = Field(default_factory=dict)


class TraitFile(BaseModel):
    """``traits/Ne.yaml`` and so on: rank 1 to 8 → ten descriptions."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, tuple[TraitDescription, ...]] = Field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]

    extend: bool = False

    @model_validator(mode="before")
    @classmethod
    def _keys_as_text(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return cast("object", value)
        return {str(key): ranks for key, ranks in cast("dict[Any, Any]", value).items()}

    @property
    def ranks(self) -> dict[str, tuple[str, ...]]:
        """The descriptions by rank as written; other keys have not been sifted out."""
        return dict(self.__pydantic_extra__)
