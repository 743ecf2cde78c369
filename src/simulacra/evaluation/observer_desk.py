"""A judge's desk: which stage is open, and exactly what may be seen there.

``view`` is the one door through which anything of a study reaches a judge. What it returns has no
method, no model, no other judge's number and, for the blind role, nothing of the character.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict

from simulacra.biography import Story
from simulacra.cognition import Method
from simulacra.errors import StageNotOpenError
from simulacra.evaluation.observer import (
    STAGES,
    Judge,
    Kind,
    Mark,
    Parts,
    Stage,
    Study,
    Task,
    done,
    find_task,
    tasks_of,
)

StageState = Literal["waiting", "open", "finished"]
FINISHED: dict[Stage, Mark] = {1: "finished-1", 2: "finished-2"}


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DescribeView(_Data):
    """Stage 1, blind: describe who answers."""

    kind: Literal["describe"] = "describe"
    task: str
    place: int
    of: int
    scenario: str
    response: Parts


class WriteView(_Data):
    """Stage 1, story: write how you would feel and act as the character."""

    kind: Literal["write"] = "write"
    task: str
    place: int
    of: int
    name: str
    scenario: str


class LikenessView(_Data):
    """Stage 2, blind: score how like the response is to what people wrote."""

    kind: Literal["likeness"] = "likeness"
    task: str
    place: int
    of: int
    scenario: str
    response: Parts
    people: tuple[str, ...]


class FitView(_Data):
    """Stage 2, story: score how well a description fits the character."""

    kind: Literal["fit"] = "fit"
    task: str
    place: int
    of: int
    name: str
    scenario: str
    description: str


View: TypeAlias = DescribeView | WriteView | LikenessView | FitView


class Chapter(_Data):
    """A chapter of the life story; its title is empty where the story has no headings."""

    title: str
    paragraphs: tuple[str, ...]


class LifeStory(_Data):
    """What the story role reads."""

    name: str
    biography: tuple[str, ...]
    chapters: tuple[Chapter, ...]


class TextKey(NamedTuple):
    """Names a text that a judge wrote: by number, kind and what it is about."""

    judge: int
    kind: Kind
    scenario: str
    method: Method | None


class Given(NamedTuple):
    """A judgement as it stands. ``version`` counts its changes from 1."""

    value: str | float
    version: int
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Who judges a study, and what they have done once and for all."""

    judges: tuple[Judge, ...]
    marks: frozenset[tuple[int, Mark]]
    closed: bool = False

    def active(self, panel: str) -> list[Judge]:
        """The judges of a panel who are not revoked, by number."""
        some = (judge for judge in self.judges if judge.panel == panel and not judge.revoked)
        return sorted(some, key=lambda judge: judge.number)

    def opened(self, panel: str) -> bool:
        """Whether stage 2 has its inputs: both roles are there, and all finished stage 1."""
        active = self.active(panel)
        roles = {judge.role for judge in active}
        return len(roles) == 2 and all((j.number, FINISHED[1]) in self.marks for j in active)

    def state(self, judge: Judge, stage: Stage) -> StageState:
        """Whether a stage waits for its inputs, is open, or is finished."""
        if (judge.number, FINISHED[stage]) in self.marks:
            return "finished"
        return "open" if stage == 1 or self.opened(judge.panel) else "waiting"

    def stage(self, judge: Judge) -> Stage:
        """The stage that a judge is at: 2 as soon as stage 1 is finished."""
        return 1 if self.state(judge, 1) == "open" else 2


class Progress(NamedTuple):
    """How many tasks of a stage are done, of how many."""

    done: int
    of: int

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.of


def progress(tasks: Iterable[Task], given: Mapping[str, Given]) -> Progress:
    """How far a judge is with some tasks; ``given`` is by task."""
    every = list(tasks)
    return Progress(sum(t.id in given and done(given[t.id].value) for t in every), len(every))


def texts_needed(task: Task) -> tuple[TextKey, ...]:
    """The texts of others that belong before a judge with this task, in the order shown."""
    if task.kind == "fit" and task.about is not None:
        return (TextKey(task.about, "describe", task.scenario, task.method),)
    return tuple(TextKey(number, "write", task.scenario, None) for number in task.people)


def view(
    study: Study,
    standing: Standing,
    judge: Judge,
    stage: Stage,
    task: str,
    texts: Mapping[TextKey, str] | None = None,
) -> View:
    """All that a judge may be shown for a task: these fields and nothing else.

    ``texts`` are those of other judges, as ``texts_needed`` names them. A finished stage may be
    looked at, and not be changed.

    Raises:
        StageNotOpenError: the stage waits for its inputs.
        TaskNotFoundError: it is no task of this judge at this stage.
    """
    require_seen(standing, judge, stage)
    tasks = tasks_of(study, standing.judges, judge, stage)
    found, of = find_task(tasks, task), len(tasks)
    scenario = study.scenario(found.scenario).text
    heard = tuple((texts or {})[key] for key in texts_needed(found))
    if found.kind == "write":
        return WriteView(
            task=found.id, place=found.place, of=of, name=study.name, scenario=scenario
        )
    if found.kind == "fit":
        return FitView(
            task=found.id,
            place=found.place,
            of=of,
            name=study.name,
            scenario=scenario,
            description=heard[0],
        )
    assert found.method is not None, "a response is by a method"
    parts = study.parts(found.scenario, found.method)
    assert parts is not None, "a response that can't be used is no task"
    if found.kind == "describe":
        return DescribeView(
            task=found.id, place=found.place, of=of, scenario=scenario, response=parts
        )
    return LikenessView(
        task=found.id, place=found.place, of=of, scenario=scenario, response=parts, people=heard
    )


def life_story(study: Study, judge: Judge) -> LifeStory:
    """The life story, for those who may know it.

    Raises:
        StageNotOpenError: the judge's role is the blind one.
    """
    if judge.role != "story":
        raise StageNotOpenError(
            "Your part is to judge without knowing the life story.", "Go back to your tasks."
        )
    story = Story.parse(study.story)
    first = story.chapters[0].start if story.chapters else len(story.paragraphs)
    chapters = [Chapter(title="", paragraphs=story.paragraphs[:first])] if first else []
    chapters += [
        Chapter(title=chapter.title, paragraphs=story.paragraphs[chapter.start : chapter.end])
        for chapter in story.chapters
    ]
    paragraphs = tuple(Story.parse(study.biography).paragraphs)
    return LifeStory(name=study.name, biography=paragraphs, chapters=tuple(chapters))


def require_seen(standing: Standing, judge: Judge, stage: Stage) -> None:
    """Raise ``StageNotOpenError`` where a judge must not look at a stage yet."""
    if (
        stage not in STAGES
        or standing.state(judge, stage) == "waiting"
        or (stage == 2 and standing.state(judge, 1) != "finished")
    ):
        raise StageNotOpenError(
            f"Stage {stage} is not open yet.",
            "It opens when all judges have finished stage 1; come back later.",
        )


def require_open(standing: Standing, judge: Judge, stage: Stage) -> None:
    """Raise ``StageNotOpenError`` where a judge must not change anything at a stage."""
    require_seen(standing, judge, stage)
    if standing.state(judge, stage) == "finished":
        raise StageNotOpenError(
            f"You have finished stage {stage}: its answers are at work by now.",
            "They can be read, but not changed.",
        )
