"""The Memory Agent: finds what bears on a stimulus, and keeps what a turn leaves (Section 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulacra.cognition.state import SessionState
from simulacra.cognition.trace import Reflection, TracedMemory
from simulacra.cognition.weighing import Reminded, familiarity
from simulacra.inference import Embedder, count_tokens
from simulacra.memory import (
    Excerpt,
    Exchange,
    Item,
    LongTermMemory,
    MemoryRecord,
    Source,
    fit,
    recall_items,
)

AFTERTHOUGHT_TOKENS = 60
"""What reflection may add to that before the answer, in tokens."""

DASH = 2
"""What the mark before each memory takes, in tokens."""

FACTS = 2
"""How many sentences a question of fact calls to mind beside the memories."""

NEAREST = 6
"""How many long-term memories are looked at for each query."""


STRANGERS = "How soon do I trust somebody, call them a friend, and go along with strangers?"
"""What is looked for when somebody who is not close wants to be let in."""


@dataclass(frozen=True)
class Recollection:
    """What came to mind: texts for the prompt, the same traced, and the rehearsed items."""

    texts: tuple[str, ...] = ()
    traced: tuple[TracedMemory, ...] = ()
    rehearsed: tuple[Item, ...] = ()


@dataclass(frozen=True)
class MemoryAgent:
    """Recall and remembering for one person; the state of the session comes with each call.

    At most ``most`` memories come to mind, in at most ``tokens`` tokens, and none of less likeness
    than ``least``: small models want few, and take up whatever stands before them.
    """

    long_term: LongTermMemory
    embedder: Embedder
    most: int = NEAREST
    tokens: int | None = None
    least: float = 0.0

    async def recall(self, query: str, state: SessionState) -> Recollection:
        """Find the memories nearest to a query, in long-term and in short-term memory.

        They fill what the last words leave of working memory's tokens: a prompt is as long at
        the first turn as at the sixtieth.
        """
        left = min(state.working.room, self.tokens or state.working.room)
        items = await recall_items(
            state.short_term,
            query,
            2,
            now=state.turns,
            embedder=self.embedder,
        )
        fresh = [
            TracedMemory(
                id=f"turn-{recalled.item.turns[0]}",
                score=round(recalled.score, 4),
                source=Source(turns=recalled.item.turns),
                text=recalled.item.text,
            )
            for recalled in items
            if count_tokens(recalled.item.text) <= left // 3
        ][: self.most - 1]
        left -= sum(count_tokens(memory.text) for memory in fresh)
        nearest = await self.long_term.recall(query, self.most - len(fresh), now=state.turns)
        near = [memory for memory in nearest if memory.score >= self.least]
        traced = (*fresh, *_traced(fit(near, left, DASH)))
        return Recollection(
            tuple(memory.text for memory in traced),
            traced,
            tuple(recalled.item for recalled in items),
        )

    async def recall_more(
        self, recalled: Recollection, query: str, before: str
    ) -> tuple[Recollection, tuple[str, ...]]:
        """Find what a second query brings that is not before the mind yet, and its texts."""
        if query == before:
            return recalled, ()
        known = {memory.id for memory in recalled.traced}
        nearest = await self.long_term.recall(query, self.most)
        new = [memory for memory in nearest if memory.record.id not in known]
        more = _traced(fit(new, AFTERTHOUGHT_TOKENS))
        return replace(recalled, traced=(*recalled.traced, *more)), tuple(m.text for m in more)

    async def recall_facts(self, recalled: Recollection, question: str) -> Recollection:
        """The same, led by the sentences of memories and facts that are nearest to a question."""
        facts = (await self.recognize(question, FACTS)).memories
        told = set(recalled.texts)
        traced = (*(fact for fact in facts if fact.text not in told), *recalled.traced)
        return replace(recalled, traced=traced, texts=tuple(memory.text for memory in traced))

    async def recognize(self, text: str, most: int) -> Reminded:
        """How familiar a text is, and the sentences of memories and facts nearest to it."""
        found = await self.long_term.recognize(text, most)
        return Reminded(
            tuple(
                TracedMemory(
                    id=record.id,
                    score=round(passage.score, 4),
                    source=record.source,
                    text=passage.text,
                )
                for record, passage in found.passages
            ),
            round(familiarity(found.likeness, found.words), 4),
        )

    async def gain(self, record: MemoryRecord) -> None:
        """Take in a memory of this conversation; it can be recalled at once.

        Raises:
            ModelError: the embedder failed; nothing was taken in.
        """
        await self.long_term.add(record)

    async def trait_for(self, reflection: Reflection) -> str:
        """How she is with strangers, where one wants to be let in: her nearest trait description.

        Empty where nobody asks for that, and for a person without traits.
        """
        if not reflection.approach:
            return ""
        known = await self.long_term.recall(STRANGERS, len(self.long_term.records))
        return next((n.record.content for n in known if n.record.id.startswith("trait-")), "")


def remember(
    state: SessionState, exchange: Exchange, rehearsed: Sequence[Item] = ()
) -> SessionState:
    """The state after a turn: last words in working memory, the oldest of them in short-term.

    What was recalled from short-term memory is rehearsed; what has not been for long fades.
    """
    now = exchange.turn
    working, left = state.working.add(exchange)
    entering = [Item(turns=(old.turn,), text=old.text, entered=now) for old in left]
    short_term = state.short_term.rehearse(rehearsed, now).add(*entering).fade(now)
    return state.model_copy(update={"turns": now + 1, "working": working, "short_term": short_term})


def _traced(excerpts: Sequence[Excerpt]) -> tuple[TracedMemory, ...]:
    return tuple(
        TracedMemory(
            id=excerpt.recalled.record.id,
            score=round(excerpt.recalled.score, 4),
            source=excerpt.recalled.record.source,
            text=excerpt.text,
        )
        for excerpt in excerpts
    )
