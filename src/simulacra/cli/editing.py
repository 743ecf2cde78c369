"""``simulacra characters edit``: attributes are changed; what still tells of the old is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.cli.candidates import PoolsFolder, open_pools
from simulacra.cli.characters import Json, Name, WorkspaceFolder, open_character, open_workspace
from simulacra.cli.pairs import pairs
from simulacra.cli.show import console, emit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulacra.characters import Character, CharacterSheet
    from simulacra.characters.attribute_pools import Pools
    from simulacra.characters.attributes import Change
    from simulacra.characters.editing import Edited
    from simulacra.characters.plausibility import Conflict

DRAFT = ".character.edited.yaml"


def edit(
    name: Name,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="ATTRIBUTE=VALUE",
            help='One of the eleven attributes, or one of your own: "favourite colour=green".',
            show_default=False,
        ),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(help="Take away an attribute of your own.", show_default=False),
    ] = None,
    editor: Annotated[
        bool, typer.Option("--editor", help="Open character.yaml in $EDITOR.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also where the rules see a conflict.")
    ] = False,
    json: Json = False,
    pools: PoolsFolder = None,
    workspace: WorkspaceFolder = None,
) -> None:
    """Change a character's attributes, or add some of your own; they are known at the next turn."""
    if editor == bool(given or unset):
        raise typer.BadParameter("say what to --set or --unset, or open the --editor")
    from simulacra.characters.folder import SHEET

    character = open_character(open_workspace(workspace), name)
    character.require_own()
    drawn_from = open_pools(pools)
    if editor:
        edited = _by_editor(character, drawn_from, force=force)
        if edited is None:
            console(stderr=True).print("Nothing was changed.")
            return
    else:
        edited = _by_flags(
            character.folder / SHEET,
            pairs("--set", given or []),
            unset or [],
            drawn_from,
            force=force,
        )
    warnings = [line for change in edited.changes for line in _still_told(character, change)]
    if json:
        emit(
            {
                "slug": character.slug,
                "changes": [change.model_dump(exclude={"why"}) for change in edited.changes],
                "conflicts": [conflict.message for conflict in edited.conflicts],
                "warnings": warnings,
            }
        )
        return
    for change in edited.changes:
        console().print(str(change), markup=False)
    for line in warnings:
        console(stderr=True).print(line, markup=False, style="yellow")
    if not edited.changes:
        console(stderr=True).print("Nothing was changed.")


def _by_flags(
    path: Path, given: dict[str, str], unset: Sequence[str], pools: Pools, *, force: bool
) -> Edited:
    from simulacra.characters import locked, write_file
    from simulacra.characters.editing import edit as change
    from simulacra.characters.profile import CharacterSheet
    from simulacra.characters.yaml_files import dump_yaml, read_yaml

    with locked(path):
        edited = change(read_yaml(path, CharacterSheet), given, unset, pools)
        _mind(edited.conflicts, force=force)
        if edited.changes:
            write_file(path, dump_yaml(edited.sheet))
    for key in edited.sheet.extra:
        _say_near_miss(key, given)
    return edited


def _mind(conflicts: Sequence[Conflict], *, force: bool) -> None:
    """Say the conflicts; go on only with ``--force``."""
    from simulacra.errors import CandidateError

    for conflict in conflicts if force else ():
        console(stderr=True).print(conflict.message, markup=False, style="yellow")
    if conflicts and not force:
        told = " ".join(conflict.message for conflict in conflicts)
        raise CandidateError(
            f"That makes a conflict. {told}", "Change more, or keep it all the same with --force."
        )


def _say_near_miss(key: str, given: dict[str, str]) -> None:
    """Say it where an attribute of one's own is spelled almost like one of the eleven."""
    from difflib import get_close_matches

    from simulacra.characters.fixing import ATTRIBUTES

    near = get_close_matches(key.casefold().replace(" ", "_"), ATTRIBUTES, n=1, cutoff=0.8)
    if near and key in {" ".join(word.split()) for word in given}:
        console(stderr=True).print(
            f"{key!r} is an attribute of its own now. Was {near[0]!r} meant? Then: --unset {key!r}",
            markup=False,
            style="yellow",
        )


# --- in the editor --------------------------------------------------------------------------------


def _by_editor(character: Character, pools: Pools, *, force: bool) -> Edited | None:
    """Let the sheet be edited; ``None`` where nothing was changed.

    What was written stays in the folder until it is taken over: nothing is lost.
    """
    from simulacra.characters import locked, read_text, write_file
    from simulacra.characters.attributes import changes_between, new_conflicts
    from simulacra.characters.candidate import Candidate
    from simulacra.characters.editing import Edited, changes_of_extra
    from simulacra.characters.folder import SHEET
    from simulacra.cli.asking import at_terminal, yes
    from simulacra.errors import CharacterError

    path, draft = character.folder / SHEET, character.folder / DRAFT
    text = read_text(path)
    kept = draft.exists() and (not at_terminal() or yes(f"Go on with {draft}?", default=True))
    if not kept:
        write_file(draft, text)
    try:
        sheet = _edited_sheet(draft)
        candidate = Candidate(profile=sheet.profile, as_of=sheet.as_of)
        conflicts = tuple(new_conflicts(character.profile, candidate, pools))
        asked = bool(conflicts) and not force and at_terminal()
        for conflict in conflicts if asked else ():
            console().print(conflict.message, markup=False, style="yellow")
        if not (asked and yes("Keep it all the same?", default=False)):
            _mind(conflicts, force=force)
    except CharacterError:
        said = f"Your text is kept in {draft}: the same command goes on with it."
        console(stderr=True).print(said, markup=False)
        raise
    new = read_text(draft)
    with locked(path):
        if read_text(path) != text:
            raise CharacterError(
                f"{path} was changed by another meanwhile.",
                f"Your text is kept in {draft}: give the same command again.",
            )
        if new != text:
            write_file(path, new)
    draft.unlink()
    if new == text:
        return None
    before = character.sheet
    changes = (
        *changes_between(before.profile, sheet.profile),
        *changes_of_extra(before.extra, sheet.extra),
    )
    return Edited(sheet, changes, conflicts)


def _edited_sheet(draft: Path) -> CharacterSheet:
    """The sheet as it comes out of the editor, which is opened until it validates."""
    from simulacra.characters import CharacterSheet, FileProblemsError
    from simulacra.characters.yaml_files import read_yaml
    from simulacra.cli.asking import at_terminal, yes
    from simulacra.cli.editor import open_editor

    while True:
        open_editor(draft)
        try:
            return read_yaml(draft, CharacterSheet)
        except FileProblemsError as error:
            for problem in error.problems:
                said = f"{problem.place}: {problem.message} {problem.mend}"
                console(stderr=True).print(said, markup=False, style="red")
            if not at_terminal() or not yes("Edit again?", default=True):
                raise


# --- what still tells of the old ------------------------------------------------------------------


def _still_told(character: Character, change: Change) -> Iterator[str]:
    """Where biography, story and memories still name a value that was changed."""
    from simulacra.biography import Story
    from simulacra.memory import read_memories

    paragraphs = Story.parse(character.story_text).paragraphs
    for value in _old_values(change):
        pattern = _pattern(value)
        places: list[str] = []
        if pattern.search(character.biography):
            places.append("biography.md")
        if change.attribute == "age":  # a story tells of many ages
            paragraphs = ()
        told = [str(number) for number, text in enumerate(paragraphs) if pattern.search(str(text))]
        if told:
            places.append(f"story.md (paragraphs {', '.join(told)})")
        records = read_memories(character.memories_path) if change.attribute != "age" else ()
        if count := sum(bool(pattern.search(record.model_dump_json())) for record in records):
            places.append(f"memories.jsonl ({count} memories)")
        if places:
            yield f"{value!r} is still told of in {', '.join(places)}: change it there, too."


def _old_values(change: Change) -> list[str]:
    """The texts of the old value that the new one does not hold."""
    from simulacra.characters.candidate import split_list

    if change.attribute == "traits" or change.before == "—":
        return []
    if change.attribute in ("hobbies", "short_term_goals", "family"):
        return [item for item in split_list(change.before) if item not in change.after]
    if change.attribute == "name":
        return [part for part in change.before.split() if part not in change.after.split()]
    return [change.before]


def _pattern(value: str) -> re.Pattern[str]:
    from simulacra.biography.ages import ways_to_write

    ways = "|".join(re.escape(way) for way in ways_to_write(value))
    return re.compile(rf"(?<!\w)(?:{ways})(?!\w)", re.IGNORECASE)
