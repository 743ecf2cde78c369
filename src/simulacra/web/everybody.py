"""The page of everybody: cards, a search, and a place to bring people in."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from simulacra.api.people import People
from simulacra.errors import SimulacraError
from simulacra.web.rendering import page
from simulacra.web.seeking import Choices, Search, Shown


async def people_page(
    request: Request, *, failed: SimulacraError | None = None, status_code: int = 200
) -> HTMLResponse:
    """The page of everybody, with why nobody could be brought in, if so."""
    people: People = request.app.state.people
    cast = people.cast
    here = await cast.everybody()
    cards = [Shown.of(character) for character in here.people]
    search = Search.read(request.query_params)
    answer = page(
        request,
        "people.html",
        status_code=status_code,
        people=[card for card in cards if search.fits(card)],
        total=len(cards),
        search=search,
        choices=Choices.among(cards),
        broken=here.broken,
        folder=cast.workspace.path,
        failed=failed,
    )
    if request.headers.get("hx-request"):
        answer.headers["HX-Push-Url"] = search.address
    answer.headers["Vary"] = "HX-Request"
    return answer
