"""What judges do: a link leads to a desk, a desk shows tasks, and judgements are kept."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import get_args

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from simulacra.errors import JudgementStaleError, StageNotOpenError, StudyError
from simulacra.evaluation.observer import (
    Judge,
    Mark,
    Stage,
    Study,
    Task,
    checked,
    find_task,
    tasks_of,
)
from simulacra.evaluation.observer_desk import (
    FINISHED,
    Given,
    LifeStory,
    Progress,
    Standing,
    TextKey,
    View,
    life_story,
    progress,
    require_open,
    require_seen,
    texts_needed,
    view,
)
from simulacra.storage.studies_database import (
    Database,
    hashed,
    judge_of,
    judgements,
    judges,
    marks,
    no_link,
    numbered,
    readings,
    require_not_closed,
    studies,
    utc,
    value_of,
)

STAGE_OF: dict[Mark, Stage] = {mark: stage for stage, mark in FINISHED.items()}
LONGEST_READING = 3_600.0
"""Seconds of reading that one report may add: a page that was left open is no reading."""


@dataclass(frozen=True)
class Desk:
    """A judge at a study, as things stand; pages ask ``Studies`` for what is to be shown."""

    study: Study
    judge: Judge
    standing: Standing
    given: dict[str, Given]
    """What the judge has judged so far, by task."""

    @cached_property
    def marks(self) -> frozenset[Mark]:
        """What this judge did once and for all."""
        return frozenset(
            mark for number, mark in self.standing.marks if number == self.judge.number
        )

    def tasks(self, stage: Stage) -> list[Task]:
        """The judge's tasks at a stage, in order; none where the stage is not open yet.

        Method and authors in them are not for the judge's eyes: show ``id`` and ``place``.
        """
        return self._tasks[stage]

    def progress(self, stage: Stage) -> Progress:
        """How far the judge is with a stage."""
        return progress(self.tasks(stage), self.given)

    @cached_property
    def _tasks(self) -> dict[Stage, list[Task]]:
        return {
            stage: []
            if self.standing.state(self.judge, stage) == "waiting"
            else tasks_of(self.study, self.standing.judges, self.judge, stage)
            for stage in get_args(Stage)
        }


class Judging(Database):
    """The judges' side of the studies."""

    def desk(self, token: str) -> Desk:
        """Where a link leads. Also into a study that is closed, to be told so.

        Raises:
            JudgeLinkError: the link is unknown or was revoked.
        """
        with self.reading() as connection:
            study, judge = _by_token(connection, token)
            return self._desk(connection, self.read_study(connection, study), judge)

    def desk_of(self, study: Study, number: int) -> Desk:
        """The desk of a judge without a link: for models that judge.

        Raises:
            StudyError: there is no such judge.
        """
        with self.reading() as connection:
            judge = numbered(self.read_standing(connection, study.id), number)
            return self._desk(connection, study, judge)

    def _desk(self, connection: Connection, study: Study, judge: Judge) -> Desk:
        given = _given(connection, study, judgements.c.judge == judge.number)
        standing = self.read_standing(connection, study.id)
        return Desk(study, judge, standing, given.get(judge.number, {}))

    def view(self, desk: Desk, stage: Stage, task: str) -> View:
        """What the judge may be shown for a task: see ``observer_desk.view``.

        Raises:
            StageNotOpenError, TaskNotFoundError: as there.
        """
        require_seen(desk.standing, desk.judge, stage)
        found = find_task(desk.tasks(stage), task)
        texts: dict[TextKey, str] = {}
        if keys := texts_needed(found):
            with self.reading() as connection:
                texts = _texts(connection, desk.study.id, keys)
        return view(desk.study, desk.standing, desk.judge, stage, task, texts)

    def life_story(self, desk: Desk) -> LifeStory:
        """The life story, for the role that may know it; else ``StageNotOpenError``."""
        return life_story(desk.study, desk.judge)

    def given_by_judge(self, study: Study) -> dict[int, dict[str, Given]]:
        """What every judge has judged so far, by number and task."""
        with self.reading() as connection:
            return _given(connection, study)

    def save(self, desk: Desk, stage: Stage, task: str, value: object, version: int) -> Given:
        """Keep a judgement; it is on the disk when this returns.

        ``version`` is the one that the judge saw, 0 where there was none. What is there already
        is not kept twice, whatever the version: sending it again is harmless.

        Raises:
            StudyClosedError, JudgeLinkError, StageNotOpenError, TaskNotFoundError: it is not taken.
            JudgementInvalidError: the value is no such judgement.
            JudgementStaleError: it was changed elsewhere meanwhile; it says what stands there.
        """
        require_not_closed(desk.standing.closed)
        require_open(desk.standing, desk.judge, stage)
        found = find_task(desk.tasks(stage), task)
        value = checked(found.kind, value)
        mine = and_(
            judgements.c.study == desk.study.id,
            judgements.c.judge == desk.judge.number,
            judgements.c.task == found.id,
            judgements.c.latest,
        )
        with self.writing() as connection:
            self._require_taken(connection, desk, stage)
            row = connection.execute(select(judgements).where(mine)).mappings().one_or_none()
            stands = None if row is None else Given(value_of(row), row["version"], utc(row["at"]))
            if stands and stands.value == value:
                return stands
            if (stands.version if stands else 0) != version:
                raise JudgementStaleError(
                    "This judgement was changed elsewhere meanwhile, such as in another tab.",
                    "Compare the two and save again what shall stand.",
                    value=stands.value if stands else "",
                    version=stands.version if stands else 0,
                )
            connection.execute(judgements.update().where(mine).values(latest=False))
            kept = Given(value, version + 1, datetime.now(UTC))
            connection.execute(
                judgements.insert().values(
                    study=desk.study.id,
                    judge=desk.judge.number,
                    task=found.id,
                    version=kept.version,
                    kind=found.kind,
                    stage=found.stage,
                    scenario=found.scenario,
                    method=found.method,
                    about=found.about,
                    place=found.place,
                    scenario_place=found.scenario_place,
                    method_place=found.method_place,
                    score=value if isinstance(value, float) else None,
                    text=value if isinstance(value, str) else None,
                    latest=True,
                    at=kept.at,
                )
            )
        return kept

    def mark(self, desk: Desk, mark: Mark) -> None:
        """Note what a judge did once and for all; noting it twice changes nothing.

        Raises:
            StudyClosedError, JudgeLinkError: it is not taken.
            StageNotOpenError: a stage is to be finished that is not open, or has tasks left.
        """
        if mark not in get_args(Mark):
            raise StudyError(f"There is no mark {mark!r}.", f"Known: {', '.join(get_args(Mark))}.")
        if mark in desk.marks:
            return
        require_not_closed(desk.standing.closed)
        stage = STAGE_OF.get(mark)
        if stage:
            require_open(desk.standing, desk.judge, stage)
        with self.writing() as connection:
            self._require_taken(connection, desk, None)
            if stage:
                _require_complete(connection, desk, stage)
            connection.execute(
                marks.insert()
                .prefix_with("OR IGNORE")
                .values(
                    study=desk.study.id, judge=desk.judge.number, mark=mark, at=datetime.now(UTC)
                )
            )

    def read_chapter(self, desk: Desk, chapter: int, seconds: float) -> None:
        """Add to the time for which a judge read a chapter, counted from 0; at most an hour.

        Raises:
            StudyClosedError, JudgeLinkError: it is not taken.
            StageNotOpenError: the judge's role reads no life story.
            StudyError: there is no such chapter, or no such time.
        """
        require_not_closed(desk.standing.closed)
        chapters = len(self.life_story(desk).chapters)
        if not 0 <= chapter < chapters or not seconds >= 0:
            raise StudyError("There is no such chapter, or no such time.", "Reload the page.")
        with self.writing() as connection:
            self._require_taken(connection, desk, None)
            connection.execute(
                readings.insert().values(
                    study=desk.study.id,
                    judge=desk.judge.number,
                    chapter=chapter,
                    seconds=min(seconds, LONGEST_READING),
                    at=datetime.now(UTC),
                )
            )

    def _require_taken(self, connection: Connection, desk: Desk, stage: Stage | None) -> None:
        """See that nothing has ended meanwhile that was open when the desk was read."""
        finished = exists().where(
            marks.c.study == judges.c.study,
            marks.c.judge == judges.c.number,
            marks.c.mark == (FINISHED[stage] if stage else ""),
        )
        query = (
            select(studies.c.closed, judges.c.revoked, finished.label("finished"))
            .join_from(judges, studies, studies.c.id == judges.c.study)
            .where(judges.c.study == desk.study.id, judges.c.number == desk.judge.number)
        )
        stands = connection.execute(query).one()
        require_not_closed(stands.closed is not None)
        if stands.revoked is not None:
            raise no_link()
        if stands.finished:
            raise StageNotOpenError(
                f"You have finished stage {stage}: its answers are at work by now.",
                "They can be read, but not changed.",
            )


def _given(
    connection: Connection, study: Study, *which: ColumnElement[bool]
) -> dict[int, dict[str, Given]]:
    query = select(judgements).where(judgements.c.study == study.id, judgements.c.latest, *which)
    found: dict[int, dict[str, Given]] = {}
    for row in connection.execute(query).mappings():
        one = Given(value_of(row), row["version"], utc(row["at"]))
        found.setdefault(row["judge"], {})[row["task"]] = one
    return found


def _by_token(connection: Connection, token: str) -> tuple[str, Judge]:
    """The study and judge of a link. What is looked up, and its time, say nothing of the token."""
    wanted = hashed(token)
    row = connection.execute(select(judges).where(judges.c.token == wanted)).mappings().first()
    stored = row["token"] if row is not None else "0" * len(wanted)
    if not hmac.compare_digest(stored, wanted) or row is None or row["revoked"] is not None:
        raise no_link()
    return row["study"], judge_of(row)


def _require_complete(connection: Connection, desk: Desk, stage: Stage) -> None:
    query = select(judgements.c.task).where(
        judgements.c.study == desk.study.id,
        judgements.c.judge == desk.judge.number,
        judgements.c.latest,
        or_(judgements.c.score.is_not(None), func.length(judgements.c.text) > 0),
    )
    done = set(connection.execute(query).scalars())
    left = [task.place for task in desk.tasks(stage) if task.id not in done]
    if left:
        raise StageNotOpenError(
            f"{len(left)} of the tasks of stage {stage} are not done yet, the first is "
            f"number {left[0]}.",
            "Do them, and finish then.",
        )


def _texts(connection: Connection, study: str, keys: Iterable[TextKey]) -> dict[TextKey, str]:
    """Texts by key; an empty one where it was never written, which an open stage rules out."""
    found: dict[TextKey, str] = {}
    for key in keys:
        text = connection.execute(
            select(judgements.c.text).where(
                judgements.c.study == study,
                judgements.c.judge == key.judge,
                judgements.c.kind == key.kind,
                judgements.c.scenario == key.scenario,
                judgements.c.method.is_(None)
                if key.method is None
                else judgements.c.method == key.method,
                judgements.c.latest,
            )
        ).scalar_one_or_none()
        found[key] = text or ""
    return found
