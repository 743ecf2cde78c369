"""``simulacra study``: the observer report, judged by people or, for a pilot, by a model."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from simulacra.cli.evaluate import (
    AgentModel,
    Concurrency,
    Json,
    Model,
    Preset,
    PresetOption,
    Workspace,
)

app = typer.Typer(help="Observer report: judges who see only what they may.", no_args_is_help=True)


class Role(StrEnum):
    """What a judge may know: nothing of the person, or the whole life story."""

    blind = "blind"
    story = "story"


class Format(StrEnum):
    """How a report is written."""

    terminal = "terminal"
    markdown = "markdown"
    latex = "latex"
    csv = "csv"


Id = Annotated[str, typer.Argument(help="the study's id, or its beginning")]
BaseUrl = Annotated[str, typer.Option(help="where judges reach simulacra serve")]


@app.command()
def create(
    character: Annotated[str, typer.Option(help="a character's name or slug")],
    methods: Annotated[str, typer.Option(help="with commas between")] = "prompt,rag,macm",
    scenarios: Annotated[int, typer.Option(min=1, help="how many")] = 5,
    scenario_file: Annotated[
        Path | None, typer.Option(help="your own scenarios (YAML)  [default: the shipped ones]")
    ] = None,
    model: Model = None,
    agent_model: AgentModel = None,
    preset: PresetOption = Preset.default,
    seed: Annotated[int, typer.Option(help="of scenarios, responses and orders")] = 0,
    judge_model: Annotated[
        str | None, typer.Option(help="go on with a pilot that this model judges")
    ] = None,
    concurrency: Concurrency = None,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Have a character answer scenarios by every method, and make a study of the responses.

    After Ctrl-C or a crash the same command goes on, and pays for no finished call twice.
    """
    import asyncio

    from simulacra.cli import studying
    from simulacra.cli.grid import methods_named
    from simulacra.evaluation.observer_making import StudyPlan
    from simulacra.settings import Settings

    settings = Settings.read(
        model=model, agent_model=agent_model, concurrency=concurrency, workspace=workspace
    )
    plan = StudyPlan(
        character=character,
        methods=methods_named(methods),
        scenarios=scenarios,
        file=scenario_file,
        preset=preset.value,
        seed=seed,
    )
    asyncio.run(studying.create(plan, settings, judge_model, json=json))


@app.command()
def invite(
    study: Id,
    judges: Annotated[int, typer.Option(min=1, max=1000, help="how many")] = 4,
    role: Annotated[Role | None, typer.Option(help="[default: 1, 2, 3, 4 in turn]")] = None,
    again: Annotated[
        int | None, typer.Option(metavar="JUDGE", help="another link for a judge who lost it")
    ] = None,
    base_url: BaseUrl = "http://127.0.0.1:8642",
    json: Json = False,
) -> None:
    """Print one secret link for each judge. It is shown once: only its hash is stored."""
    from simulacra.cli import studying

    studying.invite(study, judges, role.value if role else None, again, base_url, json=json)


@app.command()
def revoke(study: Id, judge: Annotated[int, typer.Argument(help="the judge's number")]) -> None:
    """End a judge's part for good: the link is dead, and the work does not count."""
    from simulacra.cli import studying

    studying.revoke(study, judge)


@app.command()
def status(
    study: Annotated[
        str | None, typer.Argument(help="the study's id, or its beginning  [default: all]")
    ] = None,
    json: Json = False,
) -> None:
    """Show how far each judge is, or all studies."""
    from simulacra.cli import studying

    studying.status(study, json=json)


@app.command()
def export(
    study: Id,
    to: Annotated[Path, typer.Option(help="a file: .csv, .parquet or .json")],
) -> None:
    """Write every judgement with judge, role, stage, scenario, method, time and order shown."""
    from simulacra.cli import study_reporting

    study_reporting.export(study, to)


@app.command()
def close(study: Id) -> None:
    """Take no more judgements; all that was saved is kept."""
    from simulacra.cli import studying

    studying.close(study)


@app.command()
def pilot(
    study: Id,
    judge_model: Annotated[str, typer.Option(help="see: simulacra models list")],
    seed: Annotated[int, typer.Option(help="of what the model writes")] = 0,
    concurrency: Concurrency = None,
    json: Json = False,
) -> None:
    """Have a model judge as four judges, in all stages. Never averaged with people's judgements.

    After Ctrl-C or a crash the same command goes on.
    """
    import asyncio

    from simulacra.cli import piloting
    from simulacra.settings import Settings

    settings = Settings.read(concurrency=concurrency)
    asyncio.run(piloting.pilot(study, judge_model, seed, settings, json=json))


@app.command()
def report(
    studies: Annotated[list[str], typer.Argument(help="ids, or their beginnings", metavar="ID...")],
    run: Annotated[
        list[Path] | None,
        typer.Option(help="a folder of a personality test, to correlate with; may be given often"),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="of what is written")] = Format.terminal,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="a file  [default: printed]")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="a file: .png, .svg or .pdf (of the first study)")
    ] = None,
    paper: Annotated[bool, typer.Option(help="with the rows of the paper's Table 3")] = True,
    seed: Annotated[int, typer.Option(help="of the bootstrap")] = 0,
    json: Json = False,
) -> None:
    """Report points by method, agreement of the judges, and methods compared."""
    from simulacra.cli import study_reporting

    if json and form is not Format.terminal:
        raise typer.BadParameter("choose --json or --format")
    study_reporting.report(
        studies,
        run or [],
        form="json" if json else form.value,
        output=output,
        figure=figure,
        paper=paper,
        seed=seed,
    )
