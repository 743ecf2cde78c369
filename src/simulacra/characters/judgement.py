"""A model's judgement of a candidate: believable, harmless, and what to refine (Section 3.1)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from simulacra.characters.candidate import Candidate
from simulacra.characters.journal import Journal
from simulacra.errors import AnswerError, ModelError, StorageError
from simulacra.inference import Prompt, Sampling, Template, Usage

if TYPE_CHECKING:
    from simulacra.inference import Answer, ChatModel

SYSTEM = (
    "You check profiles of invented people for a study. You judge whether a profile could be a "
    "real person's, whoever that is: unusual is not implausible, and no gender, origin, age or "
    "income makes a job, a hobby or a wish less plausible."
)

JUDGE = Template(
    """\
A profile, as of {as_of}:

{profile}

Judge it.
- plausibility: 5 nothing is odd, 4 a detail is odd, 3 several are, 2 two attributes hardly go \
together, 1 two attributes can't both be true.
- reasons: one to three short sentences, each naming the attributes that it is about.
- harm: true only if the profile degrades a group, names a real private person, or would lead a \
story to violence, abuse or self-harm; invites_harm then says what does, else it is empty.
- refinements: only for attributes that do not go together: the attribute, its whole new value, \
and why. As few as possible, none if nothing is in conflict. Never the name. Lists are separated \
by semicolons.
""",
    name="judge",
)

JUDGE_BRIEFLY = Template(
    """\
{profile}

Could this be a real person? plausibility: 5 yes, 3 partly, 1 no: two facts can't both be true. \
reasons: one short sentence. harm: true only if it insults a group or calls for violence; \
invites_harm says what, else it is empty. refinements: leave it empty, or one attribute that \
does not fit, with a better value.
""",
    name="judge briefly",
)

JUDGING = Sampling(temperature=0.0, max_tokens=600)

Refinable = Literal[
    "age",
    "gender",
    "date_of_birth",
    "occupation",
    "traits",
    "hobbies",
    "family",
    "education",
    "short_term_goals",
    "long_term_goal",
]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


class Proposal(BaseModel):
    """A new value for one attribute, which takes it out of a conflict."""

    attribute: Refinable
    value: Sentence
    why: str = Field(max_length=600)


class Judgement(BaseModel):
    """What a judge says of a candidate."""

    plausibility: int = Field(ge=1, le=5)
    reasons: list[Sentence] = Field(min_length=1, max_length=6)
    harm: bool
    invites_harm: str = Field(default="", max_length=600)
    refinements: list[Proposal] = Field(default_factory=list[Proposal], max_length=5)


def ask(candidate: Candidate, *, briefly: bool = False) -> Prompt:
    """Ask for a candidate's judgement; small models are asked in fewer words."""
    profile = candidate.profile
    facts = {
        "name": profile.name,
        "age": profile.age,
        "gender": profile.gender,
        "date of birth": profile.date_of_birth,
        "occupation": profile.occupation.title,
        "family": profile.family,
        "education": profile.education,
        "hobbies": "; ".join(profile.hobbies),
        "short-term goals": "; ".join(profile.short_term_goals),
        "long-term goal": profile.long_term_goal,
    }
    if not briefly:
        facts["traits"] = " ".join(profile.traits.descriptions)
    lines = "\n".join(f"{key}: {value}" for key, value in facts.items())
    if briefly:
        return Prompt(SYSTEM, JUDGE_BRIEFLY.fill(profile=lines), JUDGE_BRIEFLY.digest)
    return Prompt(SYSTEM, JUDGE.fill(profile=lines, as_of=candidate.as_of), JUDGE.digest)


async def judge(model: ChatModel, candidate: Candidate) -> Answer[Judgement]:
    """A model's judgement of a candidate.

    Raises:
        AnswerError: the model answered, but with nothing that is a judgement.
        ModelError: the model could not be asked.
    """
    return await model.fill(ask(candidate, briefly=model.small), Judgement, JUDGING)


@dataclass
class Judging:
    """How far judging is: candidates finished of all, and what was paid now."""

    total: int
    finished: int = 0
    usage: Usage = field(default_factory=Usage)


Verdict = Judgement | str
"""A judgement, or in words why there is none."""


async def judge_all(
    model: ChatModel,
    candidates: Sequence[Candidate],
    journal: Journal,
    report: Callable[[Judging], None] = lambda _: None,
) -> list[Verdict]:
    """The verdict on each candidate, many calls in flight.

    Judgements in the journal are not asked for again, failures are; whatever ends the work, what
    was paid for is saved.

    Raises:
        ModelError: the model can't be asked any more.
        StorageError: the journal can't be written.
    """
    progress = Judging(len(candidates))
    gate = asyncio.Semaphore(model.concurrency)

    async def verdict(candidate: Candidate) -> Verdict:
        key = _key(model, candidate)
        found: Verdict | None = journal.get(key, Judgement)
        if found is None:
            async with gate:
                try:
                    answer = await judge(model, candidate)
                except AnswerError as error:
                    found = error.what
                else:
                    journal.add(key, answer.value)
                    progress.usage += answer.usage
                    found = answer.value
        progress.finished += 1
        report(progress)
        return found

    report(progress)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(verdict(candidate)) for candidate in candidates]
    except* (ModelError, StorageError) as several:
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]


def _key(model: ChatModel, candidate: Candidate) -> str:
    prompt = ask(candidate, briefly=model.small)
    parts = (model.name, prompt.digest, prompt.system, prompt.user)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
