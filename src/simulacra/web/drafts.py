"""Texts that somebody is writing: on disk until they are sent, so that no browser loses them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from simulacra.characters import write_file
from simulacra.settings import Settings


class Drafts:
    """The drafts of one installation, each under what it is about."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data / "drafts"

    def get(self, *about: str) -> str | None:
        """The draft on something; ``None`` where there is none."""
        try:
            return self._path(about).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def keep(self, text: str, *about: str) -> None:
        """Keep a draft in place of the one before.

        Raises:
            CharacterError: the disk is full or the folder may not be written.
        """
        path = self._path(about)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, text)

    def forget(self, *about: str) -> None:
        """Remove the draft on something, if there is one."""
        self._path(about).unlink(missing_ok=True)

    def _path(self, about: tuple[str, ...]) -> Path:
        name = sha256("\0".join(about).encode()).hexdigest()[:32]
        return self._folder / f"{name}.md"
