"""Word lists that the quality of stories is measured with, as text files."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a list; remarks and blank lines aside."""
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    stripped = (line.strip() for line in text.splitlines())
    return tuple(line for line in stripped if line and not line.startswith("#"))


@lru_cache
def words(name: str) -> frozenset[str]:
    """The words of a list, those of one line parted by blanks."""
    return frozenset(word for line in lines(name) for word in line.split())
