"""Choices that several commands offer."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """What stands behind an answer: nothing, a prompt, retrieval, or the four agents."""

    none = "none"
    prompt = "prompt"
    rag = "rag"
    macm = "macm"
