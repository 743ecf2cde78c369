"""Attributes that are given instead of drawn: read, and held against each other."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.candidate import split_list
from simulacra.characters.personality import TENDENCIES, Tendency
from simulacra.characters.plausibility import Facts, birth_conflict, conflicts_of
from simulacra.characters.pool_values import OccupationValue
from simulacra.characters.profile import Occupation, Profile, age_on
from simulacra.errors import CandidateError

ATTRIBUTES: tuple[str, ...] = tuple(Profile.model_fields)
"""The eleven attributes, as they are called wherever one is named."""

_OTHER_NAMES = {
    "birthday": "date_of_birth",
    "ranking": "traits",
    "personality_traits": "traits",
    "hobby": "hobbies",
    "family_background": "family",
    "educational_background": "education",
    "short_term_goal": "short_term_goals",
    "long_term_goals": "long_term_goal",
}


@dataclass(frozen=True)
class Fixed:
    """What is given; ``None`` is left to chance."""

    name: str | None = None
    age: int | None = None
    gender: str | None = None
    date_of_birth: date | None = None
    occupation: Occupation | None = None
    traits: tuple[Tendency, ...] | None = None
    hobbies: tuple[str, ...] | None = None
    family: str | None = None
    education: str | None = None
    short_term_goals: tuple[str, ...] | None = None
    long_term_goal: str | None = None

    def facts(self, pools: Pools) -> Facts:
        """What the pools know of the given values."""
        texts: dict[str, Sequence[str]] = {
            "gender": _all(self.gender),
            "occupation": _all(self.occupation and self.occupation.title),
            "education": _all(self.education),
            "family": self.family.split(";") if self.family else (),
            "hobbies": self.hobbies or (),
            "short_term_goals": self.short_term_goals or (),
            "long_term_goal": _all(self.long_term_goal),
        }
        given = {attribute: found for attribute, found in texts.items() if found}
        return Facts(age=self.age).stating(given, pools)


def _all(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def attribute_called(key: str) -> str:
    """The attribute of a name, with dashes or underscores.

    Raises:
        CandidateError: there is none of that name; a near miss is named.
    """
    name = re.sub(r"[\s-]+", "_", key.strip().lower())
    name = _OTHER_NAMES.get(name, name)
    if name in ATTRIBUTES:
        return name
    near = difflib.get_close_matches(name, ATTRIBUTES, n=1)
    raise CandidateError(
        f"There is no attribute {key!r}.",
        f"Did you mean {near[0]!r}?" if near else f"The attributes are: {', '.join(ATTRIBUTES)}.",
    )


def read_fixed(fixed: Mapping[str, str], pools: Pools, as_of: date) -> Fixed:
    """The given attributes with their types; a text that a pool knows in the pool's spelling.

    Several hobbies or goals are parted by ";", a ranking by ",", and an occupation may end with
    its ISCO-08 code in brackets: ``puppeteer (2659)``. The age follows from a date of birth.

    Raises:
        CandidateError: an unknown attribute, a value of the wrong form, an age that is not that
            of the date of birth.
    """
    values: dict[str, Any] = {}
    for key, text in fixed.items():
        attribute = attribute_called(key)
        if attribute in values:
            raise CandidateError(f"{attribute} is given twice.", "Give it once.")
        if not text.strip(" ;"):
            raise CandidateError(f"{attribute} is given, but empty.", "Give it a value.")
        values[attribute] = _read(attribute, text.strip(), pools)
    born, age = values.get("date_of_birth"), values.get("age")
    if born is not None and age is not None and (wrong := birth_conflict(age, born, as_of)):
        raise CandidateError(wrong[0].message, "Give one of the two, or change one.")
    if born is not None and age is None:
        values["age"] = _valid("age", age_on(as_of, born), str(born))
    return Fixed(**values)


def refuse_contradictions(fixed: Fixed, pools: Pools) -> None:
    """Raise where given attributes contradict each other, as far as the pools know them.

    Raises:
        CandidateError: they do; every contradiction is named.
    """
    if found := conflicts_of(fixed.facts(pools), pools):
        told = " ".join(conflict.message for conflict in found)
        raise CandidateError(
            f"The given attributes contradict each other. {told}",
            "Change one of them. If it is wished so, draw drafts, which may contradict themselves.",
        )


def _read(attribute: str, text: str, pools: Pools) -> Any:
    if attribute in ("hobbies", "short_term_goals"):
        return tuple(_spelled(attribute, item, pools) for item in split_list(text))
    if attribute == "family":
        return "; ".join(_spelled("family", part, pools) for part in split_list(text))
    if attribute == "occupation":
        return _occupation(text, pools)
    if attribute == "traits":
        return _ranking(text)
    if attribute in ("age", "date_of_birth"):
        return _valid(attribute, text, text)
    if attribute == "name":
        return text
    return _spelled(attribute, text, pools)


def _spelled(attribute: str, text: str, pools: Pools) -> str:
    value = pools.find(attribute, text)
    return value.text if value is not None else text


def _occupation(text: str, pools: Pools) -> Occupation:
    if coded := re.fullmatch(r"(.+?)\s*\((\d{1,4})\)", text):
        return Occupation(title=_spelled("occupation", coded[1], pools), isco=coded[2])
    value = pools.find("occupation", text)
    if isinstance(value, OccupationValue):
        return Occupation(title=value.text, isco=value.isco)
    return Occupation(title=text)


def _ranking(text: str) -> tuple[Tendency, ...]:
    given = [part.strip().capitalize() for part in re.split(r"[,;>\s]+", text) if part.strip()]
    if sorted(given) != sorted(TENDENCIES):
        raise CandidateError(
            f"{text!r} is no ranking.",
            f"Name each of the eight tendencies once, strongest first: {','.join(TENDENCIES)}",
        )
    return tuple(cast("list[Tendency]", given))


def _valid(attribute: str, value: object, given: str) -> Any:
    """The value as the profile's field takes it."""
    field = Profile.model_fields[attribute]
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise CandidateError(
            f"{given!r} is no {attribute.replace('_', ' ')}: {error.errors()[0]['msg']}.",
            "Give years from 0 to 130." if attribute == "age" else "Give it as 1990-12-31.",
        ) from None
