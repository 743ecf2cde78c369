"""``simulacra chat``: a conversation, with the why of every answer on demand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from simulacra.cli.completion import Method


def chat(
    name: Annotated[str, typer.Argument(help="whom to talk with: a name or slug")] = "mary-jones",
    method: Annotated[
        Method | None, typer.Option(help="what stands behind the answers  [default: macm]")
    ] = None,
    model: Annotated[str | None, typer.Option(help="see: simulacra models list")] = None,
    agent_model: Annotated[
        str | None, typer.Option(help="another model for the three inner agents")
    ] = None,
    preset: Annotated[
        str, typer.Option(help="of macm: default, paper, or with a part less")
    ] = "default",
    partner: Annotated[
        str | None, typer.Option("--as", help="who you are to them  [default: a stranger]")
    ] = None,
    session: Annotated[str | None, typer.Option(help="go on with a stored session")] = None,
    once: Annotated[str | None, typer.Option(help="say this, print the answer, end")] = None,
    json: Annotated[bool, typer.Option("--json", help="with --once: everything as JSON")] = False,
    seed: Annotated[int | None, typer.Option(help="for the same words again")] = None,
    keep_memories: Annotated[
        bool, typer.Option(help="let the character keep what this session became memories of")
    ] = False,
    workspace: Annotated[Path | None, typer.Option(help="the folder of your characters")] = None,
) -> None:
    """Talk with a virtual person; every word of the conversation is kept as a session."""
    import asyncio

    from simulacra.cli import conversation
    from simulacra.settings import Settings

    if json and once is None:
        raise typer.BadParameter("--json needs --once.")
    settings = Settings.read(model=model, agent_model=agent_model, workspace=workspace)
    talk = conversation.Conversation.begin(
        name,
        settings,
        method=method.value if method else None,
        preset=preset,
        partner=partner,
        session=session,
        seed=seed,
        keep_memories=keep_memories,
    )
    if once is not None:
        asyncio.run(conversation.once(talk, once, json=json))
    elif sys.stdin.isatty():
        asyncio.run(conversation.interactive(talk))
    else:
        asyncio.run(conversation.piped(talk))
