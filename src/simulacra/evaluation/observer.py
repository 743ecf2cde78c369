"""The observer report (paper, Section 5.2, Figure 4): who judges what, and when.

A study has the responses of one character to some scenarios by some methods. Judges of two roles
take two stages:

    role    stage 1                                   stage 2
    blind   describes who answers, from scenario      scores the likeness of a response to those
            and response alone (judges 1, 2)          that people wrote as the character
    story   knows the life story, writes how they     scores how well the descriptions fit the
            would feel and act (judges 3, 4)          character

People and models are panels of their own: what one panel writes no other panel ever sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulacra.cognition import Method
from simulacra.errors import JudgementInvalidError, TaskNotFoundError
from simulacra.evaluation.scenarios import Scenario

Role = Literal["blind", "story"]
Stage = Literal[1, 2]
Kind = Literal["describe", "write", "fit", "likeness"]
Mark = Literal["consent", "practice-1", "practice-2", "finished-1", "finished-2"]
"""What a judge did once and for all; each is noted with its time."""

STAGES: tuple[Stage, ...] = (1, 2)
PARTS = ("motive", "emotion", "approach", "behaviour")
PEOPLE = "people"
"""The panel of all judges who are people; a model's panel bears the model's name."""
SEATS = 4
HEARD = 2
"""Of so many judges of the other role a judge scores texts, however many there are."""
LONGEST = 4_000
"""Characters of a text that a judge writes, at most."""
HIGHEST = 5.0
_SCORES = frozenset(half / 2 for half in range(11))


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Parts(_Data):
    """A response as it is shown: what moves them, how they feel, what they plan, what they do."""

    motive: str
    emotion: str
    approach: str
    behaviour: str


class Response(_Data):
    """How the simulacrum answered a scenario by a method; ``parts`` is ``None`` if not usably.

    ``why`` says then what was wrong. Nothing is ever put in its place.
    """

    scenario: str
    method: Method
    parts: Parts | None
    why: str = ""


class Study(_Data):
    """What is judged. It never changes: the life story is kept as it was.

    ``seed`` decides the responses and every order, ``salt`` makes the names of tasks unguessable.
    ``prompts`` has the digests of the templates.
    """

    id: str
    created: datetime
    character: str
    name: str
    biography: str
    story: str
    methods: tuple[Method, ...] = Field(min_length=1)
    scenarios: tuple[Scenario, ...] = Field(min_length=1)
    responses: tuple[Response, ...]
    model: str
    agent_model: str | None = None
    preset: str = "default"
    embedder: str = ""
    seed: int
    salt: str
    prompts: dict[str, str] = {}
    versions: dict[str, str] = {}

    def scenario(self, id: str) -> Scenario:  # noqa: A002
        """The scenario of an id."""
        return next(scenario for scenario in self.scenarios if scenario.id == id)

    def parts(self, scenario: str, method: Method) -> Parts | None:
        """The response, ``None`` where there is none that can be used."""
        found = (r.parts for r in self.responses if (r.scenario, r.method) == (scenario, method))
        return next(found, None)


class Judge(_Data):
    """One judge. ``seat`` is the paper's number, 1 to 4; ``model`` is ``None`` for a person."""

    number: int = Field(ge=1)
    seat: int = Field(ge=1, le=SEATS)
    model: str | None = None
    revoked: bool = False

    @property
    def role(self) -> Role:
        """Seats 1 and 2 see no life story, seats 3 and 4 know it."""
        return "blind" if self.seat <= 2 else "story"

    @property
    def panel(self) -> str:
        """``people``, or the name of the model that judges."""
        return self.model or PEOPLE


@dataclass(frozen=True)
class Task:
    """One thing to judge. ``id`` tells nothing; ``place`` is where it stands in the judge's order.

    ``about`` is who wrote the description that is scored, ``people`` who wrote the responses that
    one is compared with, both by number. Places are counted from 1, ``scenario_place`` among the
    scenarios and ``method_place`` within one.
    """

    id: str
    kind: Kind
    stage: Stage
    scenario: str
    method: Method | None
    about: int | None
    people: tuple[int, ...]
    place: int
    scenario_place: int
    method_place: int


def seat_for(judges: Iterable[Judge], panel: str = PEOPLE, role: Role | None = None) -> int:
    """The seat of the next judge of a panel: the first of those that have the fewest judges."""
    taken = [judge.seat for judge in judges if judge.panel == panel and not judge.revoked]
    seats = {None: (1, 2, 3, 4), "blind": (1, 2), "story": (3, 4)}[role]
    return min(seats, key=lambda seat: (taken.count(seat), seat))


def tasks_of(study: Study, judges: Iterable[Judge], judge: Judge, stage: Stage) -> list[Task]:
    """What a judge has to do at a stage, in the judge's own order.

    Scenarios, and methods within each, are in an order drawn from the study's seed and the judge's
    number. Responses that can't be used are no tasks.
    """
    draw = Random(f"{study.seed}/{judge.number}/{stage}")
    others = heard_by(judge, judges) if stage == 2 else []
    tasks: list[Task] = []
    scenarios = draw.sample(study.scenarios, len(study.scenarios))
    for scenario_place, scenario in enumerate(scenarios, 1):
        usable: list[Method] = [m for m in study.methods if study.parts(scenario.id, m) is not None]
        some = list(_asked(judge, stage, usable, others))
        draw.shuffle(some)
        for method_place, (kind, method, about) in enumerate(some, 1):
            people = tuple(draw.sample(others, len(others))) if kind == "likeness" else ()
            tasks.append(
                Task(
                    id=_opaque(study, judge, kind, scenario.id, method, about),
                    kind=kind,
                    stage=stage,
                    scenario=scenario.id,
                    method=method,
                    about=about,
                    people=people,
                    place=len(tasks) + 1,
                    scenario_place=scenario_place,
                    method_place=method_place,
                )
            )
    return tasks


def _asked(
    judge: Judge, stage: Stage, usable: Iterable[Method], others: Iterable[int]
) -> Iterator[tuple[Kind, Method | None, int | None]]:
    """What a judge is asked about one scenario: of what kind, which method, whose description."""
    heard = list(others)
    if judge.role == "story" and stage == 1:
        yield "write", None, None
        return
    for method in usable:
        if judge.role == "story":
            for other in heard:
                yield "fit", method, other
        elif stage == 1:
            yield "describe", method, None
        elif heard:
            yield "likeness", method, None


def find_task(tasks: Iterable[Task], id: str) -> Task:  # noqa: A002
    """The task of an id.

    Raises:
        TaskNotFoundError: the judge has no such task at this stage.
    """
    found = next((task for task in tasks if task.id == id), None)
    if found is None:
        raise TaskNotFoundError(
            "There is no such task for this judge at this stage.", "Go back to the list."
        )
    return found


def heard_by(judge: Judge, judges: Iterable[Judge]) -> list[int]:
    """The judges of the other role whose texts a judge scores: two, by turns where there are more.

    Whoever was revoked is left out, without the turns of the others changing.
    """
    panel = sorted((j for j in judges if j.panel == judge.panel), key=lambda j: j.number)
    mine = [j.number for j in panel if j.role == judge.role]
    others = [j for j in panel if j.role != judge.role]
    if not others or judge.number not in mine:
        return []
    first = HEARD * mine.index(judge.number)
    turn = [others[(first + i) % len(others)] for i in range(len(others))]
    chosen = {j.number: j for j in turn[:HEARD] if not j.revoked}
    spare = (j for j in turn[HEARD:] if not j.revoked)
    if not chosen:
        chosen = {j.number: j for j in [next(spare, None)] if j}
    return list(chosen)


def checked(kind: Kind, value: object) -> str | float:
    """A judgement as it may be kept: a text, or 0 to 5 in halves.

    An empty text takes back what was written.

    Raises:
        JudgementInvalidError: it is neither, or not what the task asks for.
    """
    if kind in ("describe", "write"):
        if not isinstance(value, str):
            raise JudgementInvalidError("This task takes a text.", "Write one.")
        if len(value) > LONGEST:
            raise JudgementInvalidError(
                f"The text has {len(value):,} characters; {LONGEST:,} are the most.", "Shorten it."
            )
        if re.search("[\0\ud800-\udfff]", value):
            raise JudgementInvalidError("The text has a broken character in it.", "Take it out.")
        return value if value.strip() else ""
    score = float(value) if isinstance(value, int | float) and value in _SCORES else None
    if score is None or isinstance(value, bool):
        raise JudgementInvalidError(
            "A score is a number from 0 to 5, halves allowed.", "Choose one of 0, 0.5, 1 … 5."
        )
    return score


def done(value: str | float | None) -> bool:
    """Whether a stored judgement is one: an empty text is none."""
    return value is not None and value != ""


def _opaque(
    study: Study, judge: Judge, kind: Kind, scenario: str, method: str | None, about: int | None
) -> str:
    key = f"{study.salt}/{judge.number}/{kind}/{scenario}/{method}/{about}"
    return sha256(key.encode()).hexdigest()[:16]
