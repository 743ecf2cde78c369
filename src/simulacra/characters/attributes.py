"""The eleven attributes as texts that a person reads, and changed by such texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.candidate import Candidate, join_list
from simulacra.characters.fixing import ATTRIBUTES, attribute_called, read_fixed
from simulacra.characters.personality import Traits
from simulacra.characters.plausibility import Conflict, conflicts
from simulacra.characters.profile import Occupation, Profile, age_on
from simulacra.characters.rankings import draw_traits
from simulacra.errors import CandidateError


class Change(BaseModel):
    """One attribute before and after, and why it was changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    attribute: str
    before: str
    after: str
    why: str = ""

    def __str__(self) -> str:
        said = f"{spoken(self.attribute)}: {self.before} → {self.after}"
        return f"{said} ({self.why.rstrip('.')})" if self.why else said


def spoken(attribute: str) -> str:
    """An attribute's name as it is said: ``date of birth``, ``short-term goals``."""
    return attribute.replace("_term_", "-term ").replace("_", " ")


def text_of(profile: Profile, attribute: str) -> str:
    """An attribute as one text: lists as ``a; b``, traits as their ranking."""
    value = getattr(profile, attribute)
    if isinstance(value, Occupation):
        return value.title
    if isinstance(value, Traits):
        return ", ".join(value.ranking) or join_list(value.descriptions)
    return join_list(cast("Sequence[str]", value)) if isinstance(value, tuple) else str(value)


def changes_between(before: Profile, after: Profile, why: str = "") -> tuple[Change, ...]:
    """The attributes that differ, in the order of the eleven."""
    return tuple(
        Change(
            attribute=attribute,
            before=text_of(before, attribute),
            after=text_of(after, attribute),
            why=why,
        )
        for attribute in ATTRIBUTES
        if getattr(before, attribute) != getattr(after, attribute)
    )


def with_value(candidate: Candidate, attribute: str, text: str, pools: Pools) -> Candidate:
    """The candidate with one attribute changed to what a text says, else as it was.

    Texts are read as for ``sample``. Age and date of birth are kept together: a new age moves the
    year of birth, a new date of birth the age. Traits are given as a ranking; their descriptions
    are drawn anew, the same ones whenever the same name is given the same ranking.

    Raises:
        CandidateError: there is no such attribute, or the text is no value of it.
    """
    attribute, profile = attribute_called(attribute), candidate.profile
    fixed = read_fixed({attribute: text}, pools, candidate.as_of)
    update: dict[str, Any] = {attribute: getattr(fixed, attribute)}
    if fixed.traits is not None:
        rng = Random(f"{profile.name}/{','.join(fixed.traits)}")
        update["traits"] = draw_traits(rng, pools, fixed.traits)
    if fixed.age is not None and fixed.date_of_birth is None:
        update["date_of_birth"] = born_for(fixed.age, candidate.as_of, profile.date_of_birth)
    if fixed.date_of_birth is not None:
        update["age"] = age_on(candidate.as_of, fixed.date_of_birth)
    try:
        changed = Profile.model_validate(dict(profile) | update)
    except ValidationError as error:
        raise CandidateError(
            f"{text[:60]!r} is no {spoken(attribute)}: {error.errors()[0]['msg']}.",
            "Give another value.",
        ) from error
    return candidate if changed == profile else with_profile(candidate, changed)


def with_profile(candidate: Candidate, profile: Profile) -> Candidate:
    """The candidate with another profile: the draw does not give it again, so its number goes."""
    return candidate.model_copy(update={"profile": profile, "number": None})


def new_conflicts(before: Profile, after: Candidate, pools: Pools) -> list[Conflict]:
    """The conflicts of a changed candidate that its profile before did not have."""
    known = {conflict.message for conflict in conflicts(before, after.as_of, pools)}
    found = conflicts(after.profile, after.as_of, pools)
    return [conflict for conflict in found if conflict.message not in known]


def born_for(age: int, as_of: date, born: date) -> date:
    """The date of birth of somebody of this age on a day, in month and day as near as can be."""
    for month, day in ((born.month, born.day), (2, 28)):
        year = as_of.year - age - ((as_of.month, as_of.day) < (month, day))
        try:
            return date(year, month, day)
        except ValueError:  # February 29 in a year that has none
            continue
    raise AssertionError("unreachable")
