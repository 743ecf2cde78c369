"""Studies of the observer report: responses, judges, and every judgement with its history.

A judgement is accepted when its transaction is committed and on the disk; nothing accepted is lost
when the process is killed right after. Judgements are only ever added: the latest version counts.
Of a judge's link no more is stored than its SHA-256.
"""

from __future__ import annotations

import builtins
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from simulacra.cognition import Trace
from simulacra.errors import StudyError, StudyNotFoundError
from simulacra.evaluation.observer import PEOPLE, Judge, Mark, Role, Study, seat_for
from simulacra.evaluation.observer_scoring import Judgement
from simulacra.storage.studies_database import (
    hashed,
    judgements,
    judges,
    marks,
    numbered,
    readings,
    require_not_closed,
    responses,
    standing_of,
    studies,
    utc,
    value_of,
)
from simulacra.storage.studies_judging import Judging

DATABASE = "studies.db"
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Invitation:
    """A judge with the secret part of the link, which is shown once and not stored."""

    judge: Judge
    token: str


class Studies(Judging):
    """The stored studies: what a researcher does, and what judges do (``Judging``)."""

    @classmethod
    def kept_in(cls, folder: Path) -> Studies:
        """The studies of a data folder."""
        return cls(folder / DATABASE)

    def create(self, study: Study, traces: Mapping[tuple[str, str], Trace] | None = None) -> None:
        """Store a study with the traces of its responses, by scenario and method."""
        with self.writing() as connection:
            data = study.model_dump(mode="json")
            connection.execute(
                studies.insert().values(id=study.id, created=study.created, data=data)
            )
            rows = [
                {
                    "study": study.id,
                    "scenario": scenario,
                    "method": method,
                    "trace": trace.model_dump(mode="json"),
                }
                for (scenario, method), trace in (traces or {}).items()
            ]
            if rows:
                connection.execute(responses.insert(), rows)

    def list(self) -> list[Study]:
        """All studies, the latest first."""
        with self.reading() as connection:
            ids = connection.execute(
                select(studies.c.id).order_by(studies.c.created.desc(), studies.c.id)
            ).scalars()
            return [self.read_study(connection, id_) for id_ in ids.all()]

    def get(self, id: str) -> Study:  # noqa: A002
        """One study, by its id or the beginning of it.

        Raises:
            StudyNotFoundError: no study, or more than one, begins like this.
        """
        with self.reading() as connection:
            every = connection.execute(select(studies.c.id)).scalars().all()
            found = [one for one in every if id and one.startswith(id)]
            if len(found) != 1:
                raise StudyNotFoundError(
                    f"{'No' if not found else 'More than one'} study is called {id!r}.",
                    "See: simulacra study status",
                )
            return self.read_study(connection, found[0])

    def traces(self, study: Study) -> dict[tuple[str, str], Trace]:
        """The traces of a study's responses, by scenario and method."""
        query = select(responses).where(responses.c.study == study.id)
        with self.reading() as connection:
            return {
                (row["scenario"], row["method"]): Trace.model_validate(row["trace"])
                for row in connection.execute(query).mappings()
            }

    def close(self, study: Study) -> None:
        """Take no more judgements; closing twice changes nothing."""
        with self.writing() as connection:
            connection.execute(
                studies.update()
                .where(studies.c.id == study.id, studies.c.closed.is_(None))
                .values(closed=datetime.now(UTC))
            )

    def invite(
        self, study: Study, count: int, *, role: Role | None = None, model: str | None = None
    ) -> builtins.list[Invitation]:
        """Add judges, in the seats that have the fewest (1, 2, 3, 4 in turn), or in a role's.

        A model that judges gets no link: its token is empty.

        Raises:
            StudyClosedError: the study was closed.
            StudyError: stage 2 has begun, and can't do with more texts of stage 1.
        """
        made: builtins.list[Invitation] = []
        with self.writing() as connection:
            standing = standing_of(connection, study.id)
            require_not_closed(standing.closed)
            if standing.opened(model or PEOPLE):
                raise StudyError(
                    "Stage 2 of this study has begun: nobody can join any more.",
                    "Revoke a judge who gave up, or make another study.",
                )
            every = [*standing.judges]
            for _ in range(count):
                number = max((judge.number for judge in every), default=0) + 1
                seat = seat_for(every, model or PEOPLE, role)
                judge = Judge(number=number, seat=seat, model=model)
                token = "" if model else secrets.token_urlsafe(TOKEN_BYTES)
                connection.execute(
                    judges.insert().values(
                        study=study.id,
                        number=number,
                        seat=seat,
                        model=model,
                        token=hashed(token) if token else None,
                        invited=datetime.now(UTC),
                    )
                )
                every.append(judge)
                made.append(Invitation(judge, token))
        return made

    def invite_again(self, study: Study, number: int) -> Invitation:
        """Give a judge another link; the old one ends, the work stays.

        Raises:
            StudyClosedError: the study was closed.
            StudyError: there is no such judge, the judge was revoked, or is a model.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self.writing() as connection:
            standing = standing_of(connection, study.id)
            require_not_closed(standing.closed)
            judge = numbered(standing, number)
            if judge.revoked or judge.model:
                raise StudyError(
                    f"Judge {number} {'was revoked' if judge.revoked else 'is a model'}.",
                    f"Invite another: simulacra study invite {study.id} --judges 1",
                )
            connection.execute(
                judges.update()
                .where(judges.c.study == study.id, judges.c.number == number)
                .values(token=hashed(token))
            )
        return Invitation(judge, token)

    def revoke(self, study: Study, number: int) -> None:
        """End a judge's part for good: the link is dead, and the work does not count.

        It stays in the history and in exports, marked as revoked.

        Raises:
            StudyError: there is no such judge.
        """
        with self.writing() as connection:
            numbered(standing_of(connection, study.id), number)
            connection.execute(
                judges.update()
                .where(judges.c.study == study.id, judges.c.number == number)
                .where(judges.c.revoked.is_(None))
                .values(revoked=datetime.now(UTC))
            )

    def history(self, study: Study) -> builtins.list[Judgement]:
        """Every judgement that was ever accepted, in the order of time."""
        query = (
            select(judgements)
            .where(judgements.c.study == study.id)
            .order_by(judgements.c.at, judgements.c.judge, judgements.c.task, judgements.c.version)
        )
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        found: builtins.list[Judgement] = []
        for row in rows:
            fields: dict[str, Any] = {**row, "value": value_of(row), "at": utc(row["at"])}
            for column in ("study", "score", "text"):
                del fields[column]
            found.append(Judgement(**fields))
        return found

    def marked(self, study: Study) -> dict[tuple[int, Mark], datetime]:
        """When judges did what they did once and for all."""
        query = select(marks).where(marks.c.study == study.id)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return {(row["judge"], row["mark"]): utc(row["at"]) for row in rows}

    def reading_seconds(self, study: Study) -> dict[int, float]:
        """For how many seconds each judge read the life story."""
        query = (
            select(readings.c.judge, func.sum(readings.c.seconds))
            .where(readings.c.study == study.id)
            .group_by(readings.c.judge)
        )
        with self.reading() as connection:
            return {number: float(seconds) for number, seconds in connection.execute(query)}
