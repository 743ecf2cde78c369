"""``expectations.yaml``: how the author expects a character to answer some of the scenarios.

They are kept apart from everything that a simulacrum is told, to validate the observer report.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulacra.biography import Story
from simulacra.characters import Character
from simulacra.characters.files import Level, Problem
from simulacra.characters.profile import SCHEMA_VERSION, Line
from simulacra.characters.yaml_files import line_in, read_yaml
from simulacra.evaluation.scenarios import read_scenarios, shipped_scenarios

EXPECTATIONS = "expectations.yaml"
OWN_SCENARIOS = "scenarios.yaml"
"""A user's own scenarios lie beside her characters, in the workspace."""
SHIPPED_HAVE = 5


class Expectation(BaseModel):
    """The answer to one scenario that follows from who a person is, and where the story shows it.

    Motive, emotion, approach and behaviour are the four parts of an answer (paper, Section 5.2).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    scenario: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    motive: Line
    emotion: Line
    approach: Line
    behaviour: Line
    why: Line
    evidence: tuple[Annotated[int, Field(ge=0)], ...] = ()


class Expectations(BaseModel):
    """The file: one expectation a scenario, at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int = Field(default=SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)
    expectations: tuple[Expectation, ...]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [expectation.scenario for expectation in self.expectations]
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"the scenario {repeated[0]!r} stands twice")
        return self


def read_expectations(character: Character) -> Expectations | None:
    """What the author expects; ``None`` where nobody wrote it down.

    Raises:
        FileProblemsError: the file does not validate; the message names line and mend.
    """
    path = character.folder / EXPECTATIONS
    return read_yaml(path, Expectations) if path.exists() else None


def check_expectations(
    character: Character, expectations: Expectations | None, story: Story, severe: Level
) -> Iterator[Problem]:
    """Scenarios that exist, shipped or one's own; evidence within the story; five if shipped.

    Raises:
        FileProblemsError: the user's own scenarios do not validate.
    """
    file = character.folder / EXPECTATIONS
    written = expectations.expectations if expectations else ()
    if character.shipped and len(written) < SHIPPED_HAVE:
        what = f"{len(written)} scenarios have an expected answer, not {SHIPPED_HAVE}."
        yield Problem(file, None, what, "Write the others.", severe if written else "warning")
    if not written:
        return
    known = _known_scenarios(character.folder.parent / OWN_SCENARIOS)
    for number, expectation in enumerate(written):
        line = line_in(file, ("expectations", number))
        if expectation.scenario not in known:
            what = f"there is no scenario {expectation.scenario!r}."
            mend = f"Name a shipped one, or one of your own in {OWN_SCENARIOS} of the workspace."
            yield Problem(file, line, what, mend)
        if not expectation.evidence:
            what = f"{expectation.scenario}: no evidence."
            yield Problem(file, line, what, "Name the paragraphs that show it.", "warning")
        if far := [i for i in expectation.evidence if i >= len(story.paragraphs)]:
            what = f"{expectation.scenario}: the story has no paragraph {far[0]}."
            mend = f"Paragraphs are 0 to {len(story.paragraphs) - 1}."
            yield Problem(file, line, what, mend)


def _known_scenarios(own: Path) -> set[str]:
    scenarios = (*shipped_scenarios(), *(read_scenarios(own) if own.is_file() else ()))
    return {scenario.id for scenario in scenarios}
