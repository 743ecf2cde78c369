"""A run on the disk is asked what it has no answer to yet."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from simulacra.characters import Character, Pools
from simulacra.cognition import Method, identity, scene, script, weighing
from simulacra.cognition.agents import emotion, thinking, top
from simulacra.errors import SimulacraError
from simulacra.evaluation.interview import Interview
from simulacra.evaluation.personality import draw_statements
from simulacra.evaluation.questions import (
    ASKED,
    FRIEND,
    Question,
    digests,
    questions_of,
    statements_for,
)
from simulacra.evaluation.records import AnswerRecord, Key, Run, RunSheet, Task, Way
from simulacra.inference.catalog import DEFAULT_EMBEDDER

NOTES: dict[Way, tuple[str, ...]] = {
    "free": (
        "Inner steps (reflect, recall, think, feel) do not depend on the order of options: they "
        "were taken once for all repeats of an item, and count for repeat 0.",
    ),
    "deliberate": (
        "Options were judged one by one, once for all repeats of an item: the judgement would be "
        "the same again. It counts for repeat 0; the others say so (same_as). Clozes are free.",
    ),
}
TEMPLATES = (
    *(*ASKED.values(), weighing.FITS),
    *(identity.PERSON, identity.BIOGRAPHY, scene.OPENING),
    *(top.REFLECT, thinking.THINK, emotion.FEEL, top.RESPOND),
    *(script.SYSTEM, script.CARD, script.LINES, script.QUESTION),
)
"""Everything that a prompt of a run is made from."""
PACKAGES = ("simulacra", "inspect_ai", "pydantic_ai_slim")


def questions_for(
    task: Task,
    character: Character,
    *,
    pools: Pools | None = None,
    share: float | None = None,
    seed: int = 0,
) -> Sequence[Question]:
    """What a character is asked in a task: its questionnaire, or a share of the trait descriptions.

    ``pools`` are those that come with the package where none are given.

    Raises:
        CharacterError: the character has no questionnaire.
    """
    if task == "self_report":
        return questions_of(character)
    traits = (pools or Pools.load()).traits
    return statements_for(character, draw_statements(traits, share=share or 1.0, seed=seed))


def sheet(
    questions: Mapping[str, Sequence[Question]],
    characters: Sequence[Character],
    *,
    task: Task,
    way: Way,
    seed: int,
    repeats: int,
    methods: Sequence[Method],
    models: Sequence[str],
    agent_model: str | None = None,
    share: float | None = None,
    preset: str = "default",
    embedder: str | None = None,
) -> RunSheet:
    """What ``run.json`` says of a run; ``questions`` are those of each character, by slug."""
    return RunSheet(
        created=datetime.now(UTC),
        way=way,
        seed=seed,
        repeats=repeats,
        share=share,
        preset=preset,
        embedder=embedder or DEFAULT_EMBEDDER,
        tasks=(task,),
        characters=tuple(character.slug for character in characters),
        methods=tuple(methods),
        models=tuple(models),
        agent_model=agent_model,
        items={slug: digests(asked) for slug, asked in questions.items()},
        rankings={c.slug: c.profile.traits.ranking for c in characters},
        prompts={template.name: template.digest for template in TEMPLATES},
        settings={
            "partner": FRIEND,
            "threshold": weighing.THRESHOLD,
            "follows": weighing.FOLLOWS,
            "memories_weighed": weighing.MEMORIES,
            "likeness": weighing.LIKENESS,
            "words": weighing.WORDS,
            "strange": weighing.STRANGE,
        },
        versions=versions(),
        notes=NOTES[way],
    )


async def ask(
    interview: Interview,
    questions: Sequence[Question],
    run: Run,
    *,
    repeats: int,
    report: Callable[[AnswerRecord], None] = lambda _: None,
    gate: asyncio.Semaphore | None = None,
) -> list[AnswerRecord]:
    """Ask every question at every repeat that has no answer in the run; return all its answers.

    They come in the order of the questions, then of the repeats. So many questions are asked at
    once as the model's ``concurrency`` says, or as ``gate`` lets in. Each answer is on the disk
    before ``report`` hears of it: when this raises, or is ended in any way, none of them is lost.

    Raises:
        ModelError: the model could not be asked.
        StorageError: an answer can't be written.
    """
    gate = gate or asyncio.Semaphore(interview.who.model.concurrency)
    due = unanswered(interview, questions, run, repeats)

    async def one(question: Question, missing: Sequence[int]) -> None:
        async with gate:
            prepared = await interview.prepare(question)
            for repeat in missing:
                record = await interview.answer(question, prepared, repeat)
                run.append(record)
                report(record)

    if interview.who.model.concurrency == 1:
        await interview.calibrate([question for question, _ in due])
    try:
        async with asyncio.TaskGroup() as group:
            for question, missing in due:
                group.create_task(one(question, missing))
    except* SimulacraError as several:
        raise first_of(several) from None
    return [
        run.answers[_key(interview, question, repeat)]
        for question in questions
        for repeat in range(repeats)
    ]


def unanswered(
    interview: Interview, questions: Sequence[Question], run: Run, repeats: int
) -> list[tuple[Question, list[int]]]:
    """The questions with the repeats at which the run has no answer to them yet."""
    missing = (
        (q, [r for r in range(repeats) if _key(interview, q, r) not in run.answers])
        for q in questions
    )
    return [(question, repeats) for question, repeats in missing if repeats]


def first_of(several: BaseExceptionGroup[SimulacraError]) -> SimulacraError:
    """The first error of a group, however deep it lies."""
    first = several.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first


def _key(interview: Interview, question: Question, repeat: int) -> Key:
    who = interview.who
    return Key(
        *(who.character.slug, who.method, who.model.name, interview.agent_model),
        *(question.task, interview.way, repeat, question.id),
    )


def versions() -> dict[str, str]:
    """Of Python and of the packages that results depend on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
