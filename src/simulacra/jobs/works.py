"""The kinds of long work that can be given to a job: each says ``@work("its name")``."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from simulacra.biography import (
    Biography,
    Checks,
    Growth,
    Outcome,
    Plan,
    Report,
    Steps,
    StoryDesk,
    write_biography,
)
from simulacra.biography.keeping import keep_biography, keep_draft
from simulacra.characters import Character, Pools, read_candidates, read_character
from simulacra.characters.making import credit
from simulacra.characters.screening import judged, write_assessed
from simulacra.cognition import remember_story
from simulacra.inference import (
    ChatModel,
    EmbeddingCache,
    load_chat_model,
    load_embedder,
)
from simulacra.jobs.registry import work
from simulacra.settings import Settings

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


class Asked(BaseModel):
    """What long work on a character is asked to do, and with which models."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path
    model: str
    agent_model: str | None = None
    embedder: str | None = None
    plan: dict[str, Any] = {}
    attempts: int = 3

    @classmethod
    def of(cls, character: Character, model: str, settings: Settings, plan: Plan) -> Asked:
        """The work that a command asks for."""
        return cls(
            folder=character.folder.resolve(),
            model=model,
            agent_model=settings.agent_model,
            embedder=settings.embedder,
            plan=asdict(plan),
        )

    @property
    def settings(self) -> Settings:
        """Today's settings, with the models that were asked for at the beginning."""
        return Settings.read(model=self.model, agent_model=self.agent_model, embedder=self.embedder)

    @property
    def character(self) -> Character:
        """The character as it is now."""
        return read_character(self.folder)

    def chat_model(self) -> ChatModel:
        """The model that writes."""
        return load_chat_model(self.model, self.settings)


class ToJudge(BaseModel):
    """Candidates that a model is to judge."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Path
    model: str
    seed: int = 0
    pools: Path | None = None


@work("story expansion")
async def story_expansion(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
    """Grow a story until its plan is fulfilled or a person must look at it (paper, 3.4)."""
    asked = Asked.model_validate(request)
    outcome = await _grown(asked, steps, report)
    credit(asked.character, asked.model)
    return _as_result(outcome)


@work("person")
async def person(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
    """From a profile to somebody to talk with: biography, life story, memories."""
    asked = Asked.model_validate(request)
    if not asked.character.biography.strip():
        report("writing the biography")
        seed = _PLAN.validate_python(asked.plan).seed
        character, model = asked.character, asked.chat_model()
        written = await write_biography(character.sheet, model, steps, asked.attempts, seed)
        kept = await steps("keep biography", partial(_keep_biography, asked, written))
        if not kept:
            what = "; ".join(flag.message for flag in written.flags)
            return {"state": "waiting", "stopped": "biography", "why": what}
    outcome = await _grown(asked, steps, report)
    credit(asked.character, asked.model)
    if outcome.stopped == "review":
        return _as_result(outcome)
    remembered = await steps("memories", partial(_remembered, asked, report))
    return _as_result(outcome) | {"state": "finished", "memories": remembered.made}


@work("biography")
async def biography(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
    """Write a biography; one that the checks flag waits for a person (paper, 3.3)."""
    asked = Asked.model_validate(request)
    report("writing the biography")
    seed = _PLAN.validate_python(asked.plan).seed
    character, model = asked.character, asked.chat_model()
    written = await write_biography(character.sheet, model, steps, asked.attempts, seed)
    kept = await steps("keep biography", partial(_keep_biography, asked, written))
    if kept:
        credit(asked.character, written.model)
    return {
        "state": "finished" if kept else "waiting",
        "words": len(written.text.split()),
        "attempts": written.attempts,
        "flags": [flag.model_dump(mode="json") for flag in written.flags],
    }


@work("memories")
async def memories(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
    """Make the memories of a story that are missing (paper, 4.1)."""
    asked = Asked.model_validate(request)
    remembered = await steps("memories", partial(_remembered, asked, report))
    return {"state": "finished", "memories": remembered.made, "kept": remembered.kept}


@work("selection")
async def selection(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
    """Have the candidates of a file judged by a model (paper, 3.1)."""
    del steps  # each judgement is saved when it is there
    asked = ToJudge.model_validate(request)
    model = load_chat_model(asked.model, Settings.read(model=asked.model))
    people = await judged(
        asked.file,
        read_candidates(asked.file),
        Pools.load(asked.pools),
        asked.seed,
        model,
        report=lambda now: report("judging", finished=now.finished, total=now.total),
    )
    write_assessed(asked.file, people)
    return {"state": "finished", "judged": sum(who.judgement is not None for who in people)}


async def _keep_biography(asked: Asked, written: Biography) -> bool:
    """Write the biography, or where it is flagged its draft, for a person to decide."""
    keep = keep_draft if written.flags else keep_biography
    keep(asked.character, written.text)
    return not written.flags


async def _grown(asked: Asked, steps: Steps, report: Report) -> Outcome:
    settings = asked.settings
    cache = EmbeddingCache(load_embedder(asked.embedder, settings), settings.cache)
    model = asked.chat_model()
    growth = Growth(
        desk=lambda: StoryDesk.open(asked.character),
        model=model,
        cache=cache,
        checks=Checks(asked.character.sheet, cache, model),
        plan=_PLAN.validate_python(asked.plan),
    )
    return await growth.run(steps, report)


async def _remembered(asked: Asked, report: Report) -> Any:
    settings = asked.settings
    model = load_chat_model(settings.agent_model or settings.model, settings)
    return await remember_story(
        asked.character,
        model,
        concurrency=settings.concurrency,
        report=lambda p: report("making memories", finished=p.finished, total=p.total),
    )


def _as_result(outcome: Outcome) -> dict[str, Any]:
    waiting = outcome.stopped == "review" or outcome.waiting > 0
    return {"state": "waiting" if waiting else "finished"} | asdict(outcome)
