import json
from typing import Literal

import pytest
from benchmarks.answers import filled, prose
from benchmarks.tokens import pieces, tokens
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field


class Feeling(BaseModel):
    about: str
    intensity: float = Field(ge=0, le=1)
    strength: int = Field(ge=1, le=5)


class Entry(BaseModel):
    kind: Literal["story", "chat"]
    known: bool
    note: str | None
    warning: str = ""
    scene: str = Field(max_length=30)
    feelings: list[Feeling] = Field(min_length=2)


@given(st.integers(1, 400), st.integers(0, 10_000))
def test_prose_has_exactly_the_tokens_asked_for(size: int, seed: int) -> None:
    assert len(tokens(prose(size, seed))) == size


def test_prose_differs_with_the_seed() -> None:
    assert prose(80, 1) != prose(80, 2)


@given(st.text())
def test_pieces_are_the_tokens_and_nothing_but_trailing_space_is_lost(text: str) -> None:
    assert [piece.strip() for piece in pieces(text)] == tokens(text)
    assert "".join(pieces(text)) == text.rstrip() or not pieces(text)


@given(st.integers(1, 300), st.integers(0, 1000))
def test_a_filled_schema_validates(size: int, seed: int) -> None:
    entry = Entry.model_validate_json(filled(Entry.model_json_schema(), size, seed))
    assert entry.warning == ""


def test_a_filled_schema_has_about_the_size_asked_for() -> None:
    class Thought(BaseModel):
        thought: str
        knows: bool

    assert len(tokens(filled(Thought.model_json_schema(), 40, 3))) == pytest.approx(40, abs=2)


def test_references_inside_references_are_followed() -> None:
    schema = {
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "string"}},
        "type": "object",
        "properties": {"x": {"$ref": "#/$defs/a"}},
    }
    assert isinstance(json.loads(filled(schema, 10, 0))["x"], str)


def test_a_schema_that_is_not_simulated_is_an_error() -> None:
    with pytest.raises(ValueError, match="not simulated"):
        filled({"type": "string", "pattern": "^a$"}, 10, 0)
