"""The command line: noun groups, each in a file of its own."""

from __future__ import annotations

import typer

from simulacra.cli import (
    biography,
    candidates,
    characters,
    chat,
    dataset,
    editing,
    evaluate,
    grid,
    jobs,
    making,
    memory,
    models,
    reviewing,
    selecting,
    serve,
    sessions,
    study,
    traits,
)

app = typer.Typer(
    name="simulacra",
    help="Virtual people with a whole life behind them: make them, talk with them, measure them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help, at a third of the time to import
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(chat.chat)
app.add_typer(characters.app, name="characters")
characters.app.command()(candidates.pools)
characters.app.command()(candidates.sample)
characters.app.command()(selecting.select)
characters.app.command()(making.new)
characters.app.command()(editing.edit)
characters.app.add_typer(traits.app, name="traits")
app.add_typer(biography.app, name="biography")
app.add_typer(reviewing.app, name="story")
app.add_typer(models.app, name="models")
app.add_typer(memory.app, name="memory")
app.add_typer(evaluate.app, name="evaluate")
evaluate.app.command()(grid.grid)
evaluate.app.command()(grid.report)
app.add_typer(study.app, name="study")
app.add_typer(sessions.app, name="sessions")
app.add_typer(dataset.app, name="dataset")
app.add_typer(jobs.app, name="jobs")
app.command()(jobs.worker)
app.command()(serve.serve)
