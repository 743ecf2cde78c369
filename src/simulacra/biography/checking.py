"""Every automatic check of an expansion, cheapest first: rules, then embeddings, then a model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulacra.biography.attributes import check_attributes
from simulacra.biography.expansion import LONGEST_WORDS
from simulacra.biography.flag import Flag
from simulacra.biography.harm import check_harm, judge_harm
from simulacra.biography.ledger import Facts, Ledger, contradictions, merge, read_facts
from simulacra.biography.prose import check_prose
from simulacra.biography.repeats import check_loops, check_repeats
from simulacra.biography.story import Story
from simulacra.biography.told import telling
from simulacra.characters import CharacterSheet
from simulacra.errors import AnswerError
from simulacra.inference import Answer, ChatModel, EmbeddingCache, Usage

_TELLING = re.compile(r"(?<![.!?…\"“”'’] )(?<!^)\b[A-ZÀ-Þ][\w’'-]+|\b\d[\d.,:]*\b")
LOST_SHARE = 0.34
"""An expansion that lacks more of the names and numbers than this has dropped facts."""


@dataclass(frozen=True)
class Checked:
    """What the checks found, what the ledger may learn, and what the model calls took."""

    flags: tuple[Flag, ...] = ()
    facts: Facts | None = None
    usage: Usage = field(default_factory=Usage)

    def after(self, flags: Sequence[Flag]) -> Checked:
        """The same, with other flags before its own."""
        return replace(self, flags=(*flags, *self.flags))


@dataclass(frozen=True)
class Checks:
    """The checks for one character. ``model`` reads facts and, if it isn't small, judges too."""

    sheet: CharacterSheet
    cache: EmbeddingCache | None
    model: ChatModel | None

    async def __call__(
        self, story: Story, number: int, new: Sequence[str], ledger: Ledger, *, thorough: bool
    ) -> Checked:
        """Check the paragraphs ``new`` that are to stand for paragraph ``number`` of a story.

        The model is asked only where no rule flags anything, or ``thorough`` wants it all the
        same: facts are needed of whatever may come into the story.

        Raises:
            ModelError: the model could not be asked; an answer of no use is a flag.
        """
        old = story.paragraphs[number]
        added = [text for text in new if text != old]
        flags = self.by_rules(story, old, added, kept=old in new)
        others = {i: text for i, text in enumerate(story.paragraphs) if i != number or old in new}
        flags += await check_repeats(added, others, self.cache)
        if (flags and not thorough) or self.model is None:
            return Checked(tuple(flags))
        return await self._by_model(self.model, story, number, new, ledger, flags)

    def by_rules(
        self, story: Story, old: str, added: Sequence[str], *, kept: bool = False
    ) -> list[Flag]:
        """What needs no embedding and no model; ``kept`` says that the old text stands, too."""
        text = "\n\n".join(added)
        shortest = 1 if kept else len(old.split())
        flags = check_prose(
            text, told=telling(story.render()), words=(shortest, max(LONGEST_WORDS, shortest))
        )
        flags += check_attributes(text, self.sheet.profile)
        flags += check_harm(text)
        flags += check_loops(added)
        if not kept:
            flags += lost(old, text)
        return flags

    async def _by_model(
        self,
        model: ChatModel,
        story: Story,
        number: int,
        new: Sequence[str],
        ledger: Ledger,
        flags: list[Flag],
    ) -> Checked:
        usage, facts = Usage(), None
        known = ledger.moved(number, 1, len(new))
        text = "\n\n".join(new)
        calls: list[Coroutine[None, None, Answer[Any]]] = [read_facts(model, new, known)]
        calls.append(contradictions(known, new, number, model))
        if not model.small:
            calls.append(judge_harm(model, text))
        answers = await asyncio.gather(*calls, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, AnswerError):
                what = f"A check by {model.name} gave no answer: {answer.what}"
                flags.append(Flag(check="ledger", message=what))
            elif isinstance(answer, BaseException):
                raise answer
            elif isinstance(answer.value, Facts):
                facts = answer.value
                flags += merge(known, facts, number)[1]
                usage += answer.usage
            else:
                flags += answer.value
                usage += answer.usage
        return Checked(tuple(dict.fromkeys(flags)), facts, usage)


def lost(old: str, new: str) -> list[Flag]:
    """Names and numbers of a passage that its expansion no longer has, if they are too many."""
    telling_words = {match.strip(".,:") for match in _TELLING.findall(old)}
    gone = sorted(word for word in telling_words if word.casefold() not in new.casefold())
    if not gone or len(gone) <= LOST_SHARE * len(telling_words):
        return []
    said = ", ".join(gone[:6])
    return [Flag(check="lost", message=f"What the part said is gone: {said[:60]}.")]
