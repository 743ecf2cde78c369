"""How far a story shall grow, as a person asks for it, and how far it is."""

from __future__ import annotations

from simulacra.biography.growth import Plan
from simulacra.biography.scoring import Scores, Weights, score
from simulacra.biography.story import Story
from simulacra.characters import Character
from simulacra.inference import EmbeddingCache, load_embedder
from simulacra.settings import Settings


def plan_of(
    settings: Settings,
    iterations: int,
    words: int | None,
    review_every: int,
    retries: int,
    seed: int,
) -> Plan:
    """The plan of what somebody asks for and of the settings' weights."""
    return Plan(
        iterations=iterations,
        words=words,
        review_every=review_every,
        retries=retries,
        seed=seed,
        weights=weights_of(settings),
    )


def weights_of(settings: Settings) -> Weights:
    """The weights of the three scores."""
    return Weights(
        settings.importance_weight, settings.elaborateness_weight, settings.redundancy_weight
    )


async def scored(character: Character, settings: Settings) -> tuple[Story, list[Scores]]:
    """A story, or the biography that it will begin as, and the scores of its paragraphs.

    Raises:
        ModelError: the embedder can't be had, or failed.
    """
    story = Story.parse(character.story_text.strip() or character.biography)
    cache = EmbeddingCache(load_embedder(settings.embedder, settings), settings.cache)
    return story, await score(story.paragraphs, character.biography, cache, weights_of(settings))
