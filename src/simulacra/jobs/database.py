"""``jobs.db``: where DBOS keeps runs and their steps, and how its troubles are told."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from simulacra.errors import JobError, SimulacraError, StorageError
from simulacra.jobs.values import pack, unpack

try:
    from dbos import DBOS, DBOSClient, Serializer
    from dbos import error as dbos_error
except ImportError as missing:
    raise JobError(
        f"Long work needs a package that is not installed: {missing.name}.",
        "Install it: pip install 'simulacra[jobs]'",
    ) from missing

APPLICATION = "simulacra"
VERSION = "1"
"""Raised when a release can't go on with the jobs of the one before it; they then say so."""
WORKFLOW = "job"
"""The one workflow there is: a run of a job, of whatever kind."""


class Values(Serializer):
    """Step values the way ``values.py`` has them, for DBOS."""

    def name(self) -> str:
        """Name the form, which is stored beside each value."""
        return "simulacra_1"

    def serialize(self, data: object) -> str:
        """Turn a value into text."""
        return pack(data)

    def deserialize(self, serialized_data: str) -> object:
        """Return the value, or ``Unreadable``."""
        return unpack(serialized_data)


def prepare(path: Path) -> None:
    """Make the database, or bring it up to date with the installed DBOS.

    Raises:
        StorageError: the file is no database, or the folder can't be written to.
    """
    _silence()
    with troubles(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=30)) as file:
            if file.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                # Readers and a writer at once; the mode stays with the file.
                file.execute("PRAGMA journal_mode=WAL")
        DBOS.migrate(url(path))


def connect(path: Path) -> DBOSClient:
    """Open the database for looking, queueing and cancelling; it runs nothing."""
    with troubles(path):
        return DBOSClient(
            system_database_url=url(path),
            serializer=Values(),
            application_name=APPLICATION,
            retry_connection_errors=False,
        )


def url(path: Path) -> str:
    """Name the database as SQLAlchemy wants it."""
    return f"sqlite:///{path}"


@contextmanager
def troubles(path: Path) -> Generator[None]:
    """Tell what DBOS and SQLite raise as a ``StorageError``."""
    try:
        yield
    except SimulacraError:
        raise
    except Exception as error:
        cause: object = getattr(error, "orig", None) or error  # what SQLAlchemy wraps
        if not isinstance(cause, sqlite3.Error | dbos_error.DBOSException | OSError):
            raise
        reason = str(cause).splitlines()[0]
        raise StorageError(
            f"The jobs in {path} can't be read or written: {reason}.",
            "Free some space, or mend or move the file: without it, jobs begin anew.",
        ) from error


def _silence() -> None:
    """Keep DBOS's log off the terminal: what matters comes as an error."""
    if os.environ.get("SIMULACRA_DEBUG"):
        return
    logger = logging.getLogger("dbos")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # or DBOS adds one that writes to the terminal
