"""What can go wrong between us and a provider: which of our errors it is, and when to try again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from pydantic_ai import exceptions as theirs

from simulacra.errors import (
    EmptyAnswerError,
    MalformedAnswerError,
    ModelError,
    ModelRejectedError,
    ModelUnavailableError,
    RateLimitedError,
    SimulacraError,
)

T = TypeVar("T")
LONGEST_WAIT = 90.0


def is_passing(error: Exception) -> bool:
    """Whether asking again may help: 408, 429, 5xx, a dropped connection or a time-out."""
    if isinstance(error, theirs.ModelHTTPError):
        exhausted = isinstance(error, theirs.ModelQuotaExceededError)
        return not exhausted and (error.status_code in (408, 409, 429) or error.status_code >= 500)
    if _ended_early(error):
        return True
    return isinstance(
        error,
        theirs.ModelConnectionError
        | theirs.ModelRateLimitError
        | theirs.ModelServerError
        | theirs.ModelUnavailableError
        | TimeoutError,
    )


@dataclass(frozen=True)
class Patience:
    """How often to try again, and how long to wait before: exponential, with jitter.

    A ``Retry-After`` of the provider is honoured up to ``LONGEST_WAIT`` seconds; when it asks for
    more, there is no further try, and the error says how long it asked for.
    """

    retries: int = 4
    first: float = 0.5
    factor: float = 2.0

    def wait(self, failed: int, error: Exception) -> float | None:
        """Return the seconds to wait after failure number ``failed``, or None to give up."""
        if failed > self.retries or not is_passing(error):
            return None
        asked = getattr(error, "retry_after", None)
        if isinstance(asked, int | float):
            return asked + random.uniform(0, 0.1) if asked <= LONGEST_WAIT else None
        longest = min(self.first * self.factor ** (failed - 1), LONGEST_WAIT)
        return random.uniform(longest / 2, longest)

    async def keep_trying(self, call: Callable[[], Awaitable[T]], model: str) -> T:
        """Await ``call()`` until it succeeds or patience ends.

        Raises:
            ModelError: what went wrong at last, as one of our errors.
        """
        failed = 0
        while True:
            try:
                return await call()
            except Exception as error:
                failed += 1
                wait = self.wait(failed, error)
                if wait is None:
                    raise ours(error, model, failed) from error
            await asyncio.sleep(wait)


def ours(error: Exception, model: str, tries: int = 1) -> Exception:
    """Return the error of our tree that says what happened; a stranger is returned as it is."""
    again = f" after {tries} tries" if tries > 1 else ""
    match error:
        case SimulacraError():
            return error
        case TimeoutError():
            return ModelUnavailableError(
                f"{model} gave no answer in time{again}.",
                "Wait and try again, or allow more seconds with SIMULACRA_TIMEOUT.",
            )
        case theirs.ModelQuotaExceededError():
            return RateLimitedError(
                f"The quota or credit for {model} is used up: {_said(error)}",
                "Top it up or wait until it is renewed; finished work is kept.",
            )
        case theirs.ModelRateLimitError():
            asked = f" It asks to wait {error.retry_after:.0f} s." if error.retry_after else ""
            return RateLimitedError(
                f"{model} says that there are too many requests{again}.{asked}",
                "Wait, or lower the calls in flight with --concurrency.",
            )
        case theirs.ModelAuthenticationError():
            return ModelRejectedError(
                f"{model} did not accept the key: {_said(error)}",
                "Check the provider's API key in your environment.",
            )
        case theirs.ModelNotFoundError():
            return ModelRejectedError(
                f"The provider does not know {model}: {_said(error)}",
                "Check the model's name and the base URL.",
            )
        case theirs.ModelAPIError() if _too_long(error):
            return ModelRejectedError(
                f"The prompt is longer than {model} can read.", "Use a model with a larger context."
            )
        case theirs.ModelConnectionError():
            return ModelUnavailableError(
                f"The connection to {model} failed{again}: {_said(error)}",
                "Check that the server runs and that its address is right, and try again.",
            )
        case theirs.ModelHTTPError() if is_passing(error):
            return ModelUnavailableError(
                f"{model} answered with the error {error.status_code}{again}: {_said(error)}",
                "Wait and try again.",
            )
        case theirs.ModelRequestRejectedError() | theirs.ModelHTTPError():
            return ModelRejectedError(
                f"{model} refused the request: {_said(error)}", "Asking again would not help."
            )
        case theirs.ContentFilterError():
            return ModelRejectedError(
                f"The content filter of {model} refused: {_said(error)}", "Say it differently."
            )
        case theirs.UnexpectedModelBehavior() if _ended_early(error):
            return EmptyAnswerError(f"{model} answered with nothing{again}.", "Ask again.")
        case theirs.UnexpectedModelBehavior():
            return MalformedAnswerError(
                f"{model} answered with something unreadable: {_said(error)}",
                "Check that the address is that of a model server, and try again.",
                answer=error.body or "",
            )
        case theirs.ModelAPIError() if isinstance(error.__cause__, ValueError):
            return MalformedAnswerError(
                f"{model} answered with something unreadable: {_said(error)}",
                "Check that the address is that of a model server, and try again.",
            )
        case theirs.ModelAPIError():
            return ModelUnavailableError(f"{model} failed{again}: {_said(error)}", "Try again.")
        case theirs.UserError():
            return ModelError(f"{model} can't be asked this way: {_said(error)}")
        case _:
            return error


def _ended_early(error: Exception) -> bool:
    """Whether a stream ended without a word, or without saying that it is whole."""
    return isinstance(error, theirs.AgentRunError) and error.message.startswith(
        "Streamed response ended without"
    )


def _too_long(error: theirs.ModelAPIError) -> bool:
    own_name = isinstance(error, theirs.ModelContextWindowExceededError)
    return own_name or "exceed_context_size" in error.message  # llama.cpp's word for it


def _said(error: theirs.AgentRunError | theirs.UserError) -> str:
    """Return the provider's own words, without the envelope."""
    body = getattr(error, "body", None)
    for _ in range(2):
        if isinstance(body, dict):
            fields = cast("dict[str, object]", body)
            body = fields.get("message") or fields.get("error")
    return body if isinstance(body, str) and body else error.message
