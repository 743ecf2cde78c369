"""A study made: a character answers the scenarios by every method, and all of it is put together.

Single calls are kept while it goes on: after a crash the same study, asked for again, pays for no
finished call twice.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from simulacra.characters import Character, Journal, Workspace
from simulacra.cognition import Method, Simulacrum, Trace
from simulacra.errors import CharacterError
from simulacra.evaluation import observer_answers, observer_judging, running
from simulacra.evaluation.asking import person
from simulacra.evaluation.keeping import keeping
from simulacra.evaluation.observer import Study
from simulacra.evaluation.observer_answers import Answered, answer_all, choose_scenarios
from simulacra.evaluation.scenarios import Scenario, read_scenarios, shipped_scenarios
from simulacra.inference import ChatModel
from simulacra.inference.catalog import DEFAULT_EMBEDDER
from simulacra.settings import Settings

Traces = Mapping[tuple[str, str], Trace]


@dataclass(frozen=True)
class StudyPlan:
    """What a study is to be made of; ``file`` has scenarios of one's own."""

    character: str
    methods: tuple[Method, ...]
    scenarios: int
    file: Path | None = None
    preset: str = "default"
    seed: int = 0

    def chosen(self) -> tuple[Scenario, ...]:
        """The scenarios drawn by the seed.

        Raises:
            FileProblemsError: the file has problems.
            SimulacraError: there are not so many.
        """
        every = read_scenarios(self.file) if self.file else shipped_scenarios()
        return choose_scenarios(every, self.scenarios, self.seed)


async def make_study(
    plan: StudyPlan,
    model: ChatModel,
    agent_model: ChatModel,
    settings: Settings,
    keep: Callable[[Study, Traces], None],
    report: Callable[[Answered], None] = lambda _: None,
) -> Study:
    """Have the responses made, and hand the study with their traces to ``keep``.

    Raises:
        CharacterError: there is no such character, or there is no life story or no memories.
        ModelError: a model could not be asked; what is finished is kept for the next time.
    """
    scenarios, character = plan.chosen(), written(plan.character, settings)
    what = (plan, [one.text for one in scenarios], model.name, agent_model.name, settings.embedder)
    calls = settings.data / "studies" / f"{sha256(repr(what).encode()).hexdigest()[:16]}.jsonl"
    calls.parent.mkdir(parents=True, exist_ok=True)
    with Journal.locked(calls) as journal:
        answered = await _answered(
            plan, scenarios, character, model, agent_model, journal, settings, report
        )
        study = _study(plan, scenarios, character, model, agent_model, settings, answered)
        traces = {(one.response.scenario, one.response.method): one.trace for one in answered}
        await asyncio.to_thread(keep, study, traces)
        journal.delete()  # what it was kept for is in the study
    return study


def written(name: str, settings: Settings) -> Character:
    """The character of a study, who has a life story.

    Raises:
        CharacterError: there is none, or no such character.
    """
    character = Workspace.find(settings).get(name)
    if not character.story_text.strip():
        raise CharacterError(
            f"{character.name} has no life story, which half of the judges are to know.",
            f"Write one first: simulacra story expand {character.slug}",
        )
    return character


async def _answered(
    plan: StudyPlan,
    scenarios: Sequence[Scenario],
    character: Character,
    model: ChatModel,
    inner: ChatModel,
    journal: Journal,
    settings: Settings,
    report: Callable[[Answered], None],
) -> list[Answered]:
    """The answers by every method; single calls are kept until all are there."""
    kept = keeping(model, journal)
    agents = kept if inner is model else keeping(inner, journal)
    people: dict[Method, Simulacrum] = {
        method: person(
            character.slug,
            method,
            kept,
            agents,
            settings=settings,
            preset=plan.preset,
            seed=plan.seed,
        )
        for method in plan.methods
    }
    return await answer_all(people, scenarios, plan.seed, report)


def _study(
    plan: StudyPlan,
    scenarios: tuple[Scenario, ...],
    character: Character,
    model: ChatModel,
    inner: ChatModel,
    settings: Settings,
    answered: Sequence[Answered],
) -> Study:
    templates = (*running.TEMPLATES, *observer_answers.TEMPLATES, *observer_judging.TEMPLATES)
    return Study(
        id=secrets.token_hex(4),
        created=datetime.now(UTC),
        character=character.slug,
        name=character.name,
        biography=character.biography,
        story=character.story_text,
        methods=plan.methods,
        scenarios=scenarios,
        responses=tuple(one.response for one in answered),
        model=model.name,
        agent_model=inner.name if "macm" in plan.methods else None,
        preset=plan.preset,
        embedder=settings.embedder or DEFAULT_EMBEDDER,
        seed=plan.seed,
        salt=secrets.token_hex(16),
        prompts={template.name: template.digest for template in templates},
        versions=running.versions(),
    )
