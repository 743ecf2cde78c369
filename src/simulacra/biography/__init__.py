"""Biography and life story: what a person lived."""

from simulacra.biography.story import CHUNK_PARAGRAPHS, Chapter, Chunk, Story

__all__ = ["CHUNK_PARAGRAPHS", "Chapter", "Chunk", "Story"]
