"""The filter hook: it sees every message in and out (paper, Ethics Statement).

A filter is any async function of a direction and a text that returns the text to use instead,
usually the same one, and raises ``MessageBlockedError`` for what must not pass.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from simulacra.errors import SimulacraError

Direction = Literal["in", "out"]
MessageFilter = Callable[[Direction, str], Awaitable[str]]

DISCLOSURE = (
    "{name} is a computer-generated fiction, not a real person. What is said here is made up by a "
    "language model and can be wrong."
)
"""What everybody is told before a conversation, in every interface."""


class MessageBlockedError(SimulacraError):
    """A filter did not let a message pass; the turn did not take place."""
