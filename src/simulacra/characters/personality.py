"""Jung's eight tendencies, ranked and never scored (paper, Section 3.2)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Tendency = Literal["Ne", "Ni", "Se", "Si", "Te", "Ti", "Fe", "Fi"]

TENDENCIES: tuple[Tendency, ...] = ("Ne", "Ni", "Se", "Si", "Te", "Ti", "Fe", "Fi")

TENDENCY_NAMES: dict[Tendency, str] = {
    "Ne": "extraverted intuition",
    "Ni": "introverted intuition",
    "Se": "extraverted sensing",
    "Si": "introverted sensing",
    "Te": "extraverted thinking",
    "Ti": "introverted thinking",
    "Fe": "extraverted feeling",
    "Fi": "introverted feeling",
}

DESCRIPTIONS_PER_RANK: tuple[int, ...] = (4, 3, 2, 1, 1, 2, 3, 4)
"""How many trait descriptions a profile draws for ranks 1..8: the ends are the most pronounced."""

TraitDescription = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]


class Traits(BaseModel):
    """A ranking of the eight tendencies and the descriptions drawn for it.

    ``descriptions`` are in the order of the ranking: the first four belong to rank 1, the next
    three to rank 2, and so on (4, 3, 2, 1, 1, 2, 3, 4). Characters imported from elsewhere may
    have an empty ranking (unknown) and any number of descriptions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ranking: tuple[Tendency, ...] = Field(
        description="the eight tendencies, strongest first; empty where it is not known"
    )
    descriptions: tuple[TraitDescription, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.ranking:
            return self
        if sorted(self.ranking) != sorted(TENDENCIES):
            raise ValueError("ranking must name each of the eight tendencies once")
        if len(self.descriptions) != sum(DESCRIPTIONS_PER_RANK):
            raise ValueError(
                f"a ranked profile has {sum(DESCRIPTIONS_PER_RANK)} descriptions, "
                f"not {len(self.descriptions)}"
            )
        return self

    def by_rank(self) -> list[tuple[Tendency, tuple[str, ...]]]:
        """The tendencies in rank order, each with its descriptions; empty if not ranked."""
        start, ranks = 0, list[tuple[Tendency, tuple[str, ...]]]()
        for tendency, count in zip(self.ranking, DESCRIPTIONS_PER_RANK, strict=False):
            ranks.append((tendency, self.descriptions[start : start + count]))
            start += count
        return ranks
