"""Refinement: what is in conflict is changed, shown, and nothing else is (Section 3.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, cast

from simulacra.characters.attribute_pools import FAMILY_PARTS, Pools
from simulacra.characters.attributes import (
    Change,
    born_for,
    changes_between,
    new_conflicts,
    text_of,
    with_profile,
    with_value,
)
from simulacra.characters.candidate import Candidate
from simulacra.characters.judgement import Judgement
from simulacra.characters.plausibility import (
    FAMILY_JOINT,
    Conflict,
    Facts,
    birth_conflict,
    conflicts,
    conflicts_of,
    fits,
)
from simulacra.characters.pool_values import OccupationValue, Value
from simulacra.characters.profile import Occupation, Profile
from simulacra.errors import CandidateError

ORDER = (
    *("occupation", "education", "family", "hobbies", "short_term_goals"),
    "long_term_goal",
)
"""Each attribute gives way to those before it, and to age and gender, which stay as they are."""

ROUNDS = 5
"""How often attributes that still clash at the end give way as well."""


@dataclass(frozen=True)
class Refined:
    """A candidate after refinement: its changes, and proposals dropped, with the reason."""

    candidate: Candidate
    changes: tuple[Change, ...] = ()
    dropped: tuple[Change, ...] = ()


def by_rules(candidate: Candidate, pools: Pools, seed: int, keep: Collection[str] = ()) -> Refined:
    """Draw what is in conflict anew from the pools, so that no conflict is left.

    Of a list or a family background only the part in conflict is changed. The same seed draws the
    same values. The name stays, and what is in no pool, for somebody chose it. Attributes to
    ``keep`` stay too; conflicts among these alone are put up with. Where the pools have no way
    out, some conflicts are left.
    """
    profile = candidate.profile
    best, least = Refined(candidate), _Mending(pools, Random(0), keep, {}).unbearable(candidate)
    giving_way: dict[str, str] = {}
    for number in range(ROUNDS):
        if not least:
            break
        rng = Random(f"{seed}/{profile.name}/{profile.date_of_birth}/{number}")
        mending = _Mending(pools, rng, keep, giving_way)
        mended = with_profile(candidate, mending.profile(candidate))
        left = mending.unbearable(mended)
        if len(left) < len(least):
            changes = tuple(
                change.model_copy(update={"why": mending.why(change.attribute)})
                for change in changes_between(profile, mended.profile)
            )
            best, least = Refined(mended, changes), left
        for conflict in left:
            giving_way |= dict.fromkeys(conflict.attributes, conflict.message)
    return best


def by_judge(candidate: Candidate, judgement: Judgement, pools: Pools) -> Refined:
    """Change what a judge proposes, one attribute at a time.

    Dropped, with the reason: what is no value of its attribute, changes nothing, makes a new
    conflict, or comes from a judge to whom nothing was odd.
    """
    changes: list[Change] = []
    dropped: list[Change] = []
    for proposal in judgement.refinements:
        new, why = candidate, ""
        try:
            new = with_value(candidate, proposal.attribute, proposal.value, pools)
        except CandidateError as error:
            why = error.what
        if judgement.plausibility == 5:
            why = "the judge found nothing odd"
        elif any(change.attribute == proposal.attribute for change in changes):
            why = "the attribute was refined already"
        elif new is candidate:
            why = why or "it changes nothing"
        elif worse := new_conflicts(candidate.profile, new, pools):
            why = f"it makes a conflict: {worse[0].message}"
        if why:
            before = text_of(candidate.profile, proposal.attribute)
            dropped.append(
                Change(attribute=proposal.attribute, before=before, after=proposal.value, why=why)
            )
        else:
            changes += changes_between(candidate.profile, new.profile, proposal.why)
            candidate = new
    return Refined(candidate, tuple(changes), tuple(dropped))


class _Mending:
    """One profile while it is mended: what stands so far, and why something gave way."""

    def __init__(
        self, pools: Pools, rng: Random, keep: Collection[str], giving_way: Mapping[str, str]
    ) -> None:
        self.pools = pools
        self.rng = rng
        self.keep = keep
        self.giving_way = giving_way
        self.reasons: dict[str, list[str]] = {}
        self.facts = Facts()
        self.borne: set[str] = set()

    def profile(self, candidate: Candidate) -> Profile:
        profile = candidate.profile
        update: dict[str, Any] = {}
        wrong = birth_conflict(profile.age, profile.date_of_birth, candidate.as_of)
        if wrong and "date_of_birth" not in self.keep:
            born = born_for(profile.age, candidate.as_of, profile.date_of_birth)
            update["date_of_birth"] = born
            self.reasons["date_of_birth"] = [wrong[0].message]
        self._keep(profile)
        for attribute in ORDER:
            texts = _texts(profile, attribute)
            if attribute not in self.keep and (found := self._mended(attribute, texts)) != texts:
                update[attribute] = self._value(attribute, found)
        return profile.model_copy(update=update)

    def unbearable(self, candidate: Candidate) -> list[Conflict]:
        """The conflicts of a candidate but for those among kept attributes alone."""
        self._keep(candidate.profile)
        found = conflicts(candidate.profile, candidate.as_of, self.pools)
        return [conflict for conflict in found if conflict.message not in self.borne]

    def _keep(self, profile: Profile) -> None:
        """Begin with what stands, whatever it is in conflict with."""
        kept = ["gender", *(attribute for attribute in ORDER if attribute in self.keep)]
        given = {attribute: _texts(profile, attribute) for attribute in kept}
        self.facts = Facts(age=profile.age).stating(given, self.pools)
        if self.keep:
            self.borne = {conflict.message for conflict in conflicts_of(self.facts, self.pools)}

    def _wrong(self, facts: Facts) -> list[Conflict]:
        if not self.borne and fits(facts, self.pools):
            return []
        found = conflicts_of(facts, self.pools)
        return [conflict for conflict in found if conflict.message not in self.borne]

    def why(self, attribute: str) -> str:
        return " ".join(self.reasons[attribute])

    def _mended(self, attribute: str, texts: Sequence[str]) -> tuple[str, ...]:
        """The texts of an attribute, those in conflict with what stands replaced."""
        found: list[str] = []
        for text in texts:
            value = self.pools.find(attribute, text)
            last = len(found) + 1 == len(texts)
            if value is not None:
                tried = self.facts.adding(attribute, [value], complete=last)
                wrong = self._wrong(tried)
                why = wrong[0].message if wrong else self.giving_way.get(attribute)
                if why and (other := self._other(attribute, value, {*texts, *found}, last)):
                    value = other
                    self.reasons.setdefault(attribute, []).append(why)
                self.facts = self.facts.adding(attribute, [value], complete=last)
                text = value.text
            found.append(text)
        if all(self.pools.find(attribute, text) for text in found):
            return tuple(found)
        self.facts = Facts(self.facts.age, self.facts.values, self.facts.complete - {attribute})
        return tuple(found)

    def _other(
        self, attribute: str, value: Value, without: Collection[str], last: bool
    ) -> Value | None:
        """Another value of the same pool that goes with what stands, drawn by the weights."""
        left = [v for v in _alike(value, attribute, self.pools) if v.text not in without]
        # Sorted by these keys, values come as if drawn by weight (Efraimidis and Spirakis 2006).
        left.sort(key=lambda v: -(self.rng.random() ** (1 / v.weight)))
        fitting = (
            v for v in left if not self._wrong(self.facts.adding(attribute, [v], complete=last))
        )
        return next(fitting, None)

    def _value(self, attribute: str, texts: tuple[str, ...]) -> Any:
        if attribute == "family":
            return FAMILY_JOINT.join(texts)
        if attribute == "occupation":
            value = self.pools.find(attribute, texts[0])
            assert isinstance(value, OccupationValue)
            return Occupation(title=value.text, isco=value.isco)
        return texts if attribute in ("hobbies", "short_term_goals") else texts[0]


def _texts(profile: Profile, attribute: str) -> tuple[str, ...]:
    value = getattr(profile, attribute)
    if isinstance(value, Occupation):
        return (value.title,)
    if attribute == "family":
        return tuple(part.strip() for part in profile.family.split(FAMILY_JOINT.strip()))
    return cast("tuple[str, ...]", value) if isinstance(value, tuple) else (value,)


def _alike(value: Value, attribute: str, pools: Pools) -> Sequence[Value]:
    """The pool that a value is of; of a family background the part."""
    if attribute != "family":
        return pools.values[attribute]
    return next(pool for part in FAMILY_PARTS if value in (pool := getattr(pools.family, part)))
