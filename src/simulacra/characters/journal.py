"""A journal: answers that were paid for are saved the moment they are there."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from simulacra.characters.locks import locked
from simulacra.errors import StorageError

Schema = TypeVar("Schema", bound=BaseModel)


class Journal:
    """The finished answers of long work: one JSON line each.

    A line that a crash cut off is dropped; its answer was not finished.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.answers: dict[str, object] = {}
        whole = 0
        if path.exists():
            data = path.read_bytes()
            for line in data.splitlines(keepends=True):
                if not line.endswith(b"\n"):
                    break
                try:
                    entry = json.loads(line)
                    self.answers[entry["key"]] = entry["answer"]
                except (ValueError, KeyError, TypeError):
                    break
                whole += len(line)
            if whole < len(data):
                with path.open("r+b") as file:
                    file.truncate(whole)

    @classmethod
    @contextmanager
    def locked(cls, path: Path) -> Generator[Journal]:
        """Open a journal for one process; another waits until this one is done with it.

        Raises:
            StorageError: the file can't be read or written.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(path))
                journal = cls(path)
            except OSError as error:
                raise StorageError(
                    f"{path} can't be opened: {error.strerror}.", "See to its permissions."
                ) from error
            yield journal

    def get(self, key: str, schema: type[Schema]) -> Schema | None:
        """The answer that is saved under a key; ``None`` where there is none of that schema."""
        try:
            return schema.model_validate(self.answers[key])
        except (KeyError, ValidationError):
            return None

    def add(self, key: str, answer: BaseModel) -> None:
        """Save an answer before anything else happens.

        Raises:
            StorageError: the disk is full, or the file can't be written.
        """
        value = answer.model_dump(mode="json")
        line = json.dumps({"key": key, "answer": value}, ensure_ascii=False) + "\n"
        try:
            with self.path.open("ab") as file:
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StorageError(
                f"{self.path} can't be written: {error.strerror}.",
                "Free some space and give the same command again: what is finished is kept.",
            ) from error
        self.answers[key] = value

    def delete(self) -> None:
        """Forget the journal, when what it was for is done."""
        self.path.unlink(missing_ok=True)
