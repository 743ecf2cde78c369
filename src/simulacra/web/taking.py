"""Taking people elsewhere, and bringing people in: downloads and uploads."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from simulacra.api.errors import status_of
from simulacra.api.people import People
from simulacra.characters import Character, Workspace
from simulacra.dataset import ImportReport, bring, export_character
from simulacra.dataset.book import write_book
from simulacra.dataset.cards import Spec
from simulacra.errors import ImportRejectedError, SimulacraError
from simulacra.web.everybody import people_page
from simulacra.web.rendering import page

MEBIBYTE = 1024 * 1024
MAX_UPLOAD = 8 * MEBIBYTE
BODIES = {"/people/import": 2 * MAX_UPLOAD}
"""How many bytes a form may have: more than its file, so that a large file is told in place."""
ENDINGS = (".json", ".png", ".zip")

router = APIRouter()


@dataclass(frozen=True)
class Download:
    """A form in which a person can be taken along."""

    name: str
    ending: str
    says: str
    media: str
    card: Spec = "v2"


DOWNLOADS = (
    Download("archive", ".zip", "Archive of all files", "application/zip"),
    Download("card", ".card.json", "Character card, V2 (JSON)", "application/json"),
    Download("card-v3", ".v3.card.json", "Character card, V3 (JSON)", "application/json", "v3"),
    Download("picture", ".card.png", "Character card, V2 and V3 (PNG)", "image/png", "v3"),
    Download("text", ".md", "Life story (Markdown)", "text/markdown; charset=utf-8"),
    Download("book", ".pdf", "Life story (PDF)", "application/pdf"),
)


def downloads() -> tuple[Download, ...]:
    """The forms that this installation can write."""
    pdf = find_spec("fpdf") is not None
    return tuple(one for one in DOWNLOADS if one.ending != ".pdf" or pdf)


@router.get("/people/{slug}/download/{form}")
async def download(
    request: Request, slug: Annotated[str, InPath(max_length=200)], form: str
) -> Response:
    """A person as a file."""
    people: People = request.app.state.people
    character = await people.cast.get(slug)
    wanted = next((one for one in DOWNLOADS if one.name == form), None)
    if wanted is None:
        raise HTTPException(404)
    return Response(
        await asyncio.to_thread(_written, character, wanted),
        media_type=wanted.media,
        headers={"Content-Disposition": f'attachment; filename="{character.slug}{wanted.ending}"'},
    )


def _written(character: Character, form: Download) -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"{character.slug}{form.ending}"
        if form.name in ("text", "book"):
            write_book(character, path)
        else:
            export_character(character, path, form.card)
        return path.read_bytes()


@router.post("/people/import")
async def import_people(request: Request) -> Response:
    """Bring in a card, an archive, or the original's data set packed; whole or not at all."""
    people: People = request.app.state.people
    form = await request.form()
    file = form.get("file")
    try:
        report = await _brought(
            file if not isinstance(file, str) else None,
            people.cast.workspace,
            replace=form.get("replace") == "yes",
        )
    except SimulacraError as error:
        return await people_page(request, failed=error, status_code=status_of(error))
    return page(request, "person/brought.html", report=report)


async def _brought(file: UploadFile | None, workspace: Workspace, *, replace: bool) -> ImportReport:
    name = re.sub(r"[^\w. -]", "_", Path(file.filename or "").name)[-80:] if file else ""
    if file is None or not name:
        raise ImportRejectedError("No file was chosen.", "Choose a card or an archive.")
    if Path(name).suffix.casefold() not in ENDINGS:
        raise ImportRejectedError(
            f"{name} is neither a card nor an archive.", "Choose a .json, a .png or a .zip file."
        )
    if (file.size or 0) > MAX_UPLOAD:
        raise ImportRejectedError(
            f"{name} has more than {MAX_UPLOAD // MEBIBYTE} MiB.",
            "Import it where it is: simulacra characters import FILE",
        )
    data = await file.read()

    def take() -> ImportReport:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / name
            path.write_bytes(data)
            return _told(lambda: bring(path, workspace, replace=replace), f"{scratch}/")

    return await asyncio.to_thread(take)


def _told(work: Callable[[], ImportReport], folder: str) -> ImportReport:
    """Do it; what goes wrong names the file as its owner knows it."""
    try:
        return work()
    except SimulacraError as error:
        error.what = error.what.replace(folder, "")
        raise
