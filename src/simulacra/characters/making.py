"""A candidate becomes a character: a folder with a sheet, to be filled with a life."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import ValidationError

from simulacra.characters.atomic import write_file
from simulacra.characters.attributes import spoken
from simulacra.characters.candidate import Candidate
from simulacra.characters.folder import SHEET, Character, read_character, write_character
from simulacra.characters.locks import locked
from simulacra.characters.profile import CharacterSheet, Provenance
from simulacra.characters.slug import slugify
from simulacra.characters.workspace import Workspace
from simulacra.characters.yaml_files import dump_yaml, read_yaml
from simulacra.errors import CandidateError, CharacterExistsError

ALL_RIGHTS = "all rights reserved by the author"


def make(
    candidate: Candidate,
    workspace: Workspace,
    *,
    author: str,
    licence: str = ALL_RIGHTS,
    note: str = "",
    slug: str = "",
) -> Character:
    """Write a candidate as a new character of the workspace and return it.

    ``slug`` names the folder, unset: the name does. ``note`` says in a line where the attributes
    come from, unset: ``origin`` does.

    Raises:
        CharacterExistsError: the workspace has a character of that slug.
        CandidateError: the age is not that of the date of birth.
        CharacterError: the name can't be a folder, or it can't be written.
    """
    try:
        sheet = CharacterSheet(
            as_of=candidate.as_of,
            profile=candidate.profile,
            provenance=Provenance(author=author, licence=licence, note=note or origin(candidate)),
        )
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise CandidateError(
            f"{candidate.profile.name} can't become a character: {reason}.",
            "Change the age or the date of birth.",
        ) from error
    folder = workspace.path / slugify(slug or candidate.profile.name)
    if folder.exists() or folder.is_symlink():
        raise CharacterExistsError(
            f"{folder} exists already.", "Give the new character another slug: --as SLUG."
        )
    return write_character(folder, sheet=sheet)


def make_all(
    candidates: Sequence[Candidate],
    workspace: Workspace,
    *,
    author: str,
    licence: str = ALL_RIGHTS,
) -> tuple[list[Character], list[str]]:
    """Make each; of equal names the later get a number.

    Returns:
        The characters, and the slugs of those who were made of these candidates before.

    Raises:
        CandidateError: an age is not that of the date of birth.
        CharacterError: a name can't be a folder, or it can't be written.
    """
    made: list[Character] = []
    there: list[str] = []
    for candidate in candidates:
        first = slugify(candidate.profile.name)
        slug, number = first, 1
        while (workspace.path / slug).exists():
            if (same := made_of(workspace, slug, candidate)) is not None:
                there.append(slug)
                made.append(same)
                break
            number += 1
            slug = f"{first}-{number}"
        else:
            made.append(make(candidate, workspace, author=author, licence=licence, slug=slug))
    return made, there


def made_of(workspace: Workspace, slug: str, candidate: Candidate) -> Character | None:
    """The character of a slug (unset: of the name) if it was made of this candidate."""
    folder = workspace.path / slugify(slug or candidate.profile.name)
    there = read_character(folder) if folder.exists() else None
    return there if there is not None and there.profile == candidate.profile else None


def origin(candidate: Candidate, given: Collection[str] = ()) -> str:
    """Where a candidate's attributes come from, in one honest line."""
    told = f"Given by the author: {', '.join(map(spoken, given))}. " if given else ""
    if candidate.seed is None:
        return told or "Attributes given by the author."
    drawn = "All others drawn" if given else "Attributes drawn"
    after = "" if candidate.number is not None or given else ", then refined"
    return f"{told}{drawn} from pools with seed {candidate.seed}{after}."


def credit(character: Character, model: str) -> None:
    """Say in a character's provenance, once, that a model helped to write her texts.

    Raises:
        CharacterError: the sheet does not validate or can't be written.
    """
    path = character.folder / SHEET
    said = f"Written with the help of the language model {model}."
    with locked(path):
        sheet = read_yaml(path, CharacterSheet)
        provenance = sheet.provenance
        if said not in provenance.note:
            provenance = provenance.model_copy(update={"note": f"{provenance.note} {said}"})
            write_file(path, dump_yaml(sheet.model_copy(update={"provenance": provenance})))
