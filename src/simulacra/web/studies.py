"""The researcher's pages of the observer report: studies made, judges invited, results."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from simulacra.api.people import People, method_of
from simulacra.cognition import METHODS, Method
from simulacra.errors import SimulacraError, StudyClosedError, StudyError
from simulacra.evaluation import shipped_scenarios
from simulacra.evaluation.observer import PEOPLE, Study
from simulacra.evaluation.observer_making import StudyPlan, written
from simulacra.evaluation.observer_text import studies_tables, studies_text
from simulacra.evaluation.reference import paper_observer_table
from simulacra.storage import Invitation, Studies, study_status
from simulacra.storage.studies_export import write_export
from simulacra.web.making_studies import Makings
from simulacra.web.rendering import page
from simulacra.web.security import Protection
from simulacra.web.study import studies_of
from simulacra.web.study_results import figure_of, results_of

MOST_JUDGES = 1000
COMPARED = ("prompt", "rag", "macm")
router = APIRouter(prefix="/studies")
T = TypeVar("T")

EXPORTS = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
REPORTS: dict[str, tuple[Literal["markdown", "latex", "csv", "json"], str]] = {
    "md": ("markdown", "text/markdown; charset=utf-8"),
    "tex": ("latex", "application/x-tex; charset=utf-8"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "json": ("json", "application/json"),
}


@router.get("")
async def every(request: Request) -> Response:
    """All studies, and those in the making."""

    def read(studies: Studies) -> list[Any]:
        return [study_status(studies, study) for study in studies.list()]

    found = await _ask(request, read)
    return page(request, "study/studies.html", studies=found, makings=_makings(request).unfinished)


@router.get("/new")
async def new(request: Request, character: str = "") -> Response:
    """Ask what a study is to be made of."""
    return await _form(request, {"character": character})


@router.post("")
async def create(
    request: Request,
    character: Annotated[str, Form(max_length=200)],
    methods: Annotated[list[str] | None, Form()] = None,
    scenarios: Annotated[int, Form()] = 5,
    model: Annotated[str, Form(max_length=300)] = "",
    agent_model: Annotated[str, Form(max_length=300)] = "",
    seed: Annotated[int, Form()] = 0,
) -> Response:
    """Begin to make a study; its page shows how far it is."""
    people: People = request.app.state.people
    asked = {
        "character": character,
        "methods": methods or [],
        "scenarios": scenarios,
        "model": model,
        "agent_model": agent_model,
        "seed": seed,
    }
    try:
        chosen: list[Method] = [method_of(name) for name in dict.fromkeys(methods or [])]
        if not chosen:
            raise StudyError("No method is chosen.", "Choose at least one.")
        plan = StudyPlan(character, tuple(chosen), scenarios, seed=seed)
        plan.chosen()
        who = await asyncio.to_thread(written, character, people.settings)
        offered = await people.engines.offered()
        if unknown := {model, agent_model} - {"", *offered}:
            raise StudyError(
                f"{unknown.pop()!r} is not set up here.", f"There are: {', '.join(offered)}."
            )
    except SimulacraError as error:
        return await _form(request, asked, error)
    inner = agent_model or people.settings.agent_model
    made = _makings(request).begin(plan, who.name, model or offered[0], inner)
    return RedirectResponse(f"/studies/making/{made.number}", 303)


@router.get("/making/{number:int}")
async def making(request: Request, number: int) -> Response:
    """How far a study is that is being made; in the end the study."""
    made = _makings(request).get(number)
    if made is None:
        raise HTTPException(404, "This study is not being made any more: the server was restarted.")
    if made.study:
        address = f"/studies/{made.study}"
        if "hx-request" in request.headers:
            return Response(headers={"HX-Redirect": address})
        return RedirectResponse(address, 303)
    return page(request, "study/making.html", made=made)


@router.get("/{id}")
async def one(request: Request, id: str) -> Response:  # noqa: A002
    """A study: its judges and how far they are, and what can be done with it."""
    return await _study(request, id)


@router.post("/{id}/invite")
async def invite(
    request: Request,
    id: str,  # noqa: A002
    judges: Annotated[int, Form(ge=1, le=MOST_JUDGES)],
    known: Annotated[int, Form()],
    role: Annotated[Literal["", "blind", "story"], Form()] = "",
) -> Response:
    """Invite judges, and show their links this once.

    ``known`` is how many there were on the page that asks: sent twice, it invites nobody twice.
    """

    def invited(studies: Studies) -> list[Invitation]:
        study = _exactly(studies, id)
        if len(studies.standing(study).judges) != known:
            raise StudyError(
                "Judges were invited meanwhile, so that nobody was invited now.",
                "Look at the judges below, and invite again if there are to be more.",
            )
        return studies.invite(study, judges, role=role or None)

    return await _links(request, id, invited)


@router.post("/{id}/judges/{number:int}/link")
async def link(request: Request, id: str, number: int) -> Response:  # noqa: A002
    """Give a judge who lost the link another one."""

    def again(studies: Studies) -> list[Invitation]:
        return [studies.invite_again(_exactly(studies, id), number)]

    return await _links(request, id, again)


@router.post("/{id}/judges/{number:int}/revoke")
async def revoke(request: Request, id: str, number: int) -> Response:  # noqa: A002
    """End a judge's part."""
    await _ask(request, lambda studies: studies.revoke(_exactly(studies, id), number))
    return RedirectResponse(f"/studies/{id}#judges", 303)


@router.post("/{id}/close")
async def close(request: Request, id: str) -> Response:  # noqa: A002
    """Take no more judgements."""
    await _ask(request, lambda studies: studies.close(_exactly(studies, id)))
    return RedirectResponse(f"/studies/{id}", 303)


@router.get("/{id}/judgements.{ending}")
async def export(request: Request, id: str, ending: str) -> Response:  # noqa: A002
    """Every judgement, as a file."""
    if ending not in EXPORTS:
        raise HTTPException(404)

    def written_(studies: Studies) -> bytes:
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"judgements.{ending}"
            write_export(studies, _exactly(studies, id), file)
            return file.read_bytes()

    return _file(await _ask(request, written_), EXPORTS[ending], f"{id}-judgements.{ending}")


@router.get("/{id}/report")
async def report(request: Request, id: str) -> Response:  # noqa: A002
    """The tables and the figure of a study."""

    def read(studies: Studies) -> dict[str, Any]:
        study = _exactly(studies, id)
        results = results_of(studies, study)
        found = [(study, results)] if results else []
        tables = studies_tables(found, paper_observer_table()) if found else []
        return {"study": study, "tables": tables, "given": sum(one.given for one in results)}

    return page(request, "study/report.html", **await _ask(request, read))


@router.get("/{id}/report.{ending}")
async def report_file(request: Request, id: str, ending: str) -> Response:  # noqa: A002
    """The results, as a file."""
    if ending not in REPORTS:
        raise HTTPException(404)
    form, media = REPORTS[ending]

    def read(studies: Studies) -> str:
        study = _exactly(studies, id)
        results = results_of(studies, study)
        if not results:
            raise StudyError("Nobody judges this study yet.", "Invite judges first.")
        return studies_text(form, [(study, results)], paper_observer_table())

    return _file((await _ask(request, read)).encode(), media, f"{id}-report.{ending}")


@router.get("/{id}/scenarios.svg")
async def figure(request: Request, id: str) -> Response:  # noqa: A002
    """The scores of every scenario, drawn."""

    def draw(studies: Studies) -> bytes:
        return figure_of(studies, _exactly(studies, id))

    return Response(await _ask(request, draw), media_type="image/svg+xml")


async def _study(
    request: Request,
    id_: str,
    *,
    invited: list[Invitation] | None = None,
    problem: StudyError | None = None,
) -> Response:
    status = await _ask(request, lambda studies: study_status(studies, _exactly(studies, id_)))
    protection: Protection = request.app.state.protection
    answer = page(
        request,
        "study/study.html",
        status=status,
        study=status.study,
        opened=status.standing.opened(PEOPLE),
        people=[one for one in status.judges if one.judge.model is None],
        keyless=protection.key is None,
        address=_address(request),
        invited=invited,
        problem=problem,
    )
    if invited:
        answer.headers["Cache-Control"] = "no-store"
    return answer


async def _links(
    request: Request,
    id_: str,
    make: Callable[[Studies], list[Invitation]],
) -> Response:
    try:
        made = await _ask(request, make)
    except StudyError as error:
        answer = await _study(request, id_, problem=error)
        answer.status_code = 410 if isinstance(error, StudyClosedError) else 409
        return answer
    return await _study(request, id_, invited=made)


async def _form(
    request: Request, asked: dict[str, Any], error: SimulacraError | None = None
) -> Response:
    people: People = request.app.state.people
    everybody = (await people.cast.everybody()).people
    usual: dict[str, Any] = {
        "character": "",
        "methods": [method for method in METHODS if method in COMPARED],
        "scenarios": 5,
        "model": "",
        "agent_model": "",
        "seed": secrets.randbelow(10_000),
    }
    return page(
        request,
        "study/new.html",
        people=[one for one in everybody if one.story_text.strip()],
        known=METHODS,
        offered=await people.engines.offered(),
        most=len(shipped_scenarios()),
        asked=usual | asked,
        error=error,
        status_code=422 if error else 200,
    )


def _exactly(studies: Studies, id_: str) -> Study:
    """A study by its whole id: a page's address has one."""
    found = studies.get(id_)
    if found.id != id_:
        raise HTTPException(404)
    return found


def _makings(request: Request) -> Makings:
    state = request.app.state
    if not hasattr(state, "makings"):
        state.makings = Makings(state.people, studies_of(request))
    return state.makings


def _address(request: Request) -> str:
    """Where judges reach this server: by the name that the researcher used."""
    protection: Protection = request.app.state.protection
    scheme = "https" if protection.https else request.url.scheme
    return f"{scheme}://{request.headers.get('host', request.url.netloc)}"


async def _ask(request: Request, ask: Callable[[Studies], T]) -> T:
    return await asyncio.to_thread(ask, studies_of(request))


def _file(data: bytes, media: str, name: str) -> Response:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media, headers=named)
