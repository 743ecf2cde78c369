"""Runs made up for tests of what is reported of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from simulacra.characters import TENDENCIES, Tendency
from simulacra.cognition import METHODS, Method
from simulacra.evaluation.readings import Reading
from simulacra.evaluation.records import AnswerRecord, AskedStatement, Kind, Run, RunSheet, Way
from simulacra.inference import Usage

ITEMS: dict[str, tuple[Kind, int]] = {
    "cloze-1": ("cloze", 2),
    "single-1": ("single", 2),
    "multiple-1": ("multiple", 6),
}
RANKING: tuple[Tendency, ...] = ("Fi", "Ne", "Si", "Te", "Ti", "Se", "Ni", "Fe")


def answer(
    item: str,
    score: float,
    *,
    character: str = "mary-jones",
    method: Method = "macm",
    model: str = "embedded:tiny",
    agent_model: str | None = None,
    way: Way = "free",
    repeat: int = 0,
    reading: Reading | None = None,
    statement: AskedStatement | None = None,
) -> AnswerRecord:
    """An answer to an item, or to a statement."""
    kind, possible = ITEMS.get(item, ("yes_no", 0))
    return AnswerRecord(
        character=character,
        method=method,
        model=model,
        agent_model=agent_model or (model if method == "macm" else None),
        task="personality" if statement else "self_report",
        way=way,
        repeat=repeat,
        item=item,
        kind=kind,
        question=item,
        answer="so",
        reading=reading or Reading(said=("so",)),
        score=score,
        possible=possible,
        usage=Usage(2, 100, 0, 10),
        seconds=0.5,
        prompt_digest="d",
        statement=statement,
    )


def sitting(points: Sequence[float], **about: object) -> list[AnswerRecord]:
    """The answers to all items, worth so many points."""
    return [answer(item, score, **about) for item, score in zip(ITEMS, points, strict=True)]  # pyright: ignore[reportArgumentType]


def statements(**about: object) -> list[AnswerRecord]:
    """A personality test of somebody who is exactly as ranked; her own are those of rank 1."""
    return [
        answer(
            f"{tendency.lower()}-{rank}-00000000",
            0,
            reading=Reading(said=("yes" if RANKING.index(tendency) + 1 == rank else "no",)),
            statement=AskedStatement(tendency=tendency, rank=rank, own=rank == 1),
            **about,  # pyright: ignore[reportArgumentType]
        )
        for tendency in TENDENCIES
        for rank in range(1, 9)
    ]


def made(
    folder: Path,
    records: Iterable[AnswerRecord],
    items: Sequence[str] = tuple(ITEMS),
    preset: str = "default",
) -> Run:
    """A run with these answers on the disk; each character is to answer the items."""
    answers = list(records)
    characters = tuple(dict.fromkeys(record.character for record in answers))
    sheet = RunSheet(
        created=datetime(2026, 1, 1, tzinfo=UTC),
        way=answers[0].way,
        seed=1,
        preset=preset,
        repeats=3,
        tasks=tuple({record.task for record in answers}),
        characters=characters,
        methods=METHODS,
        models=tuple({record.model for record in answers}),
        items={slug: dict.fromkeys(items, "digest") for slug in characters},
        rankings=dict.fromkeys(characters, RANKING),
    )
    with Run.open(folder, sheet) as run:
        for record in answers:
            run.append(record)
    return Run.read(folder)
