"""How likely a model finds a word: the log-probabilities that came with a response."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from pydantic_ai.messages import ModelResponse, TextPart

FirstToken: TypeAlias = Mapping[str, float]
"""The likeliest tokens at the first place of an answer, each with its natural logarithm."""


def first_token(response: ModelResponse) -> FirstToken:
    """The likeliest first tokens; empty where the provider gave none.

    Chat completions have them in the response's details, OpenAI's responses in those of the text.
    """
    details: list[Mapping[str, Any]] = [response.provider_details or {}]
    details += [p.provider_details or {} for p in response.parts if isinstance(p, TextPart)]
    for detail in details:
        for place in detail.get("logprobs") or ():
            listed: list[Mapping[str, Any]] = place.get("top_logprobs") or [place]
            return {str(token["token"]): float(token["logprob"]) for token in listed}
    return {}


def log_odds(tokens: FirstToken, yes: str = "yes", no: str = "no") -> float:
    """The log odds of one word against another, whatever their case and the marks around them.

    A word that is not listed counts as likely as the least likely one that is, which is the most
    it can be. Neither listed: 0, nothing speaks for either.

    Raises:
        ValueError: no token is listed.
    """
    least = min(tokens.values())
    return _sum(_of(tokens, yes), least) - _sum(_of(tokens, no), least)


def _of(tokens: FirstToken, word: str) -> list[float]:
    marks = " \n\t*\"'“”.,:!"
    return [value for token, value in tokens.items() if token.strip(marks).casefold() == word]


def _sum(logprobs: Iterable[float], least: float) -> float:
    some = list(logprobs) or [least]
    top = max(some)
    return top + math.log(sum(math.exp(value - top) for value in some))
