"""The pages of a judge: a secret link, consent, instructions, practice, and task after task.

They lead to no other page, and show what ``storage.Studies`` lets the judge see and nothing else.
Every request begins at the link: one that was revoked is dead at once, on every open page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from simulacra.api.errors import status_of
from simulacra.errors import (
    JudgeLinkError,
    JudgementInvalidError,
    JudgementStaleError,
    StudyError,
    TaskNotFoundError,
)
from simulacra.evaluation import guidance
from simulacra.evaluation.observer import LONGEST, Mark, Stage
from simulacra.evaluation.observer_desk import FINISHED, LifeStory
from simulacra.evaluation.observer_guidance import CONSENT
from simulacra.storage import Studies
from simulacra.web.judging import (
    PRACTICE,
    NotAgreedError,
    NotPractisedError,
    Save,
    Seat,
    Shown,
    enter,
    keep,
    look,
    sit_down,
    stage_of,
)
from simulacra.web.refusing import JUDGES
from simulacra.web.rendering import page
from simulacra.web.security import allow_try

OPEN = (f"{JUDGES}/",)
SCORES = tuple(half / 2 for half in range(11))
router = APIRouter(prefix=JUDGES + "/{token}")
T = TypeVar("T")
DESK = ThreadPoolExecutor(1, "studies")
"""Where judges are served, one after the other: a save takes milliseconds, and threads that take
turns at them make every one of two hundred wait for all (benchmarks.judging)."""


def studies_of(request: Request) -> Studies:
    """The studies of the server's data folder, opened once."""
    state = request.app.state
    if not hasattr(state, "studies"):
        state.studies = Studies.kept_in(state.settings.data)
    return state.studies


@router.get("")
async def home(request: Request, token: str) -> Response:
    """Where the judge is: consent first, then what is to be done, or is waited for."""
    seat = await _asked(request, sit_down, token)
    if seat.desk.standing.closed:
        return await _closed(request, seat)
    if "consent" not in seat.desk.marks:
        study = seat.desk.study
        counts = len(study.scenarios), len(seat.desk.tasks(1)), len(study.story.split())
        return _shown(request, "consent", seat, consent=CONSENT, counts=counts)
    if seat.state(2) == "finished":
        return _shown(request, "thanks", seat)
    if seat.state(seat.stage) == "waiting":
        return _shown(request, "waiting", seat)
    return _shown(request, "overview", seat, told=guidance(seat.desk.judge.role, seat.stage))


@router.post("/consent")
async def consent(request: Request, token: str) -> Response:
    """Note that the judge agrees to take part."""

    def agree(studies: Studies) -> Seat:
        seat = sit_down(studies, token)
        studies.mark(seat.desk, "consent")
        return sit_down(studies, token)

    return _to((await _asked(request, agree)).next())


@router.get("/{stage:int}/instructions")
async def instructions(request: Request, token: str, stage: int) -> Response:
    """What to do at a stage, with a worked example."""
    seat = await _asked(request, enter, token)
    which = stage_of(seat, stage)
    told = guidance(seat.desk.judge.role, which)
    return _shown(request, "instructions", seat, stage=which, told=told, view=told.example.view)


@router.get("/{stage:int}/practice")
async def practice(request: Request, token: str, stage: int) -> Response:
    """One task to try, of which nothing is kept."""
    seat = await _asked(request, enter, token)
    which = stage_of(seat, stage)
    view = guidance(seat.desk.judge.role, which).practice
    return _shown(request, "practice", seat, stage=which, view=view)


@router.post("/{stage:int}/practice")
async def practised(request: Request, token: str, stage: int) -> Response:
    """Note that the judge has tried; what was written is not kept."""
    mark = partial(_mark, PRACTICE, token=token, stage=stage)
    seat = await _asked(request, mark)
    reads = seat.knows_life and stage == 1
    return _to(f"{seat.at}/story" if reads else seat.next())


@router.get("/{stage:int}/finish")
async def review(request: Request, token: str, stage: int) -> Response:
    """What is done and what is left, before a stage is finished."""
    seat = await _asked(request, enter, token)
    return _shown(request, "finish", seat, stage=stage_of(seat, stage))


@router.post("/{stage:int}/finish")
async def finish(request: Request, token: str, stage: int) -> Response:
    """Finish a stage for good."""
    return _to((await _asked(request, partial(_mark, FINISHED, token=token, stage=stage))).at)


@router.get("/story")
async def story(request: Request, token: str, task: str = "") -> Response:
    """The contents of the life story, after who it is of."""
    seat, life = await _asked(request, _life, token)
    return _shown(request, "story", seat, life=life, back=_back(seat, task))


@router.get("/story/{chapter:int}")
async def chapter(request: Request, token: str, chapter: int, task: str = "") -> Response:
    """A chapter of the life story, counted from 1."""
    seat, life = await _asked(request, _life, token)
    if not 1 <= chapter <= len(life.chapters):
        raise TaskNotFoundError("There is no such chapter.", "Go back to the contents.")
    back = _back(seat, task)
    return _shown(request, "chapter", seat, life=life, number=chapter, back=back)


@router.post("/story/{chapter:int}")
async def read(
    request: Request, token: str, chapter: int, seconds: Annotated[float, Form()]
) -> Response:
    """Add to the time for which a chapter was read."""

    def note(studies: Studies) -> None:
        studies.read_chapter(enter(studies, token).desk, chapter - 1, seconds)

    await _asked(request, note)
    return Response(status_code=204)


@router.get("/{stage:int}/{task}")
async def one(request: Request, token: str, stage: int, task: str) -> Response:
    """One task."""
    return _task(request, await _asked(request, look, token, stage, task))


@router.post("/{stage:int}/{task}")
async def save(
    request: Request,
    token: str,
    stage: int,
    task: str,
    value: Annotated[str, Form()] = "",
    version: Annotated[int, Form(ge=0)] = 0,
    replaces: Annotated[str | None, Form()] = None,
) -> Response:
    """Keep a change: JSON for the page's script, the next task for a form that is sent.

    An empty text is kept where it takes something back; nothing chosen is no change.
    """
    change = Save(value, version, replaces)
    for_script = "application/json" in request.headers.get("accept", "")
    if not for_script and not value and not version:
        seat = await _asked(request, look, token, stage, task)
        return _to(seat.seat.after(seat.stage, task))
    try:
        seat, kept = await _asked(request, keep, token, stage, task, change)
    except (StudyError, JudgementStaleError) as error:
        if for_script:
            return JSONResponse(_failed(error), status_of(error))
        if not isinstance(error, JudgementStaleError | JudgementInvalidError):
            raise
        return await _again(request, token, stage, task, change, error)
    if for_script:
        done, of = seat.progress(stage_of(seat, stage))
        return JSONResponse({"version": kept.version, "done": done, "of": of})
    return _to(seat.after(stage_of(seat, stage), task))


async def _again(
    request: Request, token: str, stage: int, task: str, change: Save, error: StudyError
) -> Response:
    """The task anew with what was sent in it, and why it was not kept."""
    shown = await _asked(request, look, token, stage, task)
    sent = change.value.replace("\r\n", "\n")
    if len(sent) > 4 * LONGEST:
        raise error
    answer = _task(request, shown, sent=sent, error=error)
    answer.status_code = status_of(error)
    return answer


def _task(
    request: Request, shown: Shown, sent: str | None = None, error: StudyError | None = None
) -> Response:
    stands = shown.stands
    value: str | float | None = stands.value if stands else None
    if sent is not None:
        value = sent if isinstance(value, str) or not _is_score(sent) else float(sent)
    return _shown(
        request,
        "task",
        shown.seat,
        stage=shown.stage,
        shown=shown,
        view=shown.view,
        value=value,
        error=error,
        conflict=isinstance(error, JudgementStaleError),
    )


def _is_score(sent: str) -> bool:
    return sent in {f"{score:g}" for score in SCORES} | {str(score) for score in SCORES}


def _failed(error: StudyError) -> dict[str, Any]:
    told: dict[str, Any] = {"what": error.what, "mend": error.mend}
    if isinstance(error, JudgementStaleError):
        told |= {"stands": error.value, "version": error.version}
    return told


def _mark(marks: dict[Stage, Mark], studies: Studies, *, token: str, stage: int) -> Seat:
    seat = enter(studies, token)
    studies.mark(seat.desk, marks[stage_of(seat, stage)])
    return enter(studies, token)


def _life(studies: Studies, token: str) -> tuple[Seat, LifeStory]:
    seat = enter(studies, token)
    return seat, studies.life_story(seat.desk)


def _back(seat: Seat, task: str) -> str:
    """The task that a reader came from, if it is one of this judge's."""
    known = any(task == one.id for one in seat.desk.tasks(seat.stage))
    return task if known else ""


async def _closed(request: Request, seat: Seat) -> Response:
    answer = _shown(request, "closed", seat)
    answer.status_code = 410
    return answer


async def _asked(request: Request, ask: Callable[..., T], *arguments: Any) -> T:
    """Ask the studies in a thread. Wrong links can be tried a few times, then slowly."""
    asked = partial(ask, studies_of(request), *arguments)
    try:
        return await asyncio.get_running_loop().run_in_executor(DESK, asked)
    except JudgeLinkError:
        allow_try(request)
        raise
    except (NotAgreedError, NotPractisedError):
        if request.method != "GET":
            raise
        home = "/".join(request.url.path.split("/")[:3])
        raise HTTPException(303, headers={"Location": home}) from None


def _shown(request: Request, template: str, seat: Seat, /, **context: Any) -> Response:
    context = {"stage": seat.stage, "scores": SCORES, "longest": LONGEST} | context
    answer = page(request, f"study/{template}.html", seat=seat, at=seat.at, **context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)
