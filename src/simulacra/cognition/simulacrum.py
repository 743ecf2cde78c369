"""A simulacrum: a person who answers, by one of the methods, and remembers the conversation."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime
from typing import Self

from simulacra.biography import Story
from simulacra.characters import Character, Workspace
from simulacra.cognition import script
from simulacra.cognition.ablation import ChunkMemory, NoMemory, Remembers
from simulacra.cognition.agents.memory import MemoryAgent, remember
from simulacra.cognition.construction import Constructor
from simulacra.cognition.events import Phase, Said
from simulacra.cognition.filters import MessageFilter
from simulacra.cognition.identity import INSTRUCTIONS, biography, facts, person, voice
from simulacra.cognition.macm import PRESETS, Macm, Preset
from simulacra.cognition.methods import Mind, Plain, Retrieval
from simulacra.cognition.perception import Boundary
from simulacra.cognition.recorder import Recorder, whole_sentences
from simulacra.cognition.scene import Scene
from simulacra.cognition.state import SessionState
from simulacra.cognition.sync import run
from simulacra.cognition.trace import METHODS, Method, Trace, Turn
from simulacra.errors import EmptyAnswerError, SettingsError
from simulacra.inference import (
    ChatModel,
    Embedder,
    RememberingEmbedder,
    load_chat_model,
    load_embedder,
)
from simulacra.memory import (
    Exchange,
    Line,
    LongTermMemory,
    MemoryRecord,
    WorkingMemory,
    memories_of,
    shorten,
)
from simulacra.settings import Settings

STRANGER = "Somebody I have just met"
STIMULUS_TOKENS = 400
DIRECTIONS_TOKENS = 120
INTERRUPTED = "respond: interrupted by the partner; what was read and written for it is not counted"


class Simulacrum:
    """One person in one conversation.

    >>> mary = Simulacrum.load("mary-jones", method="macm")     # doctest: +SKIP
    >>> mary.ask("What did you do today?").response             # doctest: +SKIP

    ``state`` is all that a conversation leaves behind; give it to ``load`` to go on with it.
    ``directions`` are the partner's words about the scene: the person sees them as such. ``mind``
    may be shared by conversations that have gained no memories; unset, one is made.
    """

    def __init__(
        self,
        character: Character,
        *,
        method: Method,
        model: ChatModel,
        agent_model: ChatModel,
        embedder: Embedder | None,
        settings: Settings,
        partner: str,
        seed: int,
        preset: Preset = "default",
        state: SessionState | None = None,
        filters: Sequence[MessageFilter] = (),
        directions: str = "",
        mind: Mind | None = None,
        recorder: Callable[[int], Recorder] = Recorder,
    ) -> None:
        self.character = character
        self.method: Method = method
        self.model = model
        self.agent_model = agent_model
        self.settings = settings
        self.partner = partner
        self.seed = seed
        self.preset: Preset = preset
        self.state = state or SessionState()
        self.filters = tuple(filters)
        self.directions = directions
        self._embedder = embedder
        self._recorder = recorder
        self._mind = mind
        self._busy = asyncio.Lock()

    @classmethod
    def load(
        cls,
        name: str,
        *,
        method: str = "macm",
        model: str | ChatModel | None = None,
        agent_model: str | ChatModel | None = None,
        embedder: Embedder | None = None,
        settings: Settings | None = None,
        partner: str | None = None,
        seed: int | None = None,
        preset: str = "default",
        state: SessionState | None = None,
        filters: Sequence[MessageFilter] = (),
    ) -> Self:
        """Find a character by name or slug and let it answer.

        ``partner`` says who talks with the person, as the person sees it ("My best friend");
        unset, somebody just met. ``seed`` is drawn where it is not given; it is in ``self.seed``.

        Raises:
            CharacterNotFoundError: no such character; the message suggests one.
            SettingsError: an unknown method or preset.
            ModelError: the model can't be had.
        """
        settings = settings or Settings.read()
        if method not in METHODS:
            raise SettingsError(f"There is no method {method!r}.", f"Known: {', '.join(METHODS)}.")
        if preset not in PRESETS:
            raise SettingsError(f"There is no preset {preset!r}.", f"Known: {', '.join(PRESETS)}.")
        character = Workspace.find(settings).get(name)
        top = _model(model or settings.model, settings)
        inner = agent_model or settings.agent_model
        return cls(
            character,
            method=method,
            model=top,
            agent_model=_model(inner, settings) if inner else top,
            embedder=embedder,
            settings=settings,
            partner=partner or STRANGER,
            seed=secrets.randbelow(2**31) if seed is None else seed,
            preset=preset,
            state=state,
            filters=filters,
        )

    def ask(self, text: str) -> Turn:
        """Take a turn from a script: the same as ``await respond(text)``."""
        return run(self.respond(text))

    async def respond(self, text: str) -> Turn:
        """Take a turn and return it whole."""
        async for event in self.stream(text):
            if isinstance(event, Turn):
                return event
        raise AssertionError("a stream ends with its turn")  # pragma: no cover

    async def stream(
        self, text: str, interrupted: Callable[[], bool] = lambda: False
    ) -> AsyncGenerator[Phase | Said | Turn]:
        """Take a turn: yield its phases, the words of the answer as they come, and last the turn.

        Turns of one simulacrum wait for each other. A turn that fails or is left early changes
        nothing: the state is that of the last finished turn. But where the task is cancelled and
        ``interrupted`` says that the partner broke in, the words until then are the answer.

        Raises:
            ModelError: the model could not be asked, or gave nothing that can be used.
            MessageBlockedError: a filter did not let a message pass.
        """
        async with self._busy:
            started = datetime.now(UTC)
            calls = self._recorder(self.seed + 1000 * self.state.turns)
            for check in self.filters:
                text = await check("in", text)
            mind, words, considered = await self.mind(), list[str](), None
            async for event in mind.consider(self.scene(text), self.state, calls):
                if isinstance(event, Phase):
                    yield event
                else:
                    considered = event
            assert considered is not None, "a mind ends its work with what it considered"
            yield Phase("respond")
            try:
                async for piece in mind.respond(considered, calls):
                    words.append(piece)
                    if not self.filters:  # what filters must see whole is shown when it is
                        yield Said(piece)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or not (interrupted() and "".join(words).strip()):
                    raise
                task.uncancel()
                calls.notes.append(INTERRUPTED)
            response = await self._finished("".join(words), calls)
            if self.filters:
                yield Said(response)
            turn = self._turn(text, response, considered.trace, calls, started)
            exchange = self._exchange(turn.stimulus, turn.response)
            state = remember(self.state, exchange, considered.rehearsed)
            mood = turn.trace.mood or self.state.mood
            self.state = state.model_copy(update={"mood": mood})
            yield turn

    def relive(self, stimulus: str, response: str) -> None:
        """Take an exchange that was before: it is remembered as any other, and nobody is asked."""
        self.state = remember(self.state, self._exchange(stimulus, response))

    async def rest(self) -> list[MemoryRecord]:
        """Consolidate what was rehearsed into long-term memory, and return what was gained.

        Takes two calls an item, so that it is done between turns and not within one. An item is
        in short-term memory until its long-term memory is there.
        """
        async with self._busy:
            due = self.state.short_term.due()
            if not due:
                return []
            maker = Constructor(voice(self.character), self.agent_model)
            gained = await maker.consolidate(due)
            self.state = self.state.model_copy(
                update={
                    "short_term": self.state.short_term.without(due),
                    "gained": (*self.state.gained, *gained),
                }
            )
            if isinstance(self._mind, Macm):
                for record in gained:
                    await self._mind.memory.gain(record)
            return gained

    async def mind(self) -> Mind:
        """What answers by this method; made when first needed."""
        if self._mind is None:
            self._mind = await self._make_mind()
        return self._mind

    async def _make_mind(self) -> Mind:
        if self.method in ("none", "prompt"):
            return Plain(self.model)
        embedder = RememberingEmbedder(
            self._embedder or load_embedder(self.settings.embedder, self.settings)
        )
        story, cache = Story.parse(self.character.story_text), self.settings.cache
        if self.method == "rag":
            retrieval = await Retrieval.over(story, embedder, cache)
            return Plain(self.model, retrieval)
        records = memories_of(self.character)
        records += [*facts(self.character), *self.state.gained]
        long_term = await LongTermMemory.open(records, story, embedder, cache)
        memory: Remembers = _memory_agent(long_term, embedder, small=self.model.small)
        if self.preset == "no-memory":
            memory = NoMemory()
        elif self.preset == "rag-memory":
            memory = ChunkMemory(await Retrieval.over(story, embedder, cache))
        return Macm(
            self.model,
            self.agent_model,
            memory,
            await Boundary.of(self.character.sheet.knowledge, embedder, cache, long_term),
            preset=self.preset,
        )

    def scene(
        self, text: str, *, free: bool = False, choices: tuple[str, ...] = (), one_of: bool = False
    ) -> Scene:
        """What all methods have before them; what they know of the character is in ``system``.

        ``free``: the words are those of a questionnaire, taken whole and answered in any form;
        ``choices``, of which ``one_of`` or more are right, are what it gives to choose among.
        """
        who, small, nobody = self.character, self.model.small, self.method == "none"
        if nobody:
            system = script.NOBODY if small else INSTRUCTIONS
        else:
            system = script.system(who, self.partner) if small else person(who)
            if self.method != "macm":
                system = biography(who, system)
        return Scene(
            system=system,
            name=self._name,
            partner=self.partner,
            stimulus=text if free else shorten(text, STIMULUS_TOKENS),
            mood=self.state.mood.faded() if self.method == "macm" else None,
            conversation=_last_words(self.state.working, few=small),
            examples=script.samples(who, self.partner) if small and not nobody else (),
            free=free,
            directions=shorten(self.directions, DIRECTIONS_TOKENS),
            choices=choices,
            one_of=one_of,
        )

    @property
    def _name(self) -> str:
        return "Somebody" if self.method == "none" else self.character.name.split()[0]

    def _exchange(self, stimulus: str, response: str) -> Exchange:
        heard, said = self.partner, "I"
        if self.model.small:
            heard, said = script.visitor(self.partner), self._name
        lines = (
            Line(speaker=heard, text=stimulus),
            Line(speaker=said, text=response),
        )
        return Exchange(turn=self.state.turns, lines=lines)

    async def _finished(self, response: str, calls: Recorder) -> str:
        """The response as it is kept: without a cut-off end, as the filters let it pass."""
        response = response.strip()
        if any("cut off" in note and note.startswith("respond") for note in calls.notes):
            response = whole_sentences(response) or response
        if not response:
            raise EmptyAnswerError("The model answered with nothing.", "Try again.")
        for check in self.filters:
            response = await check("out", response)
        return response

    def _turn(
        self, text: str, response: str, trace: Trace, calls: Recorder, started: datetime
    ) -> Turn:
        trace = trace.model_copy(update={"steps": tuple(calls.steps), "notes": tuple(calls.notes)})
        return Turn(
            number=self.state.turns,
            character=self.character.name,
            method=self.method,
            model=self.model.name,
            agent_model=self.agent_model.name,
            partner=self.partner,
            stimulus=text,
            response=response,
            trace=trace,
            usage=calls.usage,
            started=started,
            seconds=round(calls.seconds, 4),
            first_token_seconds=calls.first_token_seconds,
        )


def _model(model: str | ChatModel | None, settings: Settings) -> ChatModel:
    return model if isinstance(model, ChatModel) else load_chat_model(model, settings)


def _last_words(working: WorkingMemory, *, few: bool) -> str:
    """The recent conversation; of it a small model sees the last exchange, or it repeats itself."""
    shown = working.exchanges[-1:] if few else working.exchanges
    return "\n".join(exchange.text for exchange in shown)


def _memory_agent(long_term: LongTermMemory, embedder: Embedder, *, small: bool) -> MemoryAgent:
    if small:
        return MemoryAgent(long_term, embedder, most=2, tokens=110, least=0.3)
    return MemoryAgent(long_term, embedder)
