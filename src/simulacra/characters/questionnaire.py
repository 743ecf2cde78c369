"""``questionnaire.yaml``: self-report items with the paragraphs that prove each answer."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulacra.characters.profile import SCHEMA_VERSION, Line

ItemKind = Literal["cloze", "single", "multiple"]
ITEM_KINDS: tuple[ItemKind, ...] = ("cloze", "single", "multiple")

OPTIONS: dict[ItemKind, int] = {"cloze": 0, "single": 4, "multiple": 6}
RIGHT_OPTIONS: dict[ItemKind, int] = {"single": 1, "multiple": 3}


class Item(BaseModel):
    """One question. ``answer`` holds the right options' texts, or a cloze's accepted answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    kind: ItemKind
    question: Line
    options: tuple[Line, ...] = ()
    answer: tuple[Line, ...] = Field(min_length=1)
    evidence: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        default=(),
        description="story paragraphs that support the answer; empty where nobody named them",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.options) != OPTIONS[self.kind]:
            raise ValueError(
                f"a {self.kind} item has {OPTIONS[self.kind]} options, not {len(self.options)}"
            )
        if len({option.casefold() for option in self.options}) != len(self.options):
            raise ValueError("two options are the same")
        if self.kind != "cloze":
            if unknown := set(self.answer) - set(self.options):
                raise ValueError(f"the answer {sorted(unknown)[0]!r} is none of the options")
            if len(set(self.answer)) != RIGHT_OPTIONS[self.kind]:
                raise ValueError(
                    f"a {self.kind} item has {RIGHT_OPTIONS[self.kind]} right options, "
                    f"not {len(set(self.answer))}"
                )
        return self


class Questionnaire(BaseModel):
    """The self-report items of one character (paper, Section 5.1)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int = Field(default=SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)
    items: tuple[Item, ...]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [item.id for item in self.items]
        if repeated := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"the item id {sorted(repeated)[0]!r} stands twice")
        return self
