"""What a run says of itself, and of every answer: the data of ``records.py``."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from simulacra.characters import Tendency
from simulacra.cognition import Method
from simulacra.errors import StorageError
from simulacra.evaluation.readings import Reading
from simulacra.inference import Usage

Task = Literal["self_report", "personality"]
Way = Literal["free", "deliberate"]
Kind = Literal["cloze", "single", "multiple", "yes_no"]
JudgedBy = Literal["logprobs", "schema"]

T = TypeVar("T")

SCHEMA_VERSION = 1


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Judged(_Data):
    """One option judged by itself: log odds of yes in the person's place, and without anybody.

    ``near`` are the ids of the memories or chunks that stood before the question, ``familiarity``
    how familiar it is, in log odds, where there is a Memory Agent.
    """

    option: str
    own: float
    baseline: float
    familiarity: float | None = None
    near: tuple[str, ...] = ()


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
    memories: tuple[str, ...] = Field(
        default=(), description="ids of the memories or chunks before the mind, best first"
    )
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
        for name in ("way", "seed", "preset", "embedder", "prompts", "settings"):
            self._same(name, getattr(self, name), getattr(other, name))
        if self.share and other.share:
            self._same("share", self.share, other.share)
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
                "share": self.share or other.share,
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


def _union(mine: tuple[T, ...], theirs: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*mine, *theirs)))


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
