"""What a simulated provider can do, what it saw, and the arithmetic over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Speed(_Data):
    """The provider's speeds (seconds, tokens a second) and the sizes of its answers (tokens)."""

    first_token: float = Field(default=0.05, ge=0)
    read: float = Field(default=4000, gt=0)
    write: float = Field(default=60, gt=0)
    inner_size: int = Field(default=40, ge=1)
    reply_size: int = Field(default=80, ge=1)
    prefix_cache: bool = Field(
        default=False, description="a known prefix costs no reading, as vLLM's"
    )
    latency: bool = Field(default=True, description="False: every answer comes at once")

    def reading(self, size: int) -> float:
        """Seconds from a call to its first token."""
        return self.first_token + size / self.read if self.latency else 0.0

    def writing(self, size: int) -> float:
        """Seconds from the first token until ``size`` more are written."""
        return size / self.write if self.latency else 0.0


class Call(_Data):
    """One call as the provider saw it. Moments are seconds of one monotonic clock."""

    number: int
    reply: bool
    input_tokens: int
    shared_tokens: int = Field(description="the longest beginning it shares with an earlier call")
    cached_tokens: int = Field(description="of these, what cost no reading")
    output_tokens: int
    in_flight: int = Field(description="calls in flight when it came, itself among them")
    arrived: float
    ended: float | None = None


class Traffic(_Data):
    """The sums over some calls."""

    calls: int
    steps: int
    input_tokens: int
    shared_tokens: int
    cached_tokens: int
    output_tokens: int
    in_flight: int

    @classmethod
    def of(cls, calls: Sequence[Call]) -> Traffic:
        """Sum up calls; of none, all is 0."""
        return cls(
            calls=len(calls),
            steps=steps(calls),
            input_tokens=sum(call.input_tokens for call in calls),
            shared_tokens=sum(call.shared_tokens for call in calls),
            cached_tokens=sum(call.cached_tokens for call in calls),
            output_tokens=sum(call.output_tokens for call in calls),
            in_flight=max((call.in_flight for call in calls), default=0),
        )

    @classmethod
    def together(cls, parts: Iterable[Traffic]) -> Traffic:
        """Traffic at different times, all together."""
        parts = list(parts)
        fields = [name for name in cls.model_fields if name != "in_flight"]
        sums = {name: sum(getattr(part, name) for part in parts) for name in fields}
        return cls(**sums, in_flight=max((part.in_flight for part in parts), default=0))


def steps(calls: Iterable[Call]) -> int:
    """How many calls had to wait for one before: the longest run of calls that do not overlap."""
    count, free = 0, float("-inf")
    for call in sorted(calls, key=lambda call: call.ended or float("inf")):
        if call.arrived >= free:
            count, free = count + 1, call.ended or float("inf")
    return count
