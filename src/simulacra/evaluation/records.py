"""A run: a folder from which anybody can report without asking a model again.

``run.json`` says how was asked (a ``RunSheet``), ``answers.jsonl`` holds one ``AnswerRecord`` a
line, on the disk before anything else happens. ``calls.jsonl`` keeps the models' answers to single
calls, so that a run that was killed pays for none of them twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulacra.characters import Journal, Tendency, locked, write_file
from simulacra.cognition import Method
from simulacra.errors import CharacterError, StorageError
from simulacra.evaluation.readings import Reading
from simulacra.inference import Usage

Task = Literal["self_report", "personality"]
Way = Literal["free", "deliberate"]
Kind = Literal["cloze", "single", "multiple", "yes_no"]
JudgedBy = Literal["logprobs", "schema"]

T = TypeVar("T")

SHEET, ANSWERS, CALLS, LOCK = "run.json", "answers.jsonl", "calls.jsonl", ".run.lock"
SCHEMA_VERSION = 1


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Judged(_Data):
    """One option judged by itself: log odds of yes in the person's place, and without anybody."""

    option: str
    own: float
    baseline: float


class AskedStatement(_Data):
    """What a statement of the personality test stands for.

    ``own`` says that it stands in the character's own prompt, so that the answer only shows
    reading; the others are held out.
    """

    tendency: Tendency
    rank: int = Field(ge=1, le=8)
    own: bool


class Key(NamedTuple):
    """What an answer is the answer to: in one run there is one of each."""

    character: str
    method: Method
    model: str
    agent_model: str | None
    task: Task
    way: Way
    repeat: int
    item: str


class AnswerRecord(_Data):
    """One answer, how it was read and what it is worth.

    ``agent_model`` is ``None`` for methods without inner agents. ``options_shown`` are the
    options' texts as shown, ``order[place]`` is where the one shown at ``place`` stands in the
    item; both are empty for a cloze and a statement. A statement is worth nothing by itself: its
    ``expected`` is empty, ``score`` and ``possible`` are 0.

    ``usage`` and ``seconds`` are what the answer took. Inner steps that do not depend on the order
    of options are taken once for all repeats and count for repeat 0; so do judgements that would
    be the same again, which the other repeats bear with ``same_as``: the repeat they were made in.
    """

    character: str
    method: Method
    model: str
    agent_model: str | None
    task: Task
    way: Way
    repeat: int = Field(ge=0)
    item: str
    kind: Kind
    question: str
    options_shown: tuple[str, ...] = ()
    order: tuple[int, ...] = ()
    answer: str
    reading: Reading
    expected: tuple[str, ...] = ()
    score: float = Field(ge=0)
    possible: float = Field(ge=0)
    usage: Usage
    seconds: float = Field(ge=0)
    prompt_digest: str
    judged: tuple[Judged, ...] = ()
    judged_by: JudgedBy | None = None
    same_as: int | None = None
    statement: AskedStatement | None = None
    notes: tuple[str, ...] = Field(
        default=(), description="what did not go as planned, such as an answer that was cut off"
    )

    @property
    def key(self) -> Key:
        """What this is the answer to."""
        return Key(
            *(self.character, self.method, self.model, self.agent_model),
            *(self.task, self.way, self.repeat, self.item),
        )


class RunSheet(_Data):
    """How a run asks: ``run.json``.

    ``items`` has for each character a digest of each item asked, ``rankings`` the assigned
    rankings (strongest first, empty where unknown), ``prompts`` the digests of the templates.
    """

    schema_version: int = Field(default=SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)
    created: datetime
    way: Way
    seed: int
    repeats: int = Field(ge=1)
    share: float | None = Field(default=None, gt=0, le=1, description="of personality statements")
    preset: str = "default"
    embedder: str = ""
    tasks: tuple[Task, ...]
    characters: tuple[str, ...]
    methods: tuple[Method, ...]
    models: tuple[str, ...]
    agent_model: str | None = None
    items: dict[str, dict[str, str]] = {}
    rankings: dict[str, tuple[Tendency, ...]] = {}
    prompts: dict[str, str] = {}
    settings: dict[str, str | int | float | bool | None] = {}
    versions: dict[str, str] = {}
    notes: tuple[str, ...] = ()

    def joined(self, other: RunSheet) -> RunSheet:
        """This run with what another adds to it: characters, methods, models, repeats.

        Raises:
            StorageError: the other asks in another way, so that answers would not compare.
        """
        for name in ("way", "seed", "share", "preset", "embedder", "prompts", "settings"):
            self._same(name, getattr(self, name), getattr(other, name))
        self._same("version", self.versions.get("simulacra"), other.versions.get("simulacra"))
        for slug in self.items.keys() & other.items.keys():
            for item in self.items[slug].keys() & other.items[slug].keys():
                where = f"item {item} of {slug}"
                self._same(where, self.items[slug][item], other.items[slug][item])
        items = {
            slug: self.items.get(slug, {}) | other.items.get(slug, {})
            for slug in (*self.items, *(slug for slug in other.items if slug not in self.items))
        }
        return self.model_copy(
            update={
                "repeats": max(self.repeats, other.repeats),
                "tasks": _union(self.tasks, other.tasks),
                "characters": _union(self.characters, other.characters),
                "methods": _union(self.methods, other.methods),
                "models": _union(self.models, other.models),
                "agent_model": other.agent_model or self.agent_model,
                "items": items,
                "rankings": self.rankings | other.rankings,
                "notes": _union(self.notes, other.notes),
            }
        )

    def _same(self, name: str, mine: object, theirs: object) -> None:
        if mine != theirs:
            raise StorageError(
                f"The run was begun with another {name} ({_short(mine)}, now {_short(theirs)}).",
                "Go on as it was begun, or begin another run in another folder.",
            )


@dataclass
class Run:
    """A run on the disk. ``Run.open`` to ask, ``Run.read`` to report."""

    folder: Path
    sheet: RunSheet
    answers: dict[Key, AnswerRecord] = field(default_factory=dict[Key, AnswerRecord])

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Read a run, finished or not; a last line that a crash cut off does not count.

        Raises:
            StorageError: there is no run, or a file of it is damaged; it says where.
        """
        return cls(folder, _read_sheet(folder), _by_key(_read_answers(folder / ANSWERS)[0]))

    @classmethod
    @contextmanager
    def open(cls, folder: Path, sheet: RunSheet) -> Generator[Run]:
        """Begin a run, or go on with the one that is in the folder; no other process may.

        Raises:
            StorageError: another process has it open, it was begun in another way, or the folder
                can't be written.
        """
        with ExitStack() as stack:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(folder / LOCK, wait=False))
            except BlockingIOError as error:
                raise StorageError(
                    f"Another process is at work on the run in {folder}.",
                    "Wait until it has ended, or choose another folder.",
                ) from error
            except OSError as error:
                raise _unwritable(folder, error) from error
            if (folder / SHEET).exists():
                sheet = _read_sheet(folder).joined(sheet)
            answers, whole = _read_answers(folder / ANSWERS)
            try:
                write_file(folder / SHEET, sheet.model_dump_json(indent=2) + "\n")
                if (folder / ANSWERS).exists():
                    os.truncate(folder / ANSWERS, whole)
            except CharacterError as error:
                raise StorageError(error.what, error.mend) from error
            except OSError as error:
                raise _unwritable(folder, error) from error
            yield cls(folder, sheet, _by_key(answers))

    @cached_property
    def journal(self) -> Journal:
        """The models' answers to single calls, for ``keeping``."""
        return Journal(self.folder / CALLS)

    @property
    def records(self) -> list[AnswerRecord]:
        """All answers, in the order they came."""
        return list(self.answers.values())

    def append(self, record: AnswerRecord) -> None:
        """Keep an answer: it is on the disk when this returns.

        Raises:
            StorageError: the disk is full, or the file can't be written; all before is kept.
            ValueError: there is an answer to this already.
        """
        if record.key in self.answers:
            raise ValueError(f"answered before: {record.key}")
        try:
            with (self.folder / ANSWERS).open("ab") as file:
                file.write(record.model_dump_json().encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self.answers[record.key] = record


def _read_sheet(folder: Path) -> RunSheet:
    path = folder / SHEET
    try:
        return RunSheet.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise StorageError(
            f"{folder} holds no run: it has no {SHEET}.",
            "Name a folder that simulacra evaluate wrote.",
        ) from error
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}.") from error
    except ValidationError as error:
        raise _damaged(path, 0, error) from error


def _read_answers(path: Path) -> tuple[list[AnswerRecord], int]:
    """The answers, and how many bytes of the file are whole lines."""
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}.") from error
    records: list[AnswerRecord] = []
    whole = 0
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        if not line.endswith(b"\n"):
            break
        try:
            records.append(AnswerRecord.model_validate_json(line))
        except ValidationError as error:
            raise _damaged(path, number, error) from error
        whole += len(line)
    return records, whole


def _by_key(records: Iterable[AnswerRecord]) -> dict[Key, AnswerRecord]:
    return {record.key: record for record in records}


def _damaged(path: Path, line: int, error: ValidationError) -> StorageError:
    first = error.errors()[0]
    where = f"{path}, line {line}" if line else str(path)
    at = ".".join(map(str, first["loc"]))
    return StorageError(
        f"{where} is not as a run writes it: {f'{at}: ' if at else ''}{first['msg']}.",
        "Take the file from a copy, or remove that line: its answer is then asked again.",
    )


def _unwritable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{folder} can't be written: {error.strerror or error}.",
        "See to free space and permissions, and give the same command again: "
        "what is finished is kept.",
    )


def _union(mine: tuple[T, ...], theirs: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*mine, *theirs)))


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
