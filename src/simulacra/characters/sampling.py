"""Candidate profiles, drawn from the attribute pools (paper, Sections 3.1 to 3.3)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import TypeVar

from simulacra.characters.attribute_pools import FAMILY_PARTS, Pools
from simulacra.characters.candidate import Candidate
from simulacra.characters.fixing import Fixed, read_fixed, refuse_contradictions
from simulacra.characters.names import draw_name, kind_of_names
from simulacra.characters.plausibility import FAMILY_JOINT, Facts, conflicts_of, fits
from simulacra.characters.pool_values import GenderValue, HowMany, OccupationValue, Value
from simulacra.characters.profile import Occupation, Profile
from simulacra.characters.rankings import RankingRule, draw_ranking, draw_traits
from simulacra.errors import CandidateError

ATTEMPTS = 60
"""How often a candidate is begun anew when what was drawn first leaves nothing for the rest."""

ValueT = TypeVar("ValueT", bound=Value)


def sample(
    pools: Pools,
    n: int,
    seed: int,
    fixed: Mapping[str, str] | None = None,
    *,
    as_of: date | None = None,
    ranking_rule: RankingRule = "free",
    plausible: bool = True,
) -> list[Candidate]:
    """Draw ``n`` candidates; each depends on ``seed`` and its number alone, not on ``n``.

    ``fixed`` holds attributes that are given instead of drawn (see ``fixing.read_fixed``). Every
    attribute has a stream of chance of its own, so that fixing one changes the others only where
    they would contradict it. ``as_of`` is the day ages are counted to; unset: that of the rules.

    With ``plausible`` every value is drawn among those that go with what was drawn before: no
    candidate has conflicts. Without, attributes are drawn independently of each other, as the
    paper's drafts are (Section 3.3), and a selection has to sift them; the date of birth always
    fits the age.

    ``ranking_rule`` "free" shuffles the eight tendencies; "functions" lets two functions lead as
    is usual since Jung: one perceiving (Ne Ni Se Si) and one judging (Te Ti Fe Fi), of opposite
    attitudes (one e, one i), the other six shuffled. A ranking among ``fixed`` is taken as it is.

    Raises:
        CandidateError: ``fixed`` makes no sense, contradicts itself or leaves nothing to draw.
    """
    day = as_of or pools.rules.as_of
    given = read_fixed(fixed or {}, pools, day)
    if plausible:
        refuse_contradictions(given, pools)
    candidates: list[Candidate] = []
    for number in range(1, n + 1):
        profile = _draw(pools, given, f"{seed}/{number}", day, ranking_rule, plausible)
        candidates.append(Candidate(profile=profile, as_of=day, seed=seed, number=number))
    return candidates


def birthdays(age: int, as_of: date) -> tuple[date, date]:
    """The first and the last day on which somebody of an age was born."""
    return _years_before(as_of, age + 1) + timedelta(days=1), _years_before(as_of, age)


def _years_before(day: date, years: int) -> date:
    # In a common year the last of February stands for the 29th.
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


# --- one candidate --------------------------------------------------------------------------------


def _draw(
    pools: Pools, given: Fixed, key: str, day: date, rule: RankingRule, plausible: bool
) -> Profile:
    stuck = _NothingFitsError("", "")
    for attempt in range(ATTEMPTS):
        try:
            drawing = _Drawing(pools, given, f"{key}/{attempt}" if attempt else key, plausible)
            return drawing.profile(day, rule)
        except _NothingFitsError as error:
            stuck = error
    attribute = stuck.attribute.replace("_", " ")
    raise CandidateError(
        f"No {attribute} in the pools goes with the rest. {stuck.reason}".strip(),
        f"Give the {attribute} too, give fewer other attributes, or extend the pools.",
    )


class _NothingFitsError(Exception):
    """What was drawn before leaves no value for an attribute."""

    def __init__(self, attribute: str, reason: str) -> None:
        super().__init__(attribute, reason)
        self.attribute = attribute
        self.reason = reason


class _Drawing:
    """One candidate while it is drawn: what is known so far, and a stream for each attribute."""

    def __init__(self, pools: Pools, given: Fixed, key: str, plausible: bool) -> None:
        self.pools = pools
        self.given = given
        self.key = key
        self.plausible = plausible
        self.facts = given.facts(pools)

    def profile(self, day: date, rule: RankingRule) -> Profile:
        given, pools = self.given, self.pools
        age = given.age if given.age is not None else self._age()
        occupation = given.occupation or self._occupation()
        education = given.education or self._one("education", pools.education).text
        family = given.family or self._family()
        gender = given.gender or self._one("gender", pools.genders).text
        hobbies = given.hobbies or self._several("hobbies", pools.hobbies, pools.rules.hobbies)
        wishes = given.short_term_goals or self._several(
            "short_term_goals", pools.short_term_goals, pools.rules.short_term_goals
        )
        aim = given.long_term_goal or self._one("long_term_goal", pools.long_term_goals).text
        ranking = given.traits or draw_ranking(self._stream("ranking"), rule)
        return Profile(
            name=given.name or self._name(gender),
            age=age,
            gender=gender,
            date_of_birth=given.date_of_birth or self._birthday(age, day),
            occupation=occupation,
            traits=draw_traits(self._stream("traits"), pools, ranking),
            hobbies=hobbies,
            family=family,
            education=education,
            short_term_goals=wishes,
            long_term_goal=aim,
        )

    def _stream(self, attribute: str) -> Random:
        return Random(f"{self.key}/{attribute}")

    def _age(self) -> int:
        ages = list(range(self.pools.ages.minimum, self.pools.ages.maximum + 1))
        self._stream("age").shuffle(ages)
        for age in ages:
            facts = replace(self.facts, age=age)
            if not self.plausible or fits(facts, self.pools):
                self.facts = facts
                return age
        raise _NothingFitsError("age", self._why(replace(self.facts, age=ages[0])))

    def _birthday(self, age: int, day: date) -> date:
        first, last = birthdays(age, day)
        return first + timedelta(days=self._stream("birthday").randint(0, (last - first).days))

    def _name(self, gender: str) -> str:
        value = self.pools.find("gender", gender)
        kind = kind_of_names(value if isinstance(value, GenderValue) else None)
        return draw_name(self._stream("name"), self.pools.names, gender, kind)

    def _occupation(self) -> Occupation:
        pools = self.pools
        # Whether somebody has retired is a matter of age, so that drafts leave it out.
        values = pools.all_occupations if self.plausible else pools.occupations
        value = self._one("occupation", values)
        assert isinstance(value, OccupationValue)
        return Occupation(title=value.text, isco=value.isco)

    def _family(self) -> str:
        parts = [
            self._one("family", getattr(self.pools.family, part), part, part == FAMILY_PARTS[-1])
            for part in FAMILY_PARTS
        ]
        return FAMILY_JOINT.join(part.text for part in parts)

    def _one(
        self, attribute: str, values: Sequence[Value], stream: str = "", complete: bool = True
    ) -> Value:
        found = self._fitting(attribute, values, 1, stream or attribute, complete)
        if not found:
            raise _NothingFitsError(attribute, self._why(self.facts.adding(attribute, values[:1])))
        return found[0]

    def _several(
        self, attribute: str, values: Sequence[Value], how_many: HowMany
    ) -> tuple[str, ...]:
        count = self._stream(f"{attribute}/count").randint(how_many.least, how_many.most)
        found = self._fitting(attribute, values, count, attribute, complete=True)
        if len(found) < how_many.least:
            raise _NothingFitsError(attribute, "")
        return tuple(value.text for value in found)

    def _fitting(
        self, attribute: str, values: Sequence[Value], count: int, stream: str, complete: bool
    ) -> list[Value]:
        """Up to ``count`` different values that go with what is known, which then knows them."""
        found: list[Value] = []
        for value in _in_chance_order(self._stream(stream), values):
            facts = self.facts.adding(attribute, [value], complete=complete)
            if not self.plausible or fits(facts, self.pools):
                self.facts = facts
                found.append(value)
                if len(found) == count:
                    break
        return found

    def _why(self, facts: Facts) -> str:
        return next((f"For instance: {c.message}" for c in conflicts_of(facts, self.pools)), "")


def _in_chance_order(rng: Random, values: Sequence[ValueT]) -> list[ValueT]:
    """All values in an order drawn without replacement, heavier ones earlier on average."""
    return sorted(values, key=partial(_lateness, rng))


def _lateness(rng: Random, value: Value) -> float:
    return -math.log(1.0 - rng.random()) / value.weight
