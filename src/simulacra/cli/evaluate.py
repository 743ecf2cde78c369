"""``simulacra evaluate``: self report and personality test of one character by one method."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from simulacra.cli import questionnaire
from simulacra.cli.completion import Method

app = typer.Typer(help="How true to themselves they are, measured.", no_args_is_help=True)
app.add_typer(questionnaire.app, name="questionnaire")


class Way(StrEnum):
    """How choices are answered: in words that are read, or option by option."""

    free = "free"
    deliberate = "deliberate"


class Preset(StrEnum):
    """How the four agents work together: our way, the paper's plain flow, or one part less."""

    default = "default"
    paper = "paper"
    no_reflection = "no-reflection"
    no_thinking = "no-thinking"
    no_emotion = "no-emotion"
    no_memory = "no-memory"
    rag_memory = "rag-memory"


Name = Annotated[str, typer.Argument(help="a character's name or slug")]
MethodOption = Annotated[Method, typer.Option(help="what stands behind the answers")]
Model = Annotated[str | None, typer.Option(help="see: simulacra models list")]
AgentModel = Annotated[
    str | None, typer.Option(help="another model for the three inner agents of macm")
]
WayOption = Annotated[
    Way, typer.Option(help="free: the model writes; deliberate: each option is judged by itself")
]
PresetOption = Annotated[Preset, typer.Option(help="of macm")]
Seed = Annotated[int, typer.Option(help="of options' order, statements drawn, and answers")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="the run's folder  [default: one of its own in the user's data]"
    ),
]
Concurrency = Annotated[
    int | None, typer.Option(min=1, help="calls in flight  [default: by provider]")
]
Json = Annotated[bool, typer.Option("--json", help="as JSON")]
Workspace = Annotated[Path | None, typer.Option(help="the folder of your characters")]


@app.command("self-report")
def self_report(
    name: Name,
    method: MethodOption = Method.macm,
    model: Model = None,
    agent_model: AgentModel = None,
    repeats: Annotated[int, typer.Option(min=1, help="how often each item is asked")] = 3,
    way: WayOption = Way.free,
    preset: PresetOption = Preset.default,
    seed: Seed = 0,
    output: Folder = None,
    concurrency: Concurrency = None,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Ask a character's questionnaire: 10 points for clozes, 10 for single, 30 for multiple choice.

    Every answer is saved at once: the same command goes on after Ctrl-C or a crash, and pays for
    no finished answer twice.
    """
    import asyncio

    from simulacra.cli import measuring
    from simulacra.settings import Settings

    settings = Settings.read(
        model=model, agent_model=agent_model, concurrency=concurrency, workspace=workspace
    )
    sitting = measuring.Sitting.of(
        name, "self_report", method.value, way.value, settings, repeats, seed, preset.value
    )
    asyncio.run(measuring.self_report(sitting, output, json=json))


@app.command()
def personality(
    name: Name,
    method: MethodOption = Method.macm,
    model: Model = None,
    agent_model: AgentModel = None,
    share: Annotated[
        float, typer.Option(help="of the 640 trait descriptions, above 0 and at most 1")
    ] = 1.0,
    repeats: Annotated[int, typer.Option(min=1, help="how often each statement is asked")] = 1,
    way: WayOption = Way.free,
    preset: PresetOption = Preset.default,
    seed: Seed = 0,
    output: Folder = None,
    concurrency: Concurrency = None,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Ask whether trait descriptions are true: does the ranking that shows agree with the assigned?

    Every answer is saved at once: the same command goes on after Ctrl-C or a crash.
    """
    import asyncio

    from simulacra.cli import measuring
    from simulacra.settings import Settings

    if not 0 < share <= 1:
        raise typer.BadParameter("--share is above 0 and at most 1.")
    settings = Settings.read(
        model=model, agent_model=agent_model, concurrency=concurrency, workspace=workspace
    )
    sitting = measuring.Sitting.of(
        name, "personality", method.value, way.value, settings, repeats, seed, preset.value, share
    )
    asyncio.run(measuring.personality(sitting, output, json=json))
