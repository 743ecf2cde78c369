"""Making a person, first half: what its pages show, and where it comes from."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from simulacra.api.errors import status_of
from simulacra.api.kept import Kept
from simulacra.api.people import People
from simulacra.biography.desk import HISTORY
from simulacra.characters import Candidate, FileProblemsError, Pools
from simulacra.characters.attributes import spoken, text_of
from simulacra.characters.fixing import ATTRIBUTES
from simulacra.characters.making import ALL_RIGHTS
from simulacra.errors import SimulacraError
from simulacra.settings import Settings, user_name
from simulacra.web import living
from simulacra.web.draws import Draw, Draws
from simulacra.web.rendering import page
from simulacra.web.works import works_of

MOST = 200
"""Candidates of one draw on a page: more are for ``simulacra characters sample``."""


async def begin_page(
    request: Request,
    error: SimulacraError | None = None,
    *,
    given: dict[str, str] | None = None,
    n: int = 20,
    seed: str = "",
) -> Response:
    """Where a person begins; ``given`` are the attributes that were typed."""
    people: People = request.app.state.people
    pools, problems = await tried_pools(request)
    own = [one for one in (await people.cast.everybody()).people if not one.shipped]
    return page(
        request,
        "make/index.html",
        status_code=status_of(error) if error else 200,
        error=error,
        attributes=[(name, spoken(name)) for name in ATTRIBUTES],
        hints=_hints(pools) if pools else {},
        problems=problems,
        counts=_counts(pools) if pools else (),
        given=given or {},
        n=n,
        most=MOST,
        seed=seed,
        draws=await asyncio.to_thread(Draws(request.app.state.settings).list),
        spoken=spoken,
        rows=[(one, living.steps_of(one), (one.folder / HISTORY).exists()) for one in own],
        workspace=people.cast.workspace.path,
    )


async def drawn_page(
    request: Request,
    id: str,  # noqa: A002
    error: SimulacraError | None = None,
) -> Response:
    """The candidates of a draw."""
    found, pools = await draw_of(request, id), await pools_of(request)
    now = await works_of(request).now(str(found.file.resolve()))
    proposed, others = await asyncio.to_thread(lambda: (found.proposed(pools), found.others(pools)))
    return page(
        request,
        "make/draw.html",
        status_code=status_of(error) if error else 200,
        error=error,
        draw=found,
        proposed=proposed,
        others=others,
        spoken=spoken,
        now=now,
        going=f"/make/draws/{id}",
        model=await living.model_name(request, ""),
        me=user_name(),
        rights=ALL_RIGHTS,
        row=_row,
    )


async def drawn_person_page(
    request: Request,
    id: str,  # noqa: A002
    key: str,
    error: SimulacraError | None = None,
    *,
    given: dict[str, str] | None = None,
) -> Response:
    """One candidate."""
    found, pools = await draw_of(request, id), await pools_of(request)
    who = found.who(key)
    reasons = {one.who.key: one.reason for one in (*found.proposed(pools), *found.others(pools))}
    profile = who.candidate.profile
    return page(
        request,
        "make/candidate.html",
        status_code=status_of(error) if error else 200,
        error=error,
        given=given or {},
        draw=found,
        who=who,
        reason=reasons.get(key, ""),
        profile=profile,
        attributes=[(name, spoken(name), text_of(profile, name)) for name in ATTRIBUTES],
        proposed=bool(found.review and key in found.review.proposed),
        me=user_name(),
        rights=ALL_RIGHTS,
    )


def _row(candidate: Candidate) -> dict[str, Any]:
    """What a table says of a candidate."""
    profile = candidate.profile
    return {
        "name": profile.name,
        "age": profile.age,
        "gender": profile.gender,
        "occupation": profile.occupation.title,
        "leads": " ".join(profile.traits.ranking[:2]),
        "lives": profile.family.rpartition("; ")[2],
    }


def _hints(pools: Pools) -> dict[str, list[str]]:
    """Values to suggest for attributes that are given."""
    every = {name: [value.text for value in values] for name, values in pools.values.items()}
    return {name: every[name] for name in ("gender", "occupation", "education") if name in every}


def _counts(pools: Pools) -> list[tuple[str, int]]:
    every = pools.as_json()
    traits = every.pop("traits")
    count = sum(len(rank) for ranks in traits.values() for rank in ranks)
    return [
        *((name.replace("_", " "), len(values)) for name, values in every.items()),
        ("trait descriptions", count),
    ]


async def draw_of(request: Request, id: str) -> Draw:  # noqa: A002
    """The draw of that id, read by the pools of the settings."""
    pools = await pools_of(request)
    return await asyncio.to_thread(Draws(request.app.state.settings).get, id, pools)


async def tried_pools(request: Request) -> tuple[Pools | None, FileProblemsError | None]:
    """The pools, or what is wrong with them."""
    try:
        return await pools_of(request), None
    except FileProblemsError as error:
        return None, error


async def pools_of(request: Request) -> Pools:
    """The pools of the settings, read again when a file of one's own has changed."""
    settings: Settings = request.app.state.settings
    state = request.app.state
    if not hasattr(state, "pools"):
        state.pools = Kept[Pools](2)
    kept: Kept[Pools] = state.pools

    async def read() -> Pools:
        return await asyncio.to_thread(Pools.load, settings.pools)

    return await kept.get(await asyncio.to_thread(_stamp, settings.pools), read)


def _stamp(folder: Path | None) -> tuple[tuple[str, int], ...]:
    files = sorted(folder.rglob("*.yaml")) if folder else []
    return tuple((str(file), file.stat().st_mtime_ns) for file in files)
