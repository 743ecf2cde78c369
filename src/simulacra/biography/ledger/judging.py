"""Is a text in contradiction with the ledger? Rules, and with a strong model a judge too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from simulacra.biography.flag import Flag
from simulacra.biography.ledger.claiming import claims
from simulacra.biography.ledger.data import Entry, Ledger
from simulacra.biography.ledger.lines import settled
from simulacra.biography.ledger.merging import merge
from simulacra.biography.ledger.rules import topic_flags
from simulacra.biography.text import excerpt
from simulacra.inference import Answer, Prompt, Sampling, Template, Usage

if TYPE_CHECKING:
    from simulacra.inference import ChatModel

JUDGE = Template(
    """\
What a life story has settled:

{facts}

A new part of it:

{text}

Does the new part contradict anything that is settled? What is merely new, or told in other words, \
is no contradiction. List each contradiction, or nothing:
- fact: the number of the settled line that it contradicts.
- quote: the words of the new part that contradict it, copied exactly.
- why: in one short sentence.
""",
    name="judge contradictions",
)

JUDGING = Sampling(temperature=0.0, max_tokens=600)
FACT_TOKENS = 800


class ContradictionSeen(BaseModel):
    """One contradiction, as a judge sees it."""

    fact: int = Field(ge=1)
    quote: str = Field(min_length=1, max_length=300)
    why: str = Field(default="", max_length=300)


class ContradictionsSeen(BaseModel):
    """What a judge writes."""

    contradictions: list[ContradictionSeen] = Field(
        default_factory=list[ContradictionSeen], max_length=6
    )


async def contradictions(
    ledger: Ledger,
    paragraphs: Sequence[str],
    start: int,
    model: ChatModel | None = None,
    *,
    budget_tokens: int = FACT_TOKENS,
) -> Answer[list[Flag]]:
    """Return what contradicts the ledger in paragraphs that begin at ``start``.

    Rules always look; a model only where it is given and not small. A judge's words count only
    where what it quotes stands in the paragraphs.

    Raises:
        AnswerError: the model's answer can't be used, not even when asked again.
        ModelError: no answer came.
    """
    texts = dict(enumerate(paragraphs, start=start))
    flags = merge(ledger, claims(paragraphs, ledger), start)[1]
    for number, text in texts.items():
        flags += topic_flags(ledger, number, text)
    text = "\n\n".join(paragraphs)
    facts = settled(ledger, text, budget_tokens)
    if model is None or model.small or not facts or not texts:
        return Answer(list(dict.fromkeys(flags)), Usage(), 0.0)
    numbered = "\n".join(f"{number}. {line}" for number, (line, _) in enumerate(facts, start=1))
    prompt = Prompt("", JUDGE.fill(facts=numbered, text=text), JUDGE.digest)
    answer = await model.fill(prompt, ContradictionsSeen, JUDGING)
    judged = (_flag(seen, facts, texts) for seen in answer.value.contradictions)
    flags += [flag for flag in judged if flag is not None]
    return Answer(list(dict.fromkeys(flags)), answer.usage, answer.seconds)


def _flag(
    seen: ContradictionSeen, facts: list[tuple[str, Entry]], texts: Mapping[int, str]
) -> Flag | None:
    """A flag that names both paragraphs; None where the judge's quotation is made up."""
    quote = _plain(seen.quote)
    number = next((n for n, text in texts.items() if quote and quote in _plain(text)), None)
    if number is None or seen.fact > len(facts):
        return None
    line, entry = facts[seen.fact - 1]
    against = entry.paragraphs[:1]
    place = f"paragraph {against[0]}" if against else "the profile or ledger.yaml"
    return Flag(
        check="ledger",
        message=f"{excerpt(seen.quote)} contradicts {excerpt(line)} "
        f"(paragraph {number} against {place}).",
        paragraphs=tuple(dict.fromkeys((number, *against))),
    )


def _plain(text: str) -> str:
    """Words alone, so that a quotation with other quotation marks or spaces is found."""
    return " ".join(re.findall(r"\w+", text.casefold()))
