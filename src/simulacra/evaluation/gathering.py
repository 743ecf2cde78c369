"""Runs put together, so that only what is whole and of one kind is counted.

A *sitting* is one character questioned once by one method and model: one repeat of a task. A
sitting of which answers are missing is left out: its points would look like a worse score.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from simulacra.cognition import METHODS, Method
from simulacra.errors import StorageError
from simulacra.evaluation.records import AnswerRecord, Key, Run, Task, Way

_STATEMENT = re.compile(r"(ne|ni|se|si|te|ti|fe|fi)-[1-8]-[0-9a-f]{8}")
"""How statements of the personality test are called, and no item of a questionnaire."""


@dataclass(frozen=True, order=True)
class Who:
    """A model; the inner agents' where that is another one; their preset if not the default."""

    model: str
    agents: str = ""
    preset: str = ""

    def __str__(self) -> str:
        name = f"{self.model} + {self.agents}" if self.agents else self.model
        return f"{name}, {self.preset}" if self.preset else name

    @classmethod
    def of(cls, record: AnswerRecord, preset: str) -> Who:
        """Who gave an answer; a preset is of the mechanism, so of no other method."""
        agents = record.agent_model or ""
        return cls(
            record.model,
            "" if agents == record.model else agents,
            "" if record.method != "macm" or preset == "default" else preset,
        )


class Cell(NamedTuple):
    """A model and a method: a cell of the table."""

    who: Who
    method: Method


Sitting = Mapping[str, AnswerRecord]
"""The answers of a sitting by item, in the order of items."""


@dataclass
class Sittings:
    """The whole sittings of a cell, by character and repeat, both in order."""

    whole: dict[str, dict[int, Sitting]] = field(default_factory=dict[str, dict[int, Sitting]])
    unfinished: int = 0

    @property
    def records(self) -> list[AnswerRecord]:
        """All answers of whole sittings."""
        return [
            record
            for repeats in self.whole.values()
            for sitting in repeats.values()
            for record in sitting.values()
        ]


def read_runs(folders: Iterable[Path]) -> list[Run]:
    """Read the runs of some folders.

    Raises:
        StorageError: a folder holds no run, or the runs can't stand in one table.
    """
    runs = [Run.read(folder) for folder in folders]
    answered: dict[tuple[Who, Key], Path] = {}
    digests: dict[tuple[str, str], tuple[str, Path]] = {}
    for run in runs:
        for key, record in run.answers.items():
            who = Who.of(record, run.sheet.preset)
            if (other := answered.setdefault((who, key), run.folder)) != run.folder:
                raise StorageError(
                    f"{other} and {run.folder} both answer item {key.item} of {key.character} "
                    f"by {key.method} with {key.model} (repeat {key.repeat}).",
                    "Report them one by one.",
                )
        for slug, items in run.sheet.items.items():
            for item, digest in items.items():
                first, other = digests.setdefault((slug, item), (digest, run.folder))
                if first != digest:
                    raise StorageError(
                        f"Item {item} of {slug} is not the same in {other} and {run.folder}.",
                        "Report them one by one: answers to other questions do not compare.",
                    )
    return runs


def gather(runs: Sequence[Run], task: Task, way: Way) -> dict[Cell, Sittings]:
    """The sittings of a task, answered in one way, by cell; cells, characters, repeats in order."""
    answers: dict[Cell, dict[tuple[str, int], dict[str, AnswerRecord]]]
    answers = defaultdict(lambda: defaultdict(dict))
    for run in runs:
        for record in run.records:
            if (record.task, record.way) == (task, way):
                cell = Cell(Who.of(record, run.sheet.preset), record.method)
                answers[cell][record.character, record.repeat][record.item] = record
    items = _items(runs, task)
    found: dict[Cell, Sittings] = {}
    for cell in sorted(answers, key=lambda cell: (cell.who, METHODS.index(cell.method))):
        sittings = found.setdefault(cell, Sittings())
        for (character, repeat), given in sorted(answers[cell].items()):
            if items[character] <= given.keys():
                repeats = sittings.whole.setdefault(character, {})
                repeats[repeat] = {item: given[item] for item in sorted(given)}
            else:
                sittings.unfinished += 1
    return found


def _items(runs: Sequence[Run], task: Task) -> dict[str, set[str]]:
    """The items of a task by character: those that a run names, and those that were answered."""
    items: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        for slug, named in run.sheet.items.items():
            items[slug] |= {item for item in named if _task_of(item) == task}
        for record in run.records:
            if record.task == task:
                items[record.character].add(record.item)
    return items


def _task_of(item: str) -> Task:
    return "personality" if _STATEMENT.fullmatch(item) else "self_report"
