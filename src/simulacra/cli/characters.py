"""``simulacra characters``: list, show, check, import, export and delete characters."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.cli.show import console, emit, fail, problems, table

if TYPE_CHECKING:
    from simulacra.characters import Character, Problem, Workspace
    from simulacra.errors import CharacterInvalidError
    from simulacra.inference import EmbeddingCache

app = typer.Typer(help="Find, check, bring and take characters.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WorkspaceFolder = Annotated[
    Path | None,
    typer.Option("--workspace", help="The folder of your own characters.", show_default=False),
]


class CardVersion(StrEnum):
    """The versions of Tavern's character card."""

    v2 = "v2"
    v3 = "v3"


Name = Annotated[str, typer.Argument(metavar="NAME", help="A slug or a full name.")]


def open_workspace(folder: Path | None = None) -> Workspace:
    """Open the workspace that ``--workspace`` and the settings name."""
    from simulacra.characters import Workspace
    from simulacra.settings import Settings

    return Workspace.find(Settings.read(workspace=folder))


def open_character(workspace: Workspace, name: str) -> Character:
    """Read a character; say on standard error if it hides a shipped one of the same slug."""
    character = workspace.get(name)
    say_shadowing(workspace, character.slug)
    return character


def say_shadowing(workspace: Workspace, slug: str) -> None:
    """Say on standard error that one's own character hides a shipped one, if it does."""
    if workspace.shadowed(slug):
        console(stderr=True).print(
            f"{slug}: the one in {workspace.path} hides the shipped one.", markup=False
        )


@app.command("list")
def list_characters(json: Json = False, workspace: WorkspaceFolder = None) -> None:
    """List the characters: those shipped and your own."""
    from simulacra.errors import CharacterInvalidError

    place = open_workspace(workspace)
    broken: list[CharacterInvalidError] = []
    rows: list[dict[str, Any]] = []
    for character in place.characters(broken):
        try:
            rows.append(_row(character))
        except CharacterInvalidError as error:
            broken.append(error)
        say_shadowing(place, character.slug)
    if json:
        emit(rows)
    else:
        columns = ("slug", "name", "age", "occupation", "story_words", "memories", "source")
        heads = ("slug", "name", "age", "occupation", "words", "memories", "source")
        table(heads, ([row[column] for column in columns] for row in rows))
    _fail_each(broken)


@app.command()
def show(name: Name, json: Json = False, workspace: WorkspaceFolder = None) -> None:
    """Show who a character is: profile, traits, biography."""
    character = open_character(open_workspace(workspace), name)
    if json:
        sheet = character.sheet.model_dump(mode="json")
        emit(
            _row(character) | {"folder": character.folder, "biography": character.biography} | sheet
        )
        return
    profile, out = character.profile, console()
    facts = {
        "born": f"{profile.date_of_birth} ({profile.age} on {character.sheet.as_of})",
        "gender": profile.gender,
        "occupation": profile.occupation.title,
        "family": profile.family,
        "education": profile.education,
        "hobbies": ", ".join(profile.hobbies),
        "short-term goals": "; ".join(profile.short_term_goals),
        "long-term goal": profile.long_term_goal,
        **character.sheet.extra,
        "tendencies": " > ".join(profile.traits.ranking) or "ranking not known",
        "folder": str(character.folder),
        "by": f"{character.sheet.provenance.author} ({character.sheet.provenance.licence})",
    }
    out.print(character.name, style="bold", markup=False)
    table(("", ""), facts.items())
    for trait in profile.traits.descriptions:
        out.print(f"- {trait}", markup=False)
    out.print(f"\n{character.biography.strip()}", markup=False)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(metavar="[NAME|FOLDER]", help="A name, or a character's folder.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Check every character.")] = False,
    embeddings: Annotated[
        bool, typer.Option(help="Look for near-duplicates by embedding, too.")
    ] = True,
    json: Json = False,
    workspace: WorkspaceFolder = None,
) -> None:
    """Check what a program can prove of a character; exit 1 if there is an error."""
    import asyncio

    if every == bool(name):
        raise typer.BadParameter("name one character, or say --all")
    place = open_workspace(workspace)
    if every:
        folders = list(place.folders().values())
    elif _is_folder(name):
        folders = [Path(name).resolve()]
    else:
        folders = [place.folder_of(name)]
    cache = _embeddings() if embeddings else None
    shipped = place.shipped.resolve()
    found = [f for folder in folders for f in asyncio.run(_check(folder, shipped, cache))]
    if not problems(found, of=f"{len(folders)} checked: ", json=json):
        raise typer.Exit(1)


@app.command("import")
def import_(
    path: Annotated[
        Path,
        typer.Argument(
            help="The original data set (or its clone), an exported character, or a card."
        ),
    ],
    prefix: Annotated[
        str, typer.Option(help='Before each slug, e.g. "original-", to stand beside others.')
    ] = "",
    replace: Annotated[bool, typer.Option(help="Replace characters of the same slug.")] = False,
    json: Json = False,
    workspace: WorkspaceFolder = None,
) -> None:
    """Import characters into your workspace, each whole or not at all."""
    from simulacra.dataset import bring

    place = open_workspace(workspace)
    report = bring(path, place, prefix, replace=replace)
    if json:
        emit(
            {
                "imported": [vars(imported) for imported in report.imported],
                "rejected": [vars(rejected) for rejected in report.rejected],
            }
        )
    else:
        out = console()
        for imported in report.imported:
            out.print(f"{imported.name} → {place.path / imported.slug}", markup=False)
            for note in imported.notes:
                out.print(f"  {note}", markup=False, style="dim")
        for rejected in report.rejected:
            line = f"{rejected.name} was left out: {rejected.reason}"
            console(stderr=True).print(line, markup=False, style="red")
    for imported in report.imported:
        say_shadowing(place, imported.slug)
    if report.rejected or not report.imported:
        raise typer.Exit(1)


@app.command()
def export(
    name: Name,
    to: Annotated[
        Path,
        typer.Option("--to", help="A folder, a .zip, or a character card: a .json or a .png."),
    ],
    card: Annotated[
        CardVersion, typer.Option(help="The version of a card; a picture of v3 holds both.")
    ] = CardVersion.v2,
    json: Json = False,
    workspace: WorkspaceFolder = None,
) -> None:
    """Copy a character to a folder, a zip file or a character card."""
    from simulacra.dataset import export_character
    from simulacra.dataset.transfer import stays_behind

    target = export_character(open_character(open_workspace(workspace), name), to, card.value)
    stays = stays_behind(target)
    if json:
        emit({"exported": target, "note": stays})
    else:
        console().print(str(target), markup=False)
        console(stderr=True).print(stays, markup=False, style="dim")


@app.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    workspace: WorkspaceFolder = None,
) -> None:
    """Delete a character of your own, its story and memories too."""
    place = open_workspace(workspace)
    folder = place.folder_of(name)
    if not yes and folder.parent != place.shipped:
        typer.confirm(f"Delete {folder} with all its files?", abort=True)
    console().print(f"Deleted {place.delete(folder.name)}.", markup=False)


def _row(character: Character) -> dict[str, Any]:
    from simulacra.biography import Story
    from simulacra.memory.store import read_memories

    profile = character.profile
    return {
        "slug": character.slug,
        "name": character.name,
        "age": profile.age,
        "gender": profile.gender,
        "occupation": profile.occupation.title,
        "story_words": Story.parse(character.story_text).words,
        "memories": len(read_memories(character.memories_path)),
        "source": "shipped" if character.shipped else "workspace",
    }


def _fail_each(broken: list[CharacterInvalidError]) -> None:
    for error in broken:
        fail(error)
    if broken:
        raise typer.Exit(1)


def _is_folder(name: str) -> bool:
    return ("/" in name or "\\" in name or name in (".", "..")) and Path(name).is_dir()


def _embeddings() -> EmbeddingCache | None:
    """Those of the embedder that is there, or ``None``, said on standard error."""
    from simulacra.errors import ModelError
    from simulacra.inference import EmbeddingCache, load_embedder
    from simulacra.settings import Settings

    settings = Settings.read()
    try:
        return EmbeddingCache(load_embedder(settings.embedder, settings), settings.cache)
    except ModelError as error:
        fail(error)
        return None


async def _check(folder: Path, shipped: Path, cache: EmbeddingCache | None) -> list[Problem]:
    from simulacra.characters import read_character
    from simulacra.dataset import check, check_formats
    from simulacra.errors import CharacterInvalidError

    try:
        character = read_character(folder, shipped=folder.parent == shipped)
    except CharacterInvalidError:
        return check_formats(folder)
    return await check(character, cache)
