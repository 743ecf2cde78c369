"""A model judges a study, for a pilot: as four judges, through the same views as people."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from simulacra.cli import show
from simulacra.cli.studying import stored
from simulacra.errors import AnswerError, SimulacraError, StudyError
from simulacra.evaluation.observer import SEATS, STAGES, Judge, Stage, Study
from simulacra.evaluation.observer_desk import FINISHED
from simulacra.evaluation.observer_judging import judge_view
from simulacra.evaluation.running import first_of
from simulacra.inference import ChatModel, load_chat_model
from simulacra.settings import Settings
from simulacra.storage import Studies


async def pilot(id_: str, name: str, seed: int, settings: Settings, *, json: bool) -> None:
    """Have a model judge a stored study, and say what is missing."""
    studies = stored(settings)
    study = studies.get(id_)
    missing = await judge_all(studies, study, name, seed, settings)
    if json:
        show.emit({"id": study.id, "judge_model": name, "missing": missing})
        return
    print(f"{name} has judged study {study.id}; {missing} judgements are missing.")
    print(f"See: simulacra study report {study.id}")


async def judge_all(
    studies: Studies, study: Study, name: str, seed: int, settings: Settings
) -> int:
    """Do all that four judges have to do and is not done yet; return how many scores are missing.

    A score that the model does not give in three attempts stays missing.

    Raises:
        StudyError: a text of stage 1 is missing, so that stage 2 can't begin.
        ModelError: the model could not be asked.
    """
    model = load_chat_model(name, settings)
    panel = studies.standing(study).active(model.name)
    if not panel:
        studies.invite(study, SEATS, model=model.name)
        panel = studies.standing(study).active(model.name)
    missing = 0
    for stage in STAGES:
        desks = [studies.desk_of(study, judge.number) for judge in panel]
        due = sum(len(desk.tasks(stage)) - desk.progress(stage).done for desk in desks)
        left = 0
        with _progress(f"{model.name} judges, stage {stage}", due) as advance:
            for judge in panel:
                left += await _stage(studies, study, model, judge, stage, seed, advance)
        if left and stage == 1:
            raise StudyError(
                f"{model.name} wrote nothing that can be used for {left} tasks of stage 1.",
                "Take another model: --judge-model.",
            )
        missing = left
    return missing


async def _stage(
    studies: Studies,
    study: Study,
    model: ChatModel,
    judge: Judge,
    stage: Stage,
    seed: int,
    advance: Callable[[], None],
) -> int:
    """Do a judge's tasks of a stage, and finish it if none is missing; return how many are."""
    desk = studies.desk_of(study, judge.number)
    given = desk.given
    story = studies.life_story(desk) if judge.role == "story" else None
    gate, failed = asyncio.Semaphore(model.concurrency), list[str]()

    async def one(task: str) -> None:
        async with gate:
            try:
                shown = studies.view(desk, stage, task)
                judged = await judge_view(model, judge, stage, shown, story, seed)
            except AnswerError as error:
                failed.append(error.what)
            else:
                studies.save(desk, stage, task, judged.value, 0)
            advance()

    try:
        async with asyncio.TaskGroup() as group:
            for task in desk.tasks(stage):
                if task.id not in given:
                    group.create_task(one(task.id))
    except* SimulacraError as several:
        raise first_of(several) from None
    for what in failed:
        print(f"Judge {judge.number}, stage {stage}: {what}", file=sys.stderr)
    if not failed and FINISHED[stage] not in desk.marks:
        studies.mark(desk, FINISHED[stage])
    return len(failed)


@contextmanager
def _progress(what: str, total: int) -> Generator[Callable[[], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Left())
    with Progress(*columns, console=show.console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
