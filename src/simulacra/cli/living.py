"""``simulacra characters new --story``: a whole life in one command."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulacra.cli.show import console, emit

if TYPE_CHECKING:
    from simulacra.characters import Character, Workspace
    from simulacra.settings import Settings

KIND = "person"


@dataclass(frozen=True)
class Life:
    """What is asked for: how far the story shall grow, and by which model."""

    workspace: Workspace
    model: str | None
    iterations: int
    words: int | None
    review_every: int
    seed: int

    @property
    def _settings(self) -> Settings:
        from simulacra.settings import Settings

        return Settings.read(model=self.model, workspace=self.workspace.path)

    def unfinished(self) -> list[Character]:
        """Who is in the making in this workspace: the same command goes on with them."""
        from simulacra.characters import read_character
        from simulacra.jobs import Job, Jobs

        async def jobs() -> list[Job]:
            async with Jobs.open(self._settings) as opened:
                return await opened.list()

        here = self.workspace.path.resolve()
        found: list[Character] = []
        for job in asyncio.run(jobs()):
            if job.kind == KIND and job.unfinished:
                character = read_character(Path(job.request["folder"]))
                if character.folder.parent == here:
                    console(stderr=True).print(
                        f"Going on with {character.name}. To begin with somebody else: "
                        f"simulacra jobs cancel {job.id}",
                        markup=False,
                    )
                    found.append(character)
        return found

    def live(self, characters: Sequence[Character], *, json: bool) -> None:
        """Write biography and story and make memories, one person after the other."""
        from simulacra.biography.planning import plan_of
        from simulacra.cli.growing import grow

        settings, results = self._settings, list[dict[str, Any]]()
        plan = plan_of(settings, self.iterations, self.words, self.review_every, 1, self.seed)
        for character in characters:
            result = asyncio.run(grow(KIND, character, settings, plan))
            results.append({"slug": character.slug, "folder": character.folder} | result)
            if not json:
                _say(character, result)
        if json:
            emit(results)


def _say(character: Character, result: dict[str, Any]) -> None:
    out, slug = console(), character.slug
    if result["stopped"] == "biography":
        out.print(
            f"{character.name}: the checks have something against the biography, it waits in "
            f"{character.folder / 'biography.draft.md'}: {result['why']}",
            markup=False,
        )
        out.print(
            f"Mend it and rename it to biography.md. Then: simulacra story expand {slug}, and "
            f"simulacra memory build {slug}",
            markup=False,
        )
        return
    out.print(
        f"{character.name}: {result['words']:,} words after {result['iterations']} expansions, "
        f"{result.get('memories', 0)} memories made.",
        markup=False,
    )
    if result["waiting"] or result["stopped"] == "review":
        out.print(
            f"{result['waiting']} expansions wait for you: simulacra story review {slug}. Then: "
            f"simulacra story expand {slug}, and simulacra memory build {slug}",
            markup=False,
        )
    out.print(f"Talk: simulacra chat {slug}", markup=False)
