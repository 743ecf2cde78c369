"""People as programs and pages meet them: who is here, what they remember, conversations.

One ``People`` serves all callers of a process. What takes long to make (an embedder, a person's
memories ready to be searched) is made once and shared; conversations share nothing else. The turns
of a session wait for each other, and a model gets no more calls at once than it can take.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from anyio import CancelScope

from simulacra.api.cast import Cast
from simulacra.api.engines import Engines
from simulacra.api.errors import MovedOnError
from simulacra.api.kept import Kept, Locks
from simulacra.api.tuning import Tuning
from simulacra.characters import Character
from simulacra.cognition import METHODS, Method, Phase, Said, SessionState, Simulacrum, Turn
from simulacra.cognition.methods import Mind
from simulacra.cognition.simulacrum import STRANGER
from simulacra.errors import SessionNotFoundError, SettingsError, SimulacraError
from simulacra.evaluation.metering import InTurn
from simulacra.inference import ChatModel
from simulacra.memory import LongTermMemory, Recalled, append_memory
from simulacra.settings import Settings
from simulacra.storage import Session, Sessions

MINDS = 64
"""How many minds are kept: one a character and method, and one a session that gained memories."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Talk:
    """How one turn is to be taken, where it is not as the session was begun.

    ``model`` is a model's name (``None``: the service's own), ``directions`` what the partner says
    of the scene, ``seed`` that of this turn. ``interrupted`` says, when the turn's task is
    cancelled, whether the partner broke in: then the words until there are the answer.
    """

    method: Method | None = None
    model: str | None = None
    partner: str | None = None
    directions: str = ""
    seed: int | None = None
    tuning: Tuning = field(default_factory=Tuning)
    interrupted: Callable[[], bool] = lambda: False


def method_of(name: str) -> Method:
    """The method of that name.

    Raises:
        SettingsError: there is none.
    """
    for method in METHODS:
        if method == name:
            return method
    raise SettingsError(f"There is no method {name!r}.", f"Known: {', '.join(METHODS)}.")


class People:
    """The characters of a workspace, and everybody's conversations with them.

    ``model`` answers unless a turn names another; unset, it is the settings', loaded when first
    needed. Close it with ``await people.close()``: turns that run are stored first.
    """

    def __init__(self, settings: Settings, model: ChatModel | None = None) -> None:
        self.settings = settings
        self.cast = Cast(settings)
        self.sessions = Sessions(settings.data / "sessions.db")
        self.engines = Engines(settings, model)
        self._minds: Kept[Mind] = Kept(MINDS)
        self._lives: Kept[LongTermMemory] = Kept(MINDS)
        self._locks = Locks()
        self._resting: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Wait until what was begun beside the requests is done."""
        await asyncio.gather(*self._resting, return_exceptions=True)

    def beside(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Do something that outlives the request it came from, and that ``close`` waits for."""
        task = asyncio.create_task(work)
        self._resting.add(task)
        task.add_done_callback(self._resting.discard)
        return task

    # --- memories --------------------------------------------------------------------------------

    async def recall(self, character: Character, query: str, k: int = 10) -> list[Recalled]:
        """The memories of a character's life nearest to a query, best first.

        Raises:
            ModelError: the embedder can't be had, or failed.
        """
        records = await self.cast.memories(character)
        if not records or not query.strip():
            return []

        async def make() -> LongTermMemory:
            story, embedder = self.cast.story(character), await self.engines.embedder()
            return await LongTermMemory.open(records, story, embedder, self.settings.cache)

        life = await self._lives.get(self.cast.stamp(character), make)
        return await life.recall(query, k)

    # --- conversations ---------------------------------------------------------------------------

    async def begin(
        self,
        name: str,
        *,
        method: str = "macm",
        partner: str | None = None,
        seed: int | None = None,
        model: str | None = None,
        caller: str = "",
    ) -> Session:
        """Store a new session, with no turn yet. ``caller`` can find it again by ``called``.

        Raises:
            CharacterNotFoundError: no such character; the message suggests one.
            SettingsError: an unknown method.
            ModelError: the model can't be had.
        """
        character = await self.cast.get(name)
        how, top = method_of(method), await self.engines.model(model)
        inner = await self.engines.agent_model(top)
        return await asyncio.to_thread(
            self.sessions.create,
            character=character.slug,
            method=how,
            model=top.name,
            agent_model=inner.name,
            partner=(partner or STRANGER)[:300],
            seed=secrets.randbelow(2**31) if seed is None else seed,
            caller=caller,
        )

    async def called(self, caller: str, name: str, method: str) -> Session:
        """The session that a caller has with a person by a method; begun if there is none.

        Raises:
            SimulacraError: as ``begin`` does.
        """
        slug = (await self.cast.get(name)).slug
        async with self._locks.of((caller, slug, method)):
            find = self.sessions.called
            found = await asyncio.to_thread(find, caller, slug, method)
            return found or await self.begin(slug, method=method, caller=caller)

    async def session(self, id: str) -> Session:  # noqa: A002
        """One session, by its id.

        Raises:
            SessionNotFoundError: there is none.
        """
        return await asyncio.to_thread(self._exactly, id)

    async def turns(self, session: Session) -> list[Turn]:
        """The transcript of a session, every turn with its trace."""
        return await asyncio.to_thread(self.sessions.turns, session)

    async def state(self, session: Session) -> SessionState:
        """What a session's last finished turn left."""
        return await asyncio.to_thread(self.sessions.state, session)

    async def forget(self, id: str) -> None:  # noqa: A002
        """Delete a session for good.

        Raises:
            SessionNotFoundError: there is none.
        """
        async with self._locks.of(id):
            await asyncio.to_thread(self.sessions.delete, await self.session(id))

    async def switch(self, id: str, method: str, model: str | None) -> Session:  # noqa: A002
        """Let a session go on by another method or with another model; memory and mood stay.

        Raises:
            SessionNotFoundError, SettingsError, ModelError: nothing is changed.
        """
        how, top = method_of(method), await self.engines.model(model)
        inner = await self.engines.agent_model(top)
        async with self._locks.of(id):
            session = await self.session(id)
            ways = {"method": how, "model": top.name, "agent_model": inner.name}
            await asyncio.to_thread(self.sessions.switch, session, **ways)
            return await self.session(id)

    async def settle(self, id: str, memory: str, *, keep: bool) -> None:  # noqa: A002
        """Let a person keep what a session became a memory of, or the session forget it.

        What is kept is a memory of the person, in every conversation from then on.

        Raises:
            SessionNotFoundError, SettingsError: there is no such session, or no such memory.
            CharacterError: the person is shipped, or its memories can't be written.
        """
        async with self._locks.of(id):
            session, state = await self._opened(id)
            record = next((one for one in state.gained if one.id == memory), None)
            if record is None:
                raise SettingsError("This conversation has no such memory.", "Reload the page.")
            if keep:
                character = await self.cast.get(session.character)
                character.require_own()
                await asyncio.to_thread(append_memory, character.memories_path, record)
            left = tuple(one for one in state.gained if one is not record)
            state = state.model_copy(update={"gained": left})
            await asyncio.to_thread(self.sessions.save_state, session, state)

    async def rewind(self, id: str, turns: int) -> Session:  # noqa: A002
        """Take back all turns of a session but the first so many, to say the next one otherwise.

        The mood is as it was then. Of memory, words are in place again; what was recalled in
        between, and so rehearsed, is not counted anew.

        Raises:
            SessionNotFoundError: there is none.
            SettingsError: the session has not so many turns.
        """
        async with self._locks.of(id):
            session, before = await self._opened(id)
            said = await self.turns(session)
            if not 0 <= turns <= len(said):
                raise SettingsError(
                    f"Session {session.id} has {len(said)} turns.", "Keep as many or fewer."
                )
            state = await self._before(session, before, said[:turns])
            await asyncio.to_thread(self.sessions.rewind, session, turns, state)
            return await self.session(session.id)

    async def turn(
        self,
        id: str,  # noqa: A002
        text: str,
        talk: Talk | None = None,
        *,
        number: int | None = None,
        again: bool = False,
    ) -> AsyncGenerator[Phase | Said | Turn]:
        """Take a turn of a session: its phases, the words as they come, and last the turn.

        When the turn is yielded, it is stored. Left early, or failed, nothing of it is kept.
        ``number`` is the turn that it is to become, where only that will do. ``again``: once
        finished it takes the place of the last one, which until then is kept.

        Raises:
            SessionNotFoundError: there is no such session.
            MovedOnError: the session has another number of turns.
            ModelError, MessageBlockedError, StorageError: the turn did not take place.
        """
        talk = talk or Talk()
        async with self._locks.of(id):
            session, state = await self._opened(id)
            if number not in (None, session.turns - again):
                raise MovedOnError
            if again:
                state = await self._before(session, state, (await self.turns(session))[:-1], talk)
            person = await self.simulacrum(
                await self.cast.get(session.character),
                talk.method or session.method,
                Talk(
                    model=talk.model,
                    partner=talk.partner or session.partner,
                    directions=talk.directions,
                    seed=session.seed if talk.seed is None else talk.seed,
                    tuning=talk.tuning,
                ),
                state,
            )
            async with aclosing(person.stream(text, talk.interrupted)) as events:
                async for event in events:
                    if isinstance(event, Turn):
                        await self._stored(session, event, person.state, again=again)
                    yield event
        if person.state.short_term.due():
            self.beside(self._rest(session, person))

    async def simulacrum(
        self,
        character: Character,
        method: str,
        talk: Talk | None = None,
        state: SessionState | None = None,
    ) -> Simulacrum:
        """A person in a conversation of the caller's own keeping; nothing of it is stored here.

        Raises:
            SettingsError: an unknown method.
            ModelError: a model or the embedder can't be had.
        """
        how = method_of(method)
        talk, state = talk or Talk(), state or SessionState()
        top = await self.engines.model(talk.model)
        inner = await self.engines.agent_model(top)
        embedder = await self.engines.embedder() if how in ("rag", "macm") else None

        def person(mind: Mind | None) -> Simulacrum:
            return Simulacrum(
                character,
                method=how,
                model=top,
                agent_model=inner,
                embedder=embedder,
                settings=self.settings,
                partner=talk.partner or STRANGER,
                seed=secrets.randbelow(2**31) if talk.seed is None else talk.seed,
                state=state,
                directions=talk.directions,
                mind=mind,
                recorder=lambda seed: InTurn(seed, self.engines.places),
            )

        gained = tuple(record.id for record in state.gained)
        key = (self.cast.stamp(character), how, top.name, inner.name, gained)
        mind = await self._minds.get(key, person(None).mind)
        return person(talk.tuning.on(mind))

    def _exactly(self, id: str) -> Session:  # noqa: A002
        found = self.sessions.get(id)
        if found.id != id:  # the beginning of an id is for people at a terminal
            raise SessionNotFoundError(f"No session is called {id!r}.", "Begin another.")
        return found

    async def _opened(self, id: str) -> tuple[Session, SessionState]:  # noqa: A002
        """A session and its state, read together."""

        def read() -> tuple[Session, SessionState]:
            session = self._exactly(id)
            return session, self.sessions.state(session)

        return await asyncio.to_thread(read)

    async def _before(
        self, session: Session, now: SessionState, kept: Sequence[Turn], talk: Talk | None = None
    ) -> SessionState:
        """The state after the first turns of a session."""
        person = await self.simulacrum(
            await self.cast.get(session.character),
            (talk and talk.method) or session.method,
            Talk(model=talk.model if talk else None, partner=session.partner, seed=session.seed),
        )
        for turn in kept:
            person.relive(turn.stimulus, turn.response)
        gained = tuple(g for g in now.gained if max(g.source.turns, default=0) < len(kept))
        state = person.state.model_copy(update={"gained": gained})
        moods = [turn.trace.mood for turn in kept if turn.trace.mood]
        return state.model_copy(update={"mood": moods[-1]}) if moods else state

    async def _stored(
        self, session: Session, turn: Turn, state: SessionState, *, again: bool
    ) -> None:
        """Store a turn, to the end even when whoever asked has gone meanwhile."""
        storing = asyncio.create_task(
            asyncio.to_thread(self.sessions.add_turn, session, turn, state, again=again)
        )
        with CancelScope(shield=True):
            try:
                await asyncio.shield(storing)
            except asyncio.CancelledError:
                await storing
                raise

    async def _rest(self, session: Session, spoken: Simulacrum) -> None:
        """Consolidate what was rehearsed, between turns; what fails is tried after the next one."""
        async with self._locks.of(session.id), self.engines.places[spoken.agent_model.name]:
            state = await self.state(session)
            if not state.short_term.due():
                return
            # A mind of its own: the shared one must not gain what only this session did.
            person = Simulacrum(
                spoken.character,
                method=spoken.method,
                model=spoken.model,
                agent_model=spoken.agent_model,
                embedder=None,
                settings=self.settings,
                partner=spoken.partner,
                seed=spoken.seed,
                state=state,
            )
            try:
                if await person.rest():
                    await asyncio.to_thread(self.sessions.save_state, session, person.state)
            except SimulacraError as error:
                _log.warning("Session %s has not consolidated: %s", session.id, error)
