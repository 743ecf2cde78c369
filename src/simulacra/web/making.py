"""Make a person, first half: pools, candidates, selection."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi import Path as InPath
from fastapi.responses import RedirectResponse, Response

from simulacra.api.people import People
from simulacra.characters import Pools, sample
from simulacra.characters.attributes import new_conflicts, with_value
from simulacra.characters.fixing import ATTRIBUTES
from simulacra.characters.insisting import draw as insist_on
from simulacra.characters.making import ALL_RIGHTS, make, make_all
from simulacra.characters.reviewing import begin, save
from simulacra.characters.screening import REVIEW, beside
from simulacra.characters.selection import refuse_too_few
from simulacra.errors import CandidateError, SimulacraError
from simulacra.settings import Settings, user_name
from simulacra.web import living
from simulacra.web.draws import Asked, Draws
from simulacra.web.making_pages import (
    MOST,
    begin_page,
    draw_of,
    drawn_page,
    drawn_person_page,
    pools_of,
    tried_pools,
)
from simulacra.web.rendering import page
from simulacra.web.works import working, works_of

router = APIRouter(lifespan=working)
router.include_router(living.router)

DrawId = Annotated[str, InPath(pattern=r"^[0-9a-f]{12}$")]
Key = Annotated[str, InPath(pattern=r"^[0-9a-f]{16}$")]
Short = Annotated[str, Form(max_length=300)]


@router.get("/make")
async def make_page(request: Request) -> Response:
    """Where a person begins: pools, a draw, and whoever is in the making."""
    return await begin_page(request)


@router.get("/make/pools")
async def pools_page(request: Request) -> Response:
    """What candidates are drawn from, and what is wrong with it."""
    settings: Settings = request.app.state.settings
    pools, problems = await tried_pools(request)
    return page(
        request,
        "make/pools.html",
        pools=pools.as_json() if pools else None,
        problems=problems,
        folder=settings.pools,
    )


@router.post("/make/draws")
async def draw(
    request: Request,
    n: Annotated[int, Form(ge=1, le=MOST)] = 20,
    seed: Annotated[str, Form(pattern=r"^\s*\d{0,12}\s*$")] = "",
    ranking: Annotated[Literal["free", "functions"], Form()] = "free",
    drafts: Annotated[bool, Form()] = False,
    insist: Annotated[bool, Form()] = False,
) -> Response:
    """Draw candidates with what is given."""
    form = await request.form()
    fixed = {
        name: text
        for name in ATTRIBUTES
        if (text := " ".join(str(form.get(name, "")).split())[:300])
    }
    number = int(seed) if seed.strip() else secrets.randbelow(10**6)
    asked = Asked(n=n, seed=number, fixed=fixed, at=datetime.now(UTC))

    def drawn(pools: Pools) -> str:
        if insist and fixed:
            people = [insist_on(pools, number + i, fixed) for i in range(n)]
        else:
            people = sample(pools, n, number, fixed, ranking_rule=ranking, plausible=not drafts)
        return Draws(request.app.state.settings).keep(people, asked, pools)

    try:
        id_ = await asyncio.to_thread(drawn, await pools_of(request))
    except SimulacraError as error:
        return await begin_page(request, error, given=dict(fixed), n=n, seed=seed)
    return RedirectResponse(f"/make/draws/{id_}", 303)


@router.get("/make/draws/{id}")
async def draw_page(request: Request, id: DrawId) -> Response:  # noqa: A002
    """The candidates of a draw, who is proposed, and why."""
    return await drawn_page(request, id)


@router.post("/make/draws/{id}/delete")
async def delete(request: Request, id: DrawId) -> Response:  # noqa: A002
    """Remove a draw."""
    await asyncio.to_thread(Draws(request.app.state.settings).delete, id)
    return RedirectResponse("/make", 303)


@router.post("/make/draws/{id}/judge")
async def judge(request: Request, id: DrawId, model: Short = "") -> Response:  # noqa: A002
    """Have the candidates judged by a model; what it says is there when it is done."""
    settings: Settings = request.app.state.settings
    found = await draw_of(request, id)
    file = str(found.file.resolve())
    asked = {
        "file": file,
        "model": await living.model_name(request, model),
        "seed": found.asked.seed,
        "pools": str(settings.pools.resolve()) if settings.pools else None,
    }
    try:
        await works_of(request).begin("selection", file, asked)
    except SimulacraError as error:
        return await drawn_page(request, id, error)
    return RedirectResponse(f"/make/draws/{id}", 303)


@router.get("/make/draws/{id}/progress")
async def judged_so_far(request: Request, id: DrawId) -> Response:  # noqa: A002
    """How far the judging is."""
    found = await draw_of(request, id)
    return await living.progress_of(request, str(found.file.resolve()), f"/make/draws/{id}")


@router.post("/make/draws/{id}/propose")
async def propose(
    request: Request,
    id: DrawId,  # noqa: A002
    n: Annotated[int, Form(ge=1, le=MOST)],
) -> Response:
    """Propose the best and most diverse."""
    found, pools = await draw_of(request, id), await pools_of(request)
    try:
        refuse_too_few(found.people, n)
        review = await asyncio.to_thread(begin, found.people, n, pools, found.asked.seed)
    except SimulacraError as error:
        return await drawn_page(request, id, error)
    await asyncio.to_thread(save, beside(found.file, REVIEW), review)
    return RedirectResponse(f"/make/draws/{id}#proposed", 303)


@router.post("/make/draws/{id}/decide")
async def decide(
    request: Request,
    id: DrawId,  # noqa: A002
    choice: Annotated[Literal["accept", "reject", "back"], Form()],
    key: Short = "",
) -> Response:
    """Accept or reject somebody proposed, or take the last decision back."""
    found, pools = await draw_of(request, id), await pools_of(request)
    review = found.review
    if review is not None and (choice == "back" or key in review.proposed):
        match choice:
            case "accept":
                review = review.accept(key)
            case "reject":
                review = await asyncio.to_thread(
                    review.reject, key, found.people, pools, found.asked.seed
                )
            case "back":
                review = review.back()
        await asyncio.to_thread(save, beside(found.file, REVIEW), review)
    return RedirectResponse(f"/make/draws/{id}#proposed", 303)


@router.post("/make/draws/{id}/people")
async def make_accepted(
    request: Request,
    id: DrawId,  # noqa: A002
    author: Short = "",
    licence: Short = "",
) -> Response:
    """Make everybody who was accepted."""
    found = await draw_of(request, id)
    accepted = found.review.accepted if found.review else ()
    people: People = request.app.state.people
    try:
        if not accepted:
            raise CandidateError("Nobody was accepted yet.", "Accept somebody first.")
        await asyncio.to_thread(
            make_all,
            [found.who(key).candidate for key in accepted],
            people.cast.workspace,
            author=author.strip() or user_name(),
            licence=licence.strip() or ALL_RIGHTS,
        )
    except SimulacraError as error:
        return await drawn_page(request, id, error)
    return RedirectResponse("/make#people", 303)


@router.get("/make/draws/{id}/{key}")
async def candidate_page(request: Request, id: DrawId, key: Key) -> Response:  # noqa: A002
    """All eleven attributes of a candidate, and what speaks for and against it."""
    return await drawn_person_page(request, id, key)


@router.post("/make/draws/{id}/{key}/edit")
async def edit(
    request: Request,
    id: DrawId,  # noqa: A002
    key: Key,
    attribute: Short,
    text: Short,
    force: Annotated[bool, Form()] = False,
) -> Response:
    """Change an attribute of somebody proposed."""
    found, pools = await draw_of(request, id), await pools_of(request)
    try:
        if found.review is None or key not in found.review.proposed:
            raise CandidateError("Only who is proposed can be changed.", "Propose some first.")
        candidate = found.who(key).candidate
        changed = with_value(candidate, attribute, text, pools)
        wrong = new_conflicts(candidate.profile, changed, pools)
        if wrong and not force:
            told = " ".join(conflict.message for conflict in wrong)
            raise CandidateError(
                f"That makes a conflict. {told}", "Change something else, or keep it all the same."
            )
    except SimulacraError as error:
        return await drawn_person_page(request, id, key, error, given={attribute: text})
    await asyncio.to_thread(save, beside(found.file, REVIEW), found.review.edit(key, changed))
    return RedirectResponse(f"/make/draws/{id}/{key}", 303)


@router.post("/make/draws/{id}/{key}/person")
async def make_one(
    request: Request,
    id: DrawId,  # noqa: A002
    key: Key,
    slug: Short = "",
    author: Short = "",
    licence: Short = "",
) -> Response:
    """Make a candidate a person of one's own."""
    found = await draw_of(request, id)
    people: People = request.app.state.people
    candidate = found.who(key).candidate
    try:
        character = await asyncio.to_thread(
            make,
            candidate,
            people.cast.workspace,
            author=author.strip() or user_name(),
            licence=licence.strip() or ALL_RIGHTS,
            slug=slug.strip(),
        )
    except SimulacraError as error:
        return await drawn_person_page(request, id, key, error, given={"slug": slug})
    return RedirectResponse(f"/make/people/{character.slug}", 303)
