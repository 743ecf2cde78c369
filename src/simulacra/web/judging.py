"""A judge before the pages: who has a link, what is next, and what is kept of what comes in.

Everything here blocks; pages call it in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from simulacra.errors import (
    JudgementStaleError,
    StageNotOpenError,
    StudyClosedError,
    TaskNotFoundError,
)
from simulacra.evaluation.observer import Mark, Stage, Task, done, find_task
from simulacra.evaluation.observer_desk import (
    Given,
    Progress,
    StageState,
    View,
    require_open,
    require_seen,
)
from simulacra.evaluation.observer_desk import progress as progress_of
from simulacra.storage import Desk, Studies

PRACTICE: dict[Stage, Mark] = {1: "practice-1", 2: "practice-2"}
TEXTS = ("describe", "write")
"""The kinds of tasks that take a text; the others take a score."""


@dataclass(frozen=True)
class Step:
    """A task as a judge may know of it: its name, where it stands, whether it is done."""

    id: str
    place: int
    done: bool


@dataclass(frozen=True)
class Seat:
    """A judge at the desk that a link leads to, with what was judged so far."""

    token: str
    desk: Desk
    given: dict[str, Given]

    @property
    def at(self) -> str:
        """The address of this judge's pages."""
        return f"/j/{self.token}"

    @property
    def knows_life(self) -> bool:
        """Whether this judge reads the life story."""
        return self.desk.judge.role == "story"

    @cached_property
    def stage(self) -> Stage:
        """The stage that the judge is at."""
        return self.desk.standing.stage(self.desk.judge)

    def state(self, stage: Stage) -> StageState:
        """Whether a stage waits for its inputs, is open, or is finished."""
        return self.desk.standing.state(self.desk.judge, stage)

    def steps(self, stage: Stage) -> list[Step]:
        """The tasks of a stage, in the judge's order."""
        return [Step(t.id, t.place, self._done(t)) for t in self.desk.tasks(stage)]

    def progress(self, stage: Stage) -> Progress:
        """How far the judge is with a stage."""
        return progress_of(self.desk.tasks(stage), self.given)

    def next(self) -> str:
        """Where it goes on: the next page that has something to do."""
        stage, at = self.stage, self.at
        if "consent" not in self.desk.marks or self.state(stage) != "open":
            return at
        if PRACTICE[stage] not in self.desk.marks:
            return f"{at}/{stage}/instructions"
        left = next((step for step in self.steps(stage) if not step.done), None)
        return f"{at}/{stage}/{left.id if left else 'finish'}"

    def after(self, stage: Stage, task: str) -> str:
        """The page after a task: the task that follows it, or the end of the stage."""
        ids = [one.id for one in self.desk.tasks(stage)]
        follows = ids[ids.index(task) + 1 :]
        return f"{self.at}/{stage}/{follows[0] if follows else 'finish'}"

    def _done(self, task: Task) -> bool:
        return task.id in self.given and done(self.given[task.id].value)


@dataclass(frozen=True)
class Shown:
    """A task before its judge: what may be seen, what stands, and whether it can be changed."""

    seat: Seat
    stage: Stage
    view: View
    stands: Given | None
    open: bool
    before: Step | None
    after: Step | None


@dataclass(frozen=True)
class Save:
    """A change that a page sends: ``replaces`` is what the same page sent last, its fate unknown.

    An answer that was lost on its way so does not look like a change made elsewhere.
    """

    value: str
    version: int
    replaces: str | None = None


def sit_down(studies: Studies, token: str) -> Seat:
    """Where a link leads, also to a closed study.

    Raises:
        JudgeLinkError: the link is unknown or was revoked.
    """
    desk = studies.desk(token)
    return Seat(token, desk, desk.given)


def enter(studies: Studies, token: str) -> Seat:
    """The judge of a link, who has agreed to take part in a study that is open.

    Raises:
        JudgeLinkError, StudyClosedError, NotAgreedError: not so.
    """
    seat = sit_down(studies, token)
    if seat.desk.standing.closed:
        raise StudyClosedError(
            "This study is closed: nothing more is taken.",
            "All that you saved before is kept. Thank you for taking part.",
        )
    if "consent" not in seat.desk.marks:
        raise NotAgreedError(
            "You have not agreed to take part yet.", "Open your link again: it begins there."
        )
    return seat


class NotAgreedError(StageNotOpenError):
    """A judge goes to a task before having agreed to take part."""


class NotPractisedError(StageNotOpenError):
    """A judge goes to a task before the practice task."""


def look(studies: Studies, token: str, stage: int, task: str) -> Shown:
    """A task with what stands there.

    Raises:
        StageNotOpenError, TaskNotFoundError: there is no such task for this judge now.
    """
    seat = enter(studies, token)
    which = _practised(seat, stage)
    view = studies.view(seat.desk, which, task)
    steps = seat.steps(which)
    place = view.place - 1
    return Shown(
        seat=seat,
        stage=which,
        view=view,
        stands=seat.given.get(task),
        open=seat.state(which) == "open",
        before=steps[place - 1] if place else None,
        after=steps[place + 1] if place + 1 < len(steps) else None,
    )


def keep(studies: Studies, token: str, stage: int, task: str, change: Save) -> tuple[Seat, Given]:
    """Keep a change of a judgement; it is on the disk when this returns.

    Raises:
        StudyError: it is not taken, as ``Studies.save`` has it.
    """
    seat = enter(studies, token)
    which = _practised(seat, stage)
    require_open(seat.desk.standing, seat.desk.judge, which)
    kind = find_task(seat.desk.tasks(which), task).kind
    value = _read(kind in TEXTS, change.value)
    try:
        kept = studies.save(seat.desk, which, task, value, change.version)
    except JudgementStaleError as error:
        if change.replaces is None or error.value != _read(kind in TEXTS, change.replaces):
            raise
        kept = studies.save(seat.desk, which, task, value, error.version)
    return Seat(token, seat.desk, {**seat.given, task: kept}), kept


def stage_of(seat: Seat, stage: int) -> Stage:
    """A stage of the study that the judge may look at.

    Raises:
        StageNotOpenError: it waits, or there is none of that number.
    """
    for known in PRACTICE:
        if known == stage:
            require_seen(seat.desk.standing, seat.desk.judge, known)
            return known
    raise TaskNotFoundError("There is no such stage.", "Go back to the overview.")


def _practised(seat: Seat, stage: int) -> Stage:
    which = stage_of(seat, stage)
    if PRACTICE[which] not in seat.desk.marks:
        raise NotPractisedError(
            "One practice task comes before the others.", "Go to the instructions first."
        )
    return which


def _read(text: bool, sent: str) -> str | float:
    """What a form sent, as a judgement: its lines end alike, and a score is a number.

    What is neither is left to ``checked``, which says what is wrong with it.
    """
    if text:
        return sent.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return float(sent)
    except ValueError:
        return sent
