"""A conversation at the terminal, in a pipe, or of one turn."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulacra.cli import show, speech
from simulacra.cognition import DISCLOSURE, Phase, Said, Simulacrum, Turn
from simulacra.errors import SettingsError, SimulacraError, StorageError
from simulacra.inference import Usage, load_embedder
from simulacra.storage import Session, Sessions, transcript

if TYPE_CHECKING:
    from simulacra.settings import Settings

HELP = """\
/why            how the last answer came about: reflection, memories, thought, emotion
/mood           how she is disposed now
/memories       what this conversation has become memories of, and what is still fresh
/method NAME    go on with none, prompt, rag or macm
/save FILE      the conversation as FILE.md or, with all traces, FILE.json
/quit           end; so do Ctrl-D and, at the prompt, Ctrl-C twice
Ctrl-C          stops an answer; nothing of it is kept"""

DOING = {
    "recall": "recalling",
    "reflect": "reflecting",
    "think": "thinking, feeling",
    "respond": "finding words",
}


@dataclass
class Conversation:
    """A simulacrum, and the stored session that its turns go to."""

    simulacrum: Simulacrum
    sessions: Sessions
    session: Session
    settings: Settings
    preset: str
    keep_memories: bool

    @classmethod
    def begin(
        cls,
        name: str,
        settings: Settings,
        *,
        method: str | None,
        preset: str,
        partner: str | None,
        session: str | None,
        seed: int | None,
        keep_memories: bool,
    ) -> Conversation:
        """Start a session, or go on with a stored one: what is not given anew is as it was."""
        sessions = Sessions(settings.data / "sessions.db")
        stored = sessions.get(session) if session else None
        method = method or (stored.method if stored else "macm")
        simulacrum = Simulacrum.load(
            stored.character if stored else name,
            method=method,
            model=settings.model or (stored.model if stored else None),
            agent_model=settings.agent_model or (stored.agent_model if stored else None),
            partner=partner or (stored.partner if stored else None),
            seed=seed if seed is not None else (stored.seed if stored else None),
            preset=preset,
            settings=settings,
            state=sessions.state(stored) if stored else None,
            # Whatever has to be fetched is fetched now, and not in the middle of the talk.
            embedder=load_embedder(settings.embedder, settings)
            if method in ("rag", "macm")
            else None,
        )
        if keep_memories and simulacrum.character.shipped:
            slug = simulacrum.character.slug
            raise SettingsError(
                f"{simulacrum.character.name} is shipped with the program and gains nothing.",
                f"Make your own copy: simulacra characters export {slug} --to characters/{slug}",
            )
        if stored is None:
            stored = sessions.create(
                character=simulacrum.character.slug,
                method=simulacrum.method,
                model=simulacrum.model.name,
                agent_model=simulacrum.agent_model.name,
                partner=simulacrum.partner,
                seed=simulacrum.seed,
            )
        return cls(simulacrum, sessions, stored, settings, preset, keep_memories)

    def keep(self, turn: Turn) -> None:
        """Store a finished turn and the state after it; one that is not stored did not happen."""
        try:
            self.sessions.add_turn(self.session, turn, self.simulacrum.state)
        except StorageError:
            self.simulacrum.state = self.sessions.state(self.session)
            raise

    async def rest(self) -> None:
        """Consolidate what was rehearsed; with ``--keep-memories`` it becomes the character's."""
        gained = await self.simulacrum.rest()
        if gained:
            self.sessions.save_state(self.session, self.simulacrum.state)
            if self.keep_memories:
                from simulacra.memory import append_memory

                for record in gained:
                    append_memory(self.simulacrum.character.memories_path, record)

    def switch(self, method: str) -> None:
        """Go on with another method; memory and mood stay."""
        now = self.simulacrum
        self.simulacrum = Simulacrum.load(
            now.character.slug,
            method=method,
            model=now.model,
            agent_model=now.agent_model,
            partner=now.partner,
            seed=now.seed,
            preset=self.preset,
            settings=self.settings,
            state=now.state,
        )


async def once(talk: Conversation, text: str, *, json: bool) -> None:
    """Say one thing and print the answer, or everything about it as JSON."""
    if not json:
        print(DISCLOSURE.format(name=talk.simulacrum.character.name), file=sys.stderr)
    turn = await talk.simulacrum.respond(text)
    talk.keep(turn)
    await talk.rest()
    if json:
        show.emit(transcript.turn_json(turn, talk.session.id))
    else:
        print(turn.response)


async def piped(talk: Conversation) -> None:
    """Answer each line of standard input with a paragraph, until the end of input."""
    name = talk.simulacrum.character.name
    print(DISCLOSURE.format(name=name) + "\n", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        if text := line.strip():
            print(f"> {text}")
            await answer(talk, text, speech.Speech(f"{name}: ", width=None))
    await talk.rest()


async def interactive(talk: Conversation) -> None:
    """Talk at the terminal until /quit or the end of input."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import InMemoryHistory

    name = talk.simulacrum.character.name
    out = show.console()
    out.print(DISCLOSURE.format(name=name), style="yellow", markup=False)
    out.print(
        f"Session {talk.session.id}, {talk.simulacrum.method} on {talk.simulacrum.model.name}"
        f" ({talk.simulacrum.model.chosen_because or 'as asked'}). /help lists what you can do.\n",
        style="dim",
        markup=False,
    )
    line: PromptSession[str] = PromptSession(history=InMemoryHistory())
    warming = asyncio.create_task(warm(talk))
    last: Turn | None = next(reversed(talk.sessions.turns(talk.session)), None)
    resting: asyncio.Task[None] | None = None
    interrupted = False
    while True:
        try:
            text = (await line.prompt_async("You: ")).strip()
            interrupted = False
        except EOFError:
            break
        except KeyboardInterrupt:
            if interrupted:
                break
            interrupted = True
            print("(Ctrl-C once more, or /quit, ends the conversation.)")
            continue
        if resting is not None:
            await resting
            resting = None
        if not warming.done():
            print(f"({name} is remembering a whole life; that takes a while the first time.)")
        await warming
        if not text:
            continue
        if text.startswith("/") and "\n" not in text:
            if text.split()[0] in ("/quit", "/exit"):
                break
            command(talk, text, last)
            continue
        turn = await interruptible(talk, text, speech.Speech(f"{name}: "))
        if turn is not None:
            last = turn
            resting = asyncio.create_task(settle(talk))
    warming.cancel()
    if resting is not None:
        await resting
    used = transcript.total(talk.sessions.turns(talk.session))
    out.print(
        f"\nKept as session {talk.session.id}: {used}.\n"
        f"Go on with: simulacra chat {talk.simulacrum.character.slug} --session {talk.session.id}",
        style="dim",
        markup=False,
    )


async def warm(talk: Conversation) -> None:
    """Load memories while the partner reads and writes; what goes wrong is told at the turn."""
    with contextlib.suppress(SimulacraError):
        await talk.simulacrum.mind()


async def interruptible(talk: Conversation, text: str, words: speech.Speech) -> Turn | None:
    """Answer; Ctrl-C stops the answer alone, a model's failure is told, and the talk goes on."""
    import signal

    task = asyncio.create_task(answer(talk, text, words))
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in loops
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        words.end()
        print("(stopped; nothing of this turn is kept)\n")
    except SimulacraError as error:
        words.end()
        show.fail(error)
        print()
    finally:
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
    return None


async def answer(talk: Conversation, text: str, words: speech.Speech) -> Turn:
    """Stream one answer, show meanwhile what she does, and store the turn."""
    turn: Turn | None = None
    try:
        async for event in talk.simulacrum.stream(text):
            match event:
                case Phase(name=phase):
                    words.status(DOING[phase])
                case Said(text=piece):
                    words.say(piece)
                case Turn():
                    turn = event
    finally:
        words.end()
    assert turn is not None  # a stream ends with its turn, or raises
    talk.keep(turn)
    return turn


async def settle(talk: Conversation) -> None:
    """Rest while the partner reads; a failure then costs nothing but the rest."""
    try:
        await talk.rest()
    except SimulacraError as error:
        show.fail(error)


def command(talk: Conversation, text: str, last: Turn | None) -> None:
    """Carry out one of the slash commands."""
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    try:
        match word:
            case "/help" | "/?":
                print(HELP)
            case "/why":
                print(transcript.why(last) if last else "Nothing has been said yet.")
            case "/mood":
                print(transcript.mood(talk.simulacrum.state.mood))
            case "/memories":
                print(transcript.gained(talk.simulacrum.state))
            case "/method":
                talk.switch(rest)
                print(f"Going on with {rest}.")
            case "/save":
                path = transcript.save(
                    Path(rest or f"{talk.session.id}.md").expanduser(),
                    talk.session,
                    talk.sessions.turns(talk.session),
                )
                print(f"Saved to {path}.")
            case _:
                print(f"There is no {word}. /help lists what you can do.")
    except SimulacraError as error:
        show.fail(error)
    print()


def stored(settings: Settings) -> Sessions:
    """The sessions of these settings."""
    return Sessions(settings.data / "sessions.db")


def as_row(session: Session, turns: Sequence[Turn]) -> dict[str, Any]:
    """A session as one row of a list, with what all its turns took."""
    usage = sum((turn.usage for turn in turns), Usage())
    return {
        "id": session.id,
        "character": session.character,
        "method": session.method,
        "model": session.model,
        "turns": session.turns,
        "calls": usage.calls,
        "input_tokens": usage.input_tokens,
        "cached_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "updated": session.updated.isoformat(timespec="seconds"),
    }
