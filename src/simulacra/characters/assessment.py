"""What speaks for and against each candidate: rules, a judge, refinement (Section 3.1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence

from pydantic import BaseModel, ConfigDict

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.attributes import Change
from simulacra.characters.candidate import Candidate
from simulacra.characters.judgement import Judgement, Verdict
from simulacra.characters.plausibility import conflicts
from simulacra.characters.refinement import Refined, by_judge, by_rules
from simulacra.errors import CandidateError

Judge = Callable[[Sequence[Candidate]], Awaitable[Sequence[Verdict]]]
"""Judges candidates: each gets a judgement, or in words why it has none."""


class Assessed(BaseModel):
    """A candidate as drawn and as refined, with all that speaks for and against it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    """Its place in the file, from 1."""
    drawn: Candidate
    candidate: Candidate
    changes: tuple[Change, ...] = ()
    dropped: tuple[Change, ...] = ()
    conflicts: tuple[str, ...] = ()
    judgement: Judgement | None = None
    not_judged: str = ""
    """Why a judge that was asked gave no judgement."""

    @property
    def key(self) -> str:
        """What names the candidate as it was drawn, whatever file and place it is in."""
        return fingerprint(self.drawn)

    @property
    def objection(self) -> str:
        """Why it can't be chosen; empty where it can."""
        if self.conflicts:
            return f"in conflict: {self.conflicts[0]}"
        if self.judgement is not None and self.judgement.harm:
            return f"invites harm: {self.judgement.invites_harm or 'the judge does not say how'}"
        return ""

    @property
    def mark(self) -> str:
        """What the judge says in a few words; empty where nobody was asked."""
        if self.judgement is not None:
            return f"plausibility {self.judgement.plausibility} of 5"
        return f"not judged: {self.not_judged}" if self.not_judged else ""


def fingerprint(candidate: Candidate) -> str:
    """Sixteen hexadecimal digits that name a profile on its day."""
    value = [candidate.profile.model_dump(mode="json"), str(candidate.as_of)]
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def refuse_repeats(candidates: Sequence[Candidate]) -> None:
    """Raise where a profile stands twice.

    Raises:
        CandidateError: it does; the message says which.
    """
    seen: dict[str, int] = {}
    for number, candidate in enumerate(candidates, 1):
        first = seen.setdefault(fingerprint(candidate), number)
        if first != number:
            raise CandidateError(
                f"Candidates {first} and {number} are the same ({candidate.profile.name}).",
                "Remove one of the two.",
            )


async def assess(
    candidates: Sequence[Candidate],
    pools: Pools,
    seed: int,
    judge: Judge | None = None,
    *,
    refine: bool = True,
) -> list[Assessed]:
    """Hold each candidate against the rules, then have those without conflicts judged.

    With ``refine``, attributes in conflict are drawn anew before, and what the judge proposes is
    changed after; who was changed is judged once more, and stays as before where that is worse.

    Raises:
        CandidateError: a candidate stands twice.
    """
    refuse_repeats(candidates)
    people = [
        _ruled(number, candidate, pools, seed, refine)
        for number, candidate in enumerate(candidates, 1)
    ]
    if judge is None:
        return people
    sound = [place for place, who in enumerate(people) if not who.conflicts]
    await _judge(people, sound, judge)
    if refine:
        before: dict[int, Assessed] = {}
        for place in sound:
            judgement = people[place].judgement
            if judgement is not None and not judgement.harm:
                new = by_judge(people[place].candidate, judgement, pools)
                people[place] = people[place].model_copy(update={"dropped": new.dropped})
                if new.changes:
                    before[place] = people[place]
                    people[place] = _changed(people[place], new)
        await _judge(people, list(before), judge)
        for place, who in before.items():
            people[place] = _better(who, people[place])
    return people


def _ruled(number: int, candidate: Candidate, pools: Pools, seed: int, refine: bool) -> Assessed:
    refined = by_rules(candidate, pools, seed) if refine else Refined(candidate)
    found = conflicts(refined.candidate.profile, candidate.as_of, pools)
    return Assessed(
        number=number,
        drawn=candidate,
        candidate=refined.candidate,
        changes=refined.changes,
        conflicts=tuple(conflict.message for conflict in found),
    )


async def _judge(people: list[Assessed], places: Sequence[int], judge: Judge) -> None:
    verdicts = await judge([people[place].candidate for place in places])
    for place, verdict in zip(places, verdicts, strict=True):
        judged = isinstance(verdict, Judgement)
        people[place] = people[place].model_copy(
            update={
                "judgement": verdict if judged else None,
                "not_judged": "" if judged else verdict,
            }
        )


def _changed(who: Assessed, refined: Refined) -> Assessed:
    changes = (*who.changes, *refined.changes)
    return who.model_copy(update={"candidate": refined.candidate, "changes": changes})


def _better(before: Assessed, after: Assessed) -> Assessed:
    """The refined candidate, unless the judge finds it worse or can't judge it."""
    assert before.judgement is not None
    if after.judgement is None:
        why = "after it the candidate could not be judged"
    elif after.judgement.harm:
        why = f"after it the candidate {after.objection}"
    elif after.judgement.plausibility < before.judgement.plausibility:
        why = (
            f"after it the plausibility was {after.judgement.plausibility}, "
            f"before {before.judgement.plausibility}"
        )
    else:
        return after
    new = after.changes[len(before.changes) :]
    dropped = tuple(change.model_copy(update={"why": why}) for change in new)
    return before.model_copy(update={"dropped": (*before.dropped, *dropped)})
