"""``simulacra evaluate questionnaire``: a model drafts items, rules check them, a person edits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The items of the self report: draft and check.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="a character's name or slug")]
Model = Annotated[str | None, typer.Option(help="see: simulacra models list")]
Json = Annotated[bool, typer.Option("--json", help="as JSON")]
Concurrency = Annotated[
    int | None, typer.Option(min=1, help="calls in flight  [default: by provider]")
]
Workspace = Annotated[Path | None, typer.Option(help="the folder of your characters")]


@app.command()
def draft(
    name: Name,
    cloze: Annotated[int, typer.Option(min=0, max=50, help="items of this kind")] = 5,
    single: Annotated[int, typer.Option(min=0, max=50, help="items of this kind")] = 5,
    multiple: Annotated[int, typer.Option(min=0, max=50, help="items of this kind")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="of passages, options' order, answers")] = 0,
    model: Model = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="the draft  [default: questionnaire.draft.yaml in the character's folder]",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="draft anew over a draft")] = False,
    concurrency: Concurrency = None,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Let a model draft items from story and ledger, each with the sentence that proves it.

    Rules check every item; what they refuse twice is left out and named. Every answer is saved at
    once: the same command goes on after Ctrl-C or a crash, and pays for nothing twice. A person is
    to read the draft.
    """
    import asyncio

    from simulacra.cli import questioning
    from simulacra.settings import Settings

    if not cloze + single + multiple:
        raise typer.BadParameter("ask for one item at least")
    settings = Settings.read(model=model, concurrency=concurrency, workspace=workspace)
    asyncio.run(
        questioning.draft(
            name,
            {"cloze": cloze, "single": single, "multiple": multiple},
            settings,
            seed=seed,
            output=output,
            force=force,
            json=json,
        )
    )


@app.command()
def check(
    name: Name,
    file: Annotated[
        Path | None, typer.Option(help="a draft  [default: the character's questionnaire.yaml]")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="also ask this model of each option whether the story supports it"),
    ] = None,
    concurrency: Concurrency = None,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Check a questionnaire by rules, and with --model by a model's opinion; exit 1 on errors."""
    import asyncio

    from simulacra.cli import questioning
    from simulacra.settings import Settings

    settings = Settings.read(concurrency=concurrency, workspace=workspace)
    right = asyncio.run(questioning.check(name, file, model, settings, json=json))
    if not right:
        raise typer.Exit(1)
