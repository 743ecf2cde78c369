"""Names become chat models and embedders; usage, retries, the embedded model, scripted fakes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.inference.chat import ChatModel, Stream
    from simulacra.inference.choice import choose_model, load_chat_model
    from simulacra.inference.embedding import Embedder, RememberingEmbedder, load_embedder
    from simulacra.inference.embeddings import EmbeddingCache
    from simulacra.inference.hashing import HashEmbedder
    from simulacra.inference.prices import price
    from simulacra.inference.prompt import Prompt, Template
    from simulacra.inference.sampling import Sampling
    from simulacra.inference.scripted import ScriptedCall, ScriptedModel
    from simulacra.inference.usage import Answer, Usage, count_tokens

__all__ = [
    "Answer",
    "ChatModel",
    "Embedder",
    "EmbeddingCache",
    "HashEmbedder",
    "Prompt",
    "RememberingEmbedder",
    "Sampling",
    "ScriptedCall",
    "ScriptedModel",
    "Stream",
    "Template",
    "Usage",
    "choose_model",
    "count_tokens",
    "load_chat_model",
    "load_embedder",
    "price",
]

_HOMES = {
    "chat": ("ChatModel", "Stream"),
    "choice": ("choose_model", "load_chat_model"),
    "embedding": ("Embedder", "RememberingEmbedder", "load_embedder"),
    "embeddings": ("EmbeddingCache",),
    "hashing": ("HashEmbedder",),
    "prices": ("price",),
    "prompt": ("Prompt", "Template"),
    "sampling": ("Sampling",),
    "scripted": ("ScriptedCall", "ScriptedModel"),
    "usage": ("Answer", "Usage", "count_tokens"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
