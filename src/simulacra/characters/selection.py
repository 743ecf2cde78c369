"""Profile selection: of the candidates the best and most diverse, with reasons (Section 3.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from simulacra.characters.assessment import Assessed
from simulacra.characters.attribute_pools import FAMILY_PARTS, Pools
from simulacra.characters.attributes import spoken
from simulacra.characters.candidate import Candidate
from simulacra.characters.diversity import (
    ASPECTS,
    PAIRS,
    Aspect,
    Features,
    choose,
    distance,
    distances,
    spread,
)
from simulacra.characters.isco import MAJOR_GROUPS
from simulacra.characters.plausibility import FAMILY_JOINT
from simulacra.characters.pool_values import EducationValue, OccupationValue
from simulacra.errors import CandidateError


@dataclass(frozen=True)
class Reasoned:
    """A candidate and, in words, why it was chosen or was not."""

    who: Assessed
    reason: str


@dataclass(frozen=True)
class Selection:
    """The chosen in the order in which they were, the rest in the order of the file."""

    chosen: tuple[Reasoned, ...]
    rest: tuple[Reasoned, ...]
    spread: tuple[float, float] | None
    """The least and the mean distance between two of the chosen; two at least."""


def propose(
    people: Sequence[Assessed],
    n: int,
    pools: Pools,
    *,
    seed: int = 0,
    kept: Sequence[int] = (),
    barred: Collection[int] = (),
) -> list[int]:
    """Up to ``n`` more (places in ``people``): the best and most diverse, beside those ``kept``.

    Nobody in conflict or inviting harm is among them. Who could not be judged comes after all
    who were.
    """
    features = [features_of(who.candidate, pools) for who in people]
    quality = [who.judgement.plausibility / 5 if who.judgement else 1.0 for who in people]
    free = [i for i, who in enumerate(people) if not who.objection and i not in barred]
    tiers = (
        [i for i in free if not people[i].not_judged],
        [i for i in free if people[i].not_judged],
    )
    chosen: list[int] = []
    for tier in tiers:
        chosen += choose(
            features,
            n - len(chosen),
            quality=quality,
            key=lambda i: hashlib.sha256(f"{seed}/{people[i].key}".encode()).hexdigest(),
            allowed=tier,
            kept=[*kept, *chosen],
        )
    return chosen


def select(people: Sequence[Assessed], n: int, pools: Pools, *, seed: int = 0) -> Selection:
    """Choose ``n``, the best and most diverse, each with the reason.

    Raises:
        CandidateError: fewer than ``n`` can be chosen.
    """
    refuse_too_few(people, n)
    return explained(people, propose(people, n, pools, seed=seed), pools)


def refuse_too_few(people: Sequence[Assessed], n: int) -> None:
    """Raise where fewer than ``n`` can be chosen.

    Raises:
        CandidateError: it is so; the message counts why.
    """
    fit = sum(not who.objection for who in people)
    if fit < n:
        objections = [who for who in people if who.objection]
        clash = sum(bool(who.conflicts) for who in people)
        why = [
            f"{count} {what}"
            for count, what in ((clash, "in conflict"), (len(objections) - clash, "inviting harm"))
            if count
        ]
        raise CandidateError(
            f"Only {fit} of the {len(people)} candidates can be chosen, not {n}"
            + (
                f": {', '.join(why)}. The first: {objections[0].candidate.profile.name}, "
                f"{objections[0].objection}"
                if objections
                else "."
            ),
            "Draw more of them, have them refined (--refine), or choose fewer (-n).",
        )


def explained(people: Sequence[Assessed], chosen: Sequence[int], pools: Pools) -> Selection:
    """A choice (places in ``people``, in the order of choosing) with the reasons for all."""
    features = [features_of(who.candidate, pools) for who in people]
    rest: list[Reasoned] = []
    for place, who in enumerate(people):
        if place not in chosen:
            reason = who.objection
            if not reason and chosen:
                near = min(chosen, key=lambda i, p=place: distance(features[p], features[i]))
                said = _why_not(features[place], features[near], people[near])
                reason = _joined(said, who.mark)
            rest.append(Reasoned(who, reason))
    taken = reasoned([people[place] for place in chosen], pools)
    some = [features[place] for place in chosen]
    return Selection(taken, tuple(rest), spread(some) if len(some) > 1 else None)


def reasoned(chosen: Sequence[Assessed], pools: Pools) -> tuple[Reasoned, ...]:
    """Each of the chosen with what sets it apart from those chosen before."""
    features = [features_of(who.candidate, pools) for who in chosen]
    return tuple(
        Reasoned(who, _joined(_why(features[place], features[:place]), who.mark))
        for place, who in enumerate(chosen)
    )


def features_of(candidate: Candidate, pools: Pools) -> Features:
    """What diversity looks at in a candidate, as far as the pools know it."""
    profile = candidate.profile
    work = pools.find("occupation", profile.occupation.title)
    isco = profile.occupation.isco or (work.isco if isinstance(work, OccupationValue) else None)
    learned = pools.find("education", profile.education)
    told = [pools.find("family", part) for part in profile.family.split(FAMILY_JOINT.strip())]
    family = tuple(
        next((v.text for v in told if v is not None and v in getattr(pools.family, part)), None)
        for part in FAMILY_PARTS
    )
    return Features(
        age=profile.age,
        gender=profile.gender.casefold(),
        # An occupation of no known group is a group of its own.
        occupation=isco[0] if isco else profile.occupation.title.casefold(),
        family=family,
        education=learned.level if isinstance(learned, EducationValue) else None,
        ranking=profile.traits.ranking,
    )


# --- words ----------------------------------------------------------------------------------------


def _why(mine: Features, before: Sequence[Features]) -> str:
    """What sets somebody apart from those who were chosen before."""
    if not before:
        return "the first chosen"
    far = {aspect: min(distances(mine, b).get(aspect, 1.0) for b in before) for aspect in ASPECTS}
    nearest = min(distance(mine, b) for b in before)
    told = [words for aspect in ASPECTS if far[aspect] and (words := _apart(aspect, mine, before))]
    whole = f"{nearest:.2f} from the nearest of those chosen before"
    return f"{whole}: {', '.join(told)}" if told else whole


def _apart(aspect: Aspect, mine: Features, before: Sequence[Features]) -> str:
    match aspect:
        case "age":
            years = min(abs(mine.age - other.age) for other in before)
            return f"{years} years or more apart in age" if years >= 5 else ""
        case "gender":
            return f"the first who is {mine.gender}"
        case "occupation":
            return f"the first of {MAJOR_GROUPS.get(mine.occupation, mine.occupation)}"
        case "background":
            least = min(distances(mine, other).get("background", 1.0) for other in before)
            return "another background" if least >= 0.5 else ""
        case "ranking":
            least = min(distances(mine, other).get("ranking", 0.0) for other in before)
            pairs = round(least * PAIRS)
            return f"{pairs} of {PAIRS} pairs of tendencies in another order" if pairs >= 7 else ""


def _why_not(mine: Features, near: Features, who: Assessed) -> str:
    alike = [spoken(a) for a, far in distances(mine, near).items() if far <= 0.1]
    said = f"{distance(mine, near):.2f} from {who.candidate.profile.name}, who was chosen"
    return f"{said} (alike in {', '.join(alike)})" if alike else said


def _joined(reason: str, mark: str) -> str:
    return "; ".join(part for part in (reason, mark) if part)
