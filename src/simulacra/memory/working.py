"""Working memory: what is in mind at this moment, within a number of tokens (paper, Section 4.2).

It holds the recent conversation and the memories recalled for the answer. Both share one budget,
so that a prompt is as long at turn 60 as at turn 1: while there is little conversation, there is
room for more memories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from simulacra.inference import count_tokens

if TYPE_CHECKING:
    from simulacra.memory.long_term import Passage, Recalled

GAP = "…"


class Line(BaseModel):
    """What one speaker said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    speaker: str
    text: str


class Exchange(BaseModel):
    """The lines of one turn (0-based)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turn: Annotated[int, Field(ge=0)]
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """As a prompt shows it: ``speaker: what was said``, a line each."""
        return "\n".join(f"{line.speaker}: {line.text}" for line in self.lines)

    @property
    def tokens(self) -> int:
        """How many tokens the text has, estimated."""
        return count_tokens(self.text)

    def shortened(self, tokens: int) -> Self:
        """This exchange in at most about ``tokens``: the longest lines lose their middle."""
        if self.tokens <= tokens:
            return self
        left, kept = tokens, dict[int, Line]()
        by_length = sorted(range(len(self.lines)), key=lambda i: len(self.lines[i].text))
        for number, i in enumerate(by_length):
            line = self.lines[i]
            name = count_tokens(f"{line.speaker}: ")
            if (share := left // (len(by_length) - number) - name) > 0:
                kept[i] = line.model_copy(update={"text": shorten(line.text, share)})
                left -= name + count_tokens(kept[i].text)
        return self.model_copy(update={"lines": tuple(kept[i] for i in sorted(kept))})


class WorkingMemory(BaseModel):
    """The recent conversation, oldest first, and the room it leaves for memories.

    ``budget`` tokens are for conversation and recalled memories together, at most ``conversation``
    of them for the conversation. State is plain data: it goes to JSON and back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    budget: Annotated[int, Field(ge=0)]
    conversation: Annotated[int, Field(ge=0)]
    exchanges: tuple[Exchange, ...] = ()

    @property
    def text(self) -> str:
        """The conversation as a prompt shows it."""
        return "\n".join(exchange.text for exchange in self.exchanges if exchange.lines)

    @property
    def tokens(self) -> int:
        """How many tokens the conversation takes, estimated; never over ``conversation``."""
        return sum(exchange.tokens for exchange in self.exchanges)

    @property
    def room(self) -> int:
        """How many tokens are left for recalled memories."""
        return max(self.budget - self.tokens, 0)

    def add(self, exchange: Exchange) -> tuple[Self, tuple[Exchange, ...]]:
        """With the newest exchange; and what had to leave for it, oldest first.

        The newest is always kept: one that is too long for the conversation alone loses the
        middle of its longest lines (the session's transcript has all of it).
        """
        exchanges = [*self.exchanges, exchange.shortened(self.conversation)]
        tokens, left = sum(e.tokens for e in exchanges), list[Exchange]()
        while len(exchanges) > 1 and tokens > self.conversation:
            tokens -= exchanges[0].tokens
            left.append(exchanges.pop(0))
        return self.model_copy(update={"exchanges": tuple(exchanges)}), tuple(left)


def shorten(text: str, tokens: int) -> str:
    """A text in at most ``tokens``: its beginning and its end, cut between words where it has any.

    ``…`` stands for what is missing. Text that fits comes back as it is.
    """
    if count_tokens(text) <= tokens:
        return text
    mark = f" {GAP} "
    if tokens < count_tokens(GAP):
        return ""
    low, high = 0, len(text) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens(_ends(text, middle, mark)) <= tokens:
            low = middle
        else:
            high = middle - 1
    return _ends(text, low, mark).strip()


def _ends(text: str, characters: int, mark: str) -> str:
    tail = characters // 4
    head = text[: characters - tail]
    end = text[len(text) - tail :] if tail else ""
    if " " in head[-40:] and not text[len(head)].isspace():
        head = head[: head.rindex(" ")]
    if " " in end[:40] and not text[len(text) - tail - 1].isspace():
        end = end[end.index(" ") :]
    return head.rstrip() + mark + end.lstrip()


@dataclass(frozen=True)
class Excerpt:
    """What goes to the prompt of one recalled memory: whole sentences of it, in their order.

    ``…`` marks where sentences between are left out; ``tokens`` is the text's estimated length.
    """

    recalled: Recalled
    text: str
    tokens: int


def fit(recalled: Sequence[Recalled], budget: int, overhead: int = 0) -> list[Excerpt]:
    """Choose sentences of the recalled memories for ``budget`` tokens, the nearest first.

    A sentence's worth is its view's likeness to the query and its memory's. What remains is filled
    with the next best that fits, so that fewer tokens stay empty than the shortest sentence left
    out has. ``overhead`` is what the prompt adds for each memory (a dash, a heading). The excerpts
    come in the order of ``recalled``; a memory of which no sentence fits is left out.
    """
    candidates = sorted(
        ((m, s) for m, memory in enumerate(recalled) for s in range(len(memory.passages))),
        key=lambda c: -(recalled[c[0]].score + recalled[c[0]].passages[c[1]].score),
    )
    chosen: dict[int, set[int]] = {}
    costs: dict[int, int] = {}
    left = budget
    for memory, passage in candidates:
        if not recalled[memory].passages[passage].text:
            continue
        wanted = chosen.get(memory, set[int]()) | {passage}
        cost = overhead + count_tokens(_excerpt(recalled[memory].passages, wanted))
        if cost - costs.get(memory, 0) <= left:
            left -= cost - costs.get(memory, 0)
            chosen[memory], costs[memory] = wanted, cost
    return [
        Excerpt(
            recalled[memory],
            _excerpt(recalled[memory].passages, chosen[memory]),
            costs[memory] - overhead,
        )
        for memory in sorted(chosen)
    ]


def _excerpt(passages: Sequence[Passage], chosen: set[int]) -> str:
    pieces: list[str] = []
    previous: int | None = None
    for number in sorted(chosen):
        if previous is not None and number != previous + 1:
            pieces.append(GAP)
        pieces.append(passages[number].text)
        previous = number
    return " ".join(pieces)
