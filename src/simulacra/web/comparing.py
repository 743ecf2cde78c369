"""Two methods side by side: the same words to the same person, each in a session of its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from simulacra.api.chat import LONGEST_MESSAGE
from simulacra.api.people import method_of
from simulacra.characters import Character
from simulacra.cognition import DISCLOSURE, METHODS
from simulacra.cognition.simulacrum import STRANGER
from simulacra.errors import SettingsError, SimulacraError
from simulacra.web.rendering import page
from simulacra.web.turns import WAYS, Conversation, by_htmx, in_sight, people_of, problem, said

router = APIRouter()


@router.get("/compare")
async def compare(
    request: Request,
    people: Annotated[str, Query(max_length=200)] = "mary-jones",
    methods: Annotated[str, Query(max_length=100)] = "",
    sessions: Annotated[str, Query(max_length=100)] = "",
    first: Annotated[str, Query(max_length=20)] = "",
    second: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Two columns and one box; without methods, the choice of them."""
    character = await people_of(request).cast.get(people)
    if first and second:
        return RedirectResponse(_address(character, (first, second)), 303)
    ids = [one for one in sessions.split(",") if one]
    columns = [await Conversation.of(request, one) for one in ids]
    chosen = _two(methods) if methods or ids else ()
    if ids and [c.session.character for c in columns] != [character.slug] * 2:
        raise SettingsError("These are not two conversations with one person.", "Begin anew.")
    return page(
        request,
        "conversation/compare.html",
        character=character,
        name=character.name.split()[0],
        fiction=in_sight(character),
        disclosure=DISCLOSURE.format(name=character.name),
        chosen=chosen,
        columns=[column.context() for column in columns],
        sessions=",".join(ids),
        partner=columns[0].session.partner if columns else STRANGER,
        ways=WAYS,
        methods=tuple(reversed(METHODS)),
        longest=LONGEST_MESSAGE,
    )


@router.post("/compare")
async def say(
    request: Request,
    text: Annotated[str, Form(max_length=LONGEST_MESSAGE)],
    person: Annotated[str, Form(max_length=200)],
    methods: Annotated[str, Form(max_length=100)],
    partner: Annotated[str, Form(max_length=200)] = STRANGER,
    at: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Say the same in both; the first words begin the two conversations, with the same seed."""
    people, chosen = people_of(request), _two(methods)
    character = await people.cast.get(person)
    places = [place(one) for one in at or []]
    try:
        if not text.strip():
            raise SettingsError("There is nothing to answer.", "Write something.")
        if not places:
            seed, who = secrets.randbelow(2**31), " ".join(partner.split()) or STRANGER
            for method in chosen:
                begun = await people.begin(person, method=method, partner=who, seed=seed)
                places.append((begun.id, 0))
        if len(places) != 2:
            raise SettingsError("These are not two conversations.", "Begin anew.")
        for id, number in places:  # noqa: A001
            await said(request, id, number, text)
    except SimulacraError as error:
        if by_htmx(request):
            return problem(request, error)
        raise
    ids = [one for one, _ in places]
    if not by_htmx(request) or not at:
        return RedirectResponse(_address(character, chosen, ids), 303)
    columns = [
        (await Conversation.of(request, one, start=number, end=number + 1)).context()
        for one, number in places
    ]
    answer = page(request, "conversation/compared.html", columns=columns)
    answer.headers["HX-Trigger"] = "said"
    return answer


def place(at: str) -> tuple[str, int]:
    """A session and the number of its next turn, as forms have them: ``ID:NUMBER``.

    Raises:
        SettingsError: it is none.
    """
    id, _, number = at.partition(":")  # noqa: A001
    if not id or not number.isdecimal() or len(number) > 9:
        raise SettingsError("The form does not say to which conversation it is.", "Reload it.")
    return id, int(number)


def _two(methods: str) -> tuple[str, str]:
    found = tuple(method_of(name) for name in methods.split(",") if name)
    if len(found) != 2:
        raise SettingsError("Two methods are compared.", f"Choose two of {', '.join(METHODS)}.")
    return found


def _address(character: Character, methods: Sequence[str], ids: Sequence[str] = ()) -> str:
    asked = {"people": character.slug, "methods": ",".join(methods)}
    if ids:
        asked["sessions"] = ",".join(ids)
    return f"/compare?{urlencode(asked, safe=',')}"
