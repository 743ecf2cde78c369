"""Our errors as HTTP tells them: a status, and a body that a program can read."""

from __future__ import annotations

from typing import Any

from simulacra import errors
from simulacra.cognition import MessageBlockedError
from simulacra.errors import SimulacraError, StorageError


class RunNotFoundError(StorageError):
    """No run of that name is stored."""


class BusyError(SimulacraError):
    """Another message of the same session is being answered."""


class MovedOnError(StorageError):
    """A session is not where whoever spoke believes it to be."""

    def __init__(self) -> None:
        super().__init__(
            "This conversation went on elsewhere, perhaps in another tab.",
            "Reload the page to see it; what you wrote stays in the box.",
        )

    def __reduce__(self) -> tuple[type[MovedOnError], tuple[()]]:
        return type(self), ()


_STATUS: tuple[tuple[type[SimulacraError], int], ...] = (
    (errors.CharacterNotFoundError, 404),
    (errors.SessionNotFoundError, 404),
    (RunNotFoundError, 404),
    (errors.JobNotFoundError, 404),
    (errors.StudyNotFoundError, 404),
    (errors.JudgeLinkError, 404),
    (errors.TaskNotFoundError, 404),
    (errors.StageNotOpenError, 409),
    (errors.JudgementStaleError, 409),
    (errors.StudyClosedError, 410),
    (errors.JudgementInvalidError, 422),
    (errors.CharacterExistsError, 409),
    (errors.CharacterInvalidError, 422),
    (errors.RateLimitedError, 429),
    (errors.ModelUnavailableError, 503),
    (errors.ModelError, 502),
    (BusyError, 409),
    (MovedOnError, 409),
    (errors.StorageError, 503),
    (errors.JobBusyError, 409),
    (MessageBlockedError, 403),
    (SimulacraError, 400),
)
"""The first that fits counts."""

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


def status_of(error: SimulacraError) -> int:
    """The HTTP status of an error."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def described(what: str, mend: str = "") -> dict[str, Any]:
    """The body of an error of ours."""
    return {"error": {"what": what, "mend": mend}}


def openai_error(
    status: int, message: str, *, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """The body of an error in OpenAI's shape."""
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
