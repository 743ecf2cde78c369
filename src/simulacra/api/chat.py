"""What a client of OpenAI's chat completions asks, and what of it makes sense with a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulacra.api.tuning import Tuning
from simulacra.errors import SimulacraError

LONGEST_MESSAGE = 16_000
"""The characters of a message that is to be answered."""
LONGEST_BEFORE = 4_000
"""The characters that are kept of each earlier one, and of what sets the scene."""
MOST_BEFORE = 200
"""How many exchanges before are lived through again; what was earlier would have faded."""


class AskedWrongError(SimulacraError):
    """A request that can't be answered as it stands; ``param`` is the field that is to blame."""

    def __init__(self, what: str, mend: str = "", param: str = "") -> None:
        super().__init__(what, mend)
        self.param = param

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.mend, self.param)


class _Body(BaseModel):
    model_config = ConfigDict(
        frozen=True
    )  # fields that we do not know are let by, as OpenAI's grow


class Part(_Body):
    """A part of a message; only text can be heard."""

    type: str
    text: str | None = None


class Message(_Body):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None


class StreamOptions(_Body):
    """What else a stream tells."""

    include_usage: bool = False


class Extension(_Body):
    """What only we know: ``trace`` asks for the inside of the answer, ``partner`` says who asks."""

    trace: bool = False
    partner: str | None = Field(default=None, min_length=1, max_length=200)


class ChatRequest(_Body):
    """The body of ``POST /v1/chat/completions``."""

    model: str = Field(max_length=300, description="a slug, or slug:method")
    messages: list[Message] = Field(min_length=1, max_length=2000)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    user: str | None = Field(
        default=None,
        max_length=200,
        description="with one new message alone: the stored conversation of this user goes on",
    )
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1, description="shortens the answer")
    max_completion_tokens: int | None = Field(default=None, ge=1, description="as max_tokens")
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**64)
    n: int | None = Field(default=None, description="1")
    stop: str | list[str] | None = Field(default=None, description="refused")
    tools: list[Any] | None = Field(default=None, description="refused")
    functions: list[Any] | None = Field(default=None, description="refused")
    response_format: dict[str, Any] | None = Field(default=None, description="text")
    logprobs: bool | None = Field(default=None, description="refused")
    modalities: list[str] | None = Field(default=None, description="text")
    audio: dict[str, Any] | None = Field(default=None, description="refused")
    simulacra: Extension = Extension()

    @property
    def tuning(self) -> Tuning:
        """How the answer is to be sampled."""
        limits = [n for n in (self.max_tokens, self.max_completion_tokens) if n is not None]
        return Tuning(self.temperature, self.top_p, min(limits, default=None))

    @property
    def turn_seed(self) -> int | None:
        """The seed as ours are: from 0 to 2³¹ - 1."""
        return None if self.seed is None else self.seed % 2**31

    def refuse_what_makes_no_sense(self) -> None:
        """Say what a person can't do.

        Raises:
            AskedWrongError: something of that kind is asked.
        """
        kind = (self.response_format or {}).get("type", "text")
        refused = {
            "n": (self.n not in (None, 1), "a person gives one answer"),
            "stop": (bool(self.stop), "a person ends sentences where they end"),
            "tools": (bool(self.tools), "a person has no tools"),
            "functions": (bool(self.functions), "a person has no functions"),
            "response_format": (kind != "text", "a person speaks plain text"),
            "logprobs": (bool(self.logprobs), "there are none of a whole turn"),
            "modalities": (any(m != "text" for m in self.modalities or ()), "there is text alone"),
            "audio": (bool(self.audio), "there is text alone"),
        }
        for name, (is_asked, why) in refused.items():
            if is_asked:
                raise AskedWrongError(
                    f"{name} is not supported here: {why}.", "Leave it out.", name
                )


@dataclass(frozen=True)
class Heard:
    """A list of messages as a conversation: the scene, what was said before, what is said now."""

    directions: str
    before: tuple[tuple[str, str], ...]
    now: str

    @classmethod
    def of(cls, messages: Sequence[Message]) -> Heard:
        """Read the messages; those of one speaker in a row are one.

        Raises:
            AskedWrongError: the last is not the user's, is empty or too long, or one holds
                something else than text.
        """
        directions: list[str] = []
        said: list[str] = []
        before: list[tuple[str, str]] = []
        for number, message in enumerate(messages):
            text = _text(message, f"messages.{number}")
            match message.role:
                case "system" | "developer":
                    directions.append(text)
                case "user":
                    said.append(text)
                case "assistant" if said or not before:
                    before.append(("\n".join(said) or "…", text))
                    said = []
                case "assistant":
                    heard, answered = before.pop()
                    before.append((heard, f"{answered}\n{text}"))
                case _:
                    raise AskedWrongError(
                        f"Messages of a {message.role} are not supported: a person has no tools.",
                        "Leave them out.",
                        f"messages.{number}.role",
                    )
        now, last = "\n".join(said).strip(), f"messages.{len(messages) - 1}"
        if not now:
            raise AskedWrongError("The last message says nothing.", "Send a user's words.", last)
        if len(now) > LONGEST_MESSAGE:
            raise AskedWrongError(
                f"The message has {len(now)} characters; a person takes in {LONGEST_MESSAGE}.",
                "Say it in several messages.",
                last,
            )
        kept = [(_ends(a), _ends(b)) for a, b in before[-MOST_BEFORE:]]
        return cls(_ends("\n".join(directions).strip()), tuple(kept), now)


def _text(message: Message, where: str) -> str:
    if isinstance(message.content, str) or message.content is None:
        text = message.content or ""
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise AskedWrongError("The text has half of a character.", "Send whole ones.", where)
        return text
    for part in message.content:
        if part.type != "text" or part.text is None:
            raise AskedWrongError(
                f"Parts of the type {part.type!r} are not supported: only text can be heard.",
                "Send text alone, without pictures, sound or files.",
                f"{where}.content",
            )
    return "\n".join(part.text or "" for part in message.content)


def _ends(text: str) -> str:
    half = LONGEST_BEFORE // 2
    return text if len(text) <= LONGEST_BEFORE else f"{text[:half]} … {text[-half:]}"
