"""``simulacra story review|accept|edit|reject|undo``: a person decides on revisions."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.cli.show import console, emit
from simulacra.cli.story import Json, Name, Workspace, app, entry_json, open_own

if TYPE_CHECKING:
    from simulacra.biography import Author, Entry, StoryDesk

Ids = Annotated[list[str] | None, typer.Argument(help="revisions' ids; see: story status")]
Id = Annotated[str, typer.Argument(help="a revision's id; see: story status")]
Why = Annotated[str, typer.Option("--why", help="the reason, kept in the history")]

KEYS = "a accept, e edit, r reject, u undo the last decision, n next, q stop"


@app.command()
def review(name: Name, workspace: Workspace = None) -> None:
    """Go through all revisions that wait for you, with their differences, scores and checks."""
    from simulacra.biography import due
    from simulacra.cli.asking import ask, at_terminal

    if not at_terminal():
        raise typer.BadParameter("a review needs a terminal; else use accept, edit and reject")
    with _desk(name, workspace) as desk:
        # The latest first: what was built upon can't be taken out before what was built on it.
        ids = [entry.id for entry in reversed(due(desk.history))]
    out, decided = console(), list[str]()
    out.print(f"{len(ids)} to review. Keys: {KEYS}.", markup=False)
    at = 0
    while at < len(ids):
        with _desk(name, workspace) as desk:
            entry = desk.history.entry(ids[at])
        out.print(f"\n{at + 1} of {len(ids)}", style="bold")
        show_entry(entry)
        key = ask("[a/e/r/u/n/q]")
        if key is None or key == "q":
            break
        if key == "u" and decided:
            if _taken_back(name, workspace, decided[-1]):
                at = ids.index(decided.pop())
        elif _decided(name, workspace, entry, key):
            decided.append(entry.id)
            at += 1
        elif key == "n":
            at += 1
    left = len(ids) - len(decided)
    out.print(f"{len(decided)} decided, {left} left.", markup=False)


@app.command()
def accept(
    name: Name,
    ids: Ids = None,
    every: Annotated[bool, typer.Option("--all", help="all that wait for you")] = False,
    why: Why = "",
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Take revisions into the story; of those that are in it, say that you have read them."""
    from simulacra.biography import due

    if bool(ids) == every:
        raise typer.BadParameter("name revisions, or say --all")
    with _desk(name, workspace) as desk:
        chosen = ids or [entry.id for entry in due(desk.history)]
        _say([desk.accept(id_, _me(), why) for id_ in chosen], json=json)


@app.command()
def edit(
    name: Name,
    id: Id,  # noqa: A002
    text: Annotated[
        Path | None, typer.Option("--text", help="a file with the new text; unset: your editor")
    ] = None,
    why: Why = "",
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Rewrite a revision in your editor and take it into the story."""
    from simulacra.characters import read_text

    with _desk(name, workspace) as desk:
        entry = desk.history.entry(id)
    new = read_text(text) if text else _edited(entry)
    if new is None:
        console().print(f"{entry.id} is as it was.", markup=False)
        return
    with _desk(name, workspace) as desk:
        _say([desk.edit(id, _paragraphs(new), _me(), why)], json=json)


@app.command()
def reject(
    name: Name,
    ids: Annotated[list[str], typer.Argument(help="revisions' ids; see: story status")],
    why: Annotated[str, typer.Option("--why", help="the reason, kept in the history")],
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Keep revisions out of the story; they stay in its history, with the reason."""
    with _desk(name, workspace) as desk:
        _say([desk.reject(id_, _me(), why) for id_ in ids], json=json)


@app.command()
def undo(
    name: Name,
    id: Annotated[str | None, typer.Argument(help="unset: the one accepted last")] = None,  # noqa: A002
    why: Why = "",
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Take a revision out of the story again; what stood there before comes back."""
    with _desk(name, workspace) as desk:
        _say([desk.undo(id, _me(), why)], json=json)


def show_entry(entry: Entry) -> None:
    """Show a revision: who wrote it, why, what the checks say, and what it changes."""
    from rich.text import Text

    revision, out = entry.revision, console()
    status = f"{entry.status}{'' if entry.reviewed else ', not reviewed'}"
    out.print(f"{entry.id}  {status}  by {revision.author.name}", style="bold", markup=False)
    if (scores := revision.scores) is not None:
        out.print(
            f"importance {scores.importance:.2f}, elaborateness {scores.elaborateness:.2f}, "
            f"redundancy {scores.redundancy:.2f}",
            style="dim",
            markup=False,
        )
    for flag in revision.flags:
        out.print(f"{flag.check}: {flag.message}", style="yellow", markup=False)
    for decided in entry.decisions:
        why = f": {decided.why}" if decided.why else ""
        out.print(f"{decided.decision} by {decided.by.name}{why}", style="dim", markup=False)
    after = entry.after or revision.after
    for text in revision.before:
        style, mark = ("dim", " ") if text in after else ("red", "-")
        out.print(Text(f"{mark} {text}", style=style))
    for text in after:
        if text not in revision.before:
            out.print(Text(f"+ {text}", style="green"))


def _decided(name: str, workspace: Path | None, entry: Entry, key: str) -> bool:
    """Do what a key says; whether the revision is decided now."""
    from simulacra.cli.asking import ask
    from simulacra.cli.show import fail
    from simulacra.errors import SimulacraError

    try:
        match key:
            case "a":
                with _desk(name, workspace) as desk:
                    desk.accept(entry.id, _me())
            case "e":
                new = _edited(entry)
                if new is None:
                    return False
                with _desk(name, workspace) as desk:
                    desk.edit(entry.id, _paragraphs(new), _me())
            case "r":
                why = ask("Why?") or ""
                with _desk(name, workspace) as desk:
                    desk.decline(entry.id, _me(), why)
            case _:
                if key not in ("n", "u"):
                    console().print(f"Keys: {KEYS}.", markup=False)
                return False
    except SimulacraError as error:
        fail(error)
        return False
    return True


def _taken_back(name: str, workspace: Path | None, id: str) -> bool:  # noqa: A002
    """Take the last decision on a revision back; whether that could be done."""
    from simulacra.cli.show import fail
    from simulacra.errors import SimulacraError

    try:
        with _desk(name, workspace) as desk:
            desk.take_back(id, _me())
    except SimulacraError as error:
        fail(error)
        return False
    return True


def _edited(entry: Entry) -> str | None:
    """The text of a revision as its reader rewrote it; ``None`` if it is the same."""
    import tempfile

    from simulacra.cli.editor import open_editor

    text = "\n\n".join(entry.after or entry.revision.after) + "\n"
    with tempfile.NamedTemporaryFile("w", suffix=".md", delete=False, encoding="utf-8") as file:
        file.write(text)
    path = Path(file.name)
    open_editor(path)
    new = path.read_text(encoding="utf-8")
    path.unlink()
    return new if new != text else None


def _paragraphs(text: str) -> list[str]:
    from simulacra.biography import Story

    return list(Story.parse(text).paragraphs)


def _say(entries: list[Entry], *, json: bool) -> None:
    if json:
        emit([entry_json(entry) for entry in entries])
        return
    for entry in entries:
        said = "in the story" if entry.status == "accepted" else entry.status
        console().print(f"{entry.id}: {said}.", markup=False)


def _me() -> Author:
    from simulacra.biography import Author
    from simulacra.settings import user_name

    return Author(kind="person", name=user_name())


def _desk(name: str, workspace: Path | None) -> AbstractContextManager[StoryDesk]:
    from simulacra.biography import StoryDesk
    from simulacra.settings import Settings

    return StoryDesk.open(open_own(name, Settings.read(workspace=workspace)))
