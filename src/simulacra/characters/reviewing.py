"""A person's choice among the proposed: each decision is saved, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulacra.characters.assessment import Assessed
from simulacra.characters.atomic import write_file
from simulacra.characters.attribute_pools import Pools
from simulacra.characters.attributes import changes_between
from simulacra.characters.candidate import Candidate
from simulacra.characters.files import FileProblemsError, Problem, read_text
from simulacra.characters.selection import propose
from simulacra.errors import CandidateError

ANEW = "Begin again with --anew, which forgets the decisions."


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Data):
    """One decision: who, at which place, and who was proposed instead of somebody rejected."""

    key: str
    place: int
    accepted: bool
    instead: str | None = None


class Review(_Data):
    """Who is proposed (keys, see ``Assessed.key``) and what was decided so far."""

    n: int
    proposed: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    edited: dict[str, Candidate] = Field(default_factory=dict)
    barred: tuple[str, ...] = ()
    """Rejected before ``n`` was changed: these can't be taken back."""

    @property
    def accepted(self) -> tuple[str, ...]:
        """The accepted, in the order of the proposal."""
        yes = {step.key for step in self.steps if step.accepted}
        return tuple(key for key in self.proposed if key in yes)

    @property
    def rejected(self) -> frozenset[str]:
        """Whoever is not wanted."""
        return frozenset((*self.barred, *(s.key for s in self.steps if not s.accepted)))

    @property
    def next(self) -> str | None:
        """Who is to be decided on next; ``None`` when all are."""
        accepted = self.accepted
        return next((key for key in self.proposed if key not in accepted), None)

    def accept(self, key: str) -> Review:
        """The review after a yes."""
        return self._after(Step(key=key, place=self.proposed.index(key), accepted=True))

    def reject(self, key: str, people: Sequence[Assessed], pools: Pools, seed: int) -> Review:
        """The review after a no: the next best stands in the place, if there is one."""
        others = tuple(other for other in self.proposed if other != key)
        new = _best(people, 1, pools, seed, others, self.rejected | {key})
        place = self.proposed.index(key)
        step = Step(key=key, place=place, accepted=False, instead=new[0] if new else None)
        proposed = (*self.proposed[:place], *new, *self.proposed[place + 1 :])
        return self.model_copy(update={"proposed": proposed})._after(step)

    def edit(self, key: str, candidate: Candidate) -> Review:
        """The review with a candidate changed by hand."""
        return self.model_copy(update={"edited": {**self.edited, key: candidate}})

    def back(self) -> Review:
        """The review before the last decision; the same where there is none."""
        if not self.steps:
            return self
        *steps, last = self.steps
        proposed = self.proposed
        if not last.accepted:
            after = last.place + (last.instead is not None)
            proposed = (*proposed[: last.place], last.key, *proposed[after:])
        return self.model_copy(update={"steps": tuple(steps), "proposed": proposed})

    def applied(self, people: Sequence[Assessed]) -> list[Assessed]:
        """The people with the edits; what a judge said of them before no longer holds."""
        return [
            who.model_copy(
                update={
                    "candidate": new,
                    "changes": (
                        *who.changes,
                        *changes_between(who.candidate.profile, new.profile, "by hand"),
                    ),
                    "judgement": None,
                    "conflicts": (),
                }
            )
            if (new := self.edited.get(who.key)) is not None
            else who
            for who in people
        ]

    def _after(self, step: Step) -> Review:
        return self.model_copy(update={"steps": (*self.steps, step)})


def begin(people: Sequence[Assessed], n: int, pools: Pools, seed: int) -> Review:
    """A review of the best and most diverse ``n``, nothing decided."""
    return Review(n=n, proposed=tuple(_best(people, n, pools, seed)))


def resumed(
    path: Path, people: Sequence[Assessed], n: int, pools: Pools, seed: int
) -> Review | None:
    """The review that is saved, for ``n`` people; ``None`` if there is none.

    Raises:
        CandidateError: it is of other candidates, or more were accepted than ``n``.
        FileProblemsError: the file does not validate.
    """
    if not path.exists():
        return None
    try:
        review = Review.model_validate_json(read_text(path))
    except ValidationError as error:
        problem = Problem(path, None, f"no saved review: {error.errors()[0]['msg']}.", ANEW)
        raise FileProblemsError([problem]) from error
    known = {who.key for who in people}
    if not known.issuperset((*review.proposed, *review.rejected)):
        raise CandidateError(f"{path} holds decisions on other candidates.", ANEW)
    accepted = review.accepted
    if len(accepted) > n:
        raise CandidateError(
            f"{len(accepted)} are accepted already, more than {n}.",
            f"Say -n {len(accepted)}, or take some back. {ANEW}",
        )
    if n == review.n:
        return review
    undecided = [key for key in review.proposed if key not in accepted][: n - len(accepted)]
    kept = tuple(key for key in review.proposed if key in accepted or key in undecided)
    more = _best(people, n - len(kept), pools, seed, kept, review.rejected)
    return review.model_copy(
        update={
            "n": n,
            "proposed": (*kept, *more),
            "steps": tuple(step for step in review.steps if step.accepted),
            "barred": tuple(sorted(review.rejected)),
        }
    )


def save(path: Path, review: Review) -> None:
    """Write the decisions so far; a kill leaves these or those before.

    Raises:
        CharacterError: the disk is full or the folder may not be written.
    """
    write_file(path, review.model_dump_json(indent=2) + "\n")


def _best(
    people: Sequence[Assessed],
    n: int,
    pools: Pools,
    seed: int,
    kept: Sequence[str] = (),
    barred: frozenset[str] = frozenset(),
) -> list[str]:
    place = {who.key: number for number, who in enumerate(people)}
    found = propose(
        people,
        n,
        pools,
        seed=seed,
        kept=[place[key] for key in kept],
        barred={place[key] for key in barred},
    )
    return [people[i].key for i in found]
