"""The workspace: where characters are found, the shipped ones and one's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from simulacra.characters.atomic import remove_folder
from simulacra.characters.folder import FILES, SHEET, Character, read_character
from simulacra.characters.profile import CharacterSheet
from simulacra.characters.slug import slugify
from simulacra.characters.yaml_files import read_yaml
from simulacra.errors import CharacterError, CharacterInvalidError, CharacterNotFoundError
from simulacra.settings import Settings


def shipped_folder() -> Path:
    """The folder of the characters that come with the package."""
    return Path(str(files("simulacra"))) / "dataset" / "characters"


@dataclass(frozen=True)
class Workspace:
    """One's own characters in ``path``, in front of the shipped ones."""

    path: Path
    shipped: Path = field(default_factory=shipped_folder)

    @classmethod
    def find(cls, settings: Settings, here: Path | None = None) -> Workspace:
        """``settings.workspace``, else ``./characters`` if it exists, else the user's data."""
        local = (here or Path.cwd()) / "characters"
        if settings.workspace is not None:
            return cls(settings.workspace)
        return cls(local if local.is_dir() else settings.data / "characters")

    def folders(self) -> dict[str, Path]:
        """Slug → folder, sorted; a character of one's own hides a shipped one of its slug."""
        found = {**_folders_in(self.shipped), **_folders_in(self.path)}
        return dict(sorted(found.items()))

    def shadowed(self, slug: str) -> bool:
        """Whether a character of one's own hides a shipped one of this slug."""
        return slug in _folders_in(self.path) and slug in _folders_in(self.shipped)

    def characters(self, broken: list[CharacterInvalidError] | None = None) -> list[Character]:
        """Every character, by slug. Folders that do not validate go to ``broken`` if given.

        Raises:
            CharacterInvalidError: a folder does not validate, and ``broken`` is not given.
        """
        found: list[Character] = []
        for folder in self.folders().values():
            try:
                found.append(self._read(folder))
            except CharacterInvalidError as error:
                if broken is None:
                    raise
                broken.append(error)
        return found

    def get(self, name: str) -> Character:
        """The character of a slug or a full name, upper and lower case alike.

        Raises:
            CharacterNotFoundError: there is none; a near miss is named.
            CharacterInvalidError: its files do not validate.
        """
        return self._read(self.folder_of(name))

    def folder_of(self, name: str) -> Path:
        """The folder of the character of a slug or full name; its files are not validated.

        Raises:
            CharacterNotFoundError: there is none, or several of the same full name.
        """
        folders = self.folders()
        wanted = _slug_or_nothing(name)
        exact = [
            f for slug, f in folders.items() if slug == name or _slug_or_nothing(slug) == wanted
        ]
        if len(exact) == 1:
            return exact[0]
        names = dict(_names(folders))
        same = [slug for slug, full in names.items() if wanted and _slug_or_nothing(full) == wanted]
        if len(same) == 1:
            return folders[same[0]]
        if same:
            raise CharacterNotFoundError(
                f"Several characters are called {name!r}.", f"Say which: {', '.join(same)}."
            )
        raise CharacterNotFoundError(
            f"There is no character {name!r}, neither shipped nor in {self.path}.",
            _suggestion(wanted, folders, names),
        )

    def delete(self, name: str) -> Path:
        """Remove a character of one's own and return where it was.

        Raises:
            CharacterNotFoundError: there is none of that name.
            CharacterError: it is a shipped one, or may not be removed.
        """
        folder = self.folder_of(name)
        if self._is_shipped(folder):
            raise CharacterError(
                f"{folder.name} is shipped with the program and can't be deleted.",
                "Only characters of your workspace can.",
            )
        remove_folder(folder)
        return folder

    def _is_shipped(self, folder: Path) -> bool:
        return folder.parent == self.shipped

    def _read(self, folder: Path) -> Character:
        return read_character(folder, shipped=self._is_shipped(folder))


def _folders_in(path: Path) -> dict[str, Path]:
    """Folders with at least one file of a character, hidden ones aside."""
    if not path.is_dir():
        return {}
    return {
        folder.name: folder
        for folder in path.iterdir()
        if not folder.name.startswith(".") and any((folder / name).is_file() for name in FILES)
    }


def _slug_or_nothing(name: str) -> str:
    with suppress(CharacterError):
        return slugify(name)
    return ""


def _names(folders: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Slug and full name of every character whose sheet can be read."""
    for slug, folder in folders.items():
        with suppress(CharacterInvalidError):
            yield slug, read_yaml(folder / SHEET, CharacterSheet).profile.name


def _suggestion(wanted: str, folders: dict[str, Path], names: dict[str, str]) -> str:
    if not folders:
        return "There are no characters yet: see `simulacra characters --help`."
    meant = {slug: slug for slug in folders}
    for slug, name in names.items():
        meant.setdefault(_slug_or_nothing(name), slug)
        for word in name.split():
            meant.setdefault(_slug_or_nothing(word), slug)
    near = difflib.get_close_matches(wanted, meant, n=1, cutoff=0.6)
    if near:
        slug = meant[near[0]]
        return f"Did you mean {names.get(slug, slug)} ({slug})?"
    return "Known: " + ", ".join(list(folders)[:20]) + "."
