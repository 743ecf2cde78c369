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
from simulacra.biography.writing import DRAFT
from simulacra.characters import Character, read_character, write_file
from simulacra.characters.folder import BIOGRAPHY
from simulacra.characters.making import credit
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


async def _keep_biography(asked: Asked, written: Biography) -> bool:
    """Write the biography, or where it is flagged its draft, for a person to decide."""
    name = DRAFT if written.flags else BIOGRAPHY
    write_file(asked.folder / name, f"{written.text.strip()}\n")
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
