"""Sessions: every conversation, turn by turn, with the state to go on from.

A turn and the state after it are stored in one transaction, so that a session killed at any
moment is resumed where its last finished turn left it. Two processes that go on with the same
session at once can't overwrite each other: the second to store a turn of the same number is told.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from simulacra.cognition import Mood, SessionState, Turn
from simulacra.errors import SessionNotFoundError, StorageError

_T = TypeVar("_T", SessionState, Turn, Mood)

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("character", String(200), nullable=False, index=True),
    Column("method", String(16), nullable=False),
    Column("model", String(300), nullable=False),
    Column("agent_model", String(300), nullable=False),
    Column("partner", String(300), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("updated", DateTime(timezone=True), nullable=False),
    Column("state", JSON, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("session", String(16), ForeignKey("sessions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("data", JSON, nullable=False),
)

callers = Table(
    "callers",
    metadata,
    Column("caller", String(300), primary_key=True),
    Column("character", String(200), primary_key=True),
    Column("method", String(16), primary_key=True),
    Column("session", String(16), ForeignKey("sessions.id"), nullable=False, index=True),
)
"""Which session a caller of the API has with a character by a method."""

unanswered = Table(
    "unanswered",
    metadata,
    Column("session", String(16), ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("text", String, nullable=False),
    Column("what", String, nullable=False),
    Column("mend", String, nullable=False),
)
"""The message of a session that is being answered, or could not be."""


@dataclass(frozen=True)
class Session:
    """One conversation with one character. ``turns`` counts the finished ones."""

    id: str
    character: str
    method: str
    model: str
    agent_model: str
    partner: str
    seed: int
    created: datetime
    updated: datetime
    turns: int


@dataclass(frozen=True)
class Unanswered:
    """What was said and has no answer yet. ``what`` and ``mend`` tell why, where it failed.

    ``number`` is that of the turn it is to become; where there is such a turn already, the message
    was to take its place, and the turn is as it was.
    """

    number: int
    text: str
    what: str = ""
    mend: str = ""


class Sessions:
    """The stored sessions of one database file (SQLite; made when first used)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The folder {path.parent} can't be made: {error.strerror}.",
                "Set SIMULACRA_DATA to a folder that you may write to.",
            ) from error
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        event.listen(self._engine, "connect", _pragmas)
        with self._transaction() as connection:
            metadata.create_all(connection)

    def create(
        self,
        *,
        character: str,
        method: str,
        model: str,
        agent_model: str,
        partner: str,
        seed: int,
        caller: str = "",
    ) -> Session:
        """Start a session with an empty state; ``called`` finds that of a ``caller`` again."""
        now = datetime.now(UTC)
        session = Session(
            id=secrets.token_hex(4),
            character=character,
            method=method,
            model=model,
            agent_model=agent_model,
            partner=partner,
            seed=seed,
            created=now,
            updated=now,
            turns=0,
        )
        row = {key: value for key, value in vars(session).items() if key != "turns"}
        with self._transaction() as connection:
            state = SessionState().model_dump(mode="json")
            connection.execute(sessions.insert().values(**row, state=state))
            if caller:
                whose = {"caller": caller, "character": character, "method": method}
                connection.execute(callers.delete().filter_by(**whose))
                connection.execute(callers.insert().values(**whose, session=session.id))
        return session

    def called(self, caller: str, character: str, method: str) -> Session | None:
        """The session that a caller has with a character by a method, if there is one."""
        query = select(callers.c.session).filter_by(
            caller=caller, character=character, method=method
        )
        with self._transaction() as connection:
            id = connection.execute(query).scalar_one_or_none()  # noqa: A001
        return self.get(id) if id else None

    def list(self, character: str | None = None) -> list[Session]:
        """All sessions, or one character's, the latest first."""
        query = _with_turns().order_by(sessions.c.updated.desc())
        if character is not None:
            query = query.where(sessions.c.character == character)
        with self._transaction() as connection:
            return [_session(dict(row)) for row in connection.execute(query).mappings()]

    def get(self, id: str) -> Session:  # noqa: A002
        """One session, by its id or the beginning of it.

        Raises:
            SessionNotFoundError: no session, or more than one, begins like this.
        """
        query = _with_turns().where(sessions.c.id.startswith(id, autoescape=True)).limit(2)
        with self._transaction() as connection:
            found = [_session(dict(row)) for row in connection.execute(query).mappings() if id]
        if len(found) != 1:
            raise SessionNotFoundError(
                f"{'No' if not found else 'More than one'} session is called {id!r}.",
                "See: simulacra sessions list",
            )
        return found[0]

    def state(self, session: Session) -> SessionState:
        """The state after the last finished turn."""
        with self._transaction() as connection:
            data = connection.execute(
                select(sessions.c.state).where(sessions.c.id == session.id)
            ).scalar_one()
        return self._read(SessionState, data, f"the state of session {session.id}")

    def turns(self, session: Session, start: int = 0, end: int | None = None) -> list[Turn]:
        """The transcript: every finished turn with its trace, in order; or a slice of it."""
        query = select(turns.c.data).where(turns.c.session == session.id).order_by(turns.c.number)
        query = query.where(turns.c.number >= start)
        if end is not None:
            query = query.where(turns.c.number < end)
        with self._transaction() as connection:
            rows = connection.execute(query).scalars().all()
        return [self._read(Turn, data, f"a turn of session {session.id}") for data in rows]

    def moods(self, session: Session) -> list[tuple[int, Mood]]:
        """The numbers of the turns that left a mood, and the moods."""
        mood = turns.c.data["trace"]["mood"]
        query = select(turns.c.number, mood).where(turns.c.session == session.id)
        with self._transaction() as connection:
            rows = connection.execute(query.order_by(turns.c.number)).all()
        what = f"a mood of session {session.id}"
        return [(number, self._read(Mood, data, what)) for number, data in rows if data]

    def add_turn(
        self, session: Session, turn: Turn, state: SessionState, *, again: bool = False
    ) -> None:
        """Store a finished turn and the state after it, both or neither.

        ``again``: it takes the place of the turn of its number and of all after that one.

        Raises:
            StorageError: the session was continued elsewhere meanwhile, or the disk is full.
        """
        with self._transaction() as connection:
            _expect(connection, session, session.turns if again else turn.number)
            if again:
                _take_back(connection, session, turn.number)
            connection.execute(unanswered.delete().where(unanswered.c.session == session.id))
            data = turn.model_dump(mode="json")
            row = {"session": session.id, "number": turn.number, "data": data}
            try:
                connection.execute(turns.insert().values(**row))
            except IntegrityError as error:
                raise _elsewhere(session) from error
            _save_state(connection, session, state)

    def save_state(self, session: Session, state: SessionState) -> None:
        """Store the state alone, as after consolidation between turns.

        Raises:
            StorageError: the session was continued elsewhere meanwhile, or the disk is full.
        """
        with self._transaction() as connection:
            _expect(connection, session, state.turns)
            _save_state(connection, session, state)

    def rewind(self, session: Session, finished: int, state: SessionState) -> None:
        """Take back all turns but the first ``finished``; ``state`` is that after them.

        Raises:
            StorageError: the session was continued elsewhere meanwhile.
        """
        with self._transaction() as connection:
            _expect(connection, session, session.turns)
            _take_back(connection, session, finished)
            _save_state(connection, session, state)

    def say(self, session: Session, said: Unanswered) -> None:
        """Keep a message that is to be answered, or what became of it, in place of another."""
        row = {"session": session.id, **vars(said)}
        with self._transaction() as connection:
            connection.execute(unanswered.delete().where(unanswered.c.session == session.id))
            connection.execute(unanswered.insert().values(**row))

    def unanswered(self, session: Session) -> Unanswered | None:
        """The message that has no answer yet, if there is one."""
        query = select(unanswered).where(unanswered.c.session == session.id)
        with self._transaction() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return Unanswered(row["number"], row["text"], row["what"], row["mend"]) if row else None

    def switch(self, session: Session, *, method: str, model: str, agent_model: str) -> None:
        """Let a session go on by another method, or with other models."""
        ways = {"method": method, "model": model, "agent_model": agent_model}
        with self._transaction() as connection:
            connection.execute(sessions.update().where(sessions.c.id == session.id).values(**ways))

    def delete(self, session: Session) -> None:
        """Remove a session and its turns."""
        with self._transaction() as connection:
            connection.execute(callers.delete().where(callers.c.session == session.id))
            connection.execute(turns.delete().where(turns.c.session == session.id))
            connection.execute(sessions.delete().where(sessions.c.id == session.id))

    @contextmanager
    def _transaction(self) -> Generator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StorageError(
                f"The sessions in {self.path} can't be read or written: {reason}.",
                "Free some space or mend the file; a copy of it can be tried with SIMULACRA_DATA.",
            ) from error

    def _read(self, kind: type[_T], data: Any, what: str) -> _T:
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            raise StorageError(
                f"In {self.path}, {what} can't be read: {error.errors()[0]['msg']}.",
                "It was stored by another version, or edited by hand.",
            ) from error


def _expect(connection: Connection, session: Session, finished: int) -> None:
    """See that the session has as many finished turns as whoever goes on with it believes."""
    count = select(func.count()).where(turns.c.session == session.id)
    if connection.execute(count).scalar_one() != finished:
        raise _elsewhere(session)


def _take_back(connection: Connection, session: Session, finished: int) -> None:
    later = (turns.c.session == session.id) & (turns.c.number >= finished)
    connection.execute(turns.delete().where(later))


def _elsewhere(session: Session) -> StorageError:
    return StorageError(
        f"Session {session.id} was continued elsewhere meanwhile.",
        f"Resume it again (--session {session.id}), or start another.",
    )


def _save_state(connection: Connection, session: Session, state: SessionState) -> None:
    connection.execute(
        sessions.update()
        .where(sessions.c.id == session.id)
        .values(state=state.model_dump(mode="json"), updated=datetime.now(UTC))
    )


def _with_turns() -> Select[Any]:
    """All of a session but its state, and how many finished turns it has."""
    count = select(func.count()).where(turns.c.session == sessions.c.id).scalar_subquery()
    columns = [column for column in sessions.c if column.name != "state"]
    return select(*columns, count.label("turns"))


def _session(row: dict[str, Any]) -> Session:
    for moment in ("created", "updated"):
        row[moment] = row[moment].replace(tzinfo=UTC)
    return Session(**row)


def _pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
