"""What a session has to remember between turns and between processes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from simulacra.cognition.mood import Mood
from simulacra.memory import MemoryRecord, ShortTermMemory, WorkingMemory

WORKING_TOKENS = 240
"""What the recalled memories and the last words together may take of each prompt, in tokens."""

CONVERSATION_TOKENS = 100
"""How much of that the last words may take."""


class SessionState(BaseModel):
    """Everything that a turn leaves for the next one; round-trips through JSON.

    ``gained`` are long-term memories of this conversation: they are the session's own unless the
    user lets the character keep them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    turns: int = Field(default=0, ge=0)
    mood: Mood = Mood()
    working: WorkingMemory = WorkingMemory(budget=WORKING_TOKENS, conversation=CONVERSATION_TOKENS)
    short_term: ShortTermMemory = ShortTermMemory()
    gained: tuple[MemoryRecord, ...] = ()

    @property
    def last_stimulus(self) -> str:
        """What the partner said a turn ago, as far as working memory has it."""
        return self.working.exchanges[-1].lines[0].text if self.working.exchanges else ""
