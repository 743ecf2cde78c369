"""How a model is asked to draw its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sampling:
    """The sampling of one call.

    ``max_tokens`` limits the answer. ``logprobs`` asks for the log-probabilities of so many of the
    likeliest tokens at each place (0 to 20); some providers give none, others refuse. ``extra``
    goes as it is into the body of the request to an OpenAI-compatible server
    (``{"repeat_penalty": 1.1}``); other providers do not see it.
    """

    temperature: float = 0.7
    top_p: float = 0.95
    max_tokens: int = 256
    seed: int | None = None
    frequency_penalty: float | None = None
    stop: tuple[str, ...] = ()
    logprobs: int = 0
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
