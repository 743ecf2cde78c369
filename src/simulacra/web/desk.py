"""The review desk: what was written of a life waits here until a person has decided on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from simulacra.api.kept import Kept
from simulacra.api.people import People
from simulacra.biography import Author, Entry, History, Story, StoryDesk, expansions, read_history
from simulacra.biography.desk import HISTORY
from simulacra.characters import Character
from simulacra.errors import RevisionStaleError, StoryError
from simulacra.settings import user_name
from simulacra.web import making
from simulacra.web.drafts import Drafts
from simulacra.web.rendering import page
from simulacra.web.reviewing import following, look, queue
from simulacra.web.sitting import SAID, Sitting

router = APIRouter()
router.include_router(making.router)

Slug = Annotated[str, Path(max_length=100)]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
Decided = Annotated[str, Query(max_length=20_000)]
Choice = Literal["accept", "edit", "reject", "back"]


@dataclass(frozen=True)
class Place:
    """Where a reader is: the queue, which revision, and the ones beside it."""

    sitting: Sitting
    ids: tuple[str, ...]
    here: str | None
    ahead: str | None

    @property
    def number(self) -> int:
        """Which of ``total`` this one is, those decided in this sitting counted first."""
        done = sum(id_ not in self.ids for id_, _ in self.sitting.decided)
        return done + (self.ids.index(self.here) if self.here in self.ids else 0) + 1

    @property
    def total(self) -> int:
        """How many there are to review, those decided in this sitting counted."""
        return sum(id_ not in self.ids for id_, _ in self.sitting.decided) + len(self.ids)

    def beside(self, step: int) -> str | None:
        """The next (1) or previous (-1) in the queue; none where this is the only one."""
        if self.here not in self.ids:
            return self.ids[0] if self.ids else None
        other = self.ids[(self.ids.index(self.here) + step) % len(self.ids)]
        return other if other != self.here else None


@dataclass(frozen=True)
class Row:
    """A person whose story has a history."""

    character: Character
    waiting: int
    unreviewed: int
    expansions: int
    words: int


@router.get("/desk")
async def desks(request: Request) -> Response:
    """Everybody of one's own whose story waits for its reader, those with most to read first."""
    people: People = request.app.state.people
    rows: list[Row] = []
    for character in (await people.cast.everybody()).people:
        if character.shipped or not (character.folder / HISTORY).exists():
            continue
        history = await _history(request, character)
        rows.append(
            Row(
                character,
                len(history.waiting()),
                len(history.unreviewed()),
                expansions(history),
                history.story.words,
            )
        )
    rows.sort(key=lambda row: (-(row.waiting + row.unreviewed), row.character.name))
    return page(request, "desk/all.html", rows=rows)


@router.get("/desk/{slug}")
async def desk(
    request: Request,
    slug: Slug,
    id: Annotated[str, Query(max_length=60)] = "",  # noqa: A002
    decided: Decided = "",
) -> Response:
    """The next revision to review, or the one of ``id``."""
    character = await _own(request, slug)
    history, sitting = await _history(request, character), Sitting.read(decided)
    entry = history.entry(id) if id else None
    return _shown(request, character, history, sitting, entry)


@router.get("/desk/{slug}/decisions")
async def decisions(request: Request, slug: Slug) -> Response:
    """What was decided of a story, the latest first."""
    character = await _own(request, slug)
    history = await _history(request, character)
    taken = [d for entry in history.entries.values() for d in entry.decisions]
    taken.sort(key=lambda decision: decision.at, reverse=True)
    template = "desk/decided.html" if _is_part(request) else "desk/decisions.html"
    return page(
        request,
        template,
        character=character,
        decisions=taken,
        said=SAID,
        entries=history.entries,
    )


@router.post("/desk/{slug}/{id}/draft")
async def draft(
    request: Request,
    slug: Slug,
    id: Id,  # noqa: A002
    seen: Annotated[int, Form()],
    text: Annotated[str, Form(max_length=100_000)] = "",
) -> Response:
    """Keep what somebody is writing in place of a revision."""
    character = await _own(request, slug)
    entry = (await _history(request, character)).entry(id)
    if len(entry.decisions) != seen:
        return page(request, "desk/saved.html", saved=False)
    await asyncio.to_thread(Drafts(request.app.state.settings).keep, text, *_about(character, id))
    return page(request, "desk/saved.html", saved=True)


@router.post("/desk/{slug}/{id}/{choice}")
async def decide(
    request: Request,
    slug: Slug,
    id: Id,  # noqa: A002
    choice: Choice,
    seen: Annotated[int, Form()],
    decided: Annotated[str, Form(max_length=20_000)] = "",
    text: Annotated[str, Form(max_length=100_000)] = "",
    why: Annotated[str, Form(max_length=2_000)] = "",
    by: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Accept, edit or reject a revision, or take the last decision on it back; show the next."""
    character, sitting = await _own(request, slug), Sitting.read(decided)
    me = Author(kind="person", name=by.strip() or user_name())
    order = [entry.id for entry in queue(await _history(request, character))]

    def act(open_desk: StoryDesk) -> Entry:
        open_desk.require_seen(id, seen)
        match choice:
            case "accept":
                return open_desk.accept(id, me, why.strip())
            case "edit":
                return open_desk.edit(id, Story.parse(text).paragraphs, me, why.strip())
            case "reject":
                if not why.strip():
                    raise StoryError("A rejection needs its reason.", "Say in a few words why.")
                return open_desk.decline(id, me, why.strip())
            case "back":
                return open_desk.take_back(id, me)

    drafts = Drafts(request.app.state.settings)
    try:
        entry, history = await _acted(request, character, act)
    except StoryError as error:
        history = await _history(request, character)
        entry = history.entry(id)
        if choice == "edit" and text.strip():
            await asyncio.to_thread(drafts.keep, text, *_about(character, id))
        status = 409 if isinstance(error, RevisionStaleError) else 422
        return _shown(request, character, history, sitting, entry, error=error, status=status)
    if choice == "back":
        sitting, shown = sitting.without(id), entry.id
    else:
        await asyncio.to_thread(drafts.forget, *_about(character, id))
        left = [waiting.id for waiting in queue(history)]
        sitting, shown = sitting.after(entry), following(order, left, id)
    address = sitting.address(slug, shown)
    if not _is_part(request):
        return RedirectResponse(address, 303)
    answer = _shown(request, character, history, sitting, history.entry(shown) if shown else None)
    answer.headers["HX-Replace-Url"] = address
    return answer


def _shown(
    request: Request,
    character: Character,
    history: History,
    sitting: Sitting,
    entry: Entry | None,
    *,
    error: StoryError | None = None,
    status: int = 200,
) -> Response:
    """One revision, or that nothing is left; with the next one laid ready behind it."""
    ids = tuple(waiting.id for waiting in queue(history))
    here = entry.id if entry else ids[0] if ids else None
    ahead = following(ids, [id_ for id_ in ids if id_ != here], here) if here else None
    place = Place(sitting, ids, here, ahead)
    drafts = Drafts(request.app.state.settings)
    shown = look(history, history.entry(here)) if here else None
    return page(
        request,
        "desk/part.html" if _is_part(request) else "desk/review.html",
        status_code=status,
        character=character,
        look=shown,
        ahead=look(history, history.entry(ahead)) if ahead else None,
        place=place,
        draft=drafts.get(*_about(character, here)) if here else None,
        error=error,
        said="" if error else sitting.said(history),
        names=SAID,
        me=user_name(),
        begun=bool(history.events),
    )


async def _acted(
    request: Request, character: Character, act: Callable[[StoryDesk], Entry]
) -> tuple[Entry, History]:
    """Do something at the desk, in a thread; give the entry and the history as it is then."""

    def work() -> tuple[Entry, History, tuple[str, int, int]]:
        with StoryDesk.open(character) as opened:
            entry = act(opened)
            return entry, opened.history, _stamp(character)

    entry, history, stamp = await asyncio.to_thread(work)

    async def known() -> History:
        return history

    return entry, await _histories(request).get(stamp, known)


async def _history(request: Request, character: Character) -> History:
    """The history of a story, read again only when it has grown."""

    async def read() -> History:
        return await asyncio.to_thread(read_history, character)

    return await _histories(request).get(await asyncio.to_thread(_stamp, character), read)


def _histories(request: Request) -> Kept[History]:
    """The histories of this application that were read, by their files' state."""
    state = request.app.state
    if not hasattr(state, "histories"):
        state.histories = Kept[History](64)
    return state.histories


def _stamp(character: Character) -> tuple[str, int, int]:
    path = character.folder / HISTORY
    try:
        state = path.stat()
    except FileNotFoundError:
        return str(path), 0, -1
    return str(path), state.st_mtime_ns, state.st_size


async def _own(request: Request, slug: str) -> Character:
    people: People = request.app.state.people
    character = await people.cast.get(slug)
    character.require_own()
    return character


def _about(character: Character, id: str) -> tuple[str, ...]:  # noqa: A002
    return "revision", str(character.folder.resolve()), id


def _is_part(request: Request) -> bool:
    """Whether htmx asks, for a part of a page that is there already."""
    return "hx-request" in request.headers
