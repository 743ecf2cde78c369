"""What is answered in OpenAI's shapes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from simulacra.cognition import Turn


class ModelView(BaseModel):
    """A person, by a method, as a model."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(description="when the person was last changed, in seconds since 1970")
    owned_by: Literal["simulacra"] = "simulacra"
    name: str


class ModelList(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[ModelView]


class InputDetails(BaseModel):
    """Of the tokens read, those that needed no reading."""

    cached_tokens: int


class OutputDetails(BaseModel):
    """Of the tokens written, those that were thought and felt and not said."""

    reasoning_tokens: int


class Usage(BaseModel):
    """What all models of the turn read and wrote together."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: InputDetails
    completion_tokens_details: OutputDetails

    @classmethod
    def of(cls, turn: Turn) -> Usage:
        """The usage of a turn."""
        used = turn.usage
        said = sum(s.usage.output_tokens for s in turn.trace.steps if s.phase == "respond")
        return cls(
            prompt_tokens=used.input_tokens,
            completion_tokens=used.output_tokens,
            total_tokens=used.input_tokens + used.output_tokens,
            prompt_tokens_details=InputDetails(cached_tokens=used.cached_tokens),
            completion_tokens_details=OutputDetails(reasoning_tokens=used.output_tokens - said),
        )


class Said(BaseModel):
    """What the person said."""

    role: Literal["assistant"]
    content: str
    refusal: None


class Choice(BaseModel):
    """The one answer."""

    index: int
    message: Said
    logprobs: None
    finish_reason: Literal["stop", "length"]


class Extension(BaseModel):
    """What only we tell: that this is fiction, which session it is, and the inside if asked."""

    disclosure: str
    session: str | None
    method: str
    model: str
    seconds: float
    trace: dict[str, Any] | None = None


class ChatCompletion(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    system_fingerprint: str
    simulacra: Extension


class Error(BaseModel):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str | None


class Failed(BaseModel):
    """The body of every answer that is an error."""

    error: Error
