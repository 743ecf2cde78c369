"""Pages of results: runs with their tables, figures and answers; studies lead to their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from simulacra.api.errors import RunNotFoundError
from simulacra.api.people import People
from simulacra.errors import StorageError
from simulacra.evaluation.export import Subject
from simulacra.evaluation.observer import Study
from simulacra.evaluation.report_text import TextForm, report_text
from simulacra.settings import Settings
from simulacra.storage.studies import DATABASE, Studies
from simulacra.web import reports
from simulacra.web.answers import Asked, statement_of, told
from simulacra.web.rendering import page

router = APIRouter()

FORMS: dict[str, tuple[TextForm, str]] = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "md": ("markdown", "text/markdown; charset=utf-8"),
    "tex": ("latex", "application/x-tex; charset=utf-8"),
    "json": ("json", "application/json"),
}
PICTURES = {"svg": "image/svg+xml", "png": "image/png"}

Name = Annotated[str, Path(max_length=200)]
Names = Annotated[Sequence[str], Query(alias="run", max_length=50)]


def _settings(request: Request) -> Settings:
    people: People = request.app.state.people
    return people.settings


@router.get("/results")
async def results(request: Request) -> Response:
    """All runs and studies."""
    settings = _settings(request)
    runs, wrong = await asyncio.to_thread(reports.every_run, settings)
    return page(
        request,
        "results.html",
        runs=runs,
        wrong=wrong,
        studies=await asyncio.to_thread(_studies, settings),
        folder=settings.data / "runs",
    )


@router.get("/results/runs/{name}")
async def run(request: Request, name: Name) -> Response:
    """A run: how it asked, what it shows, and where points were lost."""
    settings = _settings(request)
    found = await asyncio.to_thread(reports.one_run, settings, name)
    records = found.records
    return page(
        request,
        "results/run.html",
        name=name,
        run=found,
        sheet=found.sheet,
        lost=sum(one.score < one.possible or not one.reading.parsed for one in records),
        unparsed=sum(not one.reading.parsed for one in records),
        calls=sum(one.usage.calls for one in records),
        tokens_in=sum(one.usage.input_tokens for one in records),
        tokens_out=sum(one.usage.output_tokens for one in records),
        seconds=sum(one.seconds for one in records),
        digests=sorted({one.prompt_digest for one in records}),
        failed=None,
        **await _reported(settings, [name], wait=False),
    )


@router.get("/results/report")
async def report(request: Request, names: Names = (), part: str = "") -> Response:
    """The tables and the figure of runs put together; ``part`` is for a page that has the rest."""
    if not names:
        return RedirectResponse("/results", 303)
    template = "results/tables.html" if part else "results/report.html"
    try:
        found = await _reported(_settings(request), names, wait=True)
    except RunNotFoundError:
        raise
    except StorageError as error:  # they are whole, but do not go together
        status = 200 if part else 409
        nothing = {"tables": None, "drawable": False, "names": names, "failed": error}
        return page(request, template, status_code=status, **nothing)
    return page(request, template, failed=None, **found)


@router.get("/results/runs/{name}/answers")
async def answers(request: Request, name: Name) -> Response:
    """The answers of a run, at first those that lost points."""
    found = await asyncio.to_thread(reports.one_run, _settings(request), name)
    asked = Asked.read(request.query_params)
    fitting = [record for record in found.records if asked.fits(record)]
    some, pages = told(fitting, asked.page)
    return page(
        request,
        "results/answers.html",
        name=name,
        asked=asked,
        answers=some,
        count=len(fitting),
        total=len(found.records),
        pages=pages,
        at=min(asked.page, pages),
        choices={
            "character": sorted({one.character for one in found.records}),
            "method": list(dict.fromkeys(one.method for one in found.records)),
            "model": sorted({one.model for one in found.records}),
            "kind": list(dict.fromkeys(one.kind for one in found.records)),
        },
        statement_of=statement_of,
    )


@router.get("/results/report.{form}")
async def download(
    request: Request, form: str, names: Names, subject: str = "scores", *, paper: bool = True
) -> Response:
    """The results of runs as a file, or their figure."""
    if (form not in FORMS and form not in PICTURES) or subject not in get_args(Subject):
        raise HTTPException(404)
    found = await asyncio.to_thread(reports.report_of, _settings(request), names)
    if media := PICTURES.get(form):
        image = await asyncio.to_thread(reports.figure_of, found, f".{form}")
        return Response(image, media_type=media, headers={"Cache-Control": "private, no-cache"})
    kind, media = FORMS[form]
    text = await asyncio.to_thread(
        report_text,
        kind,
        cast("Subject", subject),
        found.results,
        found.runs,
        reports.paper() if paper else None,
    )
    file = f"{'answers' if subject == 'answers' else 'results'}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(text, media_type=media, headers=headers)


async def _reported(settings: Settings, names: Sequence[str], *, wait: bool) -> dict[str, Any]:
    """What a page shows of a report; nothing yet where it would have to be waited for."""
    if not wait and not await asyncio.to_thread(reports.is_ready, settings, names):
        return {"tables": None, "drawable": False, "names": names}
    found = await asyncio.to_thread(reports.report_of, settings, names)
    paper = await asyncio.to_thread(reports.paper)
    return {"tables": found.tables(paper), "drawable": found.drawable, "names": names}


def _studies(settings: Settings) -> list[Study]:
    path = settings.data / DATABASE
    return Studies(path).list() if path.exists() else []
