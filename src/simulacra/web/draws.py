"""Draws: candidates that a page drew, and what was decided on them, each draw in a folder.

The files are those of ``simulacra characters select``, which goes on with them, too.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from simulacra.characters import Candidate, Pools, candidates_text, read_candidates, write_file
from simulacra.characters.assessment import Assessed, assess
from simulacra.characters.reviewing import Review, resumed
from simulacra.characters.screening import REVIEW, beside, read_assessed, write_assessed
from simulacra.characters.selection import Reasoned, explained, reasoned
from simulacra.errors import CharacterNotFoundError
from simulacra.settings import Settings


class Asked(BaseModel):
    """What was asked of a draw."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    n: int
    seed: int
    fixed: dict[str, str] = {}
    at: datetime


@dataclass(frozen=True)
class Draw:
    """One draw: its file of candidates, and who they are as the rules and a judge see them."""

    id: str
    file: Path
    asked: Asked
    people: tuple[Assessed, ...]
    review: Review | None

    def who(self, key: str) -> Assessed:
        """One of them, as edited.

        Raises:
            CharacterNotFoundError: nobody of that key was drawn.
        """
        for one in self.applied:
            if one.key == key:
                return one
        raise CharacterNotFoundError("Nobody like this was drawn.", "Go back to the draw.")

    @property
    def applied(self) -> list[Assessed]:
        """The people with what was edited by hand."""
        return self.review.applied(self.people) if self.review else list(self.people)

    def proposed(self, pools: Pools) -> Sequence[Reasoned]:
        """Who is proposed, each with the reason."""
        if self.review is None:
            return ()
        people = {who.key: who for who in self.applied}
        return reasoned([people[key] for key in self.review.proposed], pools)

    def others(self, pools: Pools) -> Sequence[Reasoned]:
        """Who is not proposed, each with the reason; in the order of the draw."""
        people = self.applied
        place = {who.key: number for number, who in enumerate(people)}
        chosen = [place[key] for key in self.review.proposed] if self.review else []
        return explained(people, chosen, pools).rest


class Draws:
    """The draws of one installation."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.data / "candidates"

    def keep(self, candidates: Sequence[Candidate], asked: Asked, pools: Pools) -> str:
        """Keep new candidates, held against the rules; give the draw's id."""
        id_ = secrets.token_hex(6)
        folder = self.folder / id_
        folder.mkdir(parents=True)
        file = folder / "people.json"
        write_file(file, candidates_text(candidates, "json"))
        write_assessed(file, asyncio.run(assess(candidates, pools, asked.seed)))
        write_file(folder / "asked.json", asked.model_dump_json(indent=2) + "\n")
        return id_

    def get(self, id: str, pools: Pools) -> Draw:  # noqa: A002
        """A draw.

        Raises:
            CharacterNotFoundError: there is none of that id.
            CharacterInvalidError: its files were changed, and do not validate.
        """
        folder = self._folder(id)
        file = folder / "people.json"
        asked = _asked(folder)
        people = read_assessed(file)
        if people is None:
            people = asyncio.run(assess(read_candidates(file), pools, asked.seed))
            write_assessed(file, people)
        path = beside(file, REVIEW)
        review = resumed(path, people, _n(path, asked), pools, asked.seed)
        return Draw(id, file, asked, tuple(people), review)

    def delete(self, id: str) -> None:  # noqa: A002
        """Remove a draw; whoever was made of it stays."""
        shutil.rmtree(self._folder(id))

    def list(self) -> list[tuple[str, Asked]]:
        """All draws, the latest first."""
        if not self.folder.is_dir():
            return []
        found = [
            (folder.name, _asked(folder))
            for folder in self.folder.iterdir()
            if (folder / "people.json").exists()
        ]
        return sorted(found, key=lambda one: one[1].at, reverse=True)

    def _folder(self, id: str) -> Path:  # noqa: A002
        folder = self.folder / id
        if not re.fullmatch(r"[0-9a-f]{12}", id) or not (folder / "people.json").exists():
            raise CharacterNotFoundError("There is no such draw.", "See: Make a person")
        return folder


def _asked(folder: Path) -> Asked:
    """What was asked; of a draw that was killed before this was written, what can be known."""
    try:
        return Asked.model_validate_json((folder / "asked.json").read_bytes())
    except (FileNotFoundError, ValidationError):
        return Asked(n=0, seed=0, at=datetime.fromtimestamp(folder.stat().st_mtime, UTC))


def _n(path: Path, asked: Asked) -> int:
    """For how many the saved review is."""
    try:
        return Review.model_validate_json(path.read_bytes()).n
    except (FileNotFoundError, ValidationError):
        return max(asked.n, 1)
