"""The self report and the personality test as tasks of Inspect.

    inspect eval simulacra/self_report -T character=mary-jones -T method=macm --model openai/gpt-4o
    inspect eval simulacra/personality_test -T character=mary-jones -T share=0.4 \
        --model simulacra/embedded:qwen2.5-coder-0.5b

A sample is an item, an epoch a repeat. ``--model-role agent=…`` gives the inner agents another
model. In the transcript each agent's call stands in a span of its own (reflect, recall, think,
feel, respond; judge where options are judged one by one). Inner steps do not depend on
the order of options: they are taken in the first epoch of an item that comes; the others say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.solver import Solver

from simulacra.characters import Character, Pools, Workspace
from simulacra.cognition import METHODS
from simulacra.cognition.macm import PRESETS
from simulacra.errors import SettingsError
from simulacra.evaluation import running
from simulacra.evaluation.inspect_scorers import agreement, points
from simulacra.evaluation.inspect_solver import interviewed
from simulacra.evaluation.questions import Question
from simulacra.evaluation.records import Way
from simulacra.settings import Settings

WAYS: tuple[Way, ...] = ("free", "deliberate")
Choice = TypeVar("Choice", bound=str)


@task
def self_report(
    character: str,
    method: str = "macm",
    way: str = "free",
    preset: str = "default",
    seed: int = 0,
    embedder: str | None = None,
    workspace: str | None = None,
) -> Task:
    """The questionnaire of a character, three times (paper, Section 5.1): 50 points.

    Raises:
        CharacterError: no such character, or one without a questionnaire that validates.
        SettingsError: an unknown method, way or preset.
    """
    settings = _settings(embedder, workspace)
    who = Workspace.find(settings).get(character)
    questions = running.questions_for("self_report", who)
    return Task(
        dataset=_dataset(who, questions),
        solver=_solver(who, questions, method, way, preset, seed, settings),
        scorer=points(),
        epochs=Epochs(3, "mean"),
        metadata={"method": method, "way": way, "preset": preset, "seed": seed},
    )


@task
def personality_test(
    character: str,
    method: str = "macm",
    way: str = "free",
    share: float = 1.0,
    preset: str = "default",
    seed: int = 0,
    embedder: str | None = None,
    workspace: str | None = None,
) -> Task:
    """Yes or no to trait descriptions, or to a seeded share of them (paper, Section 3.2).

    Raises:
        CharacterError: no such character.
        SettingsError: an unknown method, way or preset.
    """
    settings = _settings(embedder, workspace)
    who = Workspace.find(settings).get(character)
    pools = Pools.load(settings.pools)
    questions = running.questions_for("personality", who, pools=pools, share=share, seed=seed)
    return Task(
        dataset=_dataset(who, questions),
        solver=_solver(who, questions, method, way, preset, seed, settings),
        scorer=agreement(),
        metadata={"method": method, "way": way, "preset": preset, "seed": seed, "share": share},
    )


def _settings(embedder: str | None, workspace: str | None) -> Settings:
    return Settings.read(embedder=embedder, workspace=Path(workspace) if workspace else None)


def _dataset(who: Character, questions: Sequence[Question]) -> MemoryDataset:
    assigned = list(who.profile.traits.ranking)
    return MemoryDataset(
        [
            Sample(
                id=question.id,
                input=question.about,
                target=list(question.expected),
                metadata={
                    "kind": question.kind,
                    "options": list(question.options),
                    "digest": question.digest,
                    **(question.statement.model_dump() if question.statement else {}),
                    **({"assigned": assigned} if question.statement else {}),
                },
            )
            for question in questions
        ],
        name=who.slug,
    )


def _solver(
    who: Character,
    questions: Sequence[Question],
    method: str,
    way: str,
    preset: str,
    seed: int,
    settings: Settings,
) -> Solver:
    return interviewed(
        character=who.slug,
        questions=questions,
        method=_one_of("method", method, METHODS),
        way=_one_of("way", way, WAYS),
        preset=_one_of("preset", preset, PRESETS),
        seed=seed,
        settings=settings,
    )


def _one_of(name: str, value: str, known: Sequence[Choice]) -> Choice:
    for choice in known:
        if choice == value:
            return choice
    raise SettingsError(f"There is no {name} {value!r}.", f"Known: {', '.join(known)}.")
