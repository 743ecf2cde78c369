"""``simulacra biography``: write a character's biography, check one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simulacra.biography import Biography, Flag
    from simulacra.characters import Character
    from simulacra.settings import Settings

app = typer.Typer(help="Write a character's biography, check one.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="a character's name or slug")]
Workspace = Annotated[Path | None, typer.Option(help="the folder of your characters")]
Json = Annotated[bool, typer.Option("--json", help="as JSON")]
Model = Annotated[str | None, typer.Option(help="the model that writes and judges")]


@app.command()
def write(
    name: Name,
    model: Model = None,
    attempts: Annotated[int, typer.Option(min=1, max=20, help="tries at most")] = 3,
    seed: Annotated[int | None, typer.Option(help="for the same tries again")] = None,
    replace: Annotated[bool, typer.Option(help="in place of the one that is there")] = False,
    accept_flagged: Annotated[
        bool, typer.Option("--accept-flagged", help="take it even if the checks flag something")
    ] = False,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Write a biography from the profile: under 1,000 words, every attribute in it.

    Each try is checked, and the next one told what was wrong. If something is left after the last,
    you are shown the text and asked; with nobody to ask it waits in biography.draft.md, exit 1.
    """
    import asyncio

    from simulacra.biography.keeping import keep_biography, keep_draft
    from simulacra.characters import Workspace as Characters
    from simulacra.characters.folder import BIOGRAPHY
    from simulacra.characters.making import credit
    from simulacra.cli import show
    from simulacra.errors import CharacterExistsError
    from simulacra.settings import Settings

    settings = Settings.read(model=model, workspace=workspace)
    character = Characters.find(settings).get(name)
    character.require_own()
    if character.biography.strip() and not replace:
        raise CharacterExistsError(
            f"{character.name} has a biography already: {character.folder / BIOGRAPHY}",
            "Add --replace to write another; the old one is then kept beside it.",
        )
    written = asyncio.run(_write(character, settings, attempts, seed))
    accepted = not written.flags or accept_flagged
    if not accepted and not json:
        accepted = _ask(written)
    kept = None
    if accepted:
        path, kept = character.folder / BIOGRAPHY, keep_biography(character, written.text)
        credit(character, written.model)
    else:
        path = keep_draft(character, written.text)
    if json:
        show.emit(_as_json(character, written, path, kept=kept, accepted=accepted))
    else:
        _say(written, path, kept, accepted=accepted)
    if not accepted:
        raise typer.Exit(1)


@app.command()
def check(
    name: Name,
    model: Annotated[
        str | None, typer.Option(help="let this model judge what rules can't see")
    ] = None,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Check a biography: length, prose, attributes, dates and ages, harm; exit 1 if flagged."""
    import asyncio

    from simulacra.biography import check_biography
    from simulacra.characters import Workspace as Characters
    from simulacra.cli import show
    from simulacra.errors import CharacterError
    from simulacra.settings import Settings

    settings = Settings.read(workspace=workspace)
    character = Characters.find(settings).get(name)
    if not character.biography.strip():
        raise CharacterError(
            f"{character.name} has no biography.", f"simulacra biography write {character.slug}"
        )
    flags = check_biography(character.biography, character.profile)
    if model is not None:
        flags += asyncio.run(_judge(character, model, settings))
    words = len(character.biography.split())
    if json:
        show.emit({"character": character.slug, "words": words, "flags": _dumped(flags)})
    else:
        _show_flags(flags)
        said = "nothing is wrong with it" if not flags else f"{len(flags)} flags"
        show.console().print(f"{character.name}: {words:,} words, {said}.", markup=False)
    if flags:
        raise typer.Exit(1)


async def _write(
    character: Character, settings: Settings, attempts: int, seed: int | None
) -> Biography:
    from simulacra.biography import Straight, write_biography
    from simulacra.cli import show
    from simulacra.inference import load_chat_model

    model = load_chat_model(settings.model, settings)
    with show.console(stderr=True).status(f"{model.name} writes of {character.name}"):
        return await write_biography(character.sheet, model, Straight(), attempts, seed)


async def _judge(character: Character, name: str, settings: Settings) -> list[Flag]:
    from simulacra.biography.writing import judge
    from simulacra.inference import load_chat_model

    model = load_chat_model(name, settings)
    return (await judge(character.biography, character.profile, model))[0]


def _ask(written: Biography) -> bool:
    """Show a flagged text and ask whether to take it; nobody at the terminal takes nothing."""
    import sys

    from simulacra.cli import show

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    show.console().print(f"{written.text}\n", markup=False)
    _show_flags(written.flags)
    return typer.confirm("Take it all the same?", default=False)


def _show_flags(flags: Sequence[Flag]) -> None:
    from simulacra.cli import show

    for flag in flags:
        show.console().print(f"{flag.check}: {flag.message}", style="yellow", markup=False)


def _say(written: Biography, path: Path, kept: Path | None, *, accepted: bool) -> None:
    from simulacra.cli import show

    _show_flags(written.flags)
    out, used = show.console(), written.usage
    tries = "1 try" if written.attempts == 1 else f"{written.attempts} tries"
    out.print(
        f"{len(written.text.split()):,} words after {tries}, by {written.model}: "
        f"{used.calls} calls, {used.input_tokens:,} tokens read, "
        f"{used.output_tokens:,} written.",
        markup=False,
    )
    if kept is not None:
        out.print(f"The old one is kept in {kept}", markup=False)
    if accepted:
        out.print(f"Written to {path}", markup=False)
    else:
        out.print(
            f"It waits in {path}: mend it and rename it to biography.md, try again, or take it as "
            "it is with --accept-flagged.",
            markup=False,
        )


def _as_json(
    character: Character, written: Biography, path: Path, *, kept: Path | None, accepted: bool
) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "character": character.slug,
        "model": written.model,
        "prompt_digest": written.prompt_digest,
        "attempts": written.attempts,
        "accepted": accepted,
        "file": path,
        "old": kept,
        "words": len(written.text.split()),
        "text": written.text,
        "flags": _dumped(written.flags),
        "usage": asdict(written.usage),
    }


def _dumped(flags: Sequence[Flag]) -> list[dict[str, object]]:
    return [flag.model_dump(mode="json") for flag in flags]
