"""The growth of a story, read from what the program says of its jobs and from the history."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import pairwise
from statistics import median

from pydantic import BaseModel, ConfigDict, TypeAdapter

from simulacra.biography import History
from simulacra.biography.growth import ordinal
from simulacra.biography.revision import Event, Proposed
from simulacra.inference import Usage


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Job(_Read):
    """A job of ``simulacra jobs list --json``; ``usage`` is that of its finished steps."""

    id: str
    kind: str
    runs: int
    usage: Usage


class Step(_Read):
    """A step of ``simulacra jobs show --json``."""

    name: str
    started: datetime
    seconds: float
    usage: Usage
    error: str | None = None


class Shown(Job):
    """What ``simulacra jobs show --json`` says."""

    step_list: tuple[Step, ...]


JOBS = TypeAdapter(list[Job])


@dataclass(frozen=True)
class Moment:
    """When to kill: ``seconds`` after the provider has seen so many calls."""

    calls: int
    seconds: float


def moments(kills: int, calls: int, longest: float, seed: int) -> list[Moment]:
    """Draw moments from the whole of some work that takes so many calls, in their order."""
    chance = random.Random(seed)
    drawn = sorted(chance.sample(range(1, calls), kills))
    return [Moment(count, chance.uniform(0, longest)) for count in drawn]


@dataclass(frozen=True)
class Iteration:
    """What an iteration took: milliseconds, and prompt tokens of its calls.

    ``whole`` is from its choice to the next one's; the others are its steps. ``paragraphs`` is
    how many the story had when it began.
    """

    paragraphs: float
    whole: float
    choosing: float
    writing: float
    checking: float
    keeping: float
    prompt: float
    checks: float


_PARTS = {"choose": "choosing", "expand": "writing", "check": "checking", "keep": "keeping"}


def sizes(events: Iterable[Event]) -> dict[int, int]:
    """How many paragraphs a story had when each expansion was first proposed; counted from 1."""
    history, found = History(), dict[int, int]()
    for event in events:
        if isinstance(event, Proposed) and event.revision.kind == "expansion":
            found.setdefault(ordinal(event.revision.id), len(history.story.paragraphs))
        history.add(event)
    return found


def iterations(steps: Sequence[Step], paragraphs: dict[int, int]) -> list[Iteration]:
    """The iterations of an unbroken job that began a history; the last step of all has no next.

    The tokens are those of all tries of an iteration.
    """
    begun = [step.started for step in steps if step.name.endswith(" choose")]
    found: list[Iteration] = []
    for number, (start, end) in enumerate(pairwise(begun)):
        taken = dict.fromkeys(_PARTS.values(), 0.0)
        tokens = dict.fromkeys(_PARTS.values(), 0)
        for step in steps:
            which, _, rest = step.name.partition(" ")
            if which == str(number):
                part = _PARTS[rest.rpartition(" ")[2]]
                taken[part] += step.seconds * 1000
                tokens[part] += step.usage.input_tokens
        found.append(
            Iteration(
                paragraphs=paragraphs[number + 1],
                whole=(end - start).total_seconds() * 1000,
                **taken,
                prompt=tokens["writing"],
                checks=tokens["checking"],
            )
        )
    return found


def typical(found: Iterable[Iteration], paragraphs: int, within: int) -> Iteration:
    """The medians over the iterations of stories of about so many paragraphs.

    Raises:
        ValueError: there is none.
    """
    some = [one for one in found if abs(one.paragraphs - paragraphs) <= within]
    if not some:
        raise ValueError(f"no iteration began with about {paragraphs} paragraphs")
    names = [field.name for field in fields(Iteration)]
    return Iteration(**{name: median(getattr(one, name) for one in some) for name in names})
