"""Calls that were paid for are kept, and never paid again; no more at once than makes sense."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic_ai.messages import ModelResponse

from simulacra.inference import Usage

CALLS_FILE = "calls.jsonl"
_DAY = 86_400.0
_ANYTHING = TypeAdapter[Any](Any)


class KeptCall(BaseModel):
    """A call that was answered: by which model, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    response: ModelResponse

    @property
    def usage(self) -> Usage:
        """What the call took, as the provider counted it."""
        used = self.response.usage
        return Usage(1, used.input_tokens, used.cache_read_tokens, used.output_tokens)


class KeptCalls:
    """The calls of a run, in its folder: what was answered once is not asked again.

    Two calls are the same when model, messages, sampling (its seed too) and answer schema are.
    """
