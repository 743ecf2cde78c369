"""Studies made up for tests, and judges who do all their tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from simulacra.cognition import METHODS, Method
from simulacra.evaluation.observer import (
    Judge,
    Mark,
    Parts,
    Response,
    Stage,
    Study,
    Task,
    tasks_of,
)
from simulacra.evaluation.observer_desk import Standing
from simulacra.evaluation.observer_scoring import Judgement
from simulacra.evaluation.scenarios import shipped_scenarios
from simulacra.storage import Desk, Studies

STORY = "# Ferry\n\nBo steers the ferry.\n\nBo keeps bees.\n\n# Winter\n\nBo saved an elk.\n"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
COMPARED: tuple[Method, ...] = ("prompt", "rag", "macm")


def parts(number: int) -> Parts:
    """A response that can be told from any other, and names no method."""
    return Parts(
        motive=f"I want peace {number}.",
        emotion=f"I feel calm {number}.",
        approach=f"I take my time {number}.",
        behaviour=f"I go home {number}.",
    )


def study(
    scenarios: int = 5,
    methods: Sequence[Method] = COMPARED,
    *,
    seed: int = 7,
    unusable: Iterable[tuple[int, Method]] = (),
    id: str = "0123abcd",  # noqa: A002
) -> Study:
    """A study of Bo; ``unusable`` names responses by number of scenario and method."""
    chosen = shipped_scenarios()[:scenarios]
    missing = set(unusable)
    return Study(
        id=id,
        created=NOW,
        character="bo-lind",
        name="Bo Lind",
        biography="Bo Lind steers a ferry.",
        story=STORY,
        methods=tuple(methods),
        scenarios=chosen,
        responses=tuple(
            Response(
                scenario=scenario.id,
                method=method,
                parts=None if (i, method) in missing else parts(100 * i + METHODS.index(method)),
                why="nothing came" if (i, method) in missing else "",
            )
            for i, scenario in enumerate(chosen)
            for method in methods
        ),
        model="openai:gpt-secret",
        agent_model="openai:gpt-inner",
        seed=seed,
        salt="salt",
    )


def judges(*seats: int, model: str | None = None, first: int = 1) -> tuple[Judge, ...]:
    """Judges in these seats, numbered from ``first``."""
    return tuple(
        Judge(number=number, seat=seat, model=model) for number, seat in enumerate(seats, first)
    )


def standing(people: Iterable[Judge], *marks: Mark) -> Standing:
    """All judges with the same marks."""
    everybody = tuple(people)
    return Standing(everybody, frozenset((j.number, mark) for j in everybody for mark in marks))


def opened(people: Iterable[Judge]) -> Standing:
    """Judges who all have finished stage 1."""
    return standing(people, "consent", "finished-1")


def judgement(judge: Judge, task: Task, value: str | float, version: int = 1) -> Judgement:
    """A judgement of a task."""
    return Judgement(
        judge=judge.number,
        task=task.id,
        kind=task.kind,
        stage=task.stage,
        scenario=task.scenario,
        method=task.method,
        about=task.about,
        place=task.place,
        scenario_place=task.scenario_place,
        method_place=task.method_place,
        version=version,
        value=value,
        at=NOW,
    )


def scored(
    of: Study, everybody: Iterable[Judge], value: Callable[[Judge, Task], float | None]
) -> list[Judgement]:
    """All scores of stage 2, but those that are ``None``."""
    people = tuple(everybody)
    return [
        judgement(judge, task, given)
        for judge in people
        for task in tasks_of(of, people, judge, 2)
        if (given := value(judge, task)) is not None
    ]


def do(studies: Studies, desk: Desk, stage: Stage, value: Callable[[Task], str | float]) -> None:
    """Do all tasks of a stage, and finish it."""
    for task in desk.tasks(stage):
        if task.id not in desk.given:
            studies.save(desk, stage, task.id, value(task), 0)
    studies.mark(desk, "finished-1" if stage == 1 else "finished-2")
