"""The original data set's files: found, read within their folder, and checked for shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulacra.characters import FileProblemsError, Problem, read_text
from simulacra.errors import ImportRejectedError

T = TypeVar("T")

PROFILES = "character_profiles.json"
INTRODUCTIONS = "character_introductions.json"
MAY_LIE_UNDER = ("", "LLMP/Characters", "Characters")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class OriginalProfile(_Shape):
    """One entry of ``character_profiles.json``."""

    id: str = Field(alias="ID")
    name: str = Field(alias="Name", min_length=1)
    age: int = Field(alias="Age", ge=0, le=130)
    gender: str = Field(alias="Gender")
    date_of_birth: str = Field(alias="Date_of_birth", pattern=r"^\d{4}-\d{2}-\d{2}$")
    occupation: str = Field(alias="Occupation")
    traits: str = Field(alias="Traits")
    hobbies: str = Field(alias="Hobbies")
    family: str = Field(alias="Family")
    education: str = Field(alias="Education")
    short_term_goals: str = Field(alias="Short-term_goals")
    long_term_goal: str = Field(alias="Long-term_goal")


class OriginalIntroduction(_Shape):
    """One entry of ``character_introductions.json``: the biography and the prompts' profile."""

    id: str = Field(alias="ID")
    name: str = Field(alias="Name", min_length=1)
    personality_traits: str = Field(default="", alias="Personality_traits")
    basic_infos: str = Field(default="", alias="Basic_infos")
    extra: dict[str, Any] = Field(default_factory=dict, alias="Extra")
    content: str = Field(alias="Content")


class OriginalMemoryParts(_Shape):
    """The inner part of a memory."""

    content: str = Field(alias="Memory Content")
    thinking: str = Field(default="", alias="Thinking")
    emotion: str = Field(default="", alias="Emotion")


class OriginalMemory(_Shape):
    """One value of ``long_memory.json``."""

    summary: str = Field(alias="Memory_Summary")
    memory: OriginalMemoryParts = Field(alias="Memory")


class OriginalQuestion(_Shape):
    """One entry of a questionnaire file; options and answers carry letters."""

    question: str
    options: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()


ENTRIES = TypeAdapter(list[dict[str, Any]])
PROFILE = TypeAdapter(OriginalProfile)
INTRODUCTION = TypeAdapter(OriginalIntroduction)
MEMORIES = TypeAdapter(dict[str, OriginalMemory])
QUESTIONS = TypeAdapter(Annotated[list[OriginalQuestion], Field(max_length=1000)])


def find_root(path: Path) -> Path:
    """The ``LLMP/Characters`` folder in or at ``path``, links resolved.

    Raises:
        ImportRejectedError: there is none.
    """
    for under in MAY_LIE_UNDER:
        if (path / under / PROFILES).exists():
            return (path / under).resolve()
    if not path.is_dir():
        raise ImportRejectedError(
            f"{path} is no folder.", "Unpack archives first, then name the folder."
        )
    raise ImportRejectedError(
        f"There is no {PROFILES} in {path} nor in its LLMP/Characters.",
        "Name a clone of the Human Simulacra repository or its folder LLMP/Characters.",
    )


class Source:
    """Reads files under one root and nothing outside it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, *parts: str) -> Path:
        """The path of a file under the root; ``parts`` may come from the data.

        Raises:
            FileProblemsError: a part is no plain name, or a link leads out of the root.
        """
        path = self.root.joinpath(*parts)
        plain = all(p not in ("", ".", "..") and not set(p) & set("/\\\0:") for p in parts)
        if not plain or not path.resolve().is_relative_to(self.root):
            shown = "/".join(parts)
            raise FileProblemsError(
                [
                    Problem(
                        self.root,
                        None,
                        f"{shown!r} leads outside this folder.",
                        "Names in the data must be plain names; links must stay inside.",
                    )
                ]
            )
        return path

    def has(self, *parts: str) -> bool:
        """Whether there is a file or folder of that name."""
        return self.path(*parts).exists()

    def text(self, *parts: str) -> str:
        """A UTF-8 text."""
        return read_text(self.path(*parts)).replace("\r\n", "\n")

    def json(self, shape: TypeAdapter[T], *parts: str) -> T:
        """A JSON file of a shape; syntax errors name the line, errors of shape the key.

        Raises:
            FileProblemsError: no JSON, keys that stand twice, another shape.
        """
        path = self.path(*parts)
        text = read_text(path)
        try:
            return validate(path, shape, json.loads(text, object_pairs_hook=_distinct_keys))
        except json.JSONDecodeError as error:
            cut = error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg
            what = "the JSON ends too early" if cut else f"this is no JSON: {error.msg}"
            problem = Problem(path, error.lineno, f"{what}.", "Fetch the file again, whole.")
        except RecursionError:
            problem = Problem(path, None, "the JSON is nested too deeply.", "Fetch it again.")
        except _RepeatedKeyError as error:
            problem = Problem(
                path, None, f"the key {error.args[0]!r} stands twice.", "Remove one of the two."
            )
        raise FileProblemsError([problem])


def validate(path: Path, shape: TypeAdapter[T], value: object, entry: str = "") -> T:
    """Bring a JSON value into a shape; an error names file and key (within ``entry``)."""
    try:
        return shape.validate_python(value)
    except ValidationError as error:
        raise FileProblemsError(
            [
                Problem(
                    path,
                    None,
                    f"{'.'.join([entry, *map(str, e['loc'])]).strip('.') or 'the file'}: "
                    f"{e['msg']}.",
                    "The file is not of the original's shape: compare it with the original's.",
                )
                for e in error.errors()
            ]
        ) from None


class _RepeatedKeyError(Exception):
    """A key stands twice in a JSON object; JSON itself would take the last in silence."""


def _distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        seen: set[str] = set()
        for key in keys:
            if key in seen:
                raise _RepeatedKeyError(key)
            seen.add(key)
    return dict(pairs)
