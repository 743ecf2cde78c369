"""Candidate profiles: drawn people who may become characters, and their files (JSON or CSV)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulacra.characters.files import FileProblemsError, Problem, read_text
from simulacra.characters.profile import Profile

CandidateFormat = Literal["json", "csv"]

LISTS = ("ranking", "descriptions", "hobbies", "short_term_goals")
COLUMNS = (
    *("name", "age", "gender", "date_of_birth", "occupation", "isco", *LISTS),
    *("family", "education", "long_term_goal", "as_of", "seed", "number"),
)
"""Of the CSV; ``read_candidates`` wants all but the last two."""


class Candidate(BaseModel):
    """A profile on the day its age is counted to, and the draw it came from.

    The same pools, ``seed`` and ``number`` give the same candidate again; both are ``None``
    where it was written by hand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: Profile
    as_of: date
    seed: int | None = None
    number: int | None = Field(default=None, ge=1, description="its place in the draw, from 1")

    def as_json(self) -> dict[str, Any]:
        """The attributes, ``as_of``, ``seed`` and ``number``, side by side."""
        rest = self.model_dump(mode="json", exclude={"profile"}, exclude_none=True)
        return self.profile.model_dump(mode="json") | rest

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Candidate:
        """Read what ``as_json`` made.

        Raises:
            pydantic.ValidationError: it does not validate.
        """
        own = {key: value[key] for key in ("as_of", "seed", "number") if key in value}
        return cls.model_validate(
            {"profile": {key: value[key] for key in value if key not in own}, **own}
        )


def candidates_text(candidates: Iterable[Candidate], form: CandidateFormat) -> str:
    """The candidates as the text of a file that ``read_candidates`` reads back the same."""
    values = [candidate.as_json() for candidate in candidates]
    if form == "json":
        return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(_row, values))
    return out.getvalue()


def read_candidates(path: Path) -> list[Candidate]:
    """Read a file of candidates; one that ends in ``.csv`` is CSV, any other JSON.

    Raises:
        FileProblemsError: every problem found, each with its line or the candidate's number.
    """
    text = read_text(path)
    read = _read_csv if path.suffix.lower() == ".csv" else _read_json
    found, problems = read(path, text)
    if not found and not problems:
        problems.append(Problem(path, None, "no candidate is in it.", _MEND))
    if problems:
        raise FileProblemsError(problems)
    return found


_MEND = "Draw some: simulacra characters sample -n 100 -o candidates.json"
_Found = tuple[list[Candidate], list[Problem]]


def _read_json(path: Path, text: str) -> _Found:
    try:
        values: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        return [], [Problem(path, line, f"this is no valid JSON: {error}.", _MEND)]
    if not isinstance(values, list):
        return [], [Problem(path, 1, "this is no list of candidates.", _MEND)]

    def problem(number: int, message: str) -> Problem:
        return Problem(path, None, f"candidate {number}: {message}", "Mend the value.")

    found: list[Candidate] = []
    problems: list[Problem] = []
    for number, value in enumerate(cast("list[Any]", values), 1):
        if not isinstance(value, dict):
            problems.append(problem(number, "this is no object of attributes."))
            continue
        fields = cast("dict[str, Any]", value)
        _take(fields, found, problems, lambda message, n=number: problem(n, message))
    return found, problems


def _read_csv(path: Path, text: str) -> _Found:
    found: list[Candidate] = []
    problems: list[Problem] = []
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)

    def problem(line: int, message: str) -> Problem:
        return Problem(path, line, message, "Mend the cell.")

    try:
        columns = reader.fieldnames or ()
        if missing := [c for c in COLUMNS[:-2] if c not in columns]:
            message = f"the column {missing[0]!r} is missing."
            return [], [Problem(path, 1, message, f"The columns are: {', '.join(COLUMNS)}.")]
        for row in reader:
            at = reader.line_num
            if None in row or None in row.values():
                problems.append(problem(at, "the row has more or fewer cells than the head."))
                continue
            _take(_fields(row), found, problems, lambda message, n=at: problem(n, message))
    except csv.Error as error:
        problems.append(problem(reader.line_num, f"this is no valid CSV: {error}."))
    return found, problems


def _take(
    value: dict[str, Any],
    found: list[Candidate],
    problems: list[Problem],
    problem: Callable[[str], Problem],
) -> None:
    try:
        found.append(Candidate.from_json(value))
    except ValidationError as error:
        for part in error.errors():
            where = ".".join(str(step) for step in part["loc"] if step != "profile")
            message = part["msg"].removeprefix("Value error, ")
            problems.append(problem(f"{where}: {message}." if where else f"{message}."))


# --- one row of the CSV ---------------------------------------------------------------------------


def _row(value: dict[str, Any]) -> dict[str, Any]:
    flat = value | {
        "occupation": value["occupation"]["title"],
        "isco": value["occupation"]["isco"],
        **value["traits"],
    }
    del flat["traits"]
    return flat | {column: join_list(flat[column]) for column in LISTS}


def _fields(row: dict[str, str]) -> dict[str, Any]:
    value: dict[str, Any] = {k: v for k, v in row.items() if k not in ("seed", "number") or v}
    lists = {column: split_list(value.pop(column)) for column in LISTS}
    traits = {key: lists.pop(key) for key in ("ranking", "descriptions")}
    occupation = {"title": value["occupation"], "isco": value.pop("isco") or None}
    return value | lists | {"occupation": occupation, "traits": traits}


def join_list(items: Sequence[str]) -> str:
    r"""One text of several: ``a; b``. A ``;`` within an item becomes ``\;``."""
    return "; ".join(re.sub(r"([\\;])", r"\\\1", item) for item in items)


def split_list(text: str) -> list[str]:
    r"""The items of ``a; b``, empty ones left out; ``\;`` is a ``;`` within one."""
    parts = re.findall(r"((?:[^;\\]|\\.|\\$)*)(?:;|$)", text, flags=re.DOTALL)
    return [bare for part in parts if (bare := re.sub(r"\\(.)", r"\1", part).strip())]
