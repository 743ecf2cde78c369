"""The tables of studies, the database that they are in, and how their rows are read."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Float,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from simulacra.errors import JudgeLinkError, StorageError, StudyClosedError, StudyError
from simulacra.evaluation.observer import Judge, Study
from simulacra.evaluation.observer_desk import Standing

metadata = MetaData()

studies = Table(
    "studies",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("closed", DateTime(timezone=True)),
    Column("data", JSON, nullable=False),
)

responses = Table(
    "study_responses",
    metadata,
    Column("study", String(16), primary_key=True),
    Column("scenario", String(60), primary_key=True),
    Column("method", String(16), primary_key=True),
    Column("trace", JSON, nullable=False),
    ForeignKeyConstraint(["study"], ["studies.id"]),
)

judges = Table(
    "study_judges",
    metadata,
    Column("study", String(16), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("seat", Integer, nullable=False),
    Column("model", String(300)),
    Column("token", String(64), unique=True),
    Column("invited", DateTime(timezone=True), nullable=False),
    Column("revoked", DateTime(timezone=True)),
    ForeignKeyConstraint(["study"], ["studies.id"]),
)

_OF_A_JUDGE = (["study", "judge"], ["study_judges.study", "study_judges.number"])

marks = Table(
    "study_marks",
    metadata,
    Column("study", String(16), primary_key=True),
    Column("judge", Integer, primary_key=True),
    Column("mark", String(16), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(*_OF_A_JUDGE),
)

judgements = Table(
    "study_judgements",
    metadata,
    Column("study", String(16), primary_key=True),
    Column("judge", Integer, primary_key=True),
    Column("task", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("stage", Integer, nullable=False),
    Column("scenario", String(60), nullable=False),
    Column("method", String(16)),
    Column("about", Integer),
    Column("place", Integer, nullable=False),
    Column("scenario_place", Integer, nullable=False),
    Column("method_place", Integer, nullable=False),
    Column("score", Float),
    Column("text", Text),
    Column("latest", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(*_OF_A_JUDGE),
)

readings = Table(
    "study_readings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("study", String(16), nullable=False),
    Column("judge", Integer, nullable=False),
    Column("chapter", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(*_OF_A_JUDGE),
)

_STAMP = select(
    *(
        select(func.count())
        .select_from(table)
        .where(table.c.study == bindparam("study"), *which)
        .scalar_subquery()
        for table, which in ((judges, ()), (judges, (judges.c.revoked.is_not(None),)), (marks, ()))
    ),
    select(studies.c.closed).where(studies.c.id == bindparam("study")).scalar_subquery(),
)


class Database:
    """One database file (SQLite; made when first used), with its transactions. All calls block."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The folder {path.parent} can't be made: {error.strerror}.",
                "Set SIMULACRA_DATA to a folder that you may write to.",
            ) from error
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._line = Lock()
        self._read: dict[str, Study] = {}  # a study never changes
        self._standings: dict[str, tuple[object, Standing]] = {}
        with self.writing() as connection:
            metadata.create_all(connection)

    def standing(self, study: Study) -> Standing:
        """Who judges the study, and what they have done once and for all."""
        with self.reading() as connection:
            return self.read_standing(connection, study.id)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that changes nothing."""
        return self._transaction(self._engine)

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction that nobody else writes beside; on the disk when the block ends.

        Threads of one process wait in line here: SQLite would have them sleep and try again.
        """
        with self._line, self._transaction(self._writer) as connection:
            yield connection

    def read_study(self, connection: Connection, id_: str) -> Study:
        """The study of an id that is there."""
        if id_ not in self._read:
            data = connection.execute(select(studies.c.data).where(studies.c.id == id_))
            try:
                self._read[id_] = Study.model_validate(data.scalar_one())
            except ValidationError as error:
                raise StorageError(
                    f"In {self.path}, study {id_} can't be read: {error.errors()[0]['msg']}.",
                    "It was stored by another version, or edited by hand.",
                ) from error
        return self._read[id_]

    def read_standing(self, connection: Connection, id_: str) -> Standing:
        """As ``standing_of``; read anew only when somebody was invited or revoked, or did a thing.

        Judges and marks are only ever added, and nobody is called back: their numbers tell.
        """
        stamp = tuple(connection.execute(_STAMP, {"study": id_}).one())
        if id_ not in self._standings or self._standings[id_][0] != stamp:
            self._standings[id_] = stamp, standing_of(connection, id_)
        return self._standings[id_][1]

    @contextmanager
    def _transaction(self, engine: Engine) -> Generator[Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StorageError(
                f"The studies in {self.path} can't be read or written: {reason}.",
                "Free some space or mend the file; a copy of it can be tried with SIMULACRA_DATA.",
            ) from error


def _prepare(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # We say when a transaction begins: the driver would only begin one at the first write.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def hashed(token: str) -> str:
    """What is stored of a token: its SHA-256."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


def no_link() -> JudgeLinkError:
    """The same words for a link that never was and one that was revoked."""
    return JudgeLinkError(
        "This link is not valid, or not any more.", "Ask whoever sent it for another one."
    )


def require_not_closed(closed: bool) -> None:
    """Raise ``StudyClosedError`` where nothing more is taken."""
    if closed:
        raise StudyClosedError(
            "This study is closed: nothing more is taken.", "All that was saved before is kept."
        )


def standing_of(connection: Connection, study: str) -> Standing:
    """Who judges a study, and what they have done once and for all."""
    people = connection.execute(
        select(judges).where(judges.c.study == study).order_by(judges.c.number)
    ).mappings()
    made = connection.execute(select(marks.c.judge, marks.c.mark).where(marks.c.study == study))
    closed = connection.execute(select(studies.c.closed).where(studies.c.id == study)).scalar_one()
    return Standing(
        judges=tuple(map(judge_of, people)),
        marks=frozenset((number, mark) for number, mark in made),
        closed=closed is not None,
    )


def numbered(standing: Standing, number: int) -> Judge:
    """The judge of a number; ``StudyError`` where there is none."""
    found = next((judge for judge in standing.judges if judge.number == number), None)
    if found is None:
        known = ", ".join(str(judge.number) for judge in standing.judges) or "none"
        raise StudyError(f"There is no judge {number} in this study.", f"There are: {known}.")
    return found


def judge_of(row: Mapping[Any, Any]) -> Judge:
    """A row of ``study_judges``."""
    return Judge(
        number=row["number"],
        seat=row["seat"],
        model=row["model"],
        revoked=row["revoked"] is not None,
    )


def value_of(row: Mapping[Any, Any]) -> str | float:
    """The text or the score of a row of ``study_judgements``."""
    return row["score"] if row["text"] is None else row["text"]


def utc(moment: datetime) -> datetime:
    """A moment as it was stored: SQLite forgets the zone."""
    return moment.replace(tzinfo=UTC)
