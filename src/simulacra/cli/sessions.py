"""``simulacra sessions``: the stored conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The stored conversations.", no_args_is_help=True)


@app.command("list")
def list_sessions(
    character: Annotated[str | None, typer.Option(help="only this slug's")] = None,
    json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """List the stored sessions, the latest first."""
    from simulacra.cli import conversation, show
    from simulacra.settings import Settings

    sessions = conversation.stored(Settings.read())
    rows = [conversation.as_row(s, sessions.turns(s)) for s in sessions.list(character)]
    if json:
        show.emit(rows)
    elif rows:
        shown = ("id", "character", "method", "model", "turns", "calls", "updated")
        show.table(shown, [[row[column] for column in shown] for row in rows])
    else:
        print("No session yet. Start one: simulacra chat mary-jones")


@app.command()
def export(
    session: Annotated[str, typer.Argument(help="the session's id, or its beginning")],
    to: Annotated[Path | None, typer.Option(help="a .md or .json file; unset: print")] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON, with every trace")] = False,
) -> None:
    """Export a session as Markdown, or as JSON with every trace."""
    from simulacra.cli import conversation
    from simulacra.settings import Settings
    from simulacra.storage import transcript

    sessions = conversation.stored(Settings.read())
    found = sessions.get(session)
    turns = sessions.turns(found)
    if to is None:
        render = transcript.as_json if json else transcript.markdown
        print(render(found, turns), end="")
    else:
        print(f"Saved to {transcript.save(to, found, turns)}.")


@app.command()
def delete(
    session: Annotated[str, typer.Argument(help="the session's id, or its beginning")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Delete a session for good."""
    from simulacra.cli import conversation
    from simulacra.settings import Settings

    sessions = conversation.stored(Settings.read())
    found = sessions.get(session)
    if not yes:
        typer.confirm(f"Delete session {found.id} with its {found.turns} turns?", abort=True)
    sessions.delete(found)
    print(f"Session {found.id} is deleted.")
