"""How much a caller may ask: requests by a token bucket, and bytes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope

BODY_BYTES = 1024 * 1024
BODY_SECONDS = 60.0


@dataclass(frozen=True)
class Rate:
    """So many requests a second over time, and so many at once."""

    per_second: float = 20.0
    at_once: int = 240


class Buckets:
    """A token bucket for each caller; callers who have been quiet longest are forgotten first."""

    def __init__(
        self, rate: Rate, clock: Callable[[], float] = time.monotonic, most: int = 10_000
    ) -> None:
        self._rate, self._clock, self._most = rate, clock, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        now = self._clock()
        left, last = self._left.pop(caller, (float(self._rate.at_once), now))
        left = min(left + (now - last) * self._rate.per_second, float(self._rate.at_once))
        wait = 0.0 if left >= 1 else (1 - left) / self._rate.per_second
        self._left[caller] = (left if wait else left - 1, now)
        while len(self._left) > self._most:
            self._left.popitem(last=False)
        return wait


class TooLargeError(Exception):
    """A body has more bytes than it may."""


class GoneError(Exception):
    """Whoever sent a body went away before its end: half of it is not to be acted on."""


async def whole_body(scope: Scope, receive: Receive, most: int = BODY_BYTES) -> Receive:
    """Read a request's body, and return a ``receive`` that gives it once more.

    Raises:
        TooLargeError: it is longer than ``most`` bytes; no more than that were read.
        GoneError: it did not come to its end.
    """
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > most:
        raise TooLargeError
    chunks: list[bytes] = []
    more, size = True, 0
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise GoneError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise TooLargeError
        chunks.append(chunk)
        more = message.get("more_body", False)
    whole: Message = {"type": "http.request", "body": b"".join(chunks), "more_body": False}
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return whole

    return again
