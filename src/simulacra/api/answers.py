"""Answers that are being given, whoever listens.

A message is stored before it is answered, and its turn goes on in the server: a page that is
reloaded, or whose connection was lost, finds what is there and hears the rest. Nothing is asked of
a model twice for it. What fails is kept beside the message, until it is said again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from simulacra.api.errors import BusyError, MovedOnError
from simulacra.api.people import People, Talk
from simulacra.cognition import Phase, Said, Turn
from simulacra.errors import SimulacraError
from simulacra.storage import Session, Unanswered

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Answer:
    """An answer that is being given to ``text``, or was when it is ``finished``.

    Then there is a ``turn``, or else ``what`` and ``mend`` say why there is none. ``again``: it is
    to take the place of the turn of the same number.
    """

    session: str
    number: int
    text: str
    again: bool
    phase: str = ""
    words: str = ""
    turn: Turn | None = None
    what: str = ""
    mend: str = ""
    stopped: bool = False
    finished: bool = False
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    task: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def changes(self, at_least_every: float = 15.0) -> AsyncGenerator[None]:
        """Yield now, whenever there is more, every so many seconds, and last at the end."""
        while True:
            changed, last = self._changed, self.finished
            yield
            if last:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(at_least_every):
                    await changed.wait()

    def stop(self) -> None:
        """Break in: the model's call is cancelled, and what was said is the answer."""
        if not self.stopped and not self.finished and self.task:
            self.stopped = True
            self.task.cancel()

    async def end(self) -> None:
        """Wait until it is finished."""
        async with aclosing(self.changes()) as changes:
            async for _ in changes:
                pass

    def tell(self) -> None:
        """Let those who listen know that there is more."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class Answers:
    """The answers that are being given in this process, one a session."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._given: dict[str, Answer] = {}

    def of(self, session: str) -> Answer | None:
        """The answer that is being given in a session, if there is one."""
        return self._given.get(session)

    async def say(
        self,
        id: str,  # noqa: A002
        text: str,
        number: int,
        talk: Talk | None = None,
        *,
        again: bool = False,
    ) -> Answer | Turn:
        """Store a message and begin to answer it; return the answer in the making.

        ``number`` is the turn that it is to become: the next one, or with ``again`` the last,
        which is kept until the new one is finished. The same words said twice, as after a lost
        connection, are answered once: then it is the same answer, or the turn that it became.

        Raises:
            SessionNotFoundError: there is no such session.
            BusyError: another message is being answered.
            MovedOnError: the conversation went on elsewhere, such as in another tab.
            StorageError: the message can't be stored.
        """
        if now := self._given.get(id):
            if (now.text, now.number, now.again) == (text, number, again):
                return now
            raise BusyError(
                "An answer is being given in this conversation, perhaps in another tab.",
                "Wait for it or stop it, then send this again.",
            )
        answer = self._given[id] = Answer(id, number, text, again)
        try:
            session = await self._people.session(id)
            if not again and number == session.turns - 1:
                last = await self._turn(session, number)
                if last and last.stimulus == text:
                    self._given.pop(id)
                    return last
            if number != session.turns - again:
                raise MovedOnError
            await asyncio.to_thread(self._people.sessions.say, session, Unanswered(number, text))
        except BaseException:
            self._given.pop(id, None)
            raise
        if again and (talk is None or talk.seed is None):  # or the same words would come
            talk = replace(talk or Talk(), seed=secrets.randbelow(2**31))
        talk = replace(talk or Talk(), interrupted=lambda: answer.stopped)
        answer.task = self._people.beside(self._give(answer, session, talk))
        return answer

    async def _give(self, answer: Answer, session: Session, talk: Talk) -> None:
        """Take the turn to its end, whoever listens."""
        try:
            await self._listen(answer, talk)
        except asyncio.CancelledError:
            turn = await self._turn(session, answer.number)
            if turn and turn.started >= answer.began:  # it was finished in that very moment
                answer.turn = turn
            elif answer.stopped:
                answer.what = "You stopped the answer before a word of it was said."
            else:  # the server ends; the message is stored
                answer.what = "The server was stopped before the answer was finished."
        except SimulacraError as error:
            answer.what, answer.mend = error.what, error.mend
        except Exception:
            _log.exception("The answer in session %s failed", session.id)
            answer.what, answer.mend = "Something went wrong here.", "The server's log has more."
        try:
            if answer.turn is None:
                failed = Unanswered(answer.number, answer.text, answer.what, answer.mend)
                await asyncio.to_thread(self._people.sessions.say, session, failed)
        except SimulacraError as error:
            _log.warning("What became of a message is not stored: %s", error)
        finally:
            answer.finished = True
            self._given.pop(session.id, None)
            answer.tell()

    async def _listen(self, answer: Answer, talk: Talk) -> None:
        turn = self._people.turn
        events = turn(answer.session, answer.text, talk, number=answer.number, again=answer.again)
        async with aclosing(events):
            async for event in events:
                match event:
                    case Phase(name=name):
                        answer.phase = name
                    case Said(text=piece):
                        answer.words += piece
                    case Turn():
                        answer.turn = event
                answer.tell()

    async def _turn(self, session: Session, number: int) -> Turn | None:
        turns = await asyncio.to_thread(self._people.sessions.turns, session, number, number + 1)
        return turns[0] if turns else None
