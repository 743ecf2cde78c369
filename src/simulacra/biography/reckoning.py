"""What the growth of a story will take, before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from simulacra.biography import small
from simulacra.biography.desk import StoryDesk
from simulacra.biography.expansion import Passage, expansion
from simulacra.biography.growth import FACTS_TOKENS, Plan, due, expansions
from simulacra.inference import ChatModel, Usage, count_tokens

TOKENS_A_WORD = 1.3
READING = Usage(1, 260, 0, 120)
"""Reading the facts of an expansion, its own text not counted; judging takes much the same."""
SPARE = 1.15
"""Room for further tries: a guess, not a measure."""


@dataclass(frozen=True)
class Estimate:
    """Iterations until the next stop, and the calls and tokens that they will take, roughly."""

    iterations: int
    usage: Usage


def estimate(desk: StoryDesk, model: ChatModel, plan: Plan) -> Estimate:
    """Reckon from the prompt of a paragraph in the middle of the story as it stands."""
    story, history = desk.story, desk.history
    left = max(0, plan.iterations - expansions(history))
    if plan.review_every:
        left = min(left, max(0, plan.review_every - len(due(history))))
    words = small.WORDS if model.small else plan.asking.words
    if plan.words is not None:
        left = min(left, -(-max(0, plan.words - story.words) // words))
    passage = Passage(story, len(story.paragraphs) // 2)
    if model.small:
        prompt, _ = small.go_on(desk.character.sheet, passage.part, plan.seed)
    else:
        prompt = expansion(desk.character.sheet, passage, plan.asking)
    read = count_tokens(prompt.system) + count_tokens(prompt.user) + FACTS_TOKENS
    written = round(words * TOKENS_A_WORD)
    checks = 1 if model.small else 3
    once = Usage(
        1 + checks * READING.calls,
        read + checks * (READING.input_tokens + written),
        0,
        written + checks * READING.output_tokens,
    )
    times = round(left * SPARE)
    return Estimate(
        left,
        Usage(once.calls * times, once.input_tokens * times, 0, once.output_tokens * times),
    )
