"""``simulacra dataset verify``: the shipped data set is whole, sound and various."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simulacra.characters import TENDENCIES, Character, Tendency, Workspace
from simulacra.characters.files import Problem
from simulacra.dataset.check import check
from simulacra.dataset.manifest import read_manifest, survey
from simulacra.dataset.statistics import shipped_characters
from simulacra.inference import EmbeddingCache

ENDS = 2
"""Each tendency is among the first two, and among the last two, at least so often …"""
SPREAD_FROM = len(TENDENCIES)
"""… as soon as there are so many ranked characters that it is possible."""


@dataclass(frozen=True)
class Spread:
    """How often a tendency is first or second, and last or last but one."""

    tendency: Tendency
    high: int
    low: int


@dataclass(frozen=True)
class Verified:
    """What came of a verification; without ``faults`` the data set is good to be shipped."""

    version: str
    characters: dict[str, list[Problem]]
    spread: tuple[Spread, ...]
    faults: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Everything, findings as their level, place and message."""
        return {
            "version": self.version,
            "characters": {
                slug: [{"level": f.level, "place": f.place, "message": f.message} for f in found]
                for slug, found in self.characters.items()
            },
            "spread": [vars(one) for one in self.spread],
            "faults": list(self.faults),
        }


async def verify(workspace: Workspace, embeddings: EmbeddingCache | None) -> Verified:
    """Check every shipped character, the digests of all files, and the spread of tendencies.

    Raises:
        CharacterInvalidError: a character or the manifest does not validate.
    """
    root = workspace.shipped.parent
    characters = shipped_characters(workspace)
    found = {character.slug: await check(character, embeddings) for character in characters}
    spread = spread_of(characters)
    manifest = read_manifest(root)
    faults = [
        *manifest.faults(survey(root, manifest.version, manifest.published)),
        *(
            f"{slug}: {finding.place}: {finding.message}"
            for slug, findings in found.items()
            for finding in findings
            if finding.level == "error"
        ),
        *_spread_faults(spread, sum(1 for c in characters if c.profile.traits.ranking)),
    ]
    return Verified(manifest.version, found, spread, tuple(faults))


def spread_of(characters: Sequence[Character]) -> tuple[Spread, ...]:
    """How the eight tendencies are spread over the ends of the rankings."""
    rankings = [character.profile.traits.ranking for character in characters]
    high = Counter(tendency for ranking in rankings for tendency in ranking[:2])
    low = Counter(tendency for ranking in rankings for tendency in ranking[-2:])
    return tuple(Spread(tendency, high[tendency], low[tendency]) for tendency in TENDENCIES)


def _spread_faults(spread: Sequence[Spread], ranked: int) -> Iterator[str]:
    if ranked < SPREAD_FROM:
        return
    for one in spread:
        if one.high < ENDS:
            yield f"{one.tendency} is first or second {one.high} times, not {ENDS}."
        if one.low < ENDS:
            yield f"{one.tendency} is last or last but one {one.low} times, not {ENDS}."
