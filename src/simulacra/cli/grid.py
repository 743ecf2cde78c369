"""``simulacra evaluate grid`` and ``report``: all methods on all models, and what that shows."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.cli.completion import Method
from simulacra.cli.evaluate import (
    AgentModel,
    Concurrency,
    Json,
    Preset,
    PresetOption,
    Seed,
    Way,
    WayOption,
    Workspace,
)

if TYPE_CHECKING:
    from simulacra.cognition import Method as MethodName


class Task(StrEnum):
    """What is asked."""

    self_report = "self-report"
    personality = "personality"


class Format(StrEnum):
    """How results are written."""

    terminal = "terminal"
    markdown = "markdown"
    latex = "latex"
    csv = "csv"
    parquet = "parquet"


class Rows(StrEnum):
    """What CSV and Parquet files have a row of."""

    scores = "scores"
    contrasts = "contrasts"
    personality = "personality"
    answers = "answers"


def grid(
    output: Annotated[Path, typer.Option("--output", "-o", help="the run's folder")],
    characters: Annotated[str, typer.Option(help="names with commas between, or: all")] = "all",
    methods: Annotated[str, typer.Option(help="with commas between")] = "none,prompt,rag,macm",
    model: Annotated[
        list[str] | None, typer.Option(help="may be given often; see: simulacra models list")
    ] = None,
    agent_model: AgentModel = None,
    task: Annotated[Task, typer.Option(help="what is asked")] = Task.self_report,
    share: Annotated[
        float, typer.Option(help="of the 640 descriptions (personality), above 0, at most 1")
    ] = 1.0,
    repeats: Annotated[int, typer.Option(min=1, help="how often each item is asked")] = 3,
    way: WayOption = Way.free,
    preset: PresetOption = Preset.default,
    seed: Seed = 0,
    concurrency: Concurrency = None,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Question every character by every method on every model, into one folder.

    Every answer is saved at once: after Ctrl-C or a crash the same command goes on, and pays for
    no finished call twice. More characters, methods, models or repeats may be added later.
    """
    import asyncio

    from simulacra.cli import gridding
    from simulacra.settings import Settings

    if not 0 < share <= 1:
        raise typer.BadParameter("--share is above 0 and at most 1.")
    settings = Settings.read(agent_model=agent_model, concurrency=concurrency, workspace=workspace)
    asked = gridding.Asked(
        characters=None if characters.strip() == "all" else _split(characters),
        methods=methods_named(methods),
        models=tuple(dict.fromkeys(model or [])),
        task="personality" if task is Task.personality else "self_report",
        share=share if task is Task.personality else None,
        repeats=repeats,
        way=way.value,
        preset=preset.value,
        seed=seed,
    )
    asyncio.run(gridding.run(asked, output, settings, json=json))


def report(
    folders: Annotated[list[Path], typer.Argument(help="run folders", metavar="FOLDER...")],
    form: Annotated[Format, typer.Option("--format", help="of what is written")] = Format.terminal,
    rows: Annotated[Rows, typer.Option(help="of CSV and Parquet")] = Rows.scores,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="a file  [default: printed]")
    ] = None,
    figure: Annotated[Path | None, typer.Option(help="a file: .png, .svg or .pdf")] = None,
    paper: Annotated[bool, typer.Option(help="with the rows of the paper's Table 2")] = True,
    seed: Annotated[int, typer.Option(help="of the bootstrap")] = 0,
    json: Json = False,
) -> None:
    """Report runs: points by method and model, intervals, methods compared, personality.

    Nothing is asked: all is from the folders.
    """
    from simulacra.cli import reporting

    if form is Format.parquet and output is None:
        raise typer.BadParameter("--format parquet needs a file: -o FILE.parquet")
    if json and form is not Format.terminal:
        raise typer.BadParameter("choose --json or --format")
    reporting.report(
        folders,
        form="json" if json else form.value,
        subject=rows.value,
        output=output,
        figure=figure,
        paper=paper,
        seed=seed,
    )


def _split(names: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    if not found:
        raise typer.BadParameter("name one at least")
    return found


def methods_named(names: str) -> tuple[MethodName, ...]:
    """The methods of a list with commas; an error of usage where there is no such one."""
    known = {method.value: method for method in Method}
    if unknown := [name for name in _split(names) if name not in known]:
        raise typer.BadParameter(f"there is no method {unknown[0]!r}: {', '.join(known)}")
    return tuple(known[name].value for name in _split(names))
