"""Joint plausibility: which attributes of a profile contradict each other, in words.

The rules are data: the conditions that the pools' values and marks set (see ``pool_values``). Of a
value that is in no pool nothing is known; whatever would need to know it is left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pydantic import BaseModel, ConfigDict

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.pool_values import ISCED, Conditions, EducationValue, Value
from simulacra.characters.profile import Profile, age_on

FAMILY_JOINT = "; "
"""Between the parts of a family background."""

FAMILY_PARTS_IN_ALL = 3


class Conflict(BaseModel):
    """Attributes that do not go together, and why, in one sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    attributes: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Facts:
    """What is known of a person, perhaps only in part.

    ``values`` holds the pools' values by attribute, ``complete`` the attributes of which every
    value is known: one that is missing there is not drawn yet, or customised.
    """

    age: int | None = None
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict[str, tuple[Value, ...]])
    complete: frozenset[str] = frozenset()

    def adding(self, attribute: str, values: Sequence[Value], *, complete: bool = True) -> Facts:
        """The facts with more values of one attribute."""
        return replace(
            self,
            values={**self.values, attribute: (*self.values.get(attribute, ()), *values)},
            complete=self.complete | {attribute} if complete else self.complete,
        )

    def stating(self, text: Mapping[str, Sequence[str]], pools: Pools) -> Facts:
        """The facts with the texts of some attributes, as far as the pools know them."""
        facts = self
        for attribute, texts in text.items():
            found = [pools.find(attribute, one) for one in texts]
            known = [value for value in found if value is not None]
            whole = len(known) == len(found)
            if attribute == "family":
                whole = whole and len(found) >= FAMILY_PARTS_IN_ALL
            facts = facts.adding(attribute, known, complete=whole)
        return facts


def conflicts(profile: Profile, as_of: date, pools: Pools) -> list[Conflict]:
    """Every contradiction between a profile's attributes on the day ``as_of``.

    Checked are the date of birth against the age, and the conditions of every value that is in
    the pools: ages, education, and what one's situation asks or excludes. Customised values set
    no conditions.
    """
    found = birth_conflict(profile.age, profile.date_of_birth, as_of)
    return [*found, *conflicts_of(facts_of(profile, pools), pools)]


def facts_of(profile: Profile, pools: Pools) -> Facts:
    """What the pools know of a profile."""
    return Facts(age=profile.age).stating(
        {
            "gender": [profile.gender],
            "occupation": [profile.occupation.title],
            "education": [profile.education],
            "family": profile.family.split(FAMILY_JOINT.strip()),
            "hobbies": profile.hobbies,
            "short_term_goals": profile.short_term_goals,
            "long_term_goal": [profile.long_term_goal],
        },
        pools,
    )


def birth_conflict(age: int, born: date, as_of: date) -> list[Conflict]:
    """Whether an age is not that of somebody born on a day: one conflict or none."""
    real = age_on(as_of, born)
    if real == age:
        return []
    there = f"is {real} on {as_of}" if real >= 0 else f"is not yet born on {as_of}"
    message = f"Someone born on {born} {there}, but the age is {age}."
    return [Conflict(attributes=("date_of_birth", "age"), message=message)]


def conflicts_of(facts: Facts, pools: Pools) -> list[Conflict]:
    """Every condition that what is known breaks; nothing where too little is known."""
    return list(_broken(facts, pools))


def fits(facts: Facts, pools: Pools) -> bool:
    """Whether what is known breaks no condition."""
    return next(_broken(facts, pools), None) is None


# --- the rules ------------------------------------------------------------------------------------


def _broken(facts: Facts, pools: Pools) -> Iterator[Conflict]:
    marked = {
        mark: (attribute, value)
        for attribute, values in facts.values.items()
        for value in values
        for mark in value.marks
    }
    told: set[tuple[tuple[str, ...], str]] = set()
    for attribute, values in facts.values.items():
        for value in values:
            for conflict in _unmet(attribute, value, value, "", facts, marked, pools):
                told.add((conflict.attributes, value.text))
                yield conflict
    for mark, (attribute, value) in marked.items():
        if conditions := pools.rules.marks.get(mark):
            means = conditions.means
            for conflict in _unmet(attribute, value, conditions, means, facts, marked, pools):
                if (conflict.attributes, value.text) not in told:  # else the value said it already
                    yield conflict


def _unmet(
    attribute: str,
    value: Value,
    wants: Conditions,
    means: str,
    facts: Facts,
    marked: Mapping[str, tuple[str, Value]],
    pools: Pools,
) -> Iterator[Conflict]:
    """The conditions of a value, or of a mark that it gives, that are not met."""

    def conflict(others: Sequence[str], demand: str, reality: str) -> Conflict:
        who = _subject(attribute, value.text)
        if means:
            who = f"Someone who {means} ({_quoted(attribute, value.text)})"
        attributes = tuple(dict.fromkeys((attribute, *others)))
        return Conflict(attributes=attributes, message=f"{who} {demand}, but {reality}.")

    if facts.age is not None:
        reality = f"the age is {facts.age}"
        if wants.min_age is not None and facts.age < wants.min_age:
            yield conflict(["age"], f"needs an age of {wants.min_age} or more", reality)
        if wants.max_age is not None and facts.age > wants.max_age:
            yield conflict(["age"], f"needs an age of {wants.max_age} or less", reality)
    for learned in facts.values.get("education", ()):
        if not isinstance(learned, EducationValue):
            continue
        reality = f"the education is {_level(learned.level)}"
        if wants.min_education is not None and learned.level < wants.min_education:
            demand = f"needs at least {_level(wants.min_education)}"
            yield conflict(["education"], demand, reality)
        if wants.max_education is not None and learned.level > wants.max_education:
            demand = f"goes with {_level(wants.max_education)} at most"
            yield conflict(["education"], demand, reality)
    for mark in wants.never:
        if mark in marked:
            other, source = marked[mark]
            demand = f"does not go with someone who {_means(mark, pools)}"
            yield conflict([other], demand, f"{_quoted(other, source.text)} says so")
    for mark in wants.needs:
        givers = pools.givers.get(mark, frozenset[str]())
        if mark not in marked and givers <= facts.complete:
            demand = f"is for someone who {_means(mark, pools)}"
            where = f"under {_listed(givers)}" if givers else "in the pools"
            yield conflict(sorted(givers), demand, f"nothing {where} says so")


# --- the words ------------------------------------------------------------------------------------

_NAMES = {
    "hobbies": "hobby",
    "short_term_goals": "short-term goal",
    "long_term_goal": "long-term goal",
    "family": "family background",
}


def _subject(attribute: str, text: str) -> str:
    if attribute != "occupation":
        return f"The {_quoted(attribute, text).removeprefix('the ')}"
    sounds_open = text[0].lower() in "aeio" or text.lower().startswith(("um", "un", "up"))
    closed = text.lower().startswith(("uni", "eu", "one"))
    return f"{'An' if sounds_open and not closed else 'A'} {text}"


def _quoted(attribute: str, text: str) -> str:
    return f"the {_NAMES.get(attribute, attribute)} {text!r}"


def _level(level: int) -> str:
    return f"{ISCED[level]} (ISCED {level})"


def _means(mark: str, pools: Pools) -> str:
    return pools.rules.marks[mark].means


def _listed(attributes: frozenset[str]) -> str:
    return " or ".join(_NAMES.get(name, name) for name in sorted(attributes))
